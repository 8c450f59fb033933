"""Trades of many series in one table, sorted by series and then by exit."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.research.measures.ledger import Floats, ratio


class Groups(NamedTuple):
    """Which series each row belongs to; rows of a series lie together, some series have none."""

    series: Longs
    many: int

    def total(self, values: npt.ArrayLike) -> Floats:
        """Sums by series; whole numbers below 2^53 stay exact."""
        weights = np.asarray(values, np.float64)
        summed = np.bincount(self.series, weights=weights, minlength=self.many)
        return summed.astype(np.float64)

    def number(self, chosen: Bools) -> Floats:
        return np.bincount(self.series[chosen], minlength=self.many).astype(np.float64)

    def mean(self, values: npt.ArrayLike, chosen: Bools) -> Floats:
        return ratio(self.total(np.where(chosen, values, 0)), self.number(chosen))

    def highest(self, values: npt.ArrayLike) -> Floats:
        """The highest of each series; undefined where it has no row."""
        top = np.full(self.many, -np.inf)
        np.maximum.at(top, self.series, np.asarray(values, np.float64))
        return np.where(np.isinf(top), np.nan, top)

    def longest(self, chosen: Bools) -> Floats:
        """The longest run of chosen rows in each series."""
        breaks = np.flatnonzero(np.diff(self.series, prepend=-1) | ~chosen)
        length = np.diff(np.append(breaks, len(chosen)))
        run = length - ~chosen[breaks]
        longest = np.zeros(self.many)
        np.maximum.at(longest, self.series[breaks], run)
        return longest

    def running_falls(self, values: Longs) -> Floats:
        """The deepest fall of each series' running sum below its peak, from 0 on."""
        deepest = np.zeros(self.many)
        for series, part in self.parts():
            level = np.cumsum(values[part])
            peak = np.maximum(np.maximum.accumulate(level), 0)
            deepest[series] = (peak - level).max()
        return deepest

    def held(self, first: Longs, last: Longs) -> Floats:
        """Bars covered by the stretches of each series, each bar once."""
        order = np.lexsort((first, self.series))
        sorted_first, sorted_last = first[order], last[order]
        covered = np.zeros(self.many)
        for series, part in self.parts():
            start, stop = sorted_first[part] - 1, sorted_last[part]
            reached = np.maximum.accumulate(np.concatenate(([start[0]], stop[:-1])))
            covered[series] = np.maximum(stop - np.maximum(start, reached), 0).sum()
        return covered

    def parts(self) -> list[tuple[int, slice]]:
        """The rows of each series that has any."""
        starts = np.flatnonzero(np.diff(self.series, prepend=-1))
        stops = np.append(starts[1:], len(self.series))[: len(starts)]
        return [(int(self.series[a]), slice(a, b)) for a, b in zip(starts, stops, strict=True)]
