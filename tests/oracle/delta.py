"""Delta proxies in plain Python, written from docs/profiles.md."""

from fractions import Fraction
from math import floor
from typing import NamedTuple

HALF = Fraction(1, 2)
SCALE = 10**6


class Bar(NamedTuple):
    """One bar, and the close before it in the same session if there was one."""

    open: int
    high: int
    low: int
    close: int
    volume: int
    before: int | None


def sign(value: int) -> int:
    return (value > 0) - (value < 0)


def share(bar: Bar, method: str) -> Fraction:
    """The part of a bar that was bought, before rounding."""
    move = 0 if bar.before is None else bar.close - bar.before
    whole = bar.high - bar.low
    if method == "up_down":
        return HALF + HALF * sign((bar.close - bar.open) or move)
    if whole == 0:
        return HALF + HALF * sign(move)
    if method == "close_location":
        return Fraction(bar.close - bar.low, whole)
    if method == "seed_close":
        return HALF + HALF * sign(move) * min(Fraction(abs(move), whole), 1)
    if bar.close > bar.open:
        parts = (50, bar.open - bar.low), (80, bar.close - bar.open), (65, bar.high - bar.close)
    else:
        parts = (65, bar.high - bar.open), (20, bar.open - bar.close), (35, bar.close - bar.low)
    return sum(Fraction(weight * ticks, 100 * whole) for weight, ticks in parts)


def bought(bar: Bar, method: str) -> int:
    """Lots: the share in millionths and then the lots, each to the nearest, halves up."""
    part = Fraction(floor(share(bar, method) * SCALE + HALF), SCALE)
    return floor(bar.volume * part + HALF)
