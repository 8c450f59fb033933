"""Bars in which nothing can happen, passed over by two comparisons each.

The bars between are played in full; so what is decided, and where, is the same without this file.
"""

import numpy as np
import numpy.typing as npt

from engine.core.bars import Ticks
from engine.core.jit import lean_kernel
from engine.fills.close import Account, Guard, Sales
from engine.fills.plan import Plan
from engine.fills.terms import Policy

NEVER = 1 << 40  # beyond every bar and every price


@lean_kernel
def later(bar: int, i: int) -> int:
    """A bar that is still to come; what has come waits for a price, which `edges` knows."""
    return bar if bar > i else NEVER


@lean_kernel
def until(plan: Plan, policy: Policy, guard: Guard, at: tuple[int, int, int]) -> int:
    """The first bar in which something may happen that is no matter of prices."""
    i, best, worst = at
    first = min(plan.clock.leave, plan.last)
    first = min(first, later(guard.due, i), later(plan.clock.underwater, i))
    return min(first, later(plan.clock.sideways, i)) if best - worst < policy.quiet else first


@lean_kernel
def edges(
    plan: Plan,
    policy: Policy,
    guard: Guard,
    at: tuple[int, int, int],
    target: tuple[bool, int],
    books: tuple[Sales, Account],
) -> tuple[int, int]:
    """How far a bar may reach without anything to decide or to move."""
    up = moving(plan, policy, at[1], target, books[0].sold)
    low, high = waiting(plan, policy, guard, at)
    under, over = spending(*books)
    return max(low, under), min(up, high, over)


@lean_kernel
def moving(plan: Plan, policy: Policy, best: int, target: tuple[bool, int], sold: int) -> int:
    """Where a target or leg is met, or a stop begins to move."""
    up = target[1] if target[0] else NEVER
    if policy.legs > 0:
        up = min(up, plan.nearest if sold == 0 else best + 1)
    if plan.even.there and best < plan.even.after:
        up = min(up, plan.even.after)
    if plan.trail.there:
        up = min(up, max(best + 1, plan.trail.after))
    return up


@lean_kernel
def waiting(plan: Plan, policy: Policy, guard: Guard, at: tuple[int, int, int]) -> tuple[int, int]:
    """Where the stop is met, or what was due before gets the close it waits for."""
    i, best, worst = at
    down, up = guard.at if guard.has else -NEVER, NEVER
    if guard.due <= i:  # a step of the decay that waits for a close in profit
        up = 1
    if plan.clock.underwater <= i:
        down = max(down, policy.below - 1)
    if plan.clock.sideways <= i and best - worst < policy.quiet:
        up = min(up, 0)
    return down, up


@lean_kernel
def spending(sales: Sales, account: Account) -> tuple[int, int]:
    """Where the open result passes what a session may lose or make (F50)."""
    down, up = -NEVER, NEVER
    made, step = account.made + sales.banked * account.tick, sales.rest * account.tick
    if account.loss > 0:
        down = (-account.loss - made) // step
    if account.profit > 0:
        up = -((made - account.profit) // step)
    return down, up


@lean_kernel
def skip(
    prices: tuple[Ticks, Ticks],
    levels: npt.NDArray[np.int64],
    plan: Plan,
    span: tuple[int, int],
    edge: tuple[int, int, bool],
    bests: tuple[int, int],
) -> tuple[int, int, int]:
    """Pass over the bars in which nothing can happen; the last of them, best and worst so far.

    A target that follows a column stands where that stood at the close before (F42).
    """
    high, low = prices
    follows, row = edge[2], plan.row
    above, below = plan.entry + edge[1], plan.entry + edge[0]
    highest, lowest = plan.entry + bests[0], plan.entry + bests[1]
    if plan.side < 0:
        above, below = plan.entry - edge[0], plan.entry - edge[1]
        highest, lowest = plan.entry - bests[1], plan.entry - bests[0]
    i, calm = span
    while i + 1 < calm and high[i + 1] < above and low[i + 1] > below:
        if follows and (low[i + 1] <= levels[row, i] if row else high[i + 1] >= levels[row, i]):
            break
        i += 1
        highest, lowest = max(highest, high[i]), min(lowest, low[i])
    if plan.side < 0:
        return i, plan.entry - lowest, plan.entry - highest
    return i, highest - plan.entry, lowest - plan.entry
