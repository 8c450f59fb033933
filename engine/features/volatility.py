"""How much closes move: true ranges, and deviations of returns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np

from engine.core.bars import BarArrays
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, Takes, bars_in, folded
from engine.features.fold import Cells, Fold, Out, Tape, one
from engine.features.windows import (
    SUMS,
    fades,
    left,
    resumed,
    slide_spread,
    slide_sum,
    spread_of,
    true_range,
)

MEANS: Final = ("wilder", "simple")
RETURNS: Final = ("log", "simple")


@folded(
    Says(
        formula="mean of the last n true ranges: Wilder's (m += (x - m) / n, begun with the mean "
        "of the first n) or the simple one; a range reaches to the close before",
        unit="ticks",
        warmup=lambda n: n,
        settles=lambda n, mean: n + (fades(1 - 1 / n) if mean == "wilder" else 0),
    ),
    n=bars_in("bars in the mean", trial=5),
    mean=Takes("how it is averaged", choices=MEANS),
)
def atr(*, n: int = 14, mean: str = "wilder") -> Fold[Column]:
    """Average true range; gaps between sessions count."""
    given = (n, MEANS.index(mean))
    return Fold(run=run_atr, shape=one, given=given, cells=(1, 1), floats=1)


@lean_kernel
def run_atr(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, simple = given
    bars, value = tape.bars, out.floats[0]
    total, mean = cells.ints[0], cells.floats[0]
    for i in range(first, stop):
        value[i] = np.nan
        if i == 0:
            continue
        now = true_range(bars, i)
        if simple or i <= n:
            total += now - (true_range(bars, i - n) if i > n else 0)
            mean = total / n
        else:
            mean = (mean * (n - 1) + now) / n
        if i >= n:
            value[i] = mean
    cells.ints[0], cells.floats[0] = total, mean


@folded(
    Says(
        formula="deviation of the last n returns (divided by n - 1); returns are ln(C / C before) "
        "or C / C before - 1",
        unit="return of one bar",
        warmup=lambda n: n,
        settles=lambda n: n,
        absent="where a close in the window is not above 0",
    ),
    n=bars_in("returns in the window", 2, trial=5),
    returns=Takes("how a return is measured", choices=RETURNS),
)
def volatility(*, n: int = 20, returns: str = "log") -> Fold[Column]:
    """Deviation of returns."""
    given = (n, RETURNS.index(returns))
    return Fold(run=run_volatility, shape=one, given=given, cells=(0, 3 * n + 3), floats=1)


@inlined
def change(bars: BarArrays, i: int, simple: int) -> float:
    """The return of a bar: logarithmic or simple; NaN where a close is not above 0."""
    before, now = float(bars.close[i - 1]), float(bars.close[i])
    if before <= 0 or now <= 0:
        return np.nan
    return now / before - 1.0 if simple else np.log(now / before)


@lean_kernel
def run_volatility(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, simple = given
    value, block = out.floats[0], resumed(cells.floats, n)
    for i in range(first, stop):
        value[i] = np.nan
        if i > 0:
            block = slide_spread(cells.floats, n, change(tape.bars, i, simple), block)
            if i >= n:
                value[i] = np.sqrt(spread_of(cells.floats, n, block, i - 1)[1] / (n - 1))
    left(cells.floats, n, block)


@folded(
    Says(
        formula="root of the sum of the last n squared log returns",
        unit="return of n bars",
        warmup=lambda n: n,
        settles=lambda n: n,
        absent="where a close in the window is not above 0",
    ),
    n=bars_in("returns in the window", trial=5),
)
def realised(*, n: int = 60) -> Fold[Column]:
    """Realised volatility of a window."""
    return Fold(run=run_realised, shape=one, given=(n,), cells=(0, n + SUMS), floats=1)


@lean_kernel
def run_realised(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    value = out.floats[0]
    for i in range(first, stop):
        value[i] = np.nan
        if i > 0:
            now = change(tape.bars, i, 0)
            total = slide_sum(cells.floats, i - 1, n, now * now)
            if i >= n:
                value[i] = np.sqrt(total)


@folded(
    Says(
        formula="root of v; v = keep x v + (1 - keep) x r^2, r the log return, begun with the "
        "first r^2; a bar without a return leaves v as it is",
        unit="return of one bar",
        warmup=1,
        settles=lambda keep: 1 + fades(float(keep)) * 2,
        absent="until a close above 0 follows one",
    ),
    keep=Takes("what a bar keeps of the variance", low=Decimal(0), high=Decimal(1)),
)
def ewma_volatility(*, keep: Decimal = Decimal("0.94")) -> Fold[Column]:
    """Exponentially weighted volatility."""
    return Fold(run=run_ewma, shape=one, given=(float(keep),), cells=(1, 1), floats=1)


@lean_kernel
def run_ewma(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (keep,) = given
    value, seen, variance = out.floats[0], cells.ints[0], cells.floats[0]
    for i in range(first, stop):
        now = change(tape.bars, i, 0) if i > 0 else np.nan
        if not np.isnan(now):
            variance = keep * variance + (1 - keep) * now * now if seen else now * now
            seen = 1
        value[i] = np.sqrt(variance) if seen else np.nan
    cells.ints[0], cells.floats[0] = seen, variance
