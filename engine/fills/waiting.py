"""Orders that wait for their price, as scalar rules: F22 to F26, F55 and F56 of docs/fills.md.

Prices are turned so that every order buys: for a short they are negated, and high and low change
places.
"""

from typing import NamedTuple

import numpy as np

from engine.core.axis import SCALE
from engine.core.bars import BarArrays
from engine.core.columns import Bools
from engine.core.jit import lean_kernel
from engine.fills.terms import LIMIT, MARKET, STOP, STOP_LIMIT, Fill, Policy

PRIME = (1 << 31) - 1
FACTOR, SHIFT = 48_271, 12_345


class Turned(NamedTuple):
    """A bar as a buyer sees it."""

    first: int
    high: int
    low: int
    luck: int  # 1 where a touch fills a limit order in this bar, else 0
    room: bool  # whether its volume lets a limit order fill at all


@lean_kernel
def drawn(seed: int, moment: int, side: int) -> int:
    """A number below SCALE that only the seed, the bar and the side decide."""
    found = (seed % PRIME + side + 2) * FACTOR % PRIME
    found = (found + moment // 1_000_000_000) * FACTOR % PRIME
    for _ in range(3):
        found = (found * ((found >> 7) + SHIFT) + FACTOR) % PRIME
    return found * SCALE // PRIME


@lean_kernel
def lucky(policy: Policy, moment: int, side: int) -> int:
    """1 where the orders of one side that a bar only touches are filled in it, else 0."""
    if policy.luck >= SCALE:
        return 1
    return 1 if drawn(policy.seed, moment, side) < policy.luck else 0


@lean_kernel
def roomy(policy: Policy, volume: int) -> bool:
    """Whether the share of a bar's volume that is ours holds all lots of a position."""
    return policy.share == 0 or volume * policy.share >= policy.all * SCALE


@lean_kernel
def turned(bars: BarArrays, policy: Policy, i: int, side: int) -> Turned:
    """One bar in the terms of a buyer."""
    first, high, low = (
        int(np.int64(bars.open[i])),
        int(np.int64(bars.high[i])),
        int(np.int64(bars.low[i])),
    )
    if side < 0:
        first, high, low = -first, -low, -high
    moment = int(np.int64(bars.time[i]))
    return Turned(
        first, high, low, lucky(policy, moment, side), roomy(policy, int(np.int64(bars.volume[i])))
    )


@lean_kernel
def traded(price: int, level: int, through: int, luck: int) -> bool:
    """F24: whether a price that fell this far fills a buyer's limit; luck fills at a touch."""
    return price < level - through + luck


@lean_kernel
def limit_fill(bar: Turned, level: int, through: int) -> tuple[bool, int, int]:
    """F24: whether a limit fills in the bar, at which price, and where in it."""
    if not bar.room or not traded(bar.low, level, through, bar.luck):
        return (False, level, LIMIT)
    at_once = traded(bar.first, level, through, bar.luck)
    return (True, min(level, bar.first), MARKET if at_once else LIMIT)


@lean_kernel
def stop_fill(bar: Turned, level: int) -> tuple[bool, int, int]:
    """F25: whether a stop order fills in the bar, at which price, and where in it."""
    return bar.high >= level, max(level, bar.first), MARKET if bar.first >= level else STOP


class Sent(NamedTuple):
    """An order: prices as a buyer sees them, and the bars in which it may fill."""

    side: int
    order: int
    level: int
    limit: int
    first: int
    until: int


@lean_kernel
def wait(bars: BarArrays, enter: Bools, sent: Sent, policy: Policy) -> Fill:
    """F22, F23: where the order fills, if it does before it expires."""
    if sent.order == MARKET:
        price = int(np.int64(bars.open[sent.first]))
        return Fill(filled=True, bar=sent.first, price=price, inside=MARKET)
    order, level = sent.order, sent.level
    for i in range(sent.first, sent.until + 1):
        if enter[i]:
            bar = turned(bars, policy, i, sent.side)
            filled, price, inside = filled_in(bar, order, level, sent.limit, policy.through)
            if filled:
                return Fill(filled=True, bar=i, price=sent.side * price, inside=inside)
            if order == STOP_LIMIT and bar.high >= level:
                order, level = LIMIT, sent.limit
    return Fill(filled=False, bar=sent.until, price=0, inside=MARKET)


@lean_kernel
def filled_in(
    bar: Turned, order: int, level: int, limit: int, through: int
) -> tuple[bool, int, int]:
    """F24 to F26: one waiting order and one bar."""
    if order == LIMIT:
        return limit_fill(bar, level, through)
    if order == STOP:
        return stop_fill(bar, level)
    if bar.first >= level:
        return limit_fill(bar, limit, through)
    return bar.high >= level and limit - through >= level, level, STOP
