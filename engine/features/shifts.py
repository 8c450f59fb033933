"""How indicators themselves change: volatility of volatility, slopes, and what disagrees."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.direction import adx
from engine.features.fold import Ask, Cells, Fold, Out, Tape
from engine.features.oscillators import rsi
from engine.features.volatility import atr, volatility
from engine.features.windows import (
    SUMS,
    fades,
    left,
    resumed,
    slide_spread,
    slide_sum,
    spread_of,
)

SPELL = 14  # bars of atr, adx and rsi
NEAR = 1e-9  # of strength that runs from 0 to 100: what changes by less is the same


class Shifts(NamedTuple):
    """Three of volatility and trend, three of what price, strength and volume say together."""

    volatility_of_volatility: Column
    atr_ratio: Column
    adx_slope: Column
    divergence: Column
    volume_trend: Column
    confirmed: Column


@folded(
    Says(
        formula="deviation (divided by n - 1) of the last n values of volatility(n); atr(14) / its "
        "mean of n; (adx(14) - adx `back` bars before) / back; divergence: 1 where the close is "
        "below that of n bars before and rsi(14) above its own, -1 the other way round, else 0; "
        "volume_trend: mean volume of `back` bars / of n - 1; confirmed: sign of volume_trend "
        "where the close moved in `back` bars, else 0",
        unit="return of one bar; ratio; a bar; -1, 0, 1; ratio; -1, 0, 1",
        warmup=lambda n, back: max(n - 1, back - 1),
        settles=lambda n, back: 3 * n + back + 2 * SPELL + 5 * fades(1 - 1 / SPELL),
        absent="each until what it is made of is known; volume_trend and confirmed where nothing "
        "has traded, atr_ratio where nothing has moved",
    ),
    n=bars_in("bars of the windows", 2, trial=4),
    back=bars_in("bars back", trial=2),
)
def shifts(*, n: int = 20, back: int = 5) -> Fold[Shifts]:
    """How indicators change, and where they disagree with the price."""
    asks = (
        Ask(volatility, {"n": n}),
        Ask(atr, {"n": SPELL}),
        Ask(adx, {"n": SPELL}),
        Ask(rsi, {"n": SPELL}),
    )
    cells = (2, 3 * n + 3 + n + SUMS)
    return Fold(run=run_shifts, shape=Shifts, given=(n, back), cells=cells, floats=6, asks=asks)


@lean_kernel
def run_shifts(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: volumes of both windows; the spread of volatility; the sum of ranges."""
    n, back = given
    spread_, ranges, trend, _plus, _minus, strength = tape.feed
    size = 3 * n + 3
    lots, box, sums = cells.ints, cells.floats[:size], cells.floats[size:]
    block = resumed(box, n)
    for i in range(first, stop):
        block = slide_spread(box, n, spread_[i], block)
        square = spread_of(box, n, block, i)[1]
        wide = slide_sum(sums, i, n, ranges[i])
        out.floats[0][i] = np.sqrt(square / (n - 1)) if i >= n - 1 else np.nan
        out.floats[1][i] = ranges[i] * n / wide if i >= n - 1 and wide > 0 else np.nan
        out.floats[2][i] = (trend[i] - trend[i - back]) / back if i >= back else np.nan
        out.floats[3][i] = np.nan
        if i >= n:
            way = int(tape.bars.close[i]) - int(tape.bars.close[i - n])
            out.floats[3][i] = apart(way, strength[i] - strength[i - n])
        out.floats[4][i] = out.floats[5][i] = np.nan
        gather(tape.bars, i, given, lots)
        if i >= max(n, back) - 1 and lots[1] > 0:
            now, usual = lots[0] * n, lots[1] * back
            out.floats[4][i] = now / usual - 1.0
            moved = tape.bars.close[i] != tape.bars.close[max(i - back, 0)]
            way = ((now > usual) * 1.0 - (now < usual) * 1.0) * moved
            out.floats[5][i] = way if i >= back else np.nan
    left(box, n, block)


@inlined
def apart(way: int, strength: float) -> float:
    """Which way strength went against the price; not told where strength is not known."""
    if np.isnan(strength):
        return np.nan
    return float((way < 0 and strength > NEAR) * 1 - (way > 0 and strength < -NEAR) * 1)


@inlined
def gather(bars: BarArrays, i: int, given: Any, lots: Longs) -> None:
    """Volumes of the last `back` and of the last n bars."""
    n, back = given
    now = int(bars.volume[i])
    lots[0] += now - (int(bars.volume[i - back]) if i >= back else 0)
    lots[1] += now - (int(bars.volume[i - n]) if i >= n else 0)
