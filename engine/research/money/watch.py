"""The closes between two events: what the account is worth, and whether it must act."""

from __future__ import annotations

import numpy as np

from engine.core.axis import SCALE
from engine.core.bars import Longs
from engine.research.money.state import Record, State
from engine.research.money.timeline import Timeline


def watch(state: State, timeline: Timeline, span: tuple[int, int], record: Record) -> int:
    """Go through closes until the span ends or positions must be closed; where it stopped."""
    at, stop = span
    while at < stop:
        date = int(timeline.date[at])
        state.roll(date)
        end = min(stop, int(np.searchsorted(timeline.date, date, side="right")))
        called = state.calling
        at = one_day(state, (at, end), record)
        if state.calling != called or at < end:
            break
    return at


def one_day(state: State, span: tuple[int, int], record: Record) -> int:
    """Closes of one trade date with the same positions; stops behind the first that forces."""
    first, stop = span
    none = np.zeros(stop - first, np.int64)
    open_money = sum((p.open_money(first, stop) for p in state.positions), none)
    need = sum((p.tied(first, stop) for p in state.positions), none)
    equity = state.cash + open_money
    over = equity <= state.day_start - acting(state) if state.halts.daily else none > 0
    why, row = "", len(equity) - 1
    if state.positions and not state.calling:
        short = equity < need
        broken = np.flatnonzero(short | over)
        if len(broken):
            row = int(broken[0])
            why = "margin" if short[row] else "daily_loss"
    state.day_over |= bool(over[: row + 1].any())
    if why:
        settle(state, first, open_money[:row], record)
        rest = force(state, first + row, why)
        settle(state, first + row, np.array([rest]), record)
    else:
        settle(state, first, open_money, record)
    return first + row + 1


def acting(state: State) -> int:
    """The loss at which the day's limit acts: at least one money unit."""
    return max(state.day_limit() * state.halts.act_at // SCALE, 1)


def force(state: State, instant: int, why: str) -> int:
    """Send every position to its end; what stays open at this close is still worth so much."""
    for position in list(state.positions):
        forced = position.called(instant, why)
        state.positions[state.positions.index(position)] = forced
        if forced.ends == instant:
            state.leave(forced)
    return sum(int(p.open_money(instant, instant + 1)[0]) for p in state.positions)


def settle(state: State, first: int, open_money: Longs, record: Record) -> None:
    """Keep these closes; the highest equity and a fall from it follow from them."""
    if not len(open_money):
        return
    record.keep(first, open_money, state)
    equity = state.cash + open_money
    peak = np.maximum(np.maximum.accumulate(equity), state.peak)
    state.peak, state.equity = int(peak[-1]), int(equity[-1])
    limit = state.halts.drawdown
    if limit is not None and bool(((peak - equity) * SCALE >= limit * peak).any()):
        state.halt("drawdown")
