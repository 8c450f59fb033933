"""What the marks of a session say of its ends: excess, poor highs and lows, single prints."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools, frozen
from engine.core.jit import kernel
from engine.profile.kernel import Histograms
from engine.profile.tpo import Periods

TAIL = 2  # rows a tail has at least


class Tails(NamedTuple):
    """Rows of excess at each end, rows of single prints between, ends that were left poor.

    `split` says that single prints part the session in two, a quarter of the marks in each.
    """

    high: Longs
    low: Longs
    singles: Longs
    poor_high: Bools
    poor_low: Bools
    split: Bools


def tails_of(marks: Histograms, periods: Periods, row: int) -> Tails:
    """Excess, poor ends and single prints of every session of marks."""
    count = len(marks.floor)
    out = Tails(*np.zeros((3, count), np.int64), *np.zeros((3, count), np.bool_))
    tails_all(marks, periods, row, out)
    for array in out:
        frozen(array)
    return out


@kernel
def tails_all(marks: Histograms, periods: Periods, row: int, out: Tails) -> None:
    """The tails of every profile that has rows."""
    for e in range(len(marks.floor)):
        rows = marks.volume[marks.offset[e] : marks.offset[e + 1]]
        if len(rows) > 0:
            last = periods.offset[e + 1] - 1
            part = slice(periods.offset[e], last + 1)
            lows = periods.low[part] // row - marks.floor[e]
            highs = periods.high[part] // row - marks.floor[e]
            put_tails(rows, lows, highs, e, out)


@kernel
def put_tails(rows: Longs, lows: Longs, highs: Longs, e: int, out: Tails) -> None:
    """The tails of one profile; periods as their lowest and highest rows."""
    top, last = len(rows) - 1, len(lows) - 1
    maker, unmaker = int(np.argmax(highs)), int(np.argmin(lows))
    above = below = 0
    if rows[top] == 1:
        above = alone_down(rows, lows[maker])
    if rows[0] == 1:
        below = alone_up(rows, highs[unmaker])
    out.poor_high[e], out.poor_low[e] = rows[top] > 1, rows[0] > 1
    out.high[e] = above if above >= TAIL and maker != last else 0
    out.low[e] = below if below >= TAIL and unmaker != last else 0
    out.singles[e], out.split[e] = singles_of(rows, below, len(rows) - above)


@kernel
def alone_down(rows: Longs, least: int) -> int:
    """How many rows from the top down hold one mark, none below row `least`."""
    k = len(rows) - 1
    while k >= least and rows[k] == 1:
        k -= 1
    return len(rows) - 1 - k


@kernel
def alone_up(rows: Longs, most: int) -> int:
    """How many rows from the bottom up hold one mark, none above row `most`."""
    k = 0
    while k <= most and rows[k] == 1:
        k += 1
    return k


@kernel
def singles_of(rows: Longs, first: int, stop: int) -> tuple[int, bool]:
    """Rows with one mark from `first` to `stop`, and whether a run of them parts the profile."""
    total = rows.sum()
    many, split, under = 0, False, rows[:first].sum()
    for k in range(first, stop):
        if rows[k] == 1:
            many += 1
            left = under - run_below(rows, k, first)
            right = total - under - run_above(rows, k, stop)
            split = split or (4 * left >= total and 4 * right >= total)
        under += rows[k]
    return many, split


@kernel
def run_below(rows: Longs, k: int, first: int) -> int:
    """Single prints that join row `k` from below."""
    j = k
    while j > first and rows[j - 1] == 1:
        j -= 1
    return k - j


@kernel
def run_above(rows: Longs, k: int, stop: int) -> int:
    """Single prints from row `k` up, itself among them."""
    j = k
    while j < stop and rows[j] == 1:
        j += 1
    return j - k
