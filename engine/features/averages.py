"""Moving averages of a price."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import Says, Takes, bars_in, folded
from engine.features.fold import Cells, Fold, Out, Tape, one
from engine.features.windows import fades, of_price, price, source


@folded(
    Says(
        formula="sum of the last n prices / n",
        unit="ticks",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
    ),
    n=bars_in("bars in the mean", trial=5),
    of=of_price(),
)
def sma(*, n: int = 20, of: str = "close") -> Fold[Column]:
    """Simple moving average, summed in whole ticks."""
    return Fold(run=run_sma, shape=one, given=(n, *source(of)), cells=(1, 0), floats=1)


@lean_kernel
def run_sma(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, code, parts = given
    bars, value, total = tape.bars, out.floats[0], cells.ints[0]
    for i in range(first, stop):
        total += price(bars, i, code)
        if i >= n:
            total -= price(bars, i - n, code)
        value[i] = total / (n * parts) if i >= n - 1 else np.nan
    cells.ints[0] = total


@folded(
    Says(
        formula="e += 2 / (n + 1) x (price - e), begun with the mean of the first n prices or "
        "with the first price",
        unit="ticks",
        warmup=lambda n, begin: n - 1 if begin == "mean" else 0,
        settles=lambda n: n + fades(1 - 2 / (n + 1)),
    ),
    n=bars_in("bars whose mean has the same average age", trial=5),
    of=of_price(),
    begin=Takes("what it begins with", choices=("mean", "first")),
)
def ema(*, n: int = 20, of: str = "close", begin: str = "mean") -> Fold[Column]:
    """Exponential moving average."""
    given = (n, *source(of), n if begin == "mean" else 1)
    return Fold(run=run_ema, shape=one, given=given, cells=(1, 1), floats=1)


@lean_kernel
def run_ema(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, code, parts, seed = given
    bars, value, share = tape.bars, out.floats[0], 2.0 / (n + 1)
    total, mean = cells.ints[0], cells.floats[0]
    for i in range(first, stop):
        now = price(bars, i, code)
        if i >= seed:
            mean += (now / parts - mean) * share
        else:
            total += now
            mean = total / (seed * parts) if i == seed - 1 else np.nan
        value[i] = mean
    cells.ints[0], cells.floats[0] = total, mean


@folded(
    Says(
        formula="sum of weight x price / sum of weights; the last price weighs n, the first 1",
        unit="ticks",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
    ),
    n=bars_in("bars in the mean", trial=5),
    of=of_price(),
)
def wma(*, n: int = 20, of: str = "close") -> Fold[Column]:
    """Linearly weighted moving average, summed in whole ticks."""
    return Fold(run=run_wma, shape=one, given=(n, *source(of)), cells=(2, 0), floats=1)


@lean_kernel
def run_wma(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Each bar takes one weight off every older price: the plain sum of the window before."""
    n, code, parts = given
    bars, value = tape.bars, out.floats[0]
    total, weighed = cells.ints[0], cells.ints[1]
    for i in range(first, stop):
        now = price(bars, i, code)
        weighed += min(i + 1, n) * now
        if i >= n:
            weighed -= total
            total -= price(bars, i - n, code)
        total += now
        value[i] = weighed / (parts * n * (n + 1) / 2) if i >= n - 1 else np.nan
    cells.ints[0], cells.ints[1] = total, weighed
