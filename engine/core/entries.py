"""Entries: the order a setup sends, where it waits, and for how long."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.core.columns import Array, Column, frozen
from engine.core.gather import Level, Rows, levels
from engine.core.zone import epoch_day

ORDERS = ("market", "limit", "stop", "stop_limit")
Pair = tuple[Level, Level]  # for longs, for shorts


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """Wait for a better price: `bars` long, or `until` a trade date, else to the session's end."""

    long: Level = None
    short: Level = None
    bars: Level = None
    until: Level | dt.date = None


@dataclass(frozen=True, slots=True, eq=False)
class Stop:
    """Wait until the market comes through a level: `bars` long, or `until` a trade date."""

    long: Level = None
    short: Level = None
    bars: Level = None
    until: Level | dt.date = None


@dataclass(frozen=True, slots=True, eq=False)
class StopLimit:
    """A stop that becomes a limit order: each as (for longs, for shorts)."""

    stop: Pair
    limit: Pair
    bars: Level = None
    until: Level | dt.date = None


Entry = Limit | Stop | StopLimit


class Entries(NamedTuple):
    """The orders of a table of setups, one row each; absent levels are masked."""

    order: npt.NDArray[np.int8]  # place in ORDERS
    level: Column  # of a limit its price, of a stop its trigger
    limit: Column  # of a stop that becomes a limit order
    bars: Column  # how many bars it works; absent: to the end of its session
    until: Column  # last trade date it works on, in days since 1970

    @classmethod
    def of(cls, entry: Entry, at: Rows) -> Self:
        """The same kind of order for every setup, at each one's own levels."""
        stopped = isinstance(entry, StopLimit)
        pair = entry.stop if isinstance(entry, StopLimit) else (entry.long, entry.short)
        limit = entry.limit if isinstance(entry, StopLimit) else None
        kind = "stop_limit" if stopped else type(entry).__name__.lower()
        day = epoch_day(entry.until) if isinstance(entry.until, dt.date) else entry.until
        return cls(
            frozen(np.full(len(at.bar), ORDERS.index(kind), np.int8)),
            levels("entry", pair, at),
            levels("entry limit", limit, at),
            levels("bars of the entry", (entry.bars, entry.bars), at),
            levels("until of the entry", (day, day), at),
        )

    def take(self, rows: Array) -> Self:
        """Some of the rows, in their order."""
        columns = (Column(c.values[rows], c.present[rows]) for c in self[1:])
        return type(self)(frozen(self.order[rows]), *columns)
