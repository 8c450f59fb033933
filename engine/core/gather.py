"""Gathering what strategies say of bars at the rows where their setups stand."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen, known
from engine.core.errors import DataError

Sides = npt.NDArray[np.int8]
Floats = npt.NDArray[np.float64]
Level = Any  # a Column, an array with one value a bar, one value for all bars, or None


class Rows(NamedTuple):
    """Where setups are, while their levels are gathered."""

    bars: Bars
    bar: Longs
    side: Sides


def marked(mask: Bools | None, bars: Bars, name: str) -> Longs:
    """The bars a mask marks; anything but one bool a bar is a mistake worth naming."""
    if mask is None:
        return np.empty(0, np.int64)
    if not isinstance(mask, np.ndarray) or mask.dtype != np.bool_ or mask.shape != (len(bars),):
        found = f"shape {mask.shape} of {mask.dtype}" if isinstance(mask, np.ndarray) else mask
        raise DataError(f"{name}: {found} for {len(bars)} bars; one bool a bar is needed")
    return np.flatnonzero(mask).astype(np.int64, copy=False)


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
    """An attribute at the setups; a pair is (for longs, for shorts)."""
    if type(level) is tuple:  # what a feature returns by name is no pair
        longs, shorts = (floats(name, side, at) for side in level)
        return frozen(np.where(at.side > 0, longs, shorts))
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
