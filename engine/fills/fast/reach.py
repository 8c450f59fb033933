"""Where positions would meet their stop or target: one walk along a chain for all distances."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.instrument import RATE_SCALE
from engine.core.jit import kernel
from engine.fills.chains import LAST, Chain, Tape, met
from engine.fills.fast.codes import (
    CLOSE,
    DOUBT,
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
    inside: Bools  # whether the fill comes inside its bar, so that not all of the bar follows


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
        first, last, price = starts.bar[k], starts.last_bar[k], starts.price[k]
        bar, halved = first if first <= last else LAST, bill.gains > 0 and starts.inside[k]
        sure, most = after_a_limit(tape, chain, first, price) if halved else (0, 0)
        for d in range(distances.shape[1]):
            far = distances[k, d]
            if halved and bar == first and far > sure:  # not for sure in the bar of the fill
                bar = first + 1 if first < last else LAST
            bar = met(chain, (bar, last), price, far)
            doubt = DOUBT if halved and sure < far <= most else 0
            if bar == LAST:
                codes[d, k] = NEVER | doubt
            else:
                opened = chain.towards * (np.int64(tape.open[bar]) - price)
                opened = 0 if halved and bar == first else opened
                code = ended(bill, (k, price, chain.towards), bar, (far, opened))
                codes[d, k] = code | doubt


@kernel
def after_a_limit(tape: Tape, chain: Chain, bar: int, price: int) -> tuple[int, int]:
    """F28: how far ahead of a fill inside its bar the market went for sure, and may have gone."""
    close, best = int(np.int64(tape.close[bar])), int(np.int64(chain.extreme[bar]))
    return chain.towards * (close - price), chain.towards * (best - price)


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
def stay(tape: Tape, starts: Starts, leave: Longs, bill: Bill, codes: Longs) -> None:
    """F16, F17, F38, F43: where positions end that meet nothing: an open, or the last close."""
    for k in range(len(starts.bar)):
        out, last = leave[k], starts.last_bar[k]
        bar, price, moment = last, int(tape.close[last]), CLOSE
        if out <= last:
            bar, price, moment = out, int(tape.open[out]), FLATTEN
        net = (price - starts.price[k]) * starts.side[k] * bill.tick_money - bill.costs[k]
        codes[k] = end_code(bar, moment, net - exit_share(bill, k, price))


@kernel
def first_fill(tape: Tape, doors: Bools, starts: Starts, bars: Longs) -> None:
    """F22, F24: the bar in which each limit order that works from its start on fills, or LAST."""
    for k in range(len(starts.bar)):
        chain = tape.down if starts.side[k] > 0 else tape.up
        bar, last, level = starts.bar[k], starts.last_bar[k], starts.price[k]
        bar = met(chain, (bar if bar <= last else LAST, last), level, 0)
        while bar != LAST and not doors[bar]:
            bar = met(chain, (bar + 1 if bar < last else LAST, last), level, 0)
        bars[k] = bar
