"""When a position is left whatever the price: a flatten time, a time held, or a flag."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from engine.core.bars import MINUTE, Longs
from engine.core.columns import Bools
from engine.core.setups import Setups
from engine.fills.distances import Span
from engine.fills.exits import Exits
from engine.fills.fast.reach import Starts
from engine.fills.frame import Frame
from engine.fills.measure import span_of
from engine.fills.simulate import Table
from engine.fills.terms import BARS


class Timing(NamedTuple):
    """The part of exits that asks for no price."""

    flatten: int | None
    hold: Span | None
    leave: str | None

    @classmethod
    def of(cls, exits: Exits) -> Self:
        return cls(exits.flatten, exits.hold, exits.leave)

    @property
    def place(self) -> tuple[int, str, str]:
        """By which timings are sorted."""
        return -1 if self.flatten is None else self.flatten, str(self.hold), self.leave or ""


def left_at(table: Table, setups: Setups, starts: Starts, timing: Timing) -> tuple[Longs, Bools]:
    """F16, F38, F43: the bar at whose open each is left, and the setups that lack their time."""
    facts, last = table.frames[timing.flatten], starts.last_bar
    lacks, out = np.zeros(len(setups), np.bool_), last + 1
    if timing.hold is not None:
        held, lacks = over(table, setups, starts, timing.hold)
        out = np.minimum(out, held)
    if timing.leave is not None:
        out = np.minimum(out, flagged(table, setups, starts, timing.leave))
    session = table.bars.session[setups.bar]
    return np.minimum(facts.flatten_bar[session], traded(facts, out)), lacks


def traded(facts: Frame, bar: Longs) -> Longs:
    """F57: the first bar from one on, after the first of all, that fills something."""
    return facts.ahead[bar - 1]


def over(table: Table, setups: Setups, starts: Starts, hold: Span) -> tuple[Longs, Bools]:
    """The first bar at whose open a position was held that long, and who names no time."""
    kind, counts, lacks = span_of(hold, setups)
    if kind == BARS:
        return starts.bar + counts, lacks
    time = table.bars.time
    return np.searchsorted(time, time[starts.bar] + counts * MINUTE), lacks


def flagged(table: Table, setups: Setups, starts: Starts, name: str) -> Longs:
    """The bar after the first, from the fill on, at whose close the flag of its side is up."""
    values, present = setups.followed(name)
    up = (values != 0) & present
    if table.still.size:
        up &= ~table.still
    found = np.empty(len(setups), np.int64)
    for row, side in enumerate((1, -1)):
        mine = starts.side == side
        bars = np.append(np.flatnonzero(up[row]), len(table.bars))
        found[mine] = bars[np.searchsorted(bars, starts.bar[mine])] + 1
    return found
