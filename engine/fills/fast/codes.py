"""An end of a position as one integer: the earliest of several ends is the smallest number.

Bar, moment within the bar, money, and a doubt. Flatten, stop, target and session end are looked up
apart, each as if it were alone; the rules of play (docs/fills.md, F12 to F17) are the order of the
moments, and a breakeven or a trail would be one more number beside the stop's.
"""

import numpy as np

from engine.core.bars import Longs
from engine.core.jit import kernel

FLATTEN, STOP_OPEN, TARGET_OPEN, STOP_INSIDE, TARGET_INSIDE, CLOSE = 0, 1, 3, 4, 5, 7
MOMENT_BITS, MONEY_BITS, DOUBT_BITS = 3, 32, 1
MOMENT_SHIFT = MONEY_BITS + DOUBT_BITS
BAR_SHIFT = MOMENT_BITS + MOMENT_SHIFT
MOST_BARS = 1 << (63 - BAR_SHIFT)
MONEY_LIMIT = 1 << (MONEY_BITS - 1)
MONEY_MASK = (1 << MONEY_BITS) - 1
DOUBT = 1  # set in a target's number: the bar of the fill may have met it, and may not (F28)
NEVER = (1 << 63) - 2  # after every other end, and in no doubt
DROPPED = -(1 << 62)  # before every other end: this setup cannot have this stop or target


@kernel
def end_code(bar: int, moment: int, net: int) -> int:
    """The number of an end; `net` lies within +-MONEY_LIMIT."""
    return (((bar << MOMENT_BITS) | moment) << MOMENT_SHIFT) | ((net + MONEY_LIMIT) << DOUBT_BITS)


def end_codes(bar: Longs, moment: Longs, net: Longs) -> Longs:
    """The numbers of several ends."""
    moments = (bar << MOMENT_BITS) | moment
    return np.asarray((moments << MOMENT_SHIFT) | ((net + MONEY_LIMIT) << DOUBT_BITS))


@kernel
def end_bar(code: int) -> int:
    """The bar of an end."""
    return code >> BAR_SHIFT


@kernel
def end_net(code: int) -> int:
    """Net money units of a position that ends there."""
    return ((code >> DOUBT_BITS) & MONEY_MASK) - MONEY_LIMIT


@kernel
def in_doubt(end: int, target: int) -> bool:
    """F15, F28: a stop and a target inside one bar, or a target the bar of the fill may have met.

    Of the moments only those two are neighbours; the stop is the smaller number, as the worst
    reading wants.
    """
    both = (target >> MOMENT_SHIFT) - (end >> MOMENT_SHIFT) == TARGET_INSIDE - STOP_INSIDE
    return both or target & DOUBT == DOUBT


def expired(until: Longs) -> Longs:
    """Before every end, after a drop: an order that waited, unfilled, to the close of a bar."""
    return np.asarray(-1 - until)


@kernel
def waited_to(code: int, free: int) -> int:
    """The last bar of an order that expired; what was dropped is as if it were not there."""
    return free if code == DROPPED else -1 - code
