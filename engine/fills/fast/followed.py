"""Targets that follow a column (F42): the bars that meet it are found once for all positions."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Bools
from engine.core.instrument import RATE_SCALE
from engine.core.setups import Setups
from engine.fills.details import last_known
from engine.fills.fast.codes import DOUBT, NEVER, end_codes
from engine.fills.fast.reach import Bill, Starts


class Course(NamedTuple):
    """A followed target of one side by bar: where it stands in it, and the bars that meet it."""

    side: int
    closed: Longs  # where it stands after the close of each bar
    stands: Longs
    best: Longs
    met: Longs  # ascending, and one past the last bar of all


def course(bars: Bars, still: Bools, side: int, closed: Longs) -> Course:
    """What a bar in which nothing trades says of the column is not seen (F57)."""
    bar = np.arange(len(bars))
    seen = np.maximum.accumulate(np.where(still, 0, bar)) if still.size else bar
    stands = closed[np.append(0, seen[:-1])]
    best = (bars.high if side > 0 else bars.low).astype(np.int64)
    meets = side * (best - stands) >= 0
    if still.size:
        meets &= ~still
    return Course(side, closed, stands, best, np.append(np.flatnonzero(meets), len(bars)))


def followed_ends(
    bars: Bars, still: Bools, setups: Setups, column: str, starts: tuple[Starts, Longs], bill: Bill
) -> Longs:
    """Where each meets the column; beside its start, the bar whose close set its target."""
    known, codes = last_known(setups.followed(column)), np.empty(len(setups), np.int64)
    begin, since = starts
    for row, side in enumerate((1, -1)):
        mine = np.flatnonzero(begin.side == side)
        way = course(bars, still, side, known[row])
        mine_only = Starts._make(column[mine] for column in begin)
        costs = bill._replace(costs=bill.costs[mine], rates=bill.rates[mine])
        codes[mine] = ends_on(bars, way, (mine_only, since[mine]), costs)
    return codes


def ends_on(bars: Bars, way: Course, starts: tuple[Starts, Longs], bill: Bill) -> Longs:
    """The ends of one side: in the first bar by its own target, then in the next that meets it."""
    (begin, since), side, none = starts, way.side, len(bars)
    first, price = np.minimum(begin.bar, none - 1), begin.price
    own = way.closed[since]
    most, sure = side * (way.best[first] - own) >= 0, side * (bars.close[first] - own) >= 0
    sure = np.where(begin.inside, sure | (side * (price - own) >= 0), most)
    bar = np.where(sure, first, way.met[np.searchsorted(way.met, first + 1)])
    there = (bar <= begin.last_bar) & (begin.bar <= begin.last_bar)
    bar = np.minimum(bar, none - 1)
    level = np.where(sure, own, way.stands[bar])
    opened = np.where(sure & begin.inside, price, bars.open[bar])
    beyond = side * (opened - level) >= 0
    out = np.where(beyond, opened, level)
    share = -((-bill.rates * np.abs(out * bill.tick_money)) // RATE_SCALE)
    net = side * (out - price) * bill.tick_money - bill.costs - share
    codes = end_codes(bar, np.where(beyond, bill.at_open, bill.inside), net)
    doubt = np.where(most & ~sure, DOUBT, 0)
    return np.asarray(np.where(there, codes, NEVER) | doubt)
