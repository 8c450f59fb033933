"""Holding one position bar by bar under every rule, and what moves its stop at each close."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.jit import kernel
from engine.fills.calm import NEVER, edges, skip, until
from engine.fills.close import (
    Account,
    Sales,
    decided,
    guarded,
    moved,
    trailing,
)
from engine.fills.kernel import HELD, SESSION, Fills
from engine.fills.plan import Plan
from engine.fills.terms import MARKET, Market, Policy
from engine.fills.view import Ending, Prices, Standing, View, judged, reaches, viewed

ZERO = np.int64(0)  # a price and it are 64 bits wide


class Held(NamedTuple):
    """What play wrote of each order beside its Fills."""

    bar: Longs
    leg_bar: npt.NDArray[np.int64]  # [order, leg], of the legs sold before the end
    leg: npt.NDArray[np.int64]  # their prices
    sold: Longs  # a bit for each of them
    net: Longs
    made: Longs  # what its session had made when it opened, its own entry paid


class Result(NamedTuple):
    """How a position ended."""

    ending: Ending
    bar: int
    doubt: bool
    best: int
    worst: int
    sold: int


@kernel
def hold(
    market: Market, plan: Plan, policy: Policy, account: Account, reading: int, at: tuple[int, Held]
) -> Result:
    """Hold one position to its end; only the legs it sells are written on the way."""
    (time, first, high, low, close, volume, _), row = market.bars, plan.row
    target_at, leave, tighten = market.followed
    guard, sales, ending = guarded(plan), Sales(0, policy.all, 0, 0), nothing_more(0, HELD)
    best, worst, pending, doubt, i = 0, 0, HELD, False, plan.bar - 1
    target, has_target = plan.target, plan.has_target
    while ending.reason == HELD:
        i += 1
        prices = Prices(
            first[i] + ZERO, high[i] + ZERO, low[i] + ZERO, close[i] + ZERO, time[i], volume[i]
        )
        view = viewed(prices, plan, policy, i, plan.inside if i == plan.bar else MARKET)
        now = Standing(guard.has, guard.at, guard.ends, has_target, target, sales.sold, pending)
        ending = judged(plan, now, policy, view, reading)
        doubt = doubt or ending.doubt
        if policy.legs > 0 and ending.sells and max(view.first, ending.legs) >= plan.nearest:
            sales = sell(plan, policy, sales, view, ending.legs, at)
        under, above = spanned(view, ending)
        before, best, worst = best, max(best, above, sales.top), min(worst, under)
        if ending.reason == HELD:
            guard = moved(plan, policy, guard, view, (before, best), next_up(tighten, row, i) == i)
            pending = decided(
                policy, plan, view, (best, worst), (sales, account), next_up(leave, row, i) == i
            )
            if target_at.size > 0:
                target = plan.side * (target_at[row, i] - plan.entry)
                has_target = not (policy.until_trail and trailing(plan, best))
            if i == plan.last:
                ending = nothing_more(view.close, SESSION)
            elif pending == HELD and target_at.size == 0:
                calm = min(next_up(tighten, row, i + 1), next_up(leave, row, i + 1))
                calm = min(calm, until(plan, policy, guard, best, worst))
                edge = edges(plan, policy, guard, best, (has_target, target), (sales, account))
                i, best, worst = skip(high, low, plan, (i, calm), edge, (best, worst))
    return Result(ending, i, doubt, best, worst, sales.sold)


@kernel
def next_up(flags: npt.NDArray[np.int64], row: int, i: int) -> int:
    """The next bar at which a followed flag is up, from bar `i` on."""
    return int(flags[row, i]) if flags.size > 0 else NEVER


@kernel
def nothing_more(close: int, reason: int) -> Ending:
    """F17: the session's end closes what is open."""
    return Ending(reason=reason, at=close, sells=False, legs=0, doubt=False)


@kernel
def spanned(view: View, ending: Ending) -> tuple[int, int]:
    """Lowest and highest price of a bar that count: of the last one only its open and the exit."""
    if ending.reason == HELD:
        return view.sure_low, view.sure_high
    return min(view.first, ending.at), max(view.first, ending.at)


@kernel
def sell(
    plan: Plan, policy: Policy, sales: Sales, view: View, reach: int, at: tuple[int, Held]
) -> Sales:
    """F45, F46: the legs a bar sells, each at its own price."""
    k, out = at
    sold, rest, banked, top = sales
    for m in range(policy.legs):
        level = plan.legs[m]
        if (sold >> m) & 1 == 0 and reaches(policy, view, level, max(view.first, reach)):
            price = max(level, view.first)
            sold, rest = sold | (1 << m), rest - policy.lots[m]
            banked, top = banked + price * policy.lots[m], max(top, price)
            out.leg_bar[k, m], out.leg[k, m] = view.bar, plan.entry + plan.side * price
    return Sales(sold, rest, banked, top)


@kernel
def write(fills: Fills, k: int, plan: Plan, found: Result) -> None:
    """The trade as it is kept: prices again, not distances."""
    ending = found.ending
    fills.entry[k], fills.exit_bar[k] = plan.entry, found.bar
    fills.exit[k] = plan.entry + plan.side * ending.at
    fills.stop[k] = plan.entry + plan.side * plan.stop if plan.has_stop else 0
    fills.target[k] = plan.entry + plan.side * plan.target if plan.has_target else 0
    fills.risk[k], fills.mfe[k], fills.mae[k] = plan.risk, found.best, found.worst
    fills.reason[k], fills.ambiguous[k] = ending.reason, found.doubt
