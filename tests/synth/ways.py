"""Which way each edge leans each bar of a session, told from the bars alone, in plain Python."""

from fractions import Fraction
from itertools import accumulate
from math import floor
from typing import NamedTuple

SPAN = 30


class Bar(NamedTuple):
    """One bar in ticks and lots."""

    open: int
    high: int
    low: int
    close: int
    volume: int


class Before(NamedTuple):
    """The regular hours before: their value area, extremes and close."""

    val: int
    vah: int
    low: int
    high: int
    close: int


def sign(value):
    return (value > 0) - (value < 0)


def squares(bars):
    return sum((bar.high - bar.low) ** 2 for bar in bars)


def momentum(bars, _before, _regular):
    ways = []
    for i in range(len(bars)):
        last = bars[max(0, i - SPAN) : i]
        moved = last[-1].close - last[0].open if len(last) == SPAN else 0
        ways.append(sign(moved) if 3 * moved**2 > squares(last) else 0)
    return ways


def vwap_reversion(bars, _before, _regular):
    ways = [0]
    base = bars[0].open
    traded = accumulate(bar.volume for bar in bars)
    shifted = accumulate(bar.volume * (bar.close - base) for bar in bars)
    ranges = accumulate((bar.high - bar.low) ** 2 for bar in bars)
    for bar, volume, product, wide in zip(bars[:-1], traded, shifted, ranges, strict=False):
        away = bar.close - base - floor(Fraction(product, volume))
        ways.append(-sign(away) if 9 * away**2 > wide else 0)
    return ways


def value_area_reversion(bars, before, _regular):
    if before is None:
        return [0] * len(bars)
    closes = [None, *(bar.close for bar in bars[:-1])]
    return [
        0 if c is None else 1 if c < before.val else -1 if c > before.vah else 0 for c in closes
    ]


def sweep_reversal(bars, before, _regular):
    """The latest sweep counts; of two in one bar that of the low."""
    ways = [0] * len(bars)
    if before is None:
        return ways
    swept = []
    for name, beyond, way in (
        ("high", lambda bar: bar.high > before.high, -1),
        ("low", lambda bar: bar.low < before.low, 1),
    ):
        first = next((i for i, bar in enumerate(bars) if beyond(bar)), None)
        if first is not None:
            swept.append((first, name == "low", way))
    for first, _, way in sorted(swept):
        for i in range(first + 1, min(first + 1 + SPAN, len(bars))):
            ways[i] = way
        for i in range(first + 1 + SPAN, len(bars)):
            ways[i] = 0
    return ways


def gap_fill(bars, before, regular):
    ways, (first, stop) = [0] * len(bars), regular
    if before is None:
        return ways
    for i in range(first + 1, min(stop, len(bars))):
        if any(bar.low <= before.close <= bar.high for bar in bars[first:i]):
            break
        ways[i] = sign(before.close - bars[first].open)
    return ways


WAYS = {
    rule.__name__: rule
    for rule in (momentum, vwap_reversion, value_area_reversion, sweep_reversal, gap_fill)
}
