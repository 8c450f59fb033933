"""Legs: what of a position is sold before its end, and where that is written."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.jit import lean_kernel
from engine.fills.close import Sales
from engine.fills.plan import Plan
from engine.fills.terms import Policy
from engine.fills.view import View, reaches


class Held(NamedTuple):
    """What play wrote of each order beside its Fills."""

    bar: Longs
    leg_bar: npt.NDArray[np.int64]  # [order, leg], of the legs sold before the end
    leg: npt.NDArray[np.int64]  # their prices
    sold: Longs  # a bit for each of them
    net: Longs
    made: Longs  # what its session had made when it opened, its own entry paid


@lean_kernel
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
