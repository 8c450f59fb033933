"""One bar and one position: what the bar decides, as scalar rules F12 to F16, F28, F29 and F46.

Prices are ticks from the fill, ahead positive, so that longs and shorts are one case.
"""

from typing import NamedTuple

from engine.core.jit import lean_kernel
from engine.fills.kernel import HELD, REACHED
from engine.fills.plan import Plan
from engine.fills.rules import WORST
from engine.fills.terms import LIMIT, MARKET, Policy
from engine.fills.waiting import lucky, roomy, traded


class View(NamedTuple):
    """A bar as its position sees it; of the bar it filled inside, what is sure to follow."""

    bar: int
    first: int
    high: int  # the most it may have been ahead since the fill
    low: int
    sure_high: int
    sure_low: int
    close: int
    luck: int
    room: bool


class Standing(NamedTuple):
    """Where a position ends as a bar begins."""

    has_stop: bool
    stop: int
    ends: int  # the reason a hit of the stop is given
    has_target: bool
    target: int
    sold: int  # a bit for each leg that left
    pending: int  # the reason to leave at this open, HELD when there is none


class Ending(NamedTuple):
    """What a bar makes of a position: whether it ends and where, and how far its legs got."""

    reason: int
    at: int
    sells: bool  # whether legs may have been sold
    legs: int  # up to this price
    doubt: bool


class Prices(NamedTuple):
    """What happened in one bar."""

    first: int
    high: int
    low: int
    close: int
    moment: int
    volume: int


@lean_kernel
def viewed(prices: Prices, plan: Plan, policy: Policy, i: int, inside: int) -> View:
    """One bar; F28 says what of it is sure to follow a fill inside it."""
    side, entry = plan.side, plan.entry
    up, down = side * (prices.high - entry), side * (prices.low - entry)
    first, close = side * (prices.first - entry), side * (prices.close - entry)
    high, low = max(up, down), min(up, down)
    luck = lucky(policy, prices.moment, -side)
    room = roomy(policy, prices.volume)
    if inside == MARKET:
        return View(i, first, high, low, high, low, close, luck, room)
    if inside == LIMIT:
        return View(i, 0, high, low, max(0, close), low, close, luck, room)
    return View(i, 0, high, low, high, min(0, close), close, luck, room)


@lean_kernel
def reaches(policy: Policy, view: View, level: int, price: int) -> bool:
    """F14, F29: whether a sale that waits at a level is made when the price was this far ahead."""
    return view.room and traded(-price, -level, policy.through, view.luck)


@lean_kernel
def at_open(plan: Plan, now: Standing, policy: Policy, view: View) -> Ending:
    """F12, F16: what the open decides, before anything inside the bar."""
    reason = HELD
    if now.pending != HELD:
        reason = now.pending
    elif view.bar >= plan.clock.leave:
        reason = plan.clock.reason
    elif now.has_stop and view.first <= now.stop:
        reason = now.ends
    if reason != HELD:
        return Ending(reason, view.first, sells=False, legs=0, doubt=False)
    reached = now.has_target and reaches(policy, view, now.target, view.first)
    if policy.stop_first and now.has_stop and view.low <= now.stop:  # F69
        reached = False
    reason = REACHED if reached else HELD
    return Ending(reason, view.first, sells=True, legs=view.first, doubt=False)


@lean_kernel
def within(plan: Plan, now: Standing, policy: Policy, view: View, reading: int) -> Ending:
    """F13 to F15, F28: what the prices inside a bar decide, and whether that is in doubt."""
    may_stop = now.has_stop and view.low <= now.stop
    must_stop = now.has_stop and view.sure_low <= now.stop
    may_reach = now.has_target and reaches(policy, view, now.target, view.high)
    must_reach = now.has_target and reaches(policy, view, now.target, view.sure_high)
    worst = now.ends if may_stop else (REACHED if must_reach else HELD)
    best = REACHED if may_reach else (now.ends if must_stop else HELD)
    sure = view.first if may_stop else view.sure_high
    doubt = worst != best or (policy.legs > 0 and unsure(plan, now, policy, view, sure))
    reason = worst if reading == WORST else best
    at = max(now.target, view.first) if reason == REACHED else now.stop
    legs = sure if reading == WORST else view.high
    return Ending(reason, at, sells=True, legs=legs, doubt=doubt)


@lean_kernel
def unsure(plan: Plan, now: Standing, policy: Policy, view: View, sure: int) -> bool:
    """Whether a leg may have been sold and may not."""
    if sure == view.high or view.high < plan.nearest:
        return False
    for m in range(policy.legs):
        waits = (now.sold >> m) & 1 == 0 and reaches(policy, view, plan.legs[m], view.high)
        if waits and not reaches(policy, view, plan.legs[m], sure):
            return True
    return False


@lean_kernel
def judged(plan: Plan, now: Standing, policy: Policy, view: View, reading: int) -> Ending:
    """One bar by its own four prices; a bar that is spared meets nothing (F68)."""
    if policy.spares and view.bar == plan.bar:
        return Ending(HELD, view.close, sells=False, legs=0, doubt=False)
    found = at_open(plan, now, policy, view)
    return within(plan, now, policy, view, reading) if found.reason == HELD else found
