"""How much of the movement has a direction."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import BarArrays
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.fold import Cells, Floats, Fold, Out, Tape
from engine.features.windows import fades, true_range


class Direction(NamedTuple):
    """Strength of the trend, and how much of the range went up and down."""

    adx: Column
    plus: Column
    minus: Column


@folded(
    Says(
        formula="plus, minus = 100 S(+DM) / S(TR), S -= S / n then += x, begun with n - 1 bars; "
        "dx = 100 |plus - minus| / (plus + minus); adx = mean of the first n dx, then "
        "(adx (n - 1) + dx) / n",
        unit="0 to 100",
        warmup=lambda n: n,
        settles=lambda n: 2 * n + 3 * fades(1 - 1 / n),
        absent="adx for n - 1 bars more; plus and minus while nothing has moved",
    ),
    n=bars_in("bars of Wilder's sums", 2, trial=4),
)
def adx(*, n: int = 14) -> Fold[Direction]:
    """Average directional index after Wilder, with both directional indicators.

    A bar without any directional movement in sight leaves adx where it was.
    """
    return Fold(run=run_adx, shape=Direction, given=(n,), cells=(0, 4), floats=3)


@lean_kernel
def run_adx(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    sums, (strength, plus, minus) = cells.floats, out.floats
    for i in range(first, stop):
        strength[i] = plus[i] = minus[i] = np.nan
        if i > 0:
            gather_moves(tape.bars, i, n, sums)
        if i < n:
            continue
        up, down, wide = sums[0], sums[1], sums[2]
        if wide > 0:
            plus[i], minus[i] = 100.0 * up / wide, 100.0 * down / wide
        apart = 100.0 * abs(up - down) / (up + down) if up + down > 0 else np.nan
        strengthen(sums, i, n, apart)
        if i >= 2 * n - 1:
            strength[i] = sums[3]


@inlined
def gather_moves(bars: BarArrays, i: int, n: int, sums: Floats) -> None:
    """Add one bar to Wilder's sums of upward and downward movement and of true range."""
    up = int(bars.high[i]) - int(bars.high[i - 1])
    down = int(bars.low[i - 1]) - int(bars.low[i])
    moves = (up if up > max(down, 0) else 0, down if down > max(up, 0) else 0)
    found = (moves[0], moves[1], true_range(bars, i))
    for k in range(3):
        sums[k] += found[k] - (sums[k] / n if i >= n else 0.0)


@inlined
def strengthen(sums: Floats, i: int, n: int, apart: float) -> None:
    """Take one reading of direction into the average; a missing one counts for nothing."""
    if i < 2 * n - 1:
        sums[3] += 0.0 if np.isnan(apart) else apart
    elif i == 2 * n - 1:
        sums[3] = (sums[3] + (0.0 if np.isnan(apart) else apart)) / n
    elif not np.isnan(apart):
        sums[3] = (sums[3] * (n - 1) + apart) / n
