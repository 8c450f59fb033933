"""Bars in which nothing can happen, passed over by two comparisons each.

The bars between are played in full; so what is decided, and where, is the same without this file.
"""

from engine.core.bars import Ticks
from engine.core.jit import kernel
from engine.fills.close import Account, Guard, Sales
from engine.fills.plan import Plan
from engine.fills.terms import Policy

NEVER = 1 << 40  # beyond every bar and every price


@kernel
def until(plan: Plan, policy: Policy, guard: Guard, best: int, worst: int) -> int:
    """The first bar in which something may happen that is no matter of prices."""
    first = min(plan.clock.leave, plan.last, guard.due, plan.clock.underwater)
    return min(first, plan.clock.sideways) if best - worst < policy.quiet else first


@kernel
def edges(
    plan: Plan,
    policy: Policy,
    guard: Guard,
    best: int,
    target: tuple[bool, int],
    books: tuple[Sales, Account],
) -> tuple[int, int]:
    """How far a bar may reach without anything to decide or to move."""
    up, down = NEVER, guard.at if guard.has else -NEVER
    if target[0]:
        up = target[1]
    if policy.legs > 0:
        up = min(up, plan.nearest if books[0].sold == 0 else best + 1)
    if plan.even.there and best < plan.even.after:
        up = min(up, plan.even.after)
    if plan.trail.there:
        up = min(up, max(best + 1, plan.trail.after))
    sales, account = books
    if account.loss > 0 or account.profit > 0:
        made, step = account.made + sales.banked * account.tick, sales.rest * account.tick
        if account.loss > 0:
            down = max(down, (-account.loss - made) // step)
        if account.profit > 0:
            up = min(up, -((made - account.profit) // step))
    return down, up


@kernel
def skip(
    high: Ticks,
    low: Ticks,
    plan: Plan,
    span: tuple[int, int],
    edge: tuple[int, int],
    bests: tuple[int, int],
) -> tuple[int, int, int]:
    """Pass over the bars in which nothing can happen; the last of them, best and worst so far."""
    above, below = plan.entry + edge[1], plan.entry + edge[0]
    highest, lowest = plan.entry + bests[0], plan.entry + bests[1]
    if plan.side < 0:
        above, below = plan.entry - edge[0], plan.entry - edge[1]
        highest, lowest = plan.entry - bests[1], plan.entry - bests[0]
    i, calm = span
    while i + 1 < calm and high[i + 1] < above and low[i + 1] > below:
        i += 1
        highest, lowest = max(highest, high[i]), min(lowest, low[i])
    if plan.side < 0:
        return i, plan.entry - lowest, plan.entry - highest
    return i, highest - plan.entry, lowest - plan.entry
