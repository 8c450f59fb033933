"""Profiles small enough to work by hand, and what each rule makes of them.

Rows from the lowest up; levels as (poc, val, vah), counted from the lowest row. Default ties: the
poc nearest the middle then lower, equal sides up. One tuple stands for all rules where they agree.
"""

from typing import NamedTuple

Found = tuple[int, int, int]
BIG = 10**17


class Case(NamedTuple):
    """A profile, the fraction, and the levels by pairs, single, symmetric and seed_greedy."""

    rows: list[int]
    fraction: str
    found: tuple[Found, ...]


def seventy(rows: list[int], *found: Found) -> Case:
    return Case(rows, "0.70", found if len(found) > 1 else found * 4)


def share(rows: list[int], fraction: str, *found: Found) -> Case:
    return Case(rows, fraction, found if len(found) > 1 else found * 4)


RULES = ("pairs", "single", "symmetric", "seed_greedy")
CASES = [
    # one row, two rows, three rows
    seventy([5], (0, 0, 0)),
    seventy([3, 3], (0, 0, 1)),
    seventy([1, 2, 1], (1, 1, 2), (1, 1, 2), (1, 0, 2), (1, 0, 1)),
    seventy([2, 1, 1], (0, 0, 2), (0, 0, 1), (0, 0, 1), (0, 0, 1)),
    seventy([1, 1, 2], (2, 0, 2), (2, 1, 2), (2, 1, 2), (2, 0, 2)),
    seventy([0, 4, 0], (1, 1, 1)),
    seventy([4, 0, 0, 4], (0, 0, 3)),
    # all equal
    seventy([1] * 5, (2, 0, 4), (2, 1, 4), (2, 0, 4), (2, 0, 3)),
    seventy([1] * 10, (4, 2, 8), (4, 3, 9), (4, 1, 7), (4, 0, 6)),
    # the poc alone is enough, just enough, and not enough
    seventy([10, 1, 1, 1, 1], (0, 0, 0)),
    seventy([7, 1, 1, 1], (0, 0, 0)),
    seventy([6, 1, 1, 1, 1], (0, 0, 2), (0, 0, 1), (0, 0, 1), (0, 0, 1)),
    # equal sides, and sides that differ by one lot
    seventy([1, 1, 6, 1, 1], (2, 2, 4), (2, 2, 3), (2, 1, 3), (2, 0, 2)),
    seventy([2, 1, 6, 1, 1], (2, 0, 2), (2, 2, 4), (2, 1, 3), (2, 0, 2)),
    seventy([1, 2, 6, 1, 1], (2, 0, 2), (2, 1, 2), (2, 1, 3), (2, 1, 2)),
    seventy([1, 1, 6, 2, 1], (2, 2, 4), (2, 2, 3), (2, 1, 3), (2, 2, 3)),
    seventy([1, 4, 9, 6, 2], (2, 2, 4), (2, 1, 3), (2, 1, 3), (2, 1, 3)),
    seventy([1, 2, 3, 2, 1], (2, 0, 4), (2, 1, 3), (2, 1, 3), (2, 1, 3)),
    # empty rows inside
    seventy([3, 0, 5, 0, 3], (2, 2, 4), (2, 2, 4), (2, 0, 4), (2, 0, 2)),
    seventy([3, 0, 5, 0, 2], (2, 0, 2), (2, 2, 4), (2, 0, 4), (2, 0, 2)),
    seventy([0, 0, 9, 0, 0, 0, 9], (2, 2, 6), (2, 2, 6), (2, 0, 6), (2, 2, 6)),
    seventy([9, 0, 0, 0, 9, 0, 0], (4, 0, 6), (4, 0, 6), (4, 0, 6), (4, 0, 4)),
    seventy([1, 0, 0, 7, 0, 0, 2], (3, 3, 3)),
    seventy([2, 0, 0, 6, 0, 0, 2], (3, 3, 6), (3, 3, 6), (3, 0, 6), (3, 0, 3)),
    seventy([3, 0, 0, 6, 0, 0, 2], (3, 3, 6), (3, 3, 6), (3, 0, 6), (3, 0, 3)),
    # the poc at an edge
    seventy([1, 2, 3, 4], (3, 1, 3), (3, 2, 3), (3, 2, 3), (3, 2, 3)),
    seventy([4, 3, 2, 1], (0, 0, 2), (0, 0, 1), (0, 0, 1), (0, 0, 1)),
    seventy([2, 3, 8, 3, 2, 9], (5, 1, 5), (5, 2, 5), (5, 2, 5), (5, 1, 5)),
    # one row left on a side stands for the pair
    seventy([2, 2, 2, 6, 3], (3, 1, 4), (3, 2, 4), (3, 2, 4), (3, 0, 4)),
    seventy([3, 6, 2, 2, 2], (1, 0, 3), (1, 0, 2), (1, 0, 2), (1, 0, 2)),
    seventy([1, 1, 5, 2], (2, 2, 3), (2, 2, 3), (2, 1, 3), (2, 2, 3)),
    seventy([2, 5, 1, 1], (1, 1, 3), (1, 0, 1), (1, 0, 2), (1, 0, 1)),
    # ties for the poc
    seventy([5, 1, 5, 1, 5], (2, 0, 4), (2, 1, 4), (2, 0, 4), (2, 0, 4)),
    seventy([1, 5, 1, 5, 1], (1, 1, 3), (1, 1, 3), (1, 0, 3), (1, 1, 3)),
    # other fractions, met exactly and missed by a hair
    share([1, 2, 1], "1", (1, 0, 2)),
    share([1, 2, 1], "0.0001", (1, 1, 1)),
    share([1, 2, 1], "0.5", (1, 1, 1)),
    share([1, 2, 1], "0.5001", (1, 1, 2), (1, 1, 2), (1, 0, 2), (1, 0, 1)),
    share([32, 0, 68], "0.68", (2, 2, 2)),
    share([32, 0, 68], "0.6801", (2, 0, 2)),
    # volumes whose product with the fraction would not fit 64 bits
    seventy([3 * BIG, 7 * BIG], (1, 1, 1)),
    seventy([3 * BIG + 1, 7 * BIG], (1, 0, 1)),
]

