"""Profiles of slices of bars: one pass over the bars of each, into lines of rows."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs, Ticks
from engine.core.columns import Bools
from engine.core.jit import kernel
from engine.profile.rules import Law, levels
from engine.profile.spread import UNIFORM, Grid, bar_at, run_up, shares, step_bar, step_even

NOWHERE = 2_000_000_000  # beyond any price


class Slices(NamedTuple):
    """Slice `e` has the bars of the stretches offset[e] to offset[e + 1], each first to stop."""

    offset: Longs
    first: Longs
    stop: Longs


class Reach(NamedTuple):
    """Lowest and highest tick or row of each slice; `high` below `low` where it is left out."""

    low: Longs
    high: Longs


class Histograms(NamedTuple):
    """Profile `e` has volume[offset[e]:offset[e + 1]], from row floor[e] upwards."""

    offset: Longs
    floor: Longs
    volume: Longs


class Levels(NamedTuple):
    """Rows of the levels of each slice, and whether it has any."""

    poc: Longs
    val: Longs
    vah: Longs
    total: Longs
    present: Bools


@kernel
def reach(bars: BarArrays, slices: Slices, out: Reach) -> None:
    """The lowest and highest tick of each slice."""
    for e in range(len(slices.offset) - 1):
        low, high = NOWHERE, -NOWHERE
        for k in range(slices.offset[e], slices.offset[e + 1]):
            part = slice(slices.first[k], slices.stop[k])
            low = min(low, lowest(bars.low[part]))
            high = max(high, highest(bars.high[part]))
        out.low[e], out.high[e] = low, high


@kernel
def lowest(prices: Ticks) -> int:
    """The lowest of some prices, of which there is one or more."""
    low = prices[0]
    for price in prices:
        low = price if price < low else low  # noqa: FURB136 - min() widens, and halves the speed
    return int(low)


@kernel
def highest(prices: Ticks) -> int:
    """The highest of some prices, of which there is one or more."""
    high = prices[0]
    for price in prices:
        high = price if price > high else high  # noqa: FURB136 - max() widens, and halves the speed
    return int(high)


@kernel
def fold(bars: BarArrays, slices: Slices, e: int, grid: Grid, floor: int, line: Longs) -> None:
    """Add slice `e` up in `line`, which holds zeros: its rows, and one spare behind them."""
    for k in range(slices.offset[e], slices.offset[e + 1]):
        part = slice(slices.first[k], slices.stop[k])
        if grid.spread == UNIFORM and grid.row == 1:
            step_even(bars.low[part], bars.high[part], bars.volume[part], floor, line)
        elif grid.spread == UNIFORM:
            fold_steps(bars, part, grid, floor, line)
        else:
            fold_shares(bars, part, grid, floor, line)
    if grid.spread == UNIFORM:
        run_up(line)


@kernel
def fold_steps(bars: BarArrays, part: slice, grid: Grid, floor: int, line: Longs) -> None:
    """Bars of a stretch as differences between rows of several ticks."""
    base = floor * grid.row
    for i in range(part.start, part.stop):
        low = int(bars.low[i])
        ticks = int(bars.high[i]) - low + 1
        step_bar(low - base, ticks, int(bars.volume[i]), grid.row, line)


@kernel
def fold_shares(bars: BarArrays, part: slice, grid: Grid, floor: int, line: Longs) -> None:
    """Bars of a stretch, each spread by itself."""
    share = np.empty(len(line) + 1, np.int64)
    for i in range(part.start, part.stop):
        first, last = shares(bar_at(bars, i), grid, floor, share)
        for j in range(first, last + 1):
            line[j] += share[j - first]


@kernel
def fold_all(bars: BarArrays, slices: Slices, grid: Grid, line: Longs, out: Histograms) -> None:
    """The profile of every slice; `line` is as long as the longest, and one more."""
    for e in range(len(slices.offset) - 1):
        rows = out.offset[e + 1] - out.offset[e]
        if rows > 0:
            line[: rows + 1] = 0
            fold(bars, slices, e, grid, out.floor[e], line[: rows + 1])
            out.volume[out.offset[e] : out.offset[e + 1]] = line[:rows]


@kernel
def fold_levels(
    bars: BarArrays, slices: Slices, spans: Reach, grid: Grid, law: Law, out: Levels
) -> None:
    """The levels of every slice without keeping its profile; spans of no rows have none."""
    line = np.zeros(max(0, (spans.high - spans.low).max()) + 2, np.int64)
    for e in range(len(slices.offset) - 1):
        rows = spans.high[e] - spans.low[e] + 1
        if rows > 0:
            line[: rows + 1] = 0
            fold(bars, slices, e, grid, spans.low[e], line[: rows + 1])
            put_levels(line[:rows], spans.low[e], law, e, out)


@kernel
def levels_all(profiles: Histograms, law: Law, out: Levels) -> None:
    """The levels of profiles that were kept."""
    for e in range(len(profiles.floor)):
        rows = profiles.volume[profiles.offset[e] : profiles.offset[e + 1]]
        put_levels(rows, profiles.floor[e], law, e, out)


@kernel
def put_levels(rows: Longs, floor: int, law: Law, e: int, out: Levels) -> None:
    """One profile's levels as rows counted from zero; none where nothing traded."""
    out.total[e] = rows.sum()
    if out.total[e] > 0:
        found = levels(rows, law)
        out.poc[e], out.val[e], out.vah[e] = floor + found.poc, floor + found.val, floor + found.vah
        out.present[e] = True
