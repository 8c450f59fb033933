"""Day types and open types in plain Python, written from docs/profiles.md."""

from fractions import Fraction
from statistics import median
from typing import NamedTuple

Price = tuple[int, int, int, int]  # open, high, low, close
LEVELS = ("poc", "vah", "val", "high", "low")


class Day(NamedTuple):
    """A session: its range and close, its initial balance, whether single prints part it."""

    high: int
    low: int
    close: int
    balance_high: int
    balance_low: int
    split: bool = False


def day_type(day: Day, ranges_before: list[int]) -> str:
    whole, width = day.high - day.low, day.balance_high - day.balance_low
    up, down = day.high > day.balance_high, day.balance_low > day.low
    place = Fraction(day.close - day.low, whole) if whole else None
    upper = place is None or place >= Fraction(3, 4)
    lower = place is None or place <= Fraction(1, 4)
    if up and down:
        return "neutral_extreme" if upper or lower else "neutral"
    if up or down:
        if whole > 2 * width and (upper if up else lower):
            return "double_distribution" if day.split else "trend"
        return "normal_variation" if width < Fraction(85, 100) * whole else "normal"
    if len(ranges_before) >= 10 and whole <= Fraction(median(ranges_before[-10:])) / 2:
        return "non_trend"
    return "normal"


def open_type(bars: list[Price], prior: dict[str, int | None] | None) -> str:
    """The kind of open of the first bars of a session."""
    start, close = bars[0][0], bars[-1][3]
    high, low = max(b[1] for b in bars), min(b[2] for b in bars)
    at_high = next(k for k, b in enumerate(bars) if b[1] == high)
    at_low = next(k for k, b in enumerate(bars) if b[2] == low)
    whole = high - low
    if close > start:
        against, near, turned, way = start - low, high - close, at_low < at_high, (low, start)
    else:
        against, near, turned, way = high - start, close - low, at_high < at_low, (start, high)
    if close != start and near <= Fraction(whole, 4):
        tests = [prior[n] for n in LEVELS if prior and prior[n] is not None]
        if against <= Fraction(whole, 10):
            return "open_drive"
        if turned and any(way[0] <= level <= way[1] for level in tests):
            return "open_test_drive"
        if turned and against >= Fraction(whole, 4):
            return "open_rejection_reverse"
    if prior is None:
        return "open_auction"
    inside = prior["low"] <= start <= prior["high"]
    return "open_auction_in_range" if inside else "open_auction_out_of_range"
