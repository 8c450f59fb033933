"""Where positions would meet their stop or target: one walk along a chain for all distances."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.instrument import RATE_SCALE
from engine.core.jit import kernel
from engine.fills.fast.chains import LAST, Tape, met
from engine.fills.fast.codes import (
    CLOSE,
    FLATTEN,
    NEVER,
    end_code,
)
from engine.fills.kernel import Bytes
from engine.fills.rules import distance_of


class Starts(NamedTuple):
    """Where the setups of a structure would be filled, row by row."""

    bar: Longs
    last_bar: Longs  # of the session
    side: Bytes
    price: Longs


class Bill(NamedTuple):
    """What a distance means: which way it lies, and what an end there costs."""

    gains: int  # +1: a target, -1: a stop
    tick_money: int
    costs: Longs  # by setup: all but the share of the exit's value
    rates: Longs  # by setup: that share, over RATE_SCALE
    at_open: int  # the moment of an end at an open beyond the level
    inside: int  # and of one at the level


@kernel
def reach(tape: Tape, starts: Starts, distances: Longs, bill: Bill, codes: Longs) -> None:
    """Write `codes[d, k]`: where setup `k` ends at `distances[k, d]`, which ascend with `d`."""
    for k in range(len(starts.bar)):
        chain = tape.up if bill.gains * starts.side[k] > 0 else tape.down
        bar, last, price = starts.bar[k], starts.last_bar[k], starts.price[k]
        if bar > last:
            bar = LAST
        for d in range(distances.shape[1]):
            far = distances[k, d]
            bar = met(chain, (bar, last), price, far)
            if bar == LAST:
                codes[d, k] = NEVER
            else:
                opened = chain.towards * (np.int64(tape.open[bar]) - price)
                codes[d, k] = ended(bill, (k, price, chain.towards), bar, (far, opened))


@kernel
def ended(bill: Bill, at: tuple[int, int, int], bar: int, moves: tuple[int, int]) -> int:
    """F12 to F14, F19 to F21: at the level, or at an open beyond it, less all costs."""
    (k, price, towards), (far, opened) = at, moves
    beyond = opened >= far
    move = opened if beyond else far
    net = bill.gains * move * bill.tick_money - bill.costs[k]
    net -= exit_share(bill, k, price + towards * move)
    return end_code(bar, bill.at_open if beyond else bill.inside, net)


@kernel
def exit_share(bill: Bill, k: int, price: int) -> int:
    """F21: a share of the exit's value, rounded up; a division only where there is one."""
    rate = int(bill.rates[k])
    return -((-rate * abs(price * bill.tick_money)) // RATE_SCALE) if rate else 0


@kernel
def in_risk(times: Longs, risk: Longs, distances: Longs) -> None:
    """F11: the distances of targets that are multiples of each setup's risk."""
    for k in range(len(risk)):
        for d in range(len(times)):
            distances[k, d] = distance_of(times[d], risk[k])


@kernel
def stay(tape: Tape, starts: Starts, flatten_bar: Longs, bill: Bill, codes: Longs) -> None:
    """F16, F17: where positions end that meet nothing: the flatten bar's open, the last close."""
    for k in range(len(starts.bar)):
        flat, last = flatten_bar[k], starts.last_bar[k]
        bar, price, moment = last, int(tape.close[last]), CLOSE
        if flat <= last:
            bar, price, moment = flat, int(tape.open[flat]), FLATTEN
        net = (price - starts.price[k]) * starts.side[k] * bill.tick_money - bill.costs[k]
        codes[k] = end_code(bar, moment, net - exit_share(bill, k, price))
