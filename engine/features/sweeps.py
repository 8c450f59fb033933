"""Liquidity sweeps: a level pierced and given back, how good that looks, and what follows."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.core.session import WINDOWS
from engine.features.alignment import trend_above
from engine.features.declare import NEVER, Says, Takes, bars_in, factor, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.levels import window_range
from engine.features.swings import structure
from engine.features.volatility import atr
from engine.features.windows import between, fades
from engine.profile.spread import Bar, bar_at

WEIGHTS: Final = (0.40, 0.25, 0.20, 0.15)  # depth, structure, higher timeframe, confidence
NEUTRAL: Final = 0.05  # structure that takes no side
WAITING, SWEPT, RECLAIMED, CONFIRMED = range(4)
STATES: Final = ("waiting", "swept", "reclaimed", "confirmed")


class Sweep(NamedTuple):
    """Depth in average ranges, the level, and the side it speaks for (1 a sweep of lows)."""

    depth: Column
    side: Column
    level: Column


class SweepState(NamedTuple):
    """For the window's low and high: deepest way beyond in ticks, and the state."""

    low_depth: Column
    high_depth: Column
    low: Column
    high: Column


@folded(
    Says(
        formula="level = lowest low (highest high) of the n bars before; swept if the bar goes "
        "`tolerance` ticks beyond and closes back inside, the bar before had not gone beyond, and "
        "depth = way beyond / atr(spell) >= least; both sides at once: neither",
        unit="average true ranges; -1, 0, 1; ticks",
        absent="depth and level without a sweep",
        settles=lambda n, spell: n + 1 + spell + 2 * fades(1 - 1 / spell),
    ),
    n=bars_in("bars of the level", trial=3),
    tolerance=Takes("ticks beyond the level", low=1),
    least=factor("average ranges beyond it"),
    spell=bars_in("bars of atr", trial=3),
)
def sweeps(
    *, n: int = 20, tolerance: int = 1, least: Decimal = Decimal("0.1"), spell: int = 14
) -> Fold[Sweep]:
    """Lows or highs of the last bars taken and given back within one bar."""
    given = (n, tolerance, float(least))
    asks = (Ask(atr, {"n": spell}),)
    return Fold(run=run_sweeps, shape=Sweep, given=given, cells=(2, 0), floats=1, ints=2, asks=asks)


