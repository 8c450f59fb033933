"""What one trade made, as scalar rules: F19 to F21 and F30, for the rules that count money."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.instrument import RATE_SCALE
from engine.core.jit import lean_kernel
from engine.fills.hold import Result
from engine.fills.kernel import BROKE_EVEN, REACHED, STOPPED
from engine.fills.plan import Plan
from engine.fills.sales import Held
from engine.fills.terms import LIMIT, MARKET, STOP, Policy

CROSSES, STOPS, RESTS = 0, 1, 2  # rows of the slippage: market, stop and limit orders


class Costing(NamedTuple):
    """Costs of one contract in money units."""

    tick: int
    slip: npt.NDArray[np.int64]  # [order type, part of the session]
    part: npt.NDArray[np.int8]  # by bar
    paid: npt.NDArray[np.int64]  # funding by side and bar since the first; of length 0 without any
    fixed: Longs  # by session
    maker: Longs
    taker: Longs


@lean_kernel
def kind_of_exit(reason: int) -> int:
    """F19, F20: the order that a reason to leave is filled by."""
    if reason == REACHED:
        return RESTS
    return STOPS if reason == STOPPED or reason >= BROKE_EVEN else CROSSES


@lean_kernel
def kind_of_entry(order: int) -> int:
    """F30: the order an entry is filled by; a stop that became a limit order is one."""
    if order == MARKET:
        return CROSSES
    return STOPS if order == STOP else RESTS


@lean_kernel
def fee(costing: Costing, session: int, rests: int, price: int) -> int:
    """F21: fixed, and a share of the value, rounded up against the trader."""
    rate = costing.maker[session] if rests else costing.taker[session]
    return int(costing.fixed[session] + -((-rate * abs(price * costing.tick)) // RATE_SCALE))


@lean_kernel
def exit_costs(costing: Costing, kind: int, bar: int, session: int, price: int) -> int:
    """Slippage and fees of one contract that leaves."""
    slip = costing.slip[kind, costing.part[bar]]
    return int(slip + fee(costing, session, kind == RESTS, price))


@lean_kernel
def entry_costs(costing: Costing, order: int, bar: int, session: int, price: int) -> int:
    """What one contract pays to get in; only a limit order that stays one rests in the book."""
    slip = costing.slip[kind_of_entry(order), costing.part[bar]]
    return int(slip + fee(costing, session, order == LIMIT, price))


@lean_kernel
def carried(costing: Costing, plan: Plan, bar: int) -> int:
    """F66: funding of one contract that leaves in a bar."""
    if costing.paid.size == 0:
        return 0
    return int(costing.paid[plan.row, bar] - costing.paid[plan.row, plan.bar])


@lean_kernel
def net_of(
    costing: Costing,
    plan: Plan,
    policy: Policy,
    found: Result,
    at: tuple[int, int, Held],
    entered: int,
) -> int:
    """Money of a trade, all legs and all costs; `entered` is what a contract paid to get in."""
    k, session, held = at
    lots, made = policy.all, -policy.all * entered
    for m in range(policy.legs):
        if (found.sold >> m) & 1:
            price = held.leg[k, m]
            costs = exit_costs(costing, RESTS, held.leg_bar[k, m], session, price)
            costs += carried(costing, plan, held.leg_bar[k, m])
            made += policy.lots[m] * (plan.side * (price - plan.entry) * costing.tick - costs)
            lots -= policy.lots[m]
    price = plan.entry + plan.side * found.ending.at
    kind = kind_of_exit(found.ending.reason)
    costs = exit_costs(costing, kind, found.bar, session, price)
    costs += carried(costing, plan, found.bar)
    return int(made + lots * (found.ending.at * costing.tick - costs))
