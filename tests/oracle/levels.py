"""The levels of a profile in plain Python, written from docs/profiles.md."""

from fractions import Fraction
from typing import NamedTuple

PERCENTILE = Fraction(95, 100)
CLUSTER = 3  # rows a cluster has at least


class Found(NamedTuple):
    """Rows of a profile, counted from its lowest."""

    poc: int
    val: int
    vah: int


def poc_of(rows: list[Fraction] | list[int], tie: str = "mid") -> int:
    tied = [k for k, lots in enumerate(rows) if lots == max(rows)]
    if tie == "lowest":
        return tied[0]
    if tie == "highest":
        return tied[-1]
    return min(tied, key=lambda k: (abs(2 * k - (len(rows) - 1)), k))


def levels(
    rows: list[int], fraction: Fraction, rule: str = "pairs", tie: str = "up", poc_tie: str = "mid"
) -> Found | None:
    """poc, val and vah by one rule; nothing where nothing traded."""
    if sum(rows) == 0:
        return None
    if rule == "seed_greedy":
        return greedy(rows, fraction, poc_of(rows, poc_tie))
    if rule.startswith("seed_"):
        return smoothed(rows, fraction, rule, tie)
    poc = poc_of(rows, poc_tie)
    if rule == "symmetric":
        return symmetric(rows, fraction, poc)
    return grown(rows, fraction, poc, {"pairs": 2, "single": 1}[rule], tie)


def grown(rows: list, fraction: Fraction, poc: int, step: int, tie: str) -> Found:
    """Add `step` rows of the better side until the target is reached."""
    low = high = poc
    while sum(rows[low : high + 1]) < fraction * sum(rows):
        above, below = rows[high + 1 : high + 1 + step], rows[max(0, low - step) : low]
        up = sum(above) > sum(below) or (sum(above) == sum(below) and tie == "up")
        if not below or (above and up):
            high += len(above)
        else:
            low -= len(below)
    return Found(poc, low, high)


def symmetric(rows: list[int], fraction: Fraction, poc: int) -> Found:
    low = high = poc
    while sum(rows[low : high + 1]) < fraction * sum(rows):
        low, high = max(0, low - 1), min(len(rows) - 1, high + 1)
    return Found(poc, low, high)


def greedy(rows: list[int], fraction: Fraction, poc: int) -> Found:
    taken: list[int] = []
    for k in sorted(range(len(rows)), key=lambda k: (-rows[k], k)):
        if taken and sum(rows[t] for t in taken) >= fraction * sum(rows):
            break
        taken.append(k)
    return Found(poc, min(taken), max(taken))


def smooth(rows: list[int], *, padded: bool) -> list[Fraction]:
    """The mean of three neighbours; at the edges the raw volume, or with nothing beyond them."""
    out = [Fraction(lots) for lots in rows]
    for k in range(len(rows)):
        around = rows[max(0, k - 1) : k + 2]
        if len(around) == 3 or padded:
            out[k] = Fraction(sum(around), 3)
    return out


def cluster(rows: list[Fraction]) -> int:
    """The centre of the rows at or above the 95th percentile."""
    ordered, place = sorted(rows), PERCENTILE * (len(rows) - 1)
    at = int(place)
    after = ordered[min(at + 1, len(rows) - 1)]
    threshold = ordered[at] + (after - ordered[at]) * (place - at)
    chosen = [k for k, lots in enumerate(rows) if lots >= threshold]
    if len(chosen) < CLUSTER:
        return poc_of(rows, "lowest")
    centre = sum(k * rows[k] for k in chosen) / sum(rows[k] for k in chosen)
    return min(range(len(rows)), key=lambda k: (abs(k - centre), k))


def smoothed(rows: list[int], fraction: Fraction, rule: str, tie: str) -> Found:
    even = smooth(rows, padded=rule == "seed_padded")
    found = grown(even, fraction, poc_of(even, "lowest"), 1, tie)
    return found if rule == "seed_smoothed" else found._replace(poc=cluster(even))
