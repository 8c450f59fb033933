"""Setups: one row per opportunity, known at the close of its bar and acted on from the next."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen, known
from engine.core.errors import DataError, unknown

Sides = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Level = Any  # a Column, an array with one value a bar, one value for all bars, or None


class SignalArrays(NamedTuple):
    """Setups spread over the bars: +1 long, -1 short, 0 none; both sides at one bar are neither."""

    side: Sides
    stop: Column
    target: Column


def became(state: Bools) -> Bools:
    """The bars where a state begins: setups are events, and a state is not one."""
    begins = state.copy()
    begins[1:] &= ~state[:-1]
    begins[:1] = False  # nothing is known of the bar before the first
    return begins


@dataclass(frozen=True, eq=False, slots=True)
class Setups:
    """A table in order of bar, longs first; levels are in ticks and may be absent."""

    bar: Longs
    side: Sides
    stop: Column
    target: Column
    attributes: Mapping[str, Floats]

    @classmethod
    def where(
        cls,
        bars: Bars,
        *,
        long: Bools | None = None,
        short: Bools | None = None,
        stop: tuple[Level, Level] | None = None,
        target: tuple[Level, Level] | None = None,
        attributes: Mapping[str, Level] | None = None,
    ) -> Self:
        """A setup wherever `long` or `short` is true; levels come as (for longs, for shorts)."""
        longs, shorts = marked(long, bars, "long"), marked(short, bars, "short")
        bar = np.concatenate((longs, shorts))
        side = np.repeat(np.array([1, -1], np.int8), (len(longs), len(shorts)))
        order = np.lexsort((-side, bar))
        bar, side = bar[order], side[order]
        at = Rows(bars, frozen(bar), frozen(side))
        values = {name: floats(name, level, at) for name, level in (attributes or {}).items()}
        return cls(bar, side, levels("stop", stop, at), levels("target", target, at), values)

    def __len__(self) -> int:
        return len(self.bar)

    def attribute(self, name: str) -> Floats:
        """One float64 a setup, NaN where the bars could not say."""
        if name not in self.attributes:
            raise unknown("attribute", name, self.attributes, where=" on these setups")
        return self.attributes[name]

    def take(self, rows: Array) -> Self:
        """Some of the rows, in their order."""
        cut = {name: frozen(values[rows]) for name, values in self.attributes.items()}
        stop, target = (Column(c.values[rows], c.present[rows]) for c in (self.stop, self.target))
        bar, side = frozen(self.bar[rows]), frozen(self.side[rows])
        return dataclasses.replace(
            self, bar=bar, side=side, stop=stop, target=target, attributes=cut
        )

    def arrays(self, bars: Bars) -> SignalArrays:
        """Dense signal arrays, one value a bar: for plots, exports and engines that want them."""
        alone = np.bincount(self.bar, minlength=len(bars))[self.bar] == 1
        side = np.zeros(len(bars), np.int8)
        side[self.bar[alone]] = self.side[alone]
        spread = [scatter(level, self.bar, alone, len(bars)) for level in (self.stop, self.target)]
        return SignalArrays(frozen(side), *spread)


def marked(mask: Bools | None, bars: Bars, name: str) -> Longs:
    """The bars a mask marks; anything but one bool a bar is a mistake worth naming."""
    if mask is None:
        return np.empty(0, np.int64)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (len(bars),):
        found = f"shape {mask.shape} of {mask.dtype}" if isinstance(mask, np.ndarray) else mask
        raise DataError(f"{name}: {found} for {len(bars)} bars; one bool a bar is needed")
    return np.flatnonzero(mask).astype(np.int64, copy=False)


class Rows(NamedTuple):
    """Where setups are, while their levels are gathered."""

    bars: Bars
    bar: Longs
    side: Sides


def gathered(name: str, level: Level, at: Rows) -> tuple[Array, Bools]:
    """Values and presence at the setups' bars."""
    if level is None:
        return np.zeros(len(at.bar), np.int64), np.zeros(len(at.bar), np.bool_)
    if not isinstance(level, Column) and np.ndim(level) == 0:
        values = np.full(len(at.bar), float(level) if isinstance(level, Decimal) else level)
        return values, known(values)
    if len(level) != len(at.bars):
        raise DataError(
            f"{name}: {len(level)} values for {len(at.bars)} bars; give one value a bar, one for "
            "all, or a Column whose index says which session each bar lies in"
        )
    if isinstance(level, Column):
        return level.at(at.bar)
    values = np.asarray(level)[at.bar]
    return values, known(values)


def floats(name: str, level: Level, at: Rows) -> Floats:
    values, present = gathered(name, level, at)
    return frozen(np.where(present, values.astype(np.float64), np.nan))


def levels(name: str, sides: tuple[Level, Level] | None, at: Rows) -> Column:
    """Prices for longs and shorts as one column of whole ticks; others are refused."""
    longs, shorts = (gathered(name, level, at) for level in sides or (None, None))
    values, present = (np.where(at.side > 0, *both) for both in zip(longs, shorts, strict=True))
    kept = np.where(present, values, 0)
    with np.errstate(invalid="ignore"):  # what is too large is found below
        whole = kept.astype(np.int64)
    off = np.flatnonzero(whole != kept)
    if len(off):
        row = int(off[0])
        raise DataError(
            f"{name} of setup {row} (bar {at.bar[row]}): level {kept[row]} is not whole ticks"
        )
    return Column(whole, present)


def scatter(level: Column, bar: Longs, alone: Bools, count: int) -> Column:
    rows = alone & level.present
    values, present = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    values[bar[rows]], present[bar[rows]] = level.values[rows], True
    return Column(values, present)
