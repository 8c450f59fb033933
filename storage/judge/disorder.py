"""Which rows of a file stand out of order: the fewest whose removal leaves the rest in order."""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

import numpy as np
import numpy.typing as npt

Longs = npt.NDArray[np.int64]

MOST: Final = 200_000  # rows for which the fewest are looked for


def misplaced(times: Longs) -> Longs:
    """Rows that stand out of order among ascending times; equal times are in order."""
    if not (times[1:] < times[:-1]).any():
        return np.zeros(0, np.int64)
    ahead = np.maximum.accumulate(times)
    behind = np.minimum.accumulate(times[::-1])[::-1]
    loose = np.flatnonzero((times < ahead) | (times > behind))
    if len(loose) > MOST:
        return np.flatnonzero(times < ahead)
    return loose[~in_longest(times[loose].tolist())]


def in_longest(values: list[int]) -> npt.NDArray[np.bool_]:
    """Membership in a longest ascending part of a list."""
    tails: list[int] = []
    at: list[int] = []
    came = [-1] * len(values)
    for row, value in enumerate(values):
        place = bisect_right(tails, value)
        came[row] = at[place - 1] if place else -1
        if place == len(tails):
            tails.append(value)
            at.append(row)
        else:
            tails[place], at[place] = value, row
    kept = np.zeros(len(values), np.bool_)
    row = at[-1] if at else -1
    while row >= 0:
        kept[row] = True
        row = came[row]
    return kept
