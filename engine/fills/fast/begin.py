"""Where the setups of a structure are filled: at the next open, or at a limit they wait for."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.setups import Setups
from engine.fills.chains import LAST, Tape
from engine.fills.fast.reach import Starts, first_fill
from engine.fills.orders import last_bars, waiting
from engine.fills.simulate import Table


class Begun(NamedTuple):
    """Where each setup is filled, whether its order rests in the book, and how it may fail."""

    starts: Starts
    waits: Bools
    filled: Bools
    until: Longs  # the last bar in which it may fill
    unnamed: Bools  # an order that waits for no price (F27)


def begun(table: Table, setups: Setups, tape: Tape) -> Begun:
    """F01, F22 to F24; one that is never filled stands at the next bar, or the last of all."""
    bars, facts = table.played, next(iter(table.frames.values()))
    last = facts.last_bar[table.bars.session[setups.bar]]
    bar = np.minimum(facts.ahead[setups.bar], len(bars) - 1)
    (waits, unnamed), until = waiting(setups), last_bars(table.bars, setups, facts)
    whole = np.zeros(len(setups), np.bool_)
    starts = Starts(bar, last, setups.side, bars.open[bar].astype(np.int64), whole)
    if setups.entries is None:
        return Begun(starts, waits, ~whole, until, unnamed)
    level = np.where(waits & ~unnamed, setups.entries.level.values, starts.price)
    found, doors = np.empty(len(setups), np.int64), facts.inside[:-1]
    if table.still.size:
        doors = doors & ~table.still
    first_fill(tape, np.ascontiguousarray(doors), starts._replace(price=level), found)
    rests = waits & (found != LAST) & (found <= until)
    bar = np.where(rests, found, bar)
    opened = bars.open[bar].astype(np.int64)
    inside = rests & (setups.side * (opened - level) > 0)
    price = np.where(inside, level, opened)
    return Begun(
        Starts(bar, last, setups.side, price, inside), waits, rests | ~waits, until, unnamed
    )
