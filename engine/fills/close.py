"""What a close decides, as scalar rules F35 to F44 and F50: the stop, and the reasons to leave."""

from typing import NamedTuple

from engine.core.jit import lean_kernel
from engine.fills.kernel import (
    BROKE_EVEN,
    DECAYED,
    HELD,
    LOSS,
    PROFIT,
    SIDEWAYS,
    SIGNALLED,
    STOPPED,
    TIGHTENED,
    TRAILED,
    UNDERWATER,
)
from engine.fills.plan import Plan
from engine.fills.rules import trailed
from engine.fills.terms import Policy
from engine.fills.view import View

STEPS = 4


class Account(NamedTuple):
    """Money of the session so far, and what it may not pass with the open result counted."""

    made: int  # realised, and the costs of this entry taken off
    tick: int
    loss: int  # 0: no limit on the open result
    profit: int


class Guard(NamedTuple):
    """The stop, and how much of its decay is done."""

    has: bool
    at: int
    ends: int
    step: int
    due: int  # bar at whose close the next step is due


class Sales(NamedTuple):
    """Legs sold so far."""

    sold: int
    rest: int  # lots still held
    banked: int  # ticks times lots
    top: int  # the best price of them


@lean_kernel
def guarded(plan: Plan) -> Guard:
    """The stop at the fill: a trail that waits for nothing stands there already (F36)."""
    if plan.trail.at_once and (not plan.has_stop or -plan.trail.by > plan.stop):
        return Guard(has=True, at=-plan.trail.by, ends=TRAILED, step=0, due=plan.clock.due[0])
    return Guard(plan.has_stop, plan.stop, STOPPED, 0, plan.clock.due[0])


@lean_kernel
def trailing(plan: Plan, best: int) -> bool:
    """Whether the trail has begun."""
    return plan.trail.there and best >= plan.trail.after


@lean_kernel
def nearer(guard: Guard, at: int, ends: int) -> Guard:
    """The stop only ever comes nearer; it remembers which rule moved it."""
    if guard.has and at <= guard.at:
        return guard
    return Guard(has=True, at=at, ends=ends, step=guard.step, due=guard.due)


@lean_kernel
def moved(
    plan: Plan, policy: Policy, guard: Guard, view: View, bests: tuple[int, int], tight: int
) -> Guard:
    """F35 to F37, F39, F44: where the stop stands from the next bar on."""
    before, best = bests
    if best > before or view.bar == plan.bar:
        if plan.even.there and best >= plan.even.after:
            guard = nearer(guard, plan.even.offset, BROKE_EVEN)
        if trailing(plan, best):
            level = trailed(best, plan.trail.by, plan.trail.after, plan.trail.step)
            guard = nearer(guard, level, TRAILED)
    if view.bar >= guard.due:
        guard = decayed(plan, policy, guard, view)
    return nearer(guard, plan.tighten, TIGHTENED) if tight else guard


@lean_kernel
def decayed(plan: Plan, policy: Policy, guard: Guard, view: View) -> Guard:
    """F39: every step whose time has come."""
    if policy.in_profit and view.close <= 0:
        return guard
    while view.bar >= guard.due:
        near = nearer(guard, plan.decay[guard.step], DECAYED)
        step, due = guard.step + 1, plan.last + 1
        if step < STEPS:
            due = plan.clock.due[step]
        guard = Guard(near.has, near.at, near.ends, step, due)
    return guard


@lean_kernel
def decided(
    policy: Policy,
    plan: Plan,
    view: View,
    span: tuple[int, int],
    books: tuple[Sales, Account],
    leave: int,
) -> int:
    """F40, F41, F43, F50: the reason to leave at the next open, if the close gave one."""
    sales, account = books
    result = account.made + (sales.banked + view.close * sales.rest) * account.tick
    if account.loss > 0 and result <= -account.loss:
        return LOSS
    if account.profit > 0 and result >= account.profit:
        return PROFIT
    if leave:
        return SIGNALLED
    return HELD if trailing(plan, span[0]) else idled(policy, plan, view, span)


@lean_kernel
def idled(policy: Policy, plan: Plan, view: View, span: tuple[int, int]) -> int:
    """F40, F41: a trade that leads nowhere."""
    if view.bar >= plan.clock.sideways and view.close >= 0 and span[0] - span[1] < policy.quiet:
        return SIDEWAYS
    return UNDERWATER if view.bar >= plan.clock.underwater and view.close < policy.below else HELD
