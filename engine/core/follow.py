"""Columns that exits follow bar by bar, and setups that wait for the end of another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen
from engine.core.errors import unknown
from engine.core.gather import Level, Rows, levels

ENDS = ("ended", "stop", "loss", "win", "target")


class Moving(NamedTuple):
    """A column of whole numbers or flags, for longs and for shorts, one value a bar."""

    values: npt.NDArray[np.int64]
    present: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, name: str, said: Level | tuple[Level, Level], bars: Bars) -> Self:
        """One column for both sides, or one for longs and one for shorts."""
        sides: tuple[Any, Any] = said if isinstance(said, tuple) else (said, said)
        every = np.arange(len(bars))
        rows = [Rows(bars, every, np.full(len(bars), side, np.int8)) for side in (1, -1)]
        found = [levels(name, sides, at) for at in rows]
        return cls(
            frozen(np.stack([c.values for c in found])),
            frozen(np.stack([c.present for c in found])),
        )


def moving(said: Mapping[str, Any], bars: Bars) -> dict[str, Moving]:
    """Every followed column by its name."""
    return {name: Moving.of(name, column, bars) for name, column in said.items()}


@dataclass(frozen=True, slots=True, eq=False)
class After:
    """Only once the setup at another bar, of the same side, was traded and `ended` as said."""

    bar: Level | tuple[Level, Level]
    ended: str = "ended"

    def __post_init__(self) -> None:
        if self.ended not in ENDS:
            raise unknown("end", self.ended, ENDS, where=" to wait for")


class Parents(NamedTuple):
    """By setup: whether it waits for another, which row that is, and how it must have ended."""

    waits: Bools
    row: Column
    ended: str

    @classmethod
    def of(cls, after: After, at: Rows) -> Self:
        """Look the parents up by bar and side; one that is no setup is never traded."""
        sides: tuple[Any, Any] = after.bar if isinstance(after.bar, tuple) else (after.bar,) * 2
        bar = levels("bar of the parent", sides, at)
        key, wanted = keyed(at.bar, at.side), keyed(bar.values, at.side)
        row = np.minimum(np.searchsorted(key, wanted), max(0, len(key) - 1))
        found = bar.present & (bar.values < at.bar) & (key[row] == wanted)
        return cls(frozen(bar.present.copy()), Column(row.astype(np.int64), found), after.ended)

    def take(self, rows: Longs) -> Self:
        """Some of the rows; a parent left behind is one that is never traded."""
        new = np.full(len(self.waits), -1, np.int64)
        new[rows] = np.arange(len(rows))
        row = new[self.row.values[rows]]
        there = self.row.present[rows] & (row >= 0)
        return type(self)(
            frozen(self.waits[rows]), Column(np.where(there, row, 0), there), self.ended
        )


def keyed(bar: Array, side: Array) -> Longs:
    """Bar and side as one number, in the order of the table: longs first."""
    return 2 * bar.astype(np.int64) + (side < 0)
