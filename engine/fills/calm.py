"""Bars in which nothing can happen, passed over along the chains of those that go further.

The bars between are played in full; so what is decided, and where, is the same without this file.
"""

import numpy as np
import numpy.typing as npt

from engine.core.jit import lean_kernel
from engine.fills.chains import LAST, Chain, onward
from engine.fills.close import Account, Guard, Sales
from engine.fills.plan import Plan
from engine.fills.terms import Policy

NEVER = 1 << 40  # beyond every bar and every price
NEAR = 32  # bars that are looked at one by one before chains are followed


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
    chains: tuple[Chain, Chain],
    levels: npt.NDArray[np.int64],
    plan: Plan,
    span: tuple[int, int],
    edge: tuple[int, int, bool],
    bests: tuple[int, int],
) -> tuple[int, int, int]:
    """Pass over the bars in which nothing can happen; the last of them, best and worst so far."""
    ways = chains if plan.side > 0 else (chains[1], chains[0])
    near = span[1] if edge[2] else min(span[1], span[0] + 1 + NEAR)
    i, best, worst = stroll(ways, levels, plan, (span[0] + 1, near), edge, bests)
    if i + 1 < near or near == span[1]:
        return i, best, worst
    return leap(ways, plan, (near, span[1]), edge, (best, worst))


@lean_kernel
def stroll(
    ways: tuple[Chain, Chain],
    levels: npt.NDArray[np.int64],
    plan: Plan,
    span: tuple[int, int],
    edge: tuple[int, int, bool],
    bests: tuple[int, int],
) -> tuple[int, int, int]:
    """Bar by bar, as far as most trades last, or a target follows a column.

    It then stands where that stood at the close before (F42).
    """
    (side, ahead, _), behind, (best, worst) = ways[0], ways[1].extreme, bests
    for i in range(span[0], span[1]):
        rise = side * (int(np.int64(ahead[i])) - plan.entry)
        fall = side * (int(np.int64(behind[i])) - plan.entry)
        far = edge[1]
        if edge[2]:
            far = min(far, side * (levels[plan.row, i - 1] - plan.entry))
        if rise >= far or fall <= edge[0]:
            return i - 1, best, worst
        best, worst = max(best, rise), min(worst, fall)
    return span[1] - 1, best, worst


@lean_kernel
def leap(
    ways: tuple[Chain, Chain],
    plan: Plan,
    span: tuple[int, int],
    edge: tuple[int, int, bool],
    bests: tuple[int, int],
) -> tuple[int, int, int]:
    """Few bars go further than those before them, and a chain knows the next that does."""
    (ahead, behind), (first, until), entry, last = ways, span, plan.entry, plan.last
    stop, fall = gone(behind, entry, (first, until, last), -edge[0])
    end, rise = gone(ahead, entry, (first, stop, last), edge[1])
    if end < stop:
        _, fall = gone(behind, entry, (first, end, last), NEVER)
    return end - 1, max(bests[0], rise), min(bests[1], -fall)


@lean_kernel
def gone(chain: Chain, entry: int, span: tuple[int, int, int], far: int) -> tuple[int, int]:
    """The first bar of a span that goes so far from the fill, or its end; how far those before."""
    bar, stop, last = span
    most = -NEVER
    while bar != LAST and bar < stop:
        went = chain.towards * (int(np.int64(chain.extreme[bar])) - entry)
        if went >= far:
            return bar, most
        most = went
        bar = onward(chain, bar, last)
    return stop, most
