"""The first minutes of the regular session: initial balance, opening range, what went beyond."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.profile.kernel import Reach, Slices, reach
from engine.profile.slices import session_parts

BALANCE: Final = 60  # minutes of the initial balance


class Opening(NamedTuple):
    """Of each session that has bars in its first minutes: those bars, and when they are over."""

    session: Longs
    slices: Slices
    range: Reach
    over: Longs


class Balance(NamedTuple):
    """Initial balance in ticks, known once it is over; ticks gone beyond it so far.

    `up` and `down` over `high - low` is the extension in multiples of the balance.
    """

    high: Column
    low: Column
    up: Column
    down: Column


def opening_of(bars: Bars, minutes: int) -> Opening:
    """The bars of the first minutes of every regular session that has any."""
    if minutes < 1:
        raise ParameterError(f"an opening range lasts at least one minute, not {minutes}")
    parts, table = session_parts(bars, "rth"), bars.sessions
    over = np.minimum(table.rth_start + minutes * MINUTE, table.rth_stop)[parts.session]
    first = parts.slices.first
    stop = np.searchsorted(bars.time, over).astype(np.int64)
    held = stop > first
    slices = Slices(np.arange(int(held.sum()) + 1), first[held], stop[held])
    spans = Reach(*np.empty((2, int(held.sum())), np.int64))
    reach(bars.arrays, slices, spans)
    return Opening(parts.session[held], slices, spans, over[held])


def opening_bounds(bars: Bars, minutes: int) -> tuple[Column, Column]:
    """Highest and lowest price of the first minutes, at each bar of the session after them."""
    found = opening_of(bars, minutes)
    row = np.full(len(bars.sessions) + 1, -1)
    row[found.session] = np.arange(len(found.session))
    at = row[bars.session]
    known = at >= 0
    known[known] = bars.time[known] >= found.over[at[known]]
    levels = (np.zeros(len(bars), np.int64) for _ in "hl")
    high, low = levels
    high[known], low[known] = found.range.high[at[known]], found.range.low[at[known]]
    return Column(high, known), Column(low, known)


@feature
def initial_balance(bars: Bars, *, minutes: int = BALANCE) -> Balance:
    """Range of the regular session's first hour, and how far it has gone beyond it so far.

    Regular bars extend it; after the regular hours the extensions stay as they were.
    """
    high, low = opening_bounds(bars, minutes)
    up, down = np.zeros((2, len(bars)), np.int64)
    extend(bars.arrays, bars.rth, (high.values, low.values, high.present), (up, down))
    return Balance(high, low, Column(up, high.present), Column(down, high.present))


@kernel
def extend(
    bars: BarArrays, rth: Bools, box: tuple[Longs, Longs, Bools], out: tuple[Longs, Longs]
) -> None:
    """Ticks that the bars of each session have gone beyond its box, so far."""
    high, low, known = box
    up, down = out
    for i in range(len(bars.time)):
        if known[i]:
            if i > 0 and known[i - 1] and bars.session[i] == bars.session[i - 1]:
                up[i], down[i] = up[i - 1], down[i - 1]
            if rth[i]:
                up[i] = max(up[i], int(bars.high[i]) - high[i])
                down[i] = max(down[i], low[i] - int(bars.low[i]))
