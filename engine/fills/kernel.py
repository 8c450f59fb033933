"""The scanning kernel: plays setups in order and holds each position bar by bar."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import BarArrays, Longs
from engine.core.jit import lean_kernel
from engine.fills.rules import (
    NONE,
    WORST,
    best_of,
    beyond,
    risk_ticks,
    stop_price,
    target_price,
    worst_of,
)

Bytes = npt.NDArray[np.int8]

# What became of a setup; the names are in fills/orders.py, the meaning in docs/fills.md.
WAITING, TAKEN, BUSY, MAX = 0, 1, 2, 3
COOLDOWN, LOSSES, DAILY_LOSS, DAILY_PROFIT, PARENT, EXPIRED = 4, 5, 6, 7, 8, 9
BOTH, HELD, STOPPED, REACHED, FLATTENED, SESSION, DATA_END = -2, -1, 0, 1, 2, 3, 4
TIMED, SIGNALLED, SIDEWAYS, UNDERWATER, REVERSED, LOSS, PROFIT = 5, 6, 7, 8, 9, 10, 11
BROKE_EVEN, TRAILED, DECAYED, TIGHTENED = 12, 13, 14, 15  # stops too, moved by a rule


class Orders(NamedTuple):
    """Setups that may be taken, in order; the bars are rows of the bar arrays."""

    entry_bar: Longs
    last_bar: Longs  # the session's last
    flatten_bar: Longs  # the position is closed at its open; past the last bar when there is none
    side: Bytes
    stop_kind: Bytes
    stop: Longs
    target_kind: Bytes
    target: Longs


class Fills(NamedTuple):
    """What play wrote of each order: its outcome, and the trade where it was taken."""

    outcome: Bytes
    entry: Longs
    exit_bar: Longs
    exit: Longs
    stop: Longs
    target: Longs
    risk: Longs
    mfe: Longs
    mae: Longs
    reason: Bytes
    ambiguous: npt.NDArray[np.bool_]


class Position(NamedTuple):
    """An open position: what it is and where it ends."""

    side: int
    entry: int
    has_stop: bool
    stop: int
    has_target: bool
    target: int


@lean_kernel
def play(bars: BarArrays, orders: Orders, max_per_session: int, reading: int, fills: Fills) -> None:
    """Take the orders one position at a time (F09, F10); 0 fills a session means no limit."""
    free, session, taken = -1, -1, 0
    for k in range(len(orders.entry_bar)):
        entry_bar = orders.entry_bar[k]
        if entry_bar - 1 < free:
            fills.outcome[k] = BUSY
            continue
        if bars.session[entry_bar] != session:
            session, taken = bars.session[entry_bar], 0
        if max_per_session > 0 and taken >= max_per_session:
            fills.outcome[k] = MAX
            continue
        fills.outcome[k] = TAKEN
        hold(bars, orders, k, reading, fills)
        free = fills.exit_bar[k]
        taken += 1


@lean_kernel
def hold_each(bars: BarArrays, orders: Orders, rows: Longs, reading: int, fills: Fills) -> None:
    """Hold the named orders, each alone."""
    for k in rows:
        hold(bars, orders, k, reading, fills)


@lean_kernel
def opened(bars: BarArrays, orders: Orders, k: int) -> Position:
    """F01, F11: the position as it stands at its fill."""
    side, entry = int(orders.side[k]), int(bars.open[orders.entry_bar[k]])
    stop = stop_price(orders.stop_kind[k], orders.stop[k], side, entry)
    risk = risk_ticks(orders.stop_kind[k], stop, side, entry)
    target = target_price(orders.target_kind[k], orders.target[k], side, entry, risk)
    has_stop, has_target = orders.stop_kind[k] != NONE, orders.target_kind[k] != NONE
    return Position(side, entry, has_stop, stop, has_target, target)


@lean_kernel
def hold(bars: BarArrays, orders: Orders, k: int, reading: int, fills: Fills) -> None:
    """Hold one position to its end and write its trade into row `k`."""
    p = opened(bars, orders, k)
    best = worst = p.entry
    i, last = orders.entry_bar[k] - 1, orders.last_bar[k]
    reason = HELD
    while reason == HELD:
        i += 1
        reason, price, ambiguous = ends(bars, p, i, orders.flatten_bar[k], reading)
        high, low = int(bars.high[i]), int(bars.low[i])
        if reason == HELD and i == last:
            reason, price = SESSION, int(bars.close[i])
            high, low = max(high, price), min(low, price)
        elif reason != HELD:  # of the bar it ends in, only open and exit lie before the end
            high, low = max(int(bars.open[i]), price), min(int(bars.open[i]), price)
        best = best_of(p.side, max(best, high), min(best, low))
        worst = worst_of(p.side, max(worst, high), min(worst, low))
    fills.entry[k], fills.exit_bar[k], fills.exit[k] = p.entry, i, price
    fills.stop[k], fills.target[k] = p.stop, p.target
    fills.risk[k] = risk_ticks(orders.stop_kind[k], p.stop, p.side, p.entry)
    fills.mfe[k], fills.mae[k] = (best - p.entry) * p.side, (worst - p.entry) * p.side
    fills.reason[k], fills.ambiguous[k] = reason, ambiguous


@lean_kernel
def ends(
    bars: BarArrays, p: Position, i: int, flatten_bar: int, reading: int
) -> tuple[int, int, bool]:
    """F12 to F16: why and where the position ends in bar `i`, and whether the bar left a doubt."""
    first = int(bars.open[i])
    if i >= flatten_bar:
        return FLATTENED, first, False
    at_open = touched(p, first, first)
    if at_open != HELD:
        return at_open, first, False
    high, low = int(bars.high[i]), int(bars.low[i])
    reason = touched(p, best_of(p.side, high, low), worst_of(p.side, high, low))
    if reason == BOTH:
        return (STOPPED, p.stop, True) if reading == WORST else (REACHED, p.target, True)
    return reason, p.stop if reason == STOPPED else p.target, False


@lean_kernel
def touched(p: Position, best: int, worst: int) -> int:
    """Which of stop and target lie within reach of the best and the worst price."""
    stopped = p.has_stop and beyond(-p.side, p.stop, worst)
    reached = p.has_target and beyond(p.side, p.target, best)
    if stopped:
        return BOTH if reached else STOPPED
    return REACHED if reached else HELD
