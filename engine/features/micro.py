"""What a bar's own shape says of how it was traded: proxies, for want of the order book."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.fold import Cells, Fold, Out, Tape, one
from engine.features.windows import SUMS, slide_sum


class TickFlow(NamedTuple):
    """Direction of the bar, and the mean direction of the last ones."""

    direction: Column
    distribution: Column


class Liquidity(NamedTuple):
    """One over the range of the bar, and that over its mean."""

    score: Column
    ratio: Column


@folded(
    Says(
        formula="direction = sign of close - close before; distribution = sum of the last n / n",
        unit="-1 to 1",
        warmup=1,
        settles=lambda n: n,
        absent="distribution for n bars",
    ),
    n=bars_in("bars in the mean", trial=5),
)
def tick_flow(*, n: int = 20) -> Fold[TickFlow]:
    """Which way closes went, bar by bar and on the whole."""
    return Fold(run=run_ticks, shape=TickFlow, given=(n,), cells=(1, 0), floats=2)


@lean_kernel
def run_ticks(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    close, (direction, distribution), total = tape.bars.close, out.floats, cells.ints[0]
    for i in range(first, stop):
        if i > 0:
            total += (close[i] > close[i - 1]) - (close[i] < close[i - 1]) * 1
        if i > n:
            total -= (close[i - n] > close[i - n - 1]) - (close[i - n] < close[i - n - 1]) * 1
        now = (close[i] > close[max(i - 1, 0)]) - (close[i] < close[max(i - 1, 0)]) * 1
        direction[i] = now if i > 0 else np.nan
        distribution[i] = total / n if i >= n else np.nan
    cells.ints[0] = total


@folded(
    Says(
        formula="score = 1 / (high - low); ratio = score / mean of the last n scores",
        unit="1 / ticks; ratio",
        settles=lambda n: n - 1,
        absent="score where the bar has no range, ratio where a bar of the window has none",
    ),
    n=bars_in("bars in the mean", trial=3),
)
def liquidity(*, n: int = 20) -> Fold[Liquidity]:
    """How little a bar moved: much volume in few ticks is liquid."""
    return Fold(run=run_liquidity, shape=Liquidity, given=(n,), cells=(0, n + SUMS), floats=2)


@lean_kernel
def run_liquidity(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    bars, (score, ratio) = tape.bars, out.floats
    for i in range(first, stop):
        wide = int(bars.high[i]) - int(bars.low[i])
        now = 1.0 / max(wide, 1)
        score[i] = now if wide > 0 else np.nan
        total = slide_sum(cells.floats, i, n, score[i])
        ratio[i] = score[i] * n / total if i >= n - 1 else np.nan


@folded(
    Says(
        formula="|close - open| / (high - low)",
        unit="0 to 1",
        absent="where the bar has no range",
    )
)
def efficiency() -> Fold[Column]:
    """How much of its range a bar kept."""
    return Fold(run=run_efficiency, shape=one, floats=1)


@lean_kernel
def run_efficiency(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    bars = tape.bars
    for i in range(first, stop):
        wide = int(bars.high[i]) - int(bars.low[i])
        kept = abs(int(bars.close[i]) - int(bars.open[i]))
        share = kept / max(wide, 1)
        out.floats[0][i] = share if wide > 0 else np.nan
