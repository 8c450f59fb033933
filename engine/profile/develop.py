"""Levels after every bar of every slice: the loops over bars around `growth`."""

from typing import NamedTuple

from engine.core.bars import BarArrays, Longs
from engine.core.columns import Bools
from engine.core.jit import kernel
from engine.profile.growth import (
    DOWN,
    FIRST,
    ROWS,
    SHARE,
    UP,
    Area,
    Board,
    Peak,
    Touched,
    Within,
    add_even,
    area_after,
    peak_after,
)
from engine.profile.kernel import Slices
from engine.profile.rules import GREEDY, Law, levels, step_of, target_of
from engine.profile.spread import UNIFORM, Bar, Grid, bar_at, shares

PAD = 3  # empty rows around the profile: blocks may reach over its edge


class Spans(NamedTuple):
    """Of each slice the lowest row, and the bar before which its range stays within bounds."""

    floor: Longs
    stop: Longs


class Out(NamedTuple):
    """One value a bar, as rows counted from zero."""

    poc: Longs
    val: Longs
    vah: Longs
    present: Bools


class Task(NamedTuple):
    """What stays the same for every bar."""

    slices: Slices
    spans: Spans
    grid: Grid
    law: Law


@kernel
def develop(bars: BarArrays, task: Task, board: Board, out: Out) -> None:
    """Levels after each bar of every slice; the board's rows are empty before and after."""
    board[UP, 0] = board[DOWN, 0] = FIRST
    for e in range(len(task.spans.floor)):
        if task.law.rule >= GREEDY:
            develop_anew(bars, task, e, board, out)
        else:
            develop_slice(bars, task, e, board, out)
        board[ROWS, :] = 0


@kernel
def develop_slice(bars: BarArrays, task: Task, e: int, board: Board, out: Out) -> None:
    """Keep the poc and the value area up to date; only what a bar changed is looked at."""
    base, total, law = task.spans.floor[e] - PAD, 0, task.law
    step = step_of(law.rule)
    peak, area = Peak(board.shape[1], 0, 0, -1, tied=False), Area(0, 0, 0)
    for k in range(task.slices.offset[e], task.slices.offset[e + 1]):
        for i in range(task.slices.first[k], min(task.slices.stop[k], task.spans.stop[e])):
            bar = bar_at(bars, i)
            within = Within(peak.poc - area.down * step, peak.poc + area.up * step)
            touched = add_bar(board, bar, task.grid, base, within)
            before, total = peak.poc, total + bar.volume
            peak = peak_after(board, touched, peak, law.poc_tie)
            if peak.poc != before or peak.most == 0:
                area, touched = Area(0, 0, peak.most), Touched(0, -1, 0, 0)
            area = area_after(board, touched, peak, area, target_of(total, law.fraction), law)
            if total > 0:
                out.poc[i], out.present[i] = base + peak.poc, True
                out.val[i] = base + max(peak.low, peak.poc - area.down * step)
                out.vah[i] = base + min(peak.high, peak.poc + area.up * step)


@kernel
def add_bar(board: Board, bar: Bar, grid: Grid, base: int, area: Within) -> Touched:
    """Add a bar to the rows of a board, whose row 0 is row `base`."""
    if grid.spread == UNIFORM and grid.row == 1:
        return add_even(board, bar.low - base, bar.high - base, bar.volume, area)
    first, last = shares(bar, grid, base, board[SHARE])
    most = inside = 0
    for k in range(first, last + 1):
        share = board[SHARE, k - first]
        board[ROWS, k] += share
        most = max(most, board[ROWS, k])
        if area.val <= k <= area.vah:
            inside += share
    return Touched(first, last, most, inside)


@kernel
def develop_anew(bars: BarArrays, task: Task, e: int, board: Board, out: Out) -> None:
    """From scratch after each bar: for rules that look at every row, and as a witness."""
    base, total = task.spans.floor[e] - PAD, 0
    low, high = board.shape[1], 0
    for k in range(task.slices.offset[e], task.slices.offset[e + 1]):
        for i in range(task.slices.first[k], min(task.slices.stop[k], task.spans.stop[e])):
            bar = bar_at(bars, i)
            touched = add_bar(board, bar, task.grid, base, Within(0, -1))
            low, high = min(low, touched.first), max(high, touched.last)
            total += bar.volume
            if total > 0:
                found = levels(board[ROWS, low : high + 1], task.law)
                out.poc[i], out.present[i] = base + low + found.poc, True
                out.val[i], out.vah[i] = base + low + found.val, base + low + found.vah
