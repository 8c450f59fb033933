"""Zones that price has left behind: fair value gaps and order blocks."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import NEVER, Says, Takes, bars_in, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape
from engine.features.swings import break_of_structure
from engine.profile.spread import Bar, bar_at

KINDS: Final = ("plain", "inverted")
ZONE: Final = 7  # places of a zone: bar, side, top, bottom, deepest price, flipped, touched
BAR, SIDE, TOP, BOTTOM, DEEPEST, FLIPPED, TOUCHED = range(ZONE)
HEAD: Final = 2  # where the zones begin and end
PATIENCE: Final = 2  # bars before a touch is a retest


class FairValue(NamedTuple):
    """The open zone made last below (bull) and above (bear), and the side retested on this bar."""

    bull_fill: Column
    bear_fill: Column
    bull_top: Column
    bull_bottom: Column
    bear_top: Column
    bear_bottom: Column
    retest: Column


class Blocks(NamedTuple):
    """The newest order block on each side that price has not closed through."""

    bull_top: Column
    bull_bottom: Column
    bear_top: Column
    bear_bottom: Column


@folded(
    Says(
        formula="bull: high two bars before < low, zone between; bear the mirror image. A close "
        "beyond the far edge flips the zone, a second one ends it; fill = deepest way into the "
        "zone / its size; retest = side of a zone touched for the first time, 2 bars after it "
        "was made or flipped at the earliest",
        unit="share filled; ticks; -1, 0, 1",
        absent="where no such zone is open",
        settles=lambda oldest: 2 * oldest + 3,
    ),
    kind=Takes("zones not yet closed through, or those that have flipped", choices=KINDS),
    least=Takes("ticks of the smallest zone", low=1, trial=1),
    oldest=bars_in("bars a zone is remembered since it was made or flipped", trial=20),
)
def fair_value_gaps(*, kind: str = "plain", least: int = 8, oldest: int = 50) -> Fold[FairValue]:
    """Fair value gaps, how far they are filled, and their first retests.

    Of a higher timeframe through `higher`, known when its third bar is over.
    """
    given = (KINDS.index(kind), least, oldest)
    cells = (ZONE * (3 * oldest + 4) + HEAD, 0)  # more than are ever open
    return Fold(run=run_gaps, shape=FairValue, given=given, cells=cells, floats=2, ints=5)


@lean_kernel
def run_gaps(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: where zones begin and end, then the zones, oldest first; a dead one has no side."""
    kind, least, oldest = given
    box, bars = cells.ints, tape.bars
    for i in range(first, stop):
        retest, newest, bar = 0, (0, 0), bar_at(bars, i)
        if len(box) < HEAD + box[1] + ZONE:
            squeeze(box)
        while box[0] < box[1] and box[HEAD + box[0] + SIDE] == 0:
            box[0] += ZONE
        for z in range(HEAD + box[0], HEAD + box[1], ZONE):
            if i - box[z + BAR] > oldest:
                box[z + SIDE] = 0
            side = visit(box, z, bar, i, kind)
            retest = side or retest
            newest = sided(newest, box, z, kind)
        made = form(box, bars, i, least)
        newest = sided(newest, box, made, kind) if made else newest
        for side in range(2):
            tell(box, newest[side], side, i, out)
        out.ints[4][i], out.there[4][i] = retest, True


@inlined
def visit(box: Longs, z: int, bar: Bar, i: int, kind: int) -> int:
    """What a bar does to a zone; its side, if this is its first retest."""
    if box[z + SIDE] == 0 or not reached(box, z, bar):
        return 0
    age(box, z, bar, i, kind)
    return int(box[z + SIDE]) if box[z + FLIPPED] == kind and touched(box, z, bar, i) else 0


@inlined
def reached(box: Longs, z: int, bar: Bar) -> bool:
    """Whether a bar has come to the near edge of a zone, from its open side."""
    if box[z + SIDE] > 0:
        return bool(bar.low <= box[z + TOP])
    return bool(bar.high >= box[z + BOTTOM])


@inlined
def sided(newest: tuple[int, int], box: Longs, z: int, kind: int) -> tuple[int, int]:
    """The newest zones with this one, which is newer, on its side."""
    if box[z + FLIPPED] != kind or box[z + SIDE] == 0:
        return newest
    return (z, newest[1]) if box[z + SIDE] > 0 else (newest[0], z)


