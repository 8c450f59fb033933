"""How far and how long running results lie below their peak; many series at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.research.measures.ledger import Floats, ratio


class Path(NamedTuple):
    """Running results of many series, one row each; the peak begins at 0."""

    level: Floats
    peak: Floats

    @classmethod
    def of(cls, results: Floats) -> Path:
        level = np.cumsum(results, axis=1)
        return cls(level, np.maximum(np.maximum.accumulate(level, axis=1), 0.0))

    @property
    def fall(self) -> Floats:
        return self.peak - self.level


class Runs(NamedTuple):
    """Runs of sessions under water: which series, from where, how long, how deep."""

    series: Longs
    start: Longs
    length: Longs
    depth: Floats


def runs(fall: Floats) -> Runs:
    """Every run of sessions below the peak, series by series."""
    width = fall.shape[1]
    under = np.zeros((len(fall), width + 1), np.bool_)  # the last column ends every run
    under[:, :width] = fall > 0
    edge = np.diff(under.ravel(), prepend=False)
    marks = np.flatnonzero(edge)
    start, stop = marks[::2], marks[1::2]
    deep = np.zeros((len(fall), width + 1))
    deep[:, :width] = fall
    between = np.column_stack((start, stop)).ravel()
    depth = np.maximum.reduceat(deep.ravel(), between)[::2] if len(start) else np.zeros(0)
    return Runs(start // (width + 1), start % (width + 1), stop - start, depth)


def drawdown_measures(path: Path, capital: float) -> dict[str, Floats]:
    """Depth, length and time below the peak of each series."""
    fall, count = path.fall, len(path.level)
    share = fall / (capital + path.peak)
    found = runs(fall)
    number = np.bincount(found.series, minlength=count)
    depths = np.bincount(found.series, weights=found.depth, minlength=count)
    lengths = np.bincount(found.series, weights=found.length, minlength=count)
    longest = np.zeros(count)
    np.maximum.at(longest, found.series, found.length)
    deepest = fall.max(axis=1, initial=0.0)
    return {
        "max_drawdown": deepest,
        "max_drawdown_capital": deepest / capital,
        "max_drawdown_peak": share.max(axis=1, initial=0.0),
        "drawdowns": number.astype(np.float64),
        "mean_drawdown": ratio(depths, number),
        "mean_drawdown_length": ratio(lengths, number),
        "drawdown_length": longest,
        "drawdown_open": fall[:, -1:].any(axis=1).astype(np.float64),
        "recovery_length": recovery(fall, deepest),
        "time_under_water": ratio((fall > 0).sum(axis=1), fall.shape[1]),
        "ulcer": np.sqrt(ratio((share * share).sum(axis=1), fall.shape[1])),
        "pain": ratio(share.sum(axis=1), fall.shape[1]),
    }


def recovery(fall: Floats, deepest: Floats) -> Floats:
    """Sessions from the first deepest point to the first session back at the peak."""
    if not fall.shape[1]:
        return np.full(len(fall), np.nan)
    bottom = fall.argmax(axis=1)
    later = np.arange(fall.shape[1]) > bottom[:, None]
    back: Bools = later & (fall <= 0)
    length = (back.argmax(axis=1) - bottom).astype(np.float64)
    length[~back.any(axis=1) | (deepest <= 0)] = np.nan
    return np.asarray(length)
