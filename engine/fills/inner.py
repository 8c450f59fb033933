"""Finer bars or trades inside a bar: where they are stored they decide what it cannot, F67."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import MINUTE, BarArrays, Bars, Longs, Ticks
from engine.core.columns import Bools, frozen
from engine.core.jit import lean_kernel
from engine.fills.close import Sales
from engine.fills.kernel import HELD
from engine.fills.plan import Plan
from engine.fills.sales import Held, sell
from engine.fills.terms import LIMIT, MARKET, Inner, Policy
from engine.fills.view import Ending, Prices, Standing, judged, viewed
from engine.fills.waiting import lucky, traded

ZERO = np.int64(0)  # a price and it are 64 bits wide
NOT_YET = -1


class Turn(NamedTuple):
    """What one bar is played with."""

    prices: Prices
    bar: int
    inside: int  # where in it the position was filled
    reading: int


def of_trades(bars: Bars, time: Longs, price: Ticks, size: Longs) -> Bars:
    """Trades in their order as the finest bars there are: each goes from the trade before to it.

    A price between two trades of a bar is passed, as it is between two prices of any bar.
    """
    close = np.ascontiguousarray(price, np.int32)
    of = np.searchsorted(bars.time, time, side="right")
    begins = np.diff(of, prepend=-1) != 0
    first = np.where(begins, close, np.append(close[:1], close[:-1]))
    high, low = np.maximum(first, close), np.minimum(first, close)
    arrays = BarArrays(time, first, high, low, close, size, np.zeros(len(close), np.int32))
    return Bars(bars.instrument, bars.sessions, arrays, minutes=0)


def inner_of(bars: Bars) -> Inner:
    """The finer bars of every bar that they add up to; of others they say nothing."""
    fine = bars.inner
    if fine is None:
        none, price = frozen(np.zeros(0, np.int64)), frozen(np.zeros(0, np.int32))
        return Inner(none, none, price, price, price, price)
    first = np.searchsorted(fine.time, bars.time)
    stop = np.searchsorted(fine.time, bars.time + bars.minutes * MINUTE)
    stop[:-1] = np.minimum(stop[:-1], first[1:])
    known = np.flatnonzero(stop > first)
    kept = known[matched(bars, fine, known, (first[known], stop[known]))]
    ends = first.copy()
    ends[kept] = stop[kept]
    return Inner(frozen(first), frozen(ends), fine.open, fine.high, fine.low, fine.close)


def matched(bars: Bars, fine: Bars, rows: Longs, span: tuple[Longs, Longs]) -> Bools:
    """Whether finer bars fold to each of some bars."""
    first, stop = span
    edges = np.stack(span, axis=1).ravel()
    if not len(edges):
        return np.zeros(0, np.bool_)
    edges = edges[:-1] if edges[-1] == len(fine) else edges
    folded = (
        *(fine.open[first], np.maximum.reduceat(fine.high, edges)[::2]),
        *(np.minimum.reduceat(fine.low, edges)[::2], fine.close[stop - 1]),
    )
    whole = (bars.open, bars.high, bars.low, bars.close)
    pairs = zip(folded, whole, strict=True)
    return np.asarray(np.logical_and.reduce([a == b[rows] for a, b in pairs]))


@lean_kernel
def replayed(
    inner: Inner,
    plan: Plan,
    policy: Policy,
    now: Standing,
    turn: Turn,
    books: tuple[Sales, tuple[int, Held]],
) -> tuple[Ending, Sales]:
    """One bar in doubt, by its finer bars in their order; one of them may leave a doubt too."""
    sales, at = books
    ending, doubt, inside = Ending(HELD, 0, sells=False, legs=0, doubt=False), False, turn.inside
    for j in range(inner.first[turn.bar], inner.stop[turn.bar]):
        prices = finer(inner, j, turn.prices)
        here = MARKET
        if inside != MARKET:
            here = entered(prices, plan, policy, inside)
            if here == NOT_YET:
                continue
            inside = MARKET
        view = viewed(prices, plan, policy, turn.bar, here)
        state = Standing(
            now.has_stop, now.stop, now.ends, now.has_target, now.target, sales.sold, HELD
        )
        ending = judged(plan, state, policy, view, turn.reading)
        doubt = doubt or ending.doubt
        if policy.legs > 0 and ending.sells and max(view.first, ending.legs) >= plan.nearest:
            sales = sell(plan, policy, sales, view, ending.legs, at)
        if ending.reason != HELD:
            break
    return Ending(ending.reason, ending.at, sells=False, legs=0, doubt=doubt), sales


@lean_kernel
def finer(inner: Inner, j: int, whole: Prices) -> Prices:
    """A finer bar; luck and room are those of the bar it lies in (F55, F56)."""
    return Prices(
        inner.open[j] + ZERO,
        inner.high[j] + ZERO,
        inner.low[j] + ZERO,
        inner.close[j] + ZERO,
        whole.moment,
        whole.volume,
    )


@lean_kernel
def entered(prices: Prices, plan: Plan, policy: Policy, inside: int) -> int:
    """Where in a finer bar the order fills: at its open, inside it, or not yet."""
    side, entry = plan.side, plan.entry
    first, up = side * (prices.first - entry), side * (prices.high - entry)
    down = side * (prices.low - entry)
    if inside == LIMIT:
        luck = lucky(policy, prices.moment, side)
        if traded(first, 0, policy.through, luck):
            return MARKET
        return LIMIT if traded(min(up, down), 0, policy.through, luck) else NOT_YET
    if first == 0:  # where it opens beyond the level, the level itself was not on offer
        return MARKET
    return inside if max(up, down) >= 0 else NOT_YET
