"""Levels of a window that moves with the bars: so many bars, or so many minutes of the clock."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.profile.develop import Out
from engine.profile.developing import Developing, levels_as_columns
from engine.profile.kernel import Place, Way, spare_for
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of, most_rows
from engine.profile.rules import levels
from engine.profile.spread import Grid, bar_at, shares

SPARE = 4  # windows a board has room for, so that it is seldom filled anew


class Windows(NamedTuple):
    """Of each bar the first bar of its window, and the rows the window spans; `first` -1: none."""

    first: Longs
    low: Longs
    high: Longs


@feature
def rolling_levels(
    bars: Bars,
    *,
    n: int = 20,
    unit: str = "bars",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Developing:
    """Levels of the last `n` bars, or of what the last `n` minutes traded, at each bar's close.

    All hours count and windows reach over sessions. Absent until the data is as long as the
    window, and where a window spans more rows than a profile may have.
    """
    if n < 1 or unit not in ("bars", "minutes"):
        raise ParameterError(f"a window is one or more bars or minutes, not {n} {unit}")
    grid, law = model.grid(bars), law_of(rule, fraction)
    at = windows(bars, n, unit, grid)
    kinds = (np.int64, np.int64, np.int64, np.bool_)
    out = Out._make(np.zeros(len(bars), kind) for kind in kinds)
    wide = at.high - at.low
    fits = (at.first >= 0) & (wide < most_rows(grid))
    board = np.zeros((int(wide[fits].max(initial=0)) + 1) * SPARE, np.int64)
    kept = at._replace(first=np.where(fits, at.first, -1))
    spare = spare_for(len(board), law)
    roll(model.arrays(bars), kept, Way(grid, law), (board, spare), out)
    return levels_as_columns(out, grid.row)


def windows(bars: Bars, n: int, unit: str, grid: Grid) -> Windows:
    """Where the window of each bar begins, and which rows it spans."""
    count = np.arange(len(bars))
    if unit == "bars":
        first = np.where(count >= n - 1, count - n + 1, -1)
    else:
        since = bars.time + (bars.minutes - n) * MINUTE
        first = np.searchsorted(bars.time, since).astype(np.int64)
        first[since < bars.time[:1]] = -1
    low, high = np.zeros((2, len(bars)), np.int64)
    span_windows(bars.arrays, first, grid.row, (low, high))
    return Windows(first, low, high)


@kernel
def span_windows(bars: BarArrays, first: Longs, row: int, out: tuple[Longs, Longs]) -> None:
    """Lowest and highest row of each window; what a bar cannot be any more is dropped at once."""
    low, high = out
    least, most = np.empty(len(first), np.int64), np.empty(len(first), np.int64)
    heads, tails = np.zeros(2, np.int64), np.zeros(2, np.int64)
    for i in range(len(first)):
        while tails[0] > heads[0] and bars.low[least[tails[0] - 1]] >= bars.low[i]:
            tails[0] -= 1
        while tails[1] > heads[1] and bars.high[most[tails[1] - 1]] <= bars.high[i]:
            tails[1] -= 1
        least[tails[0]], most[tails[1]] = i, i
        tails += 1
        while least[heads[0]] < first[i]:
            heads[0] += 1
        while most[heads[1]] < first[i]:
            heads[1] += 1
        low[i], high[i] = (
            int(bars.low[least[heads[0]]]) // row,
            int(bars.high[most[heads[1]]]) // row,
        )


@kernel
def roll(
    bars: BarArrays, at: Windows, way: Way, boards: tuple[Longs, Longs | None], out: Out
) -> None:
    """Add the bars that come, take out those that go; anew where the board does not reach."""
    board, spare = boards
    share = np.empty(len(board) + 1, np.int64)
    base, since, until, total = 0, 0, 0, 0
    for i in range(len(at.first)):
        first, low, high = at.first[i], at.low[i], at.high[i]
        if first >= 0:
            if until <= first or low < base or high >= base + len(board):
                board[:] = 0
                base = low - (len(board) - (high - low + 1)) // 2
                since, until, total = first, first, 0
            while until <= i:
                total += put(bars, until, 1, Place(way.grid, base), (share, board))
                until += 1
            while since < first:
                total += put(bars, since, -1, Place(way.grid, base), (share, board))
                since += 1
            if total > 0:
                found = levels(board[low - base : high - base + 1], way.law, spare)
                out.poc[i], out.present[i] = low + found.poc, True
                out.val[i], out.vah[i] = low + found.val, low + found.vah


@kernel
def put(bars: BarArrays, i: int, sign: int, place: Place, rows: tuple[Longs, Longs]) -> int:
    """Add one bar to the board or take it out; the lots by which the board grew."""
    bar = bar_at(bars, i)
    share, board = rows
    first, last = shares(bar, place.grid, place.floor, share)
    for k in range(first, last + 1):
        board[k] += sign * share[k - first]
    return sign * bar.volume