# Other ties: (rows, rule, tie, poc tie, found), at 70 %.
TIES: list[tuple[list[int], str, str, str, Found]] = [
    ([3, 3], "pairs", "up", "highest", (1, 0, 1)),
    ([3, 3], "pairs", "up", "lowest", (0, 0, 1)),
    ([5, 1, 5, 1, 5], "single", "up", "lowest", (0, 0, 3)),
    ([5, 1, 5, 1, 5], "single", "up", "highest", (4, 1, 4)),
    ([1] * 5, "pairs", "down", "mid", (2, 0, 4)),
    ([1] * 5, "single", "down", "mid", (2, 0, 3)),
    ([1] * 10, "pairs", "down", "mid", (4, 0, 6)),
    ([1, 2, 1], "pairs", "down", "mid", (1, 0, 1)),
    ([1, 1, 6, 1, 1], "pairs", "down", "mid", (2, 0, 2)),
    ([1, 1, 6, 1, 1], "single", "down", "mid", (2, 1, 2)),
    ([3, 0, 5, 0, 3], "pairs", "down", "mid", (2, 0, 2)),
    ([1, 1, 5, 2], "pairs", "down", "mid", (2, 0, 2)),
]

# S1's smoothed volumes: levels by seed_smoothed, seed_clustered and seed_padded, at 70 %.
SEEDS: list[tuple[list[int], Found, Found, Found]] = [
    ([5], (0, 0, 0), (0, 0, 0), (0, 0, 0)),
    ([3, 6, 3], (1, 1, 2), (1, 1, 2), (1, 1, 2)),
    ([9, 0, 0], (0, 0, 0), (0, 0, 0), (0, 0, 1)),
    ([2, 2, 2, 2], (0, 0, 2), (1, 0, 2), (1, 1, 3)),
    ([6, 6, 6], (0, 0, 2), (1, 0, 2), (1, 1, 2)),
    ([0, 0, 9, 0, 0], (1, 1, 3), (2, 1, 3), (2, 1, 3)),
    ([9, 9, 9, 0, 0, 0, 0, 9, 9, 9], (0, 0, 8), (4, 0, 8), (1, 0, 8)),
]
