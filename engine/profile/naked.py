"""Naked levels: levels of earlier sessions to which no later bar has come back."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.errors import ParameterError, unknown
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.core.search import first_at
from engine.profile.model import DEFAULT, FRACTION, Rule
from engine.profile.sessions import levels_of
from engine.profile.slices import session_parts

LEVELS: Final = ("poc", "vah", "val")


class Naked(NamedTuple):
    """The nearest naked level above and below each bar, in ticks, and its age in sessions."""

    above: Column
    above_age: Column
    below: Column
    below_age: Column


class Marks(NamedTuple):
    """Levels in order of birth: price, session, and the first bar after the profile's bars."""

    tick: Longs
    session: Longs
    after: Longs


class Nearest(NamedTuple):
    """What is written of one side: price and age of the nearest, one a bar."""

    tick: Longs
    age: Longs
    present: Bools


@feature
def naked_levels(
    bars: Bars,
    *,
    level: str = "poc",
    segment: str = "rth",
    tolerance: int = 0,
    oldest: int = 1_000_000,
    rule: str | Rule = "pairs",
) -> Naked:
    """Nearest naked levels at the close of each bar.

    A level is naked while no bar after its profile's last has `low - tolerance <= level <= high +
    tolerance`; all hours count. It is known from the next session on, and for `oldest` sessions.
    """
    if level not in LEVELS:
        raise unknown("level", level, LEVELS)
    if tolerance < 0 or oldest < 1:
        raise ParameterError(
            f"a tolerance of {tolerance} ticks and an age of {oldest} sessions: need 0 or more, "
            "and 1 or more"
        )
    parts = session_parts(bars, segment)
    found = levels_of(bars, parts, DEFAULT, rule, FRACTION)
    last = parts.slices.stop[parts.slices.offset[1:] - 1]
    known = found.present
    marks = Marks(getattr(found, level)[known], parts.session[known], last[known])
    kinds = (np.int64, np.int64, np.bool_)
    above, below = (Nearest._make(np.zeros(len(bars), kind) for kind in kinds) for _ in "ab")
    watch(bars.arrays, marks, (tolerance, oldest), above, below)
    columns = [(side.tick, side.age, side.present) for side in (above, below)]
    return Naked(*(Column(values, there) for *pair, there in columns for values in pair))


@kernel
def watch(
    bars: BarArrays, marks: Marks, limits: tuple[int, int], above: Nearest, below: Nearest
) -> None:
    """Keep the naked levels sorted by price; each bar takes out those it comes to."""
    tolerance, oldest = limits
    tick, born = np.empty(len(marks.tick), np.int64), np.empty(len(marks.tick), np.int64)
    many = ready = 0
    for i in range(len(bars.time)):
        while ready < len(marks.tick) and marks.after[ready] <= i:
            many = insert(tick, born, many, marks.tick[ready], marks.session[ready])
            ready += 1
        low, high = int(bars.low[i]) - tolerance, int(bars.high[i]) + tolerance
        place = first_at(tick, 0, many, low)
        many = take_out(tick, born, many, place, high)
        now = int(bars.session[i])
        up = nearest_known(born[:many], place, 1, now - oldest, now)
        if up >= 0:
            above.tick[i], above.age[i], above.present[i] = tick[up], now - born[up], True
        down = nearest_known(born[:many], place - 1, -1, now - oldest, now)
        if down >= 0:
            below.tick[i], below.age[i], below.present[i] = tick[down], now - born[down], True


@kernel
def insert(tick: Longs, born: Longs, many: int, level: int, session: int) -> int:
    """Put a level in its place, after its equals; how many there are now."""
    place = first_at(tick, 0, many, level + 1)
    for k in range(many, place, -1):
        tick[k], born[k] = tick[k - 1], born[k - 1]
    tick[place], born[place] = level, session
    return many + 1


@kernel
def take_out(tick: Longs, born: Longs, many: int, place: int, high: int) -> int:
    """Drop the levels from `place` up to `high`; how many are left."""
    stop = place
    while stop < many and tick[stop] <= high:
        stop += 1
    if stop > place:
        for k in range(stop, many):
            tick[k - stop + place], born[k - stop + place] = tick[k], born[k]
    return many - stop + place


@kernel
def nearest_known(born: Longs, place: int, step: int, since: int, now: int) -> int:
    """The next place whose level is of an earlier session and not too old; -1 where none is."""
    many = len(born)
    while 0 <= place < many and not since <= born[place] < now:
        place += step
    return place if 0 <= place < many else -1