@inlined
def age(box: Longs, z: int, bar: Bar, i: int, kind: int) -> None:
    """Fill a zone that price has reached; flip it, or end it, where a close lies beyond it."""
    side, close = box[z + SIDE], bar.close
    if side > 0:
        box[z + DEEPEST] = min(box[z + DEEPEST], bar.low)
    else:
        box[z + DEEPEST] = max(box[z + DEEPEST], bar.high)
    if close >= box[z + BOTTOM] if side > 0 else close <= box[z + TOP]:
        return
    if box[z + FLIPPED] or kind == 0:
        box[z + SIDE] = 0
        return
    box[z + SIDE], box[z + FLIPPED], box[z + TOUCHED], box[z + BAR] = -side, 1, 0, i
    box[z + DEEPEST] = box[z + TOP] if side < 0 else box[z + BOTTOM]


@lean_kernel
def squeeze(box: Longs) -> None:
    """Close the ranks where zones have died."""
    kept = HEAD
    for z in range(HEAD + box[0], HEAD + box[1], ZONE):
        if box[z + SIDE] != 0:
            for k in range(ZONE):
                box[kept + k] = box[z + k]
            kept += ZONE
    box[0], box[1] = 0, kept - HEAD


@inlined
def touched(box: Longs, z: int, bar: Bar, i: int) -> bool:
    """Whether this is the first touch of a zone that is old enough."""
    if box[z + TOUCHED] or bar.low > box[z + TOP] or bar.high < box[z + BOTTOM]:
        return False
    old = i - box[z + BAR]
    box[z + TOUCHED] = 1 if old > 0 else 0
    return bool(old >= PATIENCE)


@inlined
def form(box: Longs, bars: BarArrays, i: int, least: int) -> int:
    """Three bars that leave a gap between the first and the third make a zone; where it stands."""
    if i < PATIENCE:
        return 0
    up = int(bars.low[i]) - int(bars.high[i - 2])
    down = int(bars.low[i - 2]) - int(bars.high[i])
    if max(up, down) < least:
        return 0
    z, rising = HEAD + box[1], up > 0
    box[z + BAR], box[z + SIDE], box[z + FLIPPED], box[z + TOUCHED] = i, 1 if rising else -1, 0, 0
    box[z + TOP] = int(bars.low[i]) if rising else int(bars.low[i - 2])
    box[z + BOTTOM] = int(bars.high[i - 2]) if rising else int(bars.high[i])
    box[z + DEEPEST] = box[z + TOP] if rising else box[z + BOTTOM]
    box[1] += ZONE
    return int(z)


@inlined
def tell(box: Longs, z: int, side: int, i: int, out: Out) -> None:
    """Write the newest zone of a side; there is none at 0."""
    top, bottom = box[z + TOP], box[z + BOTTOM]
    way = top - box[z + DEEPEST] if side == 0 else box[z + DEEPEST] - bottom
    out.floats[side][i] = min(way / (top - bottom), 1.0) if z > 0 else np.nan
    out.ints[2 * side][i], out.ints[2 * side + 1][i] = top, bottom
    out.there[2 * side][i] = out.there[2 * side + 1][i] = z > 0


@folded(
    Says(
        formula="the range of the last bar against the move, among the `n` bars before a break of "
        "structure (this one left out); gone once a close lies beyond its far edge",
        unit="ticks",
        absent="until there is one, and once it is closed through",
        settles=NEVER,
    ),
    n=bars_in("bars looked back on", trial=5),
    left=bars_in("bars before a swing", trial=2),
    right=bars_in("bars after a swing: the lag", trial=1),
)
def order_blocks(*, n: int = 20, left: int = 3, right: int = 3) -> Fold[Blocks]:
    """Where the bar stood that a break of structure began from."""
    asks = (Ask(break_of_structure, {"left": left, "right": right}),)
    return Fold(run=run_blocks, shape=Blocks, given=(n,), cells=(6, 0), ints=4, asks=asks)


@lean_kernel
def run_blocks(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: top and bottom of the bull block, then of the bear one, and whether each is there."""
    (n,) = given
    bars, box = tape.bars, cells.ints
    for i in range(first, stop):
        broke = tape.feed[0][i]
        for side in range(2):
            if box[4 + side]:
                over = bars.close[i] < box[1] if side == 0 else bars.close[i] > box[2]
                box[4 + side] = 0 if over else 1
            if broke == 1 - 2 * side:
                found = against(bars, i, n, 1 - 2 * side)
                if found >= 0:
                    box[2 * side], box[2 * side + 1] = bars.high[found], bars.low[found]
                    box[4 + side] = 1
            for k in range(2):
                out.ints[2 * side + k][i] = box[2 * side + k]
                out.there[2 * side + k][i] = box[4 + side] == 1


@lean_kernel
def against(bars: BarArrays, i: int, n: int, side: int) -> int:
    """The last bar before i that closed against the side; -1 if there is none in reach."""
    for k in range(i - 1, max(i - n, 0) - 1, -1):
        if side * (int(bars.close[k]) - int(bars.open[k])) < 0:
            return k
    return -1
