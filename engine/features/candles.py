"""Single bars beside the ones before: streaks, places, outsized ranges."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.fold import Cells, Fold, Out, Tape
from engine.features.windows import SUMS, slide_sum

WIDE, WIDER = 1.5, 2.0  # times the mean range over close


class Candle(NamedTuple):
    """Where the close lies in its bar; bars in a row of one colour; how outsized the range is."""

    position: Column
    streak: Column
    outsized: Column


@folded(
    Says(
        formula="position = (close - low) / (high - low); streak = bars in a row that closed above "
        "(+) or below (-) their open, 0 on one that did neither; outsized = 1 where (high - low) / "
        "close is above 1.5 times its mean of n, 2 above twice",
        unit="0 to 1; bars; 0, 1, 2",
        absent="position without a range; outsized for n - 1 bars and for closes not above 0",
        settles=lambda n: n + 100,
    ),
    n=bars_in("bars in the mean", trial=4),
)
def candle(*, n: int = 20) -> Fold[Candle]:
    """What a single bar looks like beside the last ones."""
    return Fold(run=run_candle, shape=Candle, given=(n,), cells=(1, n + SUMS), floats=1, ints=2)


@lean_kernel
def run_candle(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    bars, streak = tape.bars, cells.ints[0]
    for i in range(first, stop):
        low, close = int(bars.low[i]), int(bars.close[i])
        wide, body = int(bars.high[i]) - low, close - int(bars.open[i])
        place = (close - low) / max(wide, 1)
        out.floats[0][i] = place if wide > 0 else np.nan
        sign = (body > 0) * 1 - (body < 0) * 1
        streak = streak + sign if streak * sign > 0 else sign
        share = wide / close if close > 0 else np.nan
        usual = slide_sum(cells.floats, i, n, share) / n
        out.ints[0][i], out.there[0][i] = streak, True
        out.ints[1][i] = (share > WIDE * usual) * 1 + (share > WIDER * usual) * 1
        out.there[1][i] = i >= n - 1 and not np.isnan(usual)
    cells.ints[0] = streak
