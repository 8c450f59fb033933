"""Levels after every bar of every slice: the loops over bars around `growth`."""

from typing import NamedTuple

from engine.core.bars import BarArrays, Longs
from engine.core.columns import Bools
from engine.core.jit import kernel, lean_kernel
from engine.profile.growth import (
    PAD,
    Area,
    Peak,
    Touched,
    add_even,
    bare,
    peak_after,
    risen,
    settle,
)
from engine.profile.kernel import Slices
from engine.profile.rules import Law, levels, step_of, target_of
from engine.profile.spread import Grid, bar_at, shares


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


@lean_kernel
def develop(bars: BarArrays, task: Task, board: Longs, share: Longs | None, out: Out) -> None:
    """Levels after each bar of every slice; the board's rows are empty before and after.

    `share` has room for one bar's rows; without it bars are spread evenly over rows of one tick.
    """
    for e in range(len(task.spans.floor)):
        develop_slice(bars, task, e, board, share, out)
        board[:] = 0


@lean_kernel
def develop_slice(
    bars: BarArrays, task: Task, e: int, board: Longs, share: Longs | None, out: Out
) -> None:
    """Keep the poc and the value area up to date; only what a bar changed is looked at."""
    base, total, law = task.spans.floor[e] - PAD, 0, task.law
    step = step_of(law.rule)
    peak, area = Peak(len(board), 0, 0, -1, tied=False), bare(0, 0)
    for k in range(task.slices.offset[e], task.slices.offset[e + 1]):
        for i in range(task.slices.first[k], min(task.slices.stop[k], task.spans.stop[e])):
            bar = bar_at(bars, i)
            if share is None:
                touched = add_even(board, bar.low - base, bar.high - base, bar.volume, area)
            else:
                first, last = shares(bar, task.grid, base, share)
                touched = add_shares(board, first, last, share, area)
            before, total = peak.poc, total + bar.volume
            peak = peak_after(board, touched, peak, law.poc_tie)
            same = peak.poc == before and peak.most > 0
            area = risen(area, touched, step) if same else bare(peak.poc, peak.most)
            if total > 0:
                target = target_of(total, law.fraction)
                area = settle(board, peak, area, target, law)
                out.poc[i], out.present[i] = base + peak.poc, True
                out.val[i] = base + max(peak.low, area.down.edge)
                out.vah[i] = base + min(peak.high, area.up.edge)


@lean_kernel
def add_shares(board: Longs, first: int, last: int, share: Longs, area: Area) -> Touched:
    """Add a bar that was spread over rows already."""
    most = inside = 0
    for k in range(first, last + 1):
        lots = share[k - first]
        board[k] += lots
        most = max(most, board[k])
        if area.down.edge <= k <= area.up.edge:
            inside += lots
    return Touched(first, last, most, inside)


@kernel
def develop_anew(
    bars: BarArrays, task: Task, board: Longs, share: Longs, spare: Longs | None, out: Out
) -> None:
    """From scratch after each bar: for rules that look at every row, and as a witness."""
    for e in range(len(task.spans.floor)):
        base, total = task.spans.floor[e], 0
        low, high = len(board), 0
        for k in range(task.slices.offset[e], task.slices.offset[e + 1]):
            for i in range(task.slices.first[k], min(task.slices.stop[k], task.spans.stop[e])):
                bar = bar_at(bars, i)
                first, last = shares(bar, task.grid, base, share)
                add_shares(board, first, last, share, bare(0, 0))
                low, high, total = min(low, first), max(high, last), total + bar.volume
                if total > 0:
                    found = levels(board[low : high + 1], task.law, spare)
                    out.poc[i], out.present[i] = base + low + found.poc, True
                    out.val[i], out.vah[i] = base + low + found.val, base + low + found.vah
        board[:] = 0
