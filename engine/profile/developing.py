"""Developing levels: those of the session so far, known at the close of each bar."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Column
from engine.core.memo import feature
from engine.profile.develop import Out, Spans, Task, develop, develop_anew
from engine.profile.growth import PAD
from engine.profile.kernel import spare_for
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of, most_rows
from engine.profile.rules import GREEDY
from engine.profile.slices import Parts, session_parts
from engine.profile.spread import UNIFORM, Grid

EVEN = Grid(UNIFORM, 1)  # spread without a detour over the shares of a bar


class Developing(NamedTuple):
    """Levels in ticks, one value a bar: usable from the bar after."""

    poc: Column
    vah: Column
    val: Column


@feature
def developing_levels(
    bars: Bars,
    *,
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Developing:
    """Point of control and value area of the session's segment up to the close of each of its bars.

    Absent outside the segment, before anything traded, and from the bar on with which the
    profile has more rows than one may have.
    """
    return develop_parts(bars, session_parts(bars, segment), rule, fraction, model)


def develop_parts(
    bars: Bars, parts: Parts, rule: str | Rule, fraction: Decimal, model: Model
) -> Developing:
    """Levels of each slice so far, at the close of each of its bars."""
    grid, law = model.grid(bars), law_of(rule, fraction)
    spans, rows = bounded(bars, parts, grid)
    out = Out._make(np.zeros(len(bars), kind) for kind in (np.int64, np.int64, np.int64, np.bool_))
    board = np.zeros(rows + 2 * PAD, np.int64)
    share = np.zeros(len(board), np.int64)
    task, arrays = Task(parts.slices, spans, grid, law), model.arrays(bars)
    if law.rule >= GREEDY:
        develop_anew(arrays, task, board, share, spare_for(rows, law), out)
    else:
        develop(arrays, task, board, None if grid == EVEN else share, out)
    return levels_as_columns(out, grid.row)


def levels_as_columns(out: Out, row: int) -> Developing:
    """Rows as prices: the middle tick of the poc's, the outer ticks of the value area's."""
    levels = [(out.poc, (row - 1) // 2), (out.vah, row - 1), (out.val, 0)]
    if row > 1:  # ticks into the row
        levels = [(level * row + out.present * tick, 0) for level, tick in levels]
    return Developing(*(Column(level, out.present) for level, _ in levels))


def bounded(bars: Bars, parts: Parts, grid: Grid) -> tuple[Spans, int]:
    """Where each slice starts and must stop, and the rows of the widest."""
    most, slices = most_rows(grid), parts.slices
    low, high = parts.range.low // grid.row, parts.range.high // grid.row
    stop = slices.stop[slices.offset[1:] - 1]
    for e in np.flatnonzero(high - low >= most):
        low[e], high[e], stop[e] = cut(bars, stretches(parts, int(e)), grid.row, most)
    return Spans(low, stop), int((high - low).max(initial=0)) + 1


def stretches(parts: Parts, e: int) -> Longs:
    """The bars of one slice."""
    s = parts.slices
    each = [np.arange(s.first[k], s.stop[k]) for k in range(s.offset[e], s.offset[e + 1])]
    return np.concatenate(each)


def cut(bars: Bars, rows: Longs, row: int, most: int) -> tuple[int, int, int]:
    """Range of the bars before the one that makes it too wide, and that bar."""
    low = np.minimum.accumulate(bars.low[rows].astype(np.int64) // row)
    high = np.maximum.accumulate(bars.high[rows].astype(np.int64) // row)
    wide = int(np.argmax(high - low >= most))
    if wide == 0:
        return 0, 0, int(rows[0])
    return int(low[wide - 1]), int(high[wide - 1]), int(rows[wide])
