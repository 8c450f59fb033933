"""The roll table: from which trade date on which contract is in front, and what they cost then."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Bars, Longs
from engine.core.errors import DataError
from engine.core.rolls.delivery import text_of

Rows = npt.NDArray[np.intp]


class Prices(NamedTuple):
    """Closes of both contracts in the last minute before the roll in which both had a bar."""

    old: int
    new: int
    time: int | None = None  # UTC ns of that minute; given prices have none

    @property
    def gap(self) -> int:
        """Ticks by which the new contract was dearer."""
        return self.new - self.old


class Roll(NamedTuple):
    """One roll, at the start of a session; without a common minute its prices are not known."""

    day: int  # trade date of the first session of the new contract, since 1970-01-01
    old: str
    new: str
    prices: Prices | None = None

    def __str__(self) -> str:
        return f"{self.old} to {self.new} on {text_of(self.day)}"


@dataclass(frozen=True, slots=True)
class Rolls:
    """The contracts in front, one after the other."""

    first: str
    rows: tuple[Roll, ...] = ()
    method: str = "table"

    def __post_init__(self) -> None:
        before = self.first
        for row in self.rows:
            if row.old != before:
                raise DataError(f"roll {row}: the contract in front is {before} then")
            before = row.new
        for one, two in pairwise(self.rows):
            if two.day <= one.day:
                raise DataError(f"roll {two} does not come after {one}")

    @property
    def contracts(self) -> tuple[str, ...]:
        """The contracts in the order they come to the front."""
        return (self.first, *(row.new for row in self.rows))

    def front(self, days: Any) -> Rows:
        """Which of the contracts is in front on each trade date."""
        changes = np.array([row.day for row in self.rows], np.int64)
        return np.searchsorted(changes, np.asarray(days, np.int64), side="right")

    def gaps(self, low: int, high: int) -> Longs:
        """Ticks each roll jumps by from contract `low` to contract `high` of the order."""
        rows = self.rows[low:high]
        for row in rows:
            if row.prices is None:
                raise DataError(
                    f"roll {row}: the two have no minute in common before it, so the gap between "
                    "them is not known; give prices in a table, or take a part without this roll"
                )
        return np.array([row.prices.gap for row in rows if row.prices], np.int64)


def days_of(bars: Bars) -> npt.NDArray[np.int32]:
    """The trade date of each bar."""
    return bars.sessions.date[bars.session]


def last_common(old: Bars, new: Bars) -> Prices | None:
    """Closes in the last minute in which both contracts have a bar."""
    shared, rows, others = np.intersect1d(
        old.time, new.time, assume_unique=True, return_indices=True
    )
    if not len(shared):
        return None
    row, other = rows[-1], others[-1]
    return Prices(int(old.close[row]), int(new.close[other]), int(shared[-1]))
