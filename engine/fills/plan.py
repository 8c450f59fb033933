"""A position at its fill: its numbers made ticks from the fill, and its times made bars.

All distances are seen from the fill in the direction of the trade: ahead is positive, for shorts
too.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, Longs
from engine.core.jit import lean_kernel
from engine.core.search import first_at
from engine.fills.kernel import FLATTENED, REVERSED, TIMED
from engine.fills.rules import LEVEL, NONE, TIMES_RISK, distance_of, shrunk
from engine.fills.terms import (
    BARS,
    BREAK_AFTER,
    BREAK_NEEDED,
    BREAK_OFFSET,
    DECAY,
    FOLLOWED,
    HOLD,
    LEG,
    NEAREST,
    SIDEWAYS,
    STOP_AT,
    STOP_LEVEL,
    TARGET_AT,
    TIGHTEN,
    TRAIL_AFTER,
    TRAIL_BY,
    TRAIL_STEP,
    UNDERWATER,
    Fill,
    Policy,
)

Kinds = npt.NDArray[np.int8]
Four = tuple[int, int, int, int]


class Spot(NamedTuple):
    """Where a position opens, and the bars it may see."""

    side: int
    fill: Fill
    last: int  # of the session
    flatten: int
    reverse: int  # bar at whose open a setup of the other side closes it
    length: int  # ns of a bar
    followed: int  # where the followed column stands


class Even(NamedTuple):
    """Breakeven: whether there is one, from where on, and where the stop then stands."""

    there: bool
    after: int
    offset: int


class Trailing(NamedTuple):
    """A trail: whether there is one, whether it stands from the fill on, and how it moves."""

    there: bool
    at_once: bool
    by: int
    after: int
    step: int


class Clock(NamedTuple):
    """The bars at which time decides something."""

    leave: int  # at whose open the position is closed
    reason: int  # why then
    sideways: int  # first bar after whose close it may leave
    underwater: int
    due: Four  # at whose close each step of the decay is due


class Plan(NamedTuple):
    """What is known of a position when it opens, and stays."""

    side: int
    row: int  # of the followed columns
    entry: int
    bar: int
    inside: int
    last: int
    has_stop: bool
    stop: int
    has_target: bool
    target: int
    risk: int
    even: Even
    trail: Trailing
    clock: Clock
    tighten: int  # where the stop stands after it
    decay: Four  # where the stop stands after each step
    legs: tuple[int, int, int]
    nearest: int  # of the legs


@lean_kernel
def ticks_of(kinds: Kinds, numbers: Longs, column: int, risk: int) -> int:
    """F11: a distance in ticks, whatever it is a multiple of."""
    if kinds[column] == TIMES_RISK:
        return distance_of(numbers[column], risk)
    return int(numbers[column])


@lean_kernel
def over(time: Longs, spot: Spot, kind: int, count: int, ahead: int) -> int:
    """The first bar at whose open a span since the fill is over, or past the last.

    `ahead` 1 asks for its close instead. Where no bar is missing, one look finds it.
    """
    bar, end = spot.fill.bar, spot.last + 1
    if kind == NONE:
        return end
    if kind == BARS:
        return int(min(bar + count - ahead, end))
    span = count * MINUTE - ahead * spot.length
    moment, guess = time[bar] + span, bar - (-span // spot.length)
    if bar < guess < end and time[guess - 1] < moment <= time[guess]:
        return guess
    return first_at(time, bar, end, moment)


@lean_kernel
def leaving(time: Longs, spot: Spot, kinds: Kinds, numbers: Longs) -> tuple[int, int]:
    """F16, F38, F53: the first open at which it is closed whatever the price, and why."""
    at, reason = spot.flatten, FLATTENED
    timed = over(time, spot, kinds[HOLD], numbers[HOLD], 0)
    if kinds[HOLD] != NONE and timed < at:
        at, reason = timed, TIMED
    return (spot.reverse, REVERSED) if spot.reverse < at else (at, reason)


@lean_kernel
def stop_of(spot: Spot, kinds: Kinds, numbers: Longs) -> int:
    """F01, F11, F34: where the stop stands at the fill."""
    level = spot.side * (numbers[STOP_LEVEL] - spot.fill.price)
    if kinds[STOP_AT] == LEVEL:
        return int(level)
    if kinds[STOP_AT] == NEAREST:
        return int(max(-numbers[STOP_AT], level))
    return -int(numbers[STOP_AT])


@lean_kernel
def target_of(spot: Spot, kinds: Kinds, numbers: Longs, risk: int) -> int:
    """F01, F11, F42: where the target stands at the fill."""
    if kinds[TARGET_AT] == LEVEL:
        return int(spot.side * (numbers[TARGET_AT] - spot.fill.price))
    if kinds[TARGET_AT] == FOLLOWED:
        return spot.side * (spot.followed - spot.fill.price)
    return ticks_of(kinds, numbers, TARGET_AT, risk)


@lean_kernel
def legs_of(kinds: Kinds, numbers: Longs, risk: int) -> tuple[int, int, int]:
    """F45: where each leg waits."""
    return (
        ticks_of(kinds, numbers, LEG, risk),
        ticks_of(kinds, numbers, LEG + 1, risk),
        ticks_of(kinds, numbers, LEG + 2, risk),
    )


@lean_kernel
def nearest_of(kinds: Kinds, legs: tuple[int, int, int]) -> int:
    """The nearest of the legs there are."""
    near = legs[0]
    for m in range(1, 3):
        if kinds[LEG + m] != NONE:
            near = min(near, legs[m])
    return near


@lean_kernel
def steps_of(risk: int, shares: Four) -> Four:
    """F39: where the stop stands after each step."""
    return (
        -shrunk(risk, shares[0]),
        -shrunk(risk, shares[1]),
        -shrunk(risk, shares[2]),
        -shrunk(risk, shares[3]),
    )


@lean_kernel
def trail_of(kinds: Kinds, numbers: Longs, risk: int, even: Even) -> Trailing:
    """F36, F37: a trail that needs breakeven begins where the later of both does."""
    there, after = kinds[TRAIL_BY] != NONE, ticks_of(kinds, numbers, TRAIL_AFTER, risk)
    if numbers[BREAK_NEEDED] == 1:
        after = max(after, even.after)
    by = ticks_of(kinds, numbers, TRAIL_BY, risk)
    step = ticks_of(kinds, numbers, TRAIL_STEP, risk)
    return Trailing(there, there and kinds[TRAIL_AFTER] == NONE, by, after, step)


@lean_kernel
def clock_of(time: Longs, spot: Spot, kinds: Kinds, numbers: Longs) -> Clock:
    """F16, F38 to F41, F53: every bar that a time names."""
    leave, reason = leaving(time, spot, kinds, numbers)
    due = (
        over(time, spot, kinds[DECAY], numbers[DECAY], 1),
        over(time, spot, kinds[DECAY + 1], numbers[DECAY + 1], 1),
        over(time, spot, kinds[DECAY + 2], numbers[DECAY + 2], 1),
        over(time, spot, kinds[DECAY + 3], numbers[DECAY + 3], 1),
    )
    sideways = over(time, spot, kinds[SIDEWAYS], numbers[SIDEWAYS], 1)
    underwater = over(time, spot, kinds[UNDERWATER], numbers[UNDERWATER], 1)
    return Clock(leave, reason, sideways, underwater, due)


@lean_kernel
def planned(time: Longs, spot: Spot, kinds: Kinds, numbers: Longs, policy: Policy) -> Plan:
    """Everything that is decided once, at the fill."""
    has_stop = kinds[STOP_AT] != NONE
    stop = stop_of(spot, kinds, numbers)
    risk = max(0, -stop) if has_stop else 0
    after = ticks_of(kinds, numbers, BREAK_AFTER, risk)
    even = Even(kinds[BREAK_AFTER] != NONE, after, numbers[BREAK_OFFSET])
    to = ticks_of(kinds, numbers, TIGHTEN, risk)
    legs = legs_of(kinds, numbers, risk)
    return Plan(
        spot.side,
        int(spot.side < 0),
        spot.fill.price,
        spot.fill.bar,
        spot.fill.inside,
        spot.last,
        has_stop,
        stop,
        kinds[TARGET_AT] != NONE,
        target_of(spot, kinds, numbers, risk),
        risk,
        even,
        trail_of(kinds, numbers, risk, even),
        clock_of(time, spot, kinds, numbers),
        -shrunk(risk, policy.tighten) if policy.tighten > 0 else -to,
        steps_of(risk, policy.decay),
        legs,
        nearest_of(kinds, legs),
    )
