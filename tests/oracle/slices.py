"""Weeks, months, windows and value migration in plain Python, from docs/profiles.md."""

from datetime import date
from fractions import Fraction


def period_of(day: date, period: str) -> tuple[int, int]:
    """The ISO week or the month of a trade date."""
    return tuple(day.isocalendar()[:2]) if period == "week" else (day.year, day.month)


def window(times: list[int], i: int, n: int, unit: str, length: int) -> range | None:
    """The bars of a window at bar `i`; nothing before the data is that long."""
    if unit == "bars":
        return range(i - n + 1, i + 1) if i >= n - 1 else None
    since = times[i] + length - n * length  # of bars that last one minute
    if times[0] > since:
        return None
    return range(next(k for k, time in enumerate(times) if time >= since), i + 1)


def overlap(new: tuple[int, int], old: tuple[int, int]) -> tuple[int, str]:
    """The part of the older value area that the newer one covers, and how it lies; (val, vah)."""
    common = len(set(range(new[0], new[1] + 1)) & set(range(old[0], old[1] + 1)))
    share = int(Fraction(common, old[1] - old[0] + 1) * 10_000)
    return share, relation(new, old)


def relation(new: tuple[int, int], old: tuple[int, int]) -> str:
    if new == old:
        return "unchanged"
    if new[0] > old[1]:
        return "higher"
    if new[1] < old[0]:
        return "lower"
    if new[0] >= old[0] and new[1] <= old[1]:
        return "inside"
    if new[0] <= old[0] and new[1] >= old[1]:
        return "outside"
    return "overlapping_higher" if new[1] > old[1] else "overlapping_lower"


def opened(price: int, prior: dict[str, int]) -> str:
    if price < prior["low"]:
        return "below_range"
    if price > prior["high"]:
        return "above_range"
    if price < prior["val"]:
        return "below_value"
    return "above_value" if price > prior["vah"] else "in_value"