def run_sweeps(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    before = between(tape, max(first - 1, 0), max(stop - 1, 1), given[0])
    fill_sweeps(before, first, stop, given, cells, out)


@lean_kernel
def fill_sweeps(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: the level below and above of the bar before."""
    n, tolerance, least = given
    bars, levels, (ranges, tops, bottoms) = tape.bars, cells.ints, tape.feed
    for i in range(first, stop):
        high, low, close = int(bars.high[i]), int(bars.low[i]), int(bars.close[i])
        at = i - max(first, 1)
        top, bottom = (int(tops[at]), int(bottoms[at])) if i > 0 else (0, 0)
        clean = i > n and ranges[i] > 0
        under = clean and low <= bottom - tolerance and close > bottom
        over = clean and high >= top + tolerance and close < top
        under = under and bars.low[i - 1] >= levels[0]
        over = over and bars.high[i - 1] <= levels[1]
        way = (bottom - low if under else high - top) / ranges[i] if under != over else 0.0
        there = way > 0 and way >= least
        out.floats[0][i] = way if there else np.nan
        out.ints[0][i], out.there[0][i] = (1 if under else -1) if there else 0, True
        out.ints[1][i], out.there[1][i] = bottom if under else top, there
        levels[0], levels[1] = bottom, top


@inlined
def quality(depth: float, agrees: float, trend: float, sure: float) -> float:
    """0.40 depth (at most 1) + 0.25 structure with us + 0.20 trend with us + 0.15 confidence."""
    sides = WEIGHTS[1] if agrees > 0 else NEUTRAL if agrees == 0 else 0.0
    return float(
        WEIGHTS[0] * min(depth, 1.0)
        + sides
        + (WEIGHTS[2] if trend > 0 else 0.0)
        + WEIGHTS[3] * sure
    )


@folded(
    Says(
        formula="0.40 min(depth, 1) + 0.25 if structure agrees (0.05 if neutral) + 0.20 if the "
        "trend above agrees + 0.15 x confidence of the structure",
        unit="0 to 1",
        absent="without a sweep, until structure and the trend above are known",
        settles=NEVER,
    ),
    n=bars_in("bars of the level", trial=2),
    span=Takes("minutes of the coarse bars", low=1, trial=2),
    fast=bars_in("coarse bars of the faster average", trial=1),
    slow=bars_in("coarse bars of the slower", trial=2),
    swing=bars_in("bars on each side of a swing", trial=1),
)
def sweep_quality(
    *, n: int = 20, span: int = 240, fast: int = 50, slow: int = 200, swing: int = 3
) -> Fold[Column]:
    """How good a sweep looks by depth, structure and the higher timeframe."""
    asks = (
        Ask(sweeps, {"n": n}),
        Ask(structure, {"left": swing, "right": swing}),
        Ask(trend_above, {"span": span, "fast": fast, "slow": slow}),
    )
    return Fold(run=run_quality, shape=one, floats=1, asks=asks)


@lean_kernel
def run_quality(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    depth, side, _level, sure, bias, trend = tape.feed
    for i in range(first, stop):
        way = side[i]
        out.floats[0][i] = quality(depth[i], bias[i] * way, trend[i] * way, sure[i])
        if np.isnan(depth[i] + bias[i] + trend[i]):
            out.floats[0][i] = np.nan


@folded(
    Says(
        formula="waiting (0) -> swept (1) when a bar goes `tolerance` ticks beyond the level -> "
        "reclaimed (2) when one closes back inside -> confirmed (3) when, at once or later, one "
        "closes inside as a candle of the side whose body is `body` of its range; a close beyond "
        "takes reclaimed back to swept; `patience` bars after the sweep it waits again; a new "
        "level begins anew, confirmed stays until then",
        unit="ticks; state",
        absent="until a window is over; depth while waiting",
        settles=NEVER,
    ),
    name=Takes("the window whose levels count", choices=tuple(WINDOWS), trial="new_york"),
    tolerance=Takes("ticks beyond the level", low=1),
    body=factor("share of the range"),
    patience=bars_in("bars to confirmation", trial=5),
)
def sweep_state(
    *,
    name: str = "asia_levels",
    tolerance: int = 1,
    body: Decimal = Decimal("0.15"),
    patience: int = 30,
) -> Fold[SweepState]:
    """What became of the last window's low and high: swept, reclaimed, confirmed."""
    given = (tolerance, float(body), patience)
    return Fold(
        run=run_states,
        shape=SweepState,
        given=given,
        cells=(8, 0),
        floats=2,
        ints=2,
        asks=(Ask(window_range, {"name": name}),),
    )


@lean_kernel
def run_states(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells of each side: state, bar of the sweep, deepest way, level."""
    bars, boxes = tape.bars, (cells.ints[:4], cells.ints[4:])
    levels = (tape.feed[2], tape.feed[1])  # of open, high, low, close: the low, then the high
    for i in range(first, stop):
        bar = bar_at(bars, i)
        for side in range(2):
            box = boxes[side]
            level = levels[side][i]
            there = not np.isnan(level)
            if there and (i == 0 or np.isnan(levels[side][i - 1]) or box[3] != int(level)):
                box[0], box[3] = WAITING, int(level)
            if there:
                move(box, bar, i, 1 - 2 * side, given)
            out.ints[side][i], out.there[side][i] = box[0], there
            out.floats[side][i] = box[2] if there and box[0] != WAITING else np.nan


@inlined
def move(box: Longs, bar: Bar, i: int, side: int, given: Any) -> None:
    """One step of the table of transitions, for the low (side 1) or the high (-1)."""
    tolerance, body, patience = given
    edge = bar.low if side > 0 else bar.high
    beyond, back = side * (box[3] - edge), side * (bar.close - box[3])
    if box[0] == WAITING and beyond >= tolerance:
        box[0], box[1], box[2] = SWEPT, i, 0
    if box[0] == WAITING or box[0] == CONFIRMED:
        return
    box[2] = max(box[2], beyond)
    if i - box[1] > patience:
        box[0] = WAITING
        return
    box[0] = RECLAIMED if back > 0 else SWEPT if back < 0 else box[0]
    kept, wide = side * (bar.close - bar.open), bar.high - bar.low
    if box[0] == RECLAIMED and back > 0 and kept > 0 and kept >= body * wide:
        box[0] = CONFIRMED
