"""Nodes, zones, shapes and readings of a profile in plain Python, from docs/profiles.md."""

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple


class Node(NamedTuple):
    """A row of a profile, whether it is a high one, and by how much it stands out."""

    row: int
    high: bool
    prominence: int


def smooth(rows: list[int], width: int) -> list[int]:
    half = width // 2
    return [sum(rows[max(0, k - half) : k + half + 1]) for k in range(len(rows))]


def peaks(even: list[int], share: Fraction) -> list[Node]:
    found, first = [], 0
    while first < len(even):
        last = first
        while last + 1 < len(even) and even[last + 1] == even[first]:
            last += 1
        sides = [even[k] for k in (first - 1, last + 1) if 0 <= k < len(even)]
        if even[first] > 0 and all(side < even[first] for side in sides):
            height = even[first] - max(
                base(even[:first][::-1], even[first], 0), base(even[last + 1 :], even[first], 1)
            )
            if height >= share * max(even):
                found.append(Node((first + last) // 2, high=True, prominence=height))
        first = last + 1
    return found


def base(way: list[int], top: int, more: int) -> int:
    """The lowest row on the way to higher ground; nothing if the way ends without any.

    Upwards higher ground is higher by one lot at least, downwards an equal row will do.
    """
    for k, lots in enumerate(way):
        if lots >= top + more:
            return min([*way[:k], top])
    return 0


def nodes(rows: list[int], width: int, share: Fraction) -> list[Node]:
    even = smooth(rows, width)
    found = peaks(even, share)
    made = []
    for one, other in pairwise(found):
        between = range(one.row + 1, other.row)
        middle = Fraction(one.row + other.row, 2)
        row = min(between, key=lambda k: (even[k], abs(k - middle), k))
        depth = min(even[one.row], even[other.row]) - even[row]
        made.append(Node(row, high=False, prominence=depth))
    return sorted(found + made)


def zones(rows: list[int], share: Fraction) -> list[tuple[int, int]]:
    """First and last row of each run of rows below a share of the mean."""
    low = [lots < share * Fraction(sum(rows), len(rows)) for lots in rows]
    firsts = [k for k in range(len(rows)) if low[k] and (k == 0 or not low[k - 1])]
    return [
        (k, next((j for j in range(k, len(rows)) if not low[j]), len(rows)) - 1) for k in firsts
    ]


def shape(rows: list[int]) -> str:
    count, width = len(rows), (len(rows) // 10) | 1
    even = smooth(rows, width)
    if count < 3:
        return "D"
    if max(even) <= Fraction(3, 2) * width * Fraction(sum(rows), count):
        return "thin"
    if len(peaks(even, Fraction(1, 2))) > 1:
        return "B"
    tied = [k for k, lots in enumerate(rows) if lots == max(rows)]
    poc = min(tied, key=lambda k: (abs(2 * k - count + 1), k)) + Fraction(1, 2)
    if poc >= Fraction(2 * count, 3):
        return "P"
    return "b" if poc <= Fraction(count, 3) else "D"


def reading(rows: list[int], close: int) -> str:
    """`close` is the row the session ended in."""
    middle, at = Fraction(len(rows), 2), close + Fraction(1, 2)
    below = sum(v for k, v in enumerate(rows) if k + 1 <= middle)
    above = sum(v for k, v in enumerate(rows) if k >= middle)
    if below >= Fraction(6, 10) * sum(rows) and at >= middle:
        return "accumulation"
    if above >= Fraction(6, 10) * sum(rows) and at <= middle:
        return "distribution"
    return "balance"
