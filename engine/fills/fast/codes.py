"""An end of a position as one integer: the earliest of several ends is the smallest number.

Bar, moment within the bar, and money. Flatten, stop, target and session end are looked up apart,
each as if it were alone; the rules of play (docs/fills.md, F12 to F17) are the order of the
moments, and a breakeven or a trail would be one more number beside the stop's.
"""

from engine.core.jit import kernel

FLATTEN, STOP_OPEN, TARGET_OPEN, STOP_INSIDE, TARGET_INSIDE, CLOSE = range(6)
MOMENT_BITS, MONEY_BITS = 3, 32
BAR_SHIFT = MOMENT_BITS + MONEY_BITS
MOST_BARS = 1 << (63 - BAR_SHIFT)
MONEY_LIMIT = 1 << (MONEY_BITS - 1)
MONEY_MASK = (1 << MONEY_BITS) - 1
NEVER = (1 << 63) - 1  # after every other end
DROPPED = -1  # before every other end: this setup cannot have this stop or target


@kernel
def end_code(bar: int, moment: int, net: int) -> int:
    """The number of an end; `net` lies within +-MONEY_LIMIT."""
    return (((bar << MOMENT_BITS) | moment) << MONEY_BITS) | (net + MONEY_LIMIT)


@kernel
def end_bar(code: int) -> int:
    """The bar of an end."""
    return code >> BAR_SHIFT


@kernel
def end_net(code: int) -> int:
    """Net money units of a position that ends there."""
    return (code & MONEY_MASK) - MONEY_LIMIT


@kernel
def in_doubt(end: int, target: int) -> bool:
    """F15: a stop and a target inside one bar, the only neighbours among the moments that meet.

    The stop is the smaller number, as the worst reading wants.
    """
    return (target >> MONEY_BITS) - (end >> MONEY_BITS) == TARGET_INSIDE - STOP_INSIDE
