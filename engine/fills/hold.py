"""Holding one position bar by bar under every rule, and what moves its stop at each close."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.columns import Bools
from engine.core.jit import lean_kernel
from engine.fills.calm import NEVER, edges, skip, until
from engine.fills.close import (
    Account,
    Guard,
    Sales,
    decided,
    guarded,
    moved,
    trailing,
)
from engine.fills.inner import Turn, replayed
from engine.fills.kernel import HELD, SESSION, Fills
from engine.fills.plan import Plan
from engine.fills.sales import Held, sell
from engine.fills.terms import MARKET, Market, Policy
from engine.fills.view import Ending, Prices, Standing, View, judged, viewed

ZERO = np.int64(0)  # a price and it are 64 bits wide


class Result(NamedTuple):
    """How a position ended."""

    ending: Ending
    bar: int
    doubt: bool
    best: int
    worst: int
    sold: int


@lean_kernel
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
        i, closed = next_traded(market.still, i + 1, plan.last)
        prices = Prices(
            first[i] + ZERO, high[i] + ZERO, low[i] + ZERO, close[i] + ZERO, time[i], volume[i]
        )
        turn = Turn(prices, i, plan.inside if i == plan.bar else MARKET, reading)
        view = viewed(prices, plan, policy, i, turn.inside)
        stands = Standing(guard.has, guard.at, guard.ends, has_target, target, sales.sold, pending)
        if not closed:
            ending, sales = played(market, plan, policy, stands, (view, turn), (sales, at))
        doubt = doubt or ending.doubt
        under, above = spanned(view, ending)
        before, best, worst = best, max(best, above, sales.top), min(worst, under)
        if ending.reason == HELD:
            guard = moved(plan, policy, guard, view, (before, best), next_up(tighten, row, i) == i)
            pending = decided(
                policy, plan, view, (best, worst), (sales, account), next_up(leave, row, i) == i
            )
            if target_at.size > 0:
                has_target = not (policy.until_trail and trailing(plan, best))
            if i == plan.last:
                ending = nothing_more(view.close, SESSION)
            elif pending == HELD:
                now = guard, has_target, target
                i, best, worst = passed(
                    market, plan, policy, now, (sales, account), (i, best, worst)
                )
            if target_at.size > 0:
                target = plan.side * (target_at[row, i] - plan.entry)
    return Result(ending, i, doubt, best, worst, sales.sold)


@lean_kernel
def passed(
    market: Market,
    plan: Plan,
    policy: Policy,
    now: tuple[Guard, bool, int],
    books: tuple[Sales, Account],
    at: tuple[int, int, int],
) -> tuple[int, int, int]:
    """Pass over the bars after this one in which nothing can happen; where, and best and worst."""
    (target_at, leave, tighten), row = market.followed, plan.row
    (guard, has_target, target), (i, best, worst) = now, at
    follows = has_target and target_at.size > 0
    if follows and market.still.size > 0:  # a close at which nothing traded moves no target (F57)
        return at
    calm = min(next_up(tighten, row, i + 1), next_up(leave, row, i + 1))
    calm = min(calm, until(plan, policy, guard, at))
    fixed = has_target and not follows, target
    down, up = edges(plan, policy, guard, at, fixed, books)
    chains = market.up, market.down
    return skip(chains, target_at, plan, (i, calm), (down, up, follows), (best, worst))


@lean_kernel
def played(
    market: Market,
    plan: Plan,
    policy: Policy,
    now: Standing,
    bar: tuple[View, Turn],
    books: tuple[Sales, tuple[int, Held]],
) -> tuple[Ending, Sales]:
    """One bar: its own prices, and where they leave a doubt those of the bars inside it (F67)."""
    (view, turn), (sales, at) = bar, books
    inner, i = market.inner, turn.bar
    ending = judged(plan, now, policy, view, turn.reading)
    if ending.doubt and inner.first.size > 0 and inner.first[i] < inner.stop[i]:
        return replayed(inner, plan, policy, now, turn, books)
    if policy.legs > 0 and ending.sells and max(view.first, ending.legs) >= plan.nearest:
        sales = sell(plan, policy, sales, view, ending.legs, at)
    return ending, sales


@lean_kernel
def next_traded(still: Bools, i: int, last: int) -> tuple[int, bool]:
    """F57: the next bar that fills something, or the session's last, and whether that does not."""
    if still.size == 0:
        return i, False
    while i < last and still[i]:
        i += 1
    return i, bool(still[i])


@lean_kernel
def next_up(flags: npt.NDArray[np.int64], row: int, i: int) -> int:
    """The next bar at which a followed flag is up, from bar `i` on."""
    return int(flags[row, i]) if flags.size > 0 else NEVER


@lean_kernel
def nothing_more(close: int, reason: int) -> Ending:
    """F17: the session's end closes what is open."""
    return Ending(reason=reason, at=close, sells=False, legs=0, doubt=False)


@lean_kernel
def spanned(view: View, ending: Ending) -> tuple[int, int]:
    """Lowest and highest price of a bar that count: of the last one only its open and the exit."""
    if ending.reason == HELD:  # of a bar that fills nothing the close counts where all ends there
        return min(view.sure_low, view.close), max(view.sure_high, view.close)
    return min(view.first, ending.at), max(view.first, ending.at)


@lean_kernel
def write(fills: Fills, k: int, plan: Plan, found: Result) -> None:
    """The trade as it is kept: prices again, not distances."""
    ending = found.ending
    fills.entry[k], fills.exit_bar[k] = plan.entry, found.bar
    fills.exit[k] = plan.entry + plan.side * ending.at
    fills.stop[k] = plan.entry + plan.side * plan.stop if plan.has_stop else 0
    fills.target[k] = plan.entry + plan.side * plan.target if plan.has_target else 0
    fills.risk[k], fills.mfe[k], fills.mae[k] = plan.risk, found.best, found.worst
    fills.reason[k], fills.ambiguous[k] = ending.reason, found.doubt
