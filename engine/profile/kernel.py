"""Profiles of slices of bars: one pass over the bars of each, into lines of rows."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs, Ticks
from engine.core.columns import Bools
from engine.core.jit import kernel
from engine.profile.rules import GREEDY, Law, levels, total_of
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


class Way(NamedTuple):
    """How bars become rows, and by which rule rows have levels."""

    grid: Grid
    law: Law


class Place(NamedTuple):
    """The rows of one profile: their grid, and the lowest."""

    grid: Grid
    floor: int


class Room(NamedTuple):
    """Where a profile is made: its line of rows and one behind them.

    Without room for one bar's shares bars are spread evenly, and without spare rows the rule is one
    that only counts outward from the poc: a kernel is compiled for what is asked, no more.
    """

    line: Longs
    share: Longs | None
    spare: Longs | None


class Levels(NamedTuple):
    """Rows of the levels of each slice, and whether it has any."""

    poc: Longs
    val: Longs
    vah: Longs
    total: Longs
    present: Bools


def room_for(rows: int, grid: Grid, law: Law | None = None) -> Room:
    """Room for profiles of at most so many rows."""
    share = None if grid.spread == UNIFORM else np.empty(rows + 2, np.int64)
    return Room(np.empty(rows + 1, np.int64), share, law and spare_for(rows, law))


def spare_for(rows: int, law: Law) -> Longs | None:
    """What `levels` asks for by some rules: as many rows again."""
    return np.empty(rows, np.int64) if law.rule >= GREEDY else None


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
def fold(
    bars: BarArrays, slices: Slices, e: int, place: Place, line: Longs, share: Longs | None
) -> None:
    """Add slice `e` up in `line`: its rows, and one spare behind them."""
    line[:] = 0
    for k in range(slices.offset[e], slices.offset[e + 1]):
        part = slice(slices.first[k], slices.stop[k])
        if share is not None:
            fold_shares(bars, part, place, line, share)
        elif place.grid.row == 1:
            step_even(bars.low[part], bars.high[part], bars.volume[part], place.floor, line)
        else:
            fold_steps(bars, part, place, line)
    if share is None:
        run_up(line)


@kernel
def fold_steps(bars: BarArrays, part: slice, place: Place, line: Longs) -> None:
    """Bars of a stretch as differences between rows of several ticks."""
    row = place.grid.row
    base = place.floor * row
    for i in range(part.start, part.stop):
        low = int(bars.low[i])
        ticks = int(bars.high[i]) - low + 1
        step_bar(low - base, ticks, int(bars.volume[i]), row, line)


@kernel
def fold_shares(bars: BarArrays, part: slice, place: Place, line: Longs, share: Longs) -> None:
    """Bars of a stretch, each spread by itself."""
    for i in range(part.start, part.stop):
        first, last = shares(bar_at(bars, i), place.grid, place.floor, share)
        for j in range(first, last + 1):
            line[j] += share[j - first]


@kernel
def fold_all(bars: BarArrays, slices: Slices, grid: Grid, room: Room, out: Histograms) -> None:
    """The profile of every slice."""
    for e in range(len(slices.offset) - 1):
        rows = out.offset[e + 1] - out.offset[e]
        if rows > 0:
            line = room.line[: rows + 1]
            fold(bars, slices, e, Place(grid, out.floor[e]), line, room.share)
            for k in range(rows):
                out.volume[out.offset[e] + k] = line[k]


@kernel
def fold_levels(
    bars: BarArrays, slices: Slices, spans: Reach, way: Way, room: Room, out: Levels
) -> None:
    """The levels of every slice without keeping its profile; spans of no rows have none."""
    for e in range(len(slices.offset) - 1):
        floor, rows = spans.low[e], spans.high[e] - spans.low[e] + 1
        if rows > 0:
            line = room.line[: rows + 1]
            fold(bars, slices, e, Place(way.grid, floor), line, room.share)
            put_levels(line[:rows], (floor, e), way.law, room.spare, out)


@kernel
def levels_all(profiles: Histograms, law: Law, room: Room, out: Levels) -> None:
    """The levels of profiles that were kept."""
    for e in range(len(profiles.floor)):
        first, rows = profiles.offset[e], profiles.offset[e + 1] - profiles.offset[e]
        line = room.line[:rows]  # a kept profile is read-only, which is a type of its own
        for k in range(rows):
            line[k] = profiles.volume[first + k]
        put_levels(line, (profiles.floor[e], e), law, room.spare, out)


@kernel
def put_levels(
    rows: Longs, at: tuple[int, int], law: Law, spare: Longs | None, out: Levels
) -> None:
    """One profile's levels as rows counted from zero; none where nothing traded.

    `at` says its lowest row, and where to put them.
    """
    floor, e = at
    out.total[e] = total_of(rows)
    if out.total[e] > 0:
        found = levels(rows, law, spare)
        out.poc[e], out.val[e], out.vah[e] = floor + found.poc, floor + found.val, floor + found.vah
        out.present[e] = True
