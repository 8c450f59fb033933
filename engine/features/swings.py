"""Swing pivots, known only when enough bars have passed; what they say of structure."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Longs, Ticks
from engine.core.columns import Bools, Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import NEVER, Says, bars_in, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape
from engine.features.windows import furthest

PIVOT = (
    "a bar whose high is above those of the `left` bars before and not below those of the `right` "
    "bars after is a swing high, known `right` bars later; lows are the mirror image"
)
KEPT = 3  # swings that structure compares


class Swings(NamedTuple):
    """Price of the last confirmed swing high and low, and bars since each was made."""

    high: Column
    high_age: Column
    low: Column
    low_age: Column


class Structure(NamedTuple):
    """How sure (0 to 1), and which way the swings go (-1, 0, 1)."""

    confidence: Column
    bias: Column


class Break(NamedTuple):
    """What broke on this bar (-1, 0, 1), and which way the last break went."""

    broke: Column
    trend: Column


@folded(
    Says(
        formula=PIVOT,
        unit="ticks; bars",
        absent="until one is confirmed",
        warmup=lambda left, right: left + right,
        settles=NEVER,
    ),
    left=bars_in("bars before", trial=2),
    right=bars_in("bars after: the lag", trial=1),
)
def swings(*, left: int = 3, right: int = 3) -> Fold[Swings]:
    """Last confirmed swing high and low; the event is where the age equals the lag."""
    return Fold(run=run_swings, shape=Swings, given=(left, right), cells=(4, 0), ints=4)


@folded(
    Says(
        formula="swings(left=2, right=2): the middle of five bars, known two bars later",
        unit="ticks; bars",
        absent="until one is confirmed",
        warmup=4,
        settles=NEVER,
    )
)
def fractals() -> Fold[Swings]:
    """Williams' fractals."""
    return Fold(run=run_swings, shape=Swings, given=(2, 2), cells=(4, 0), ints=4)


def run_swings(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    highs = pivots(np.maximum, tape.bars.high, first, stop, given)
    lows = pivots(np.minimum, tape.bars.low, first, stop, given)
    fill_swings(tape._replace(feed=(highs, lows)), first, stop, given, cells, out)


@lean_kernel
def fill_swings(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: bar + 1 of the last swing high and low."""
    bars, (highs, lows), (_, right) = tape.bars, tape.feed, given
    (high, high_age, low, low_age), there = out.ints, out.there
    above, below = cells.ints[0], cells.ints[1]
    for i in range(first, stop):
        above = i - right + 1 if highs[i - first] else above
        below = i - right + 1 if lows[i - first] else below
        high[i], high_age[i] = bars.high[max(above - 1, 0)], i + 1 - above
        low[i], low_age[i] = bars.low[max(below - 1, 0)], i + 1 - below
        there[0][i] = there[1][i] = above > 0
        there[2][i] = there[3][i] = below > 0
    cells.ints[0], cells.ints[1] = above, below


def pivots(pick: Any, values: Ticks, first: int, stop: int, given: tuple[int, int]) -> Bools:
    """On which bars it is confirmed that the bar `right` before them stands out."""
    left, right = given
    found, begin = np.zeros(stop - first, np.bool_), max(first, left + right)
    if begin < stop:
        now = values[begin - right : stop - right]
        before = furthest(pick, values, begin - right - 1, stop - right - 1, left)
        after = furthest(pick, values, begin, stop, right)
        found[begin - first :] = (pick(now, after) == now) & (pick(now, before) == now)
        found[begin - first :] &= now != before
    return found


@folded(
    Says(
        formula="of the last three swing highs and lows, bull counts rises from one to the next, "
        "bear falls (0 to 4 each); bull >= 3 > bear + 1: bias 1, confidence bull / 4; the mirror "
        "image: -1; else the sign and a quarter of |bull - bear|",
        unit="0 to 1; -1, 0, 1",
        absent="until three of each are confirmed",
        settles=NEVER,
    ),
    left=bars_in("bars before a swing", trial=1),
    right=bars_in("bars after a swing: the lag", trial=1),
)
def structure(*, left: int = 3, right: int = 3) -> Fold[Structure]:
    """Bias of the market's structure from confirmed swings."""
    asks = (Ask(swings, {"left": left, "right": right}),)
    cells = (2 * KEPT + 2, 0)
    return Fold(
        run=run_structure, shape=Structure, given=(right,), cells=cells, floats=1, ints=1, asks=asks
    )


@lean_kernel
def run_structure(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: three highs, three lows, newest first, and how many of each have been seen."""
    (right,) = given
    box, (high, high_age, low, low_age) = cells.ints, tape.feed
    for i in range(first, stop):
        if high_age[i] == right:
            remember(box, 0, int(high[i]))
        if low_age[i] == right:
            remember(box, 1, int(low[i]))
        there = box[2 * KEPT] >= KEPT and box[2 * KEPT + 1] >= KEPT
        bull, bear = 0, 0
        for k in (0, 1, KEPT, KEPT + 1):
            bull += box[k] > box[k + 1]
            bear += box[k] < box[k + 1]
        more, less = max(bull, bear), min(bull, bear)
        sure = more if more >= 3 and less <= 1 else more - less
        out.floats[0][i] = sure / 4 if there else np.nan
        out.ints[0][i], out.there[0][i] = (bull > bear) * 1 - (bear > bull) * 1, there


@inlined
def remember(box: Longs, side: int, price: int) -> None:
    """A new swing pushes the older ones back."""
    at = side * KEPT
    box[at + 2], box[at + 1], box[at] = box[at + 1], box[at], price
    box[2 * KEPT + side] += 1


@folded(
    Says(
        formula="1 on the first close above the last confirmed swing high, -1 on the first below "
        "the last low, else 0; a swing breaks once; trend is the last break",
        unit="-1, 0, 1",
        absent="trend until something broke",
        settles=NEVER,
    ),
    left=bars_in("bars before a swing", trial=2),
    right=bars_in("bars after a swing: the lag", trial=1),
)
def break_of_structure(*, left: int = 3, right: int = 3) -> Fold[Break]:
    """A close beyond the last swing: with the trend a continuation, against it a change."""
    asks = (Ask(swings, {"left": left, "right": right}),)
    return Fold(run=run_break, shape=Break, cells=(3, 0), ints=2, asks=asks)


@lean_kernel
def run_break(tape: Tape, first: int, stop: int, _: Any, cells: Cells, out: Out) -> None:
    """Cells: bar + 1 of the swing high and low broken last, and the trend."""
    box, close, (high, high_age, low, low_age) = cells.ints, tape.bars.close, tape.feed
    for i in range(first, stop):
        broke = 0
        if not np.isnan(high[i]) and close[i] > high[i] and box[0] != i - high_age[i] + 1:
            broke, box[0] = 1, int(i - high_age[i] + 1)
        elif not np.isnan(low[i]) and close[i] < low[i] and box[1] != i - low_age[i] + 1:
            broke, box[1] = -1, int(i - low_age[i] + 1)
        box[2] = broke or box[2]
        out.ints[0][i], out.there[0][i] = broke, True
        out.ints[1][i], out.there[1][i] = box[2], box[2] != 0
