"""Which way an edge leans a bar, decided by the bars before it, and the coins it turns."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.jit import kernel
from engine.synth.kernel import Ints, Octets, Plan, Walk, walk

VALUE_AREA, VWAP, MOMENTUM, SWEEP, GAP = range(5)
BARS = 30  # how long momentum looks back, and how long a sweep is remembered
TALLIES = 4  # whole numbers an edge keeps within a session


class Past(NamedTuple):
    """What the last regular hours left: their value area, range and close."""

    known: bool
    val: int
    vah: int
    low: int
    high: int
    close: int


class Bounds(NamedTuple):
    """The regular hours as rows of the session, and the prices beyond which no edge drives."""

    first: int
    stop: int
    floor: int
    ceiling: int


class Planted(NamedTuple):
    """An edge in one session: its code, the coins it may turn, what it knows."""

    code: int
    favour: npt.NDArray[np.uint8]
    past: Past
    bounds: Bounds


@kernel
def sign(value: int) -> int:
    """1, 0 or -1."""
    return int(value > 0) - int(value < 0)


@kernel
def by_value_area(i: int, out: Walk, past: Past) -> int:
    """Toward the value area from outside."""
    close = int(out.close[i - 1])
    return int(close < past.val) - int(close > past.vah)


@kernel
def by_vwap(i: int, out: Walk, volume: Ints, tally: Ints) -> int:
    """Toward the average; the tally sums volume times close, volume and squared ranges."""
    base, last = int(out.open[0]), i - 1
    close = int(out.close[last]) - base
    height = int(out.high[last]) - int(out.low[last])
    tally[0] += volume[last] * close
    tally[1] += volume[last]
    tally[2] += height * height
    away = close - tally[0] // tally[1]
    return -sign(away) if 9 * away * away > tally[2] else 0


@kernel
def by_momentum(i: int, out: Walk) -> int:
    """The way of the last bars, if they went far."""
    if i < BARS:
        return 0
    moved, wide = int(out.close[i - 1]) - int(out.open[i - BARS]), 0
    for j in range(i - BARS, i):
        height = int(out.high[j]) - int(out.low[j])
        wide += height * height
    return sign(moved) if 3 * moved * moved > wide else 0


@kernel
def by_sweep(i: int, out: Walk, past: Past, tally: Ints) -> int:
    """Back from a swept extreme; the tally: bars left, which way, high and low swept."""
    if not tally[2] and out.high[i - 1] > past.high:
        tally[0], tally[1], tally[2] = BARS, -1, 1
    if not tally[3] and out.low[i - 1] < past.low:
        tally[0], tally[1], tally[3] = BARS, 1, 1
    tally[0] -= 1
    return int(tally[1]) if tally[0] >= 0 else 0


@kernel
def by_gap(i: int, out: Walk, plan: Planted, tally: Ints) -> int:
    """Toward the last regular close until it is touched; the tally: whether it was."""
    first, close = plan.bounds.first, plan.past.close
    if not first < i < plan.bounds.stop:
        return 0
    if out.low[i - 1] <= close <= out.high[i - 1]:
        tally[0] = 1
    return 0 if tally[0] else sign(close - int(out.open[first]))


@kernel
def leaning(i: int, out: Walk, volume: Ints, plan: Planted, tally: Ints) -> int:
    """1 up, -1 down or 0, known at the close of the bar before."""
    way = 0
    if plan.code == MOMENTUM:
        way = by_momentum(i, out)
    elif plan.code == VWAP:
        way = by_vwap(i, out, volume, tally)
    elif plan.past.known:
        way = by_past(i, out, plan, tally)
    return way


@kernel
def by_past(i: int, out: Walk, plan: Planted, tally: Ints) -> int:
    """What the session before says."""
    if plan.code == VALUE_AREA:
        return by_value_area(i, out, plan.past)
    if plan.code == SWEEP:
        return by_sweep(i, out, plan.past, tally)
    return by_gap(i, out, plan, tally)


@kernel
def turn(coins: npt.NDArray[np.uint8], favour: npt.NDArray[np.uint8], way: int) -> None:
    """Turn the favoured coins up or down."""
    for j in range(len(coins)):
        coins[j] = coins[j] | favour[j] if way > 0 else coins[j] & (favour[j] ^ 255)


@kernel
def leaning_walk(
    price: int,
    steps: Plan,
    coins: npt.NDArray[np.uint8],
    octets: Octets,
    out: Walk,
    plan: Planted,
) -> int:
    """The walk bar by bar, each with the coins its edge has turned."""
    at, tally = 0, np.zeros(TALLIES, np.int64)
    for i in range(len(steps.steps)):
        way = leaning(i, out, steps.volume, plan, tally) if i else 0
        stop = at + ((steps.steps[i] + 7) >> 3)
        driven = price < plan.bounds.ceiling if way > 0 else price > plan.bounds.floor
        if way != 0 and driven:
            turn(coins[at:stop], plan.favour[at:stop], way)
        one = slice(i, i + 1)
        bar = Plan(steps.steps[one], steps.gap[one], steps.volume[one])
        here = Walk(out.open[one], out.high[one], out.low[one], out.close[one])
        price = walk(price, bar, coins[at:stop], octets, here)
        at = stop
    return price
