"""How well the market suits liquidity raids."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.direction import adx
from engine.features.estimators import atr_percentile
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.volatility import atr
from engine.features.volume import relative_volume
from engine.features.windows import SUMS, between, slide_sum

RANGE: Final = 50  # bars of the range that the close has a place in


@folded(
    Says(
        formula="0.30 (1 - atr_percentile) + 0.25 s(adx) + 0.20 min(v / 2, 1) + 0.15 x 2 |place - "
        "0.5| + 0.10 clamp(2 - a); s = 1 - |adx - 25| / 20 from 15 to 35, adx / 30 below, 1 - "
        "(adx - 35) / 30 above; v = volume ratio, place in the range of 50, a = atr / its mean of "
        "20; all from 0 to 1",
        unit="0 to 1",
        warmup=lambda n: n + 13 if n > 37 else RANGE - 1,
        settles=lambda n: n + 900,
        absent="where nothing has moved or traded",
    ),
    n=bars_in("values ranked", trial=5),
)
def raid_score(*, n: int = 100) -> Fold[Column]:
    """How well the market suits liquidity raids, as one published system scores it."""
    asks = (
        Ask(atr_percentile, {"n": n}),
        Ask(adx, {"n": 14}),
        Ask(relative_volume, {"n": 20}),
        Ask(atr, {"n": 14}),
    )
    return Fold(run=run_score, shape=one, cells=(0, 20 + SUMS), floats=1, asks=asks)


def run_score(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    fill_score(between(tape, first, stop, RANGE), first, stop, given, cells, out)


@lean_kernel
def fill_score(tape: Tape, first: int, stop: int, _: Any, cells: Cells, out: Out) -> None:
    close = tape.bars.close
    rank, strength, _plus, _minus, volume, _surge, ranges, tops, bottoms = tape.feed
    for i in range(first, stop):
        top, bottom = int(tops[i - first]), int(bottoms[i - first])
        mean = slide_sum(cells.floats, i, 20, ranges[i]) / 20
        out.floats[0][i] = np.nan
        if top > bottom and mean > 0 and i >= RANGE - 1:
            place = abs((int(close[i]) - bottom) / (top - bottom) - 0.5) * 2
            calm = min(max(2.0 - ranges[i] / mean, 0.0), 1.0)
            busy = min(volume[i] / 2, 1.0) if volume[i] == volume[i] else np.nan
            score = 0.30 * (1 - rank[i]) + 0.25 * fitting(strength[i]) + 0.20 * busy
            out.floats[0][i] = score + 0.15 * place + 0.10 * calm


@inlined
def fitting(strength: float) -> float:
    """Best at an adx of 25."""
    if strength < 15:
        return strength / 30
    if strength > 35:
        return max(1 - (strength - 35) / 30, 0.0)
    return 1 - abs(strength - 25) / 20
