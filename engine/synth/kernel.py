"""The walk and its pace, in integers alone: the same bytes on every machine.

Inside a bar the price moves one tick a step, so every level is touched at its own price; between
bars it may jump. All coins are fair and independent of what they move, hence no rule that decides
by the past can earn anything.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.jit import kernel

Ints = npt.NDArray[np.int64]
Ticks = npt.NDArray[np.int32]

OCTAVE = 256  # logarithms are whole numbers of 1/256 octave
ONE = 65_536  # powers are in 1/65536ths
STEP = 256  # the expected number of steps is in 1/256ths
WILD = 10  # innovation of the pace from minute to minute, in 1/64 octaves


class Chances(NamedTuple):
    """Random numbers of one session, one a minute: three bell curves of deviation 4, one flat."""

    pace: Ints
    steps: Ints
    volume: Ints
    coin: Ints  # 63 even bits


class Plan(NamedTuple):
    """What is settled before the walk: steps in a bar, the jump ahead of it, its volume."""

    steps: Ints
    gap: Ints
    volume: Ints


class Octets(NamedTuple):
    """Eight steps at once, by the byte that holds their coins: where they lead and how far."""

    sum: Ints
    top: Ints
    bottom: Ints


class Walk(NamedTuple):
    """The bars of one session, to be written."""

    open: Ticks
    high: Ticks
    low: Ticks
    close: Ticks


@kernel
def power(powers: Ints, logarithm: int) -> int:
    """Two to the power of an integer logarithm, in 1/65536ths."""
    whole = logarithm >> 8
    part: int = powers[logarithm & 255]
    return part << whole if whole >= 0 else part >> -whole


@kernel
def leap(coin: int, root: int) -> int:
    """Ticks between a close and the next open: mostly none, now and then one, rarely many."""
    size = 1 if coin & 3 == 3 else 0
    if (coin >> 3) & 4095 == 0:
        size += (6 * root * (1 + ((coin >> 15) & 7))) >> 6
    return size if (coin >> 2) & 1 else -size


@kernel
def pace(shape: Ints, base: int, lots: int, powers: Ints, chances: Chances, plan: Plan) -> None:
    """Steps, jump and volume of every bar: a session's pace, its clock, and restless minutes."""
    restless = 0
    for i in range(len(shape)):
        restless += WILD * chances.pace[i] - (restless >> 5)
        expected = (base * power(powers, shape[i] + restless)) >> 16
        root = int(math.sqrt(expected))
        coin = chances.coin[i]
        steps = (4 * expected + 16 * chances.steps[i] * root + (coin >> 53)) >> 10
        plan.steps[i] = max(0, steps)
        plan.gap[i] = leap(coin, root)
        traded = (plan.steps[i] * lots * power(powers, shape[i])) >> 16
        plan.volume[i] = 1 + ((traded * power(powers, 32 * chances.volume[i])) >> 16)


@kernel
def walk(price: int, plan: Plan, coins: npt.NDArray[np.uint8], octets: Octets, out: Walk) -> int:
    """Fold the walk into bars and say where it ended; a price is never below one tick."""
    at = 0
    for i in range(len(plan.steps)):
        if abs(plan.gap[i]) < price:
            price += plan.gap[i]
        out.open[i] = price
        high = low = price
        steps = min(plan.steps[i], price - 1)
        whole = steps >> 3
        for j in range(at, at + whole):
            coin = coins[j]
            high = max(high, price + octets.top[coin])
            low = min(low, price + octets.bottom[coin])
            price += octets.sum[coin]
        for j in range(steps & 7):
            price += 1 if (coins[at + whole] >> j) & 1 else -1
            high, low = max(high, price), min(low, price)
        at += (plan.steps[i] + 7) >> 3
        out.high[i], out.low[i], out.close[i] = high, low, price
    return price
