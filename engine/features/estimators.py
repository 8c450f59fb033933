"""Volatility from the range of bars, and where it stands among its own last values."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.bars import BarArrays
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, Takes, bars_in, folded
from engine.features.fold import Ask, Cells, Floats, Fold, Out, Tape, one
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

AVERAGES: Final = ("squares", "roots")
PARKINSON, GARMAN_KLASS, ROGERS_SATCHELL = range(3)
BESIDE: Final = "where a price in the window is not above 0"


def ranged(law: int, n: int, average: str = "squares") -> Fold[Column]:
    given = (law, n, AVERAGES.index(average))
    return Fold(run=run_ranged, shape=one, given=given, cells=(0, n + SUMS), floats=1)


def said(term: str) -> Says:
    return Says(
        formula=f"root of the mean of n terms {term}, or the mean of their roots; h, l, c = "
        "ln(high / open), ln(low / open), ln(close / open)",
        unit="return of one bar",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent=BESIDE,
    )


def averaged() -> Takes:
    return Takes("what is averaged over the window", choices=AVERAGES)


@folded(said("(h - l)^2 / (4 ln 2)"), n=bars_in("bars in the mean", trial=5), average=averaged())
def parkinson(*, n: int = 20, average: str = "squares") -> Fold[Column]:
    """Parkinson's volatility, of highs and lows."""
    return ranged(PARKINSON, n, average)


@folded(
    said("(h - l)^2 / 2 - (2 ln 2 - 1) c^2"),
    n=bars_in("bars in the mean", trial=5),
    average=averaged(),
)
def garman_klass(*, n: int = 20, average: str = "squares") -> Fold[Column]:
    """Garman's and Klass' volatility, of all four prices without drift."""
    return ranged(GARMAN_KLASS, n, average)


@folded(said("h (h - c) + l (l - c)"), n=bars_in("bars in the mean", trial=5), average=averaged())
def rogers_satchell(*, n: int = 20, average: str = "squares") -> Fold[Column]:
    """Rogers' and Satchell's volatility, of all four prices with drift."""
    return ranged(ROGERS_SATCHELL, n, average)


@inlined
def variance(bars: BarArrays, i: int, law: int) -> float:
    """What one bar's prices say of the variance; NaN where one is not above 0."""
    if bars.low[i] <= 0:
        return np.nan
    start, top, bottom = float(bars.open[i]), float(bars.high[i]), float(bars.low[i])
    if law != ROGERS_SATCHELL:
        wide = np.log(top / bottom)
        if law == PARKINSON:
            return float(wide * wide / (4 * np.log(2.0)))
        close = np.log(bars.close[i] / start)
        return float(0.5 * wide * wide - (2 * np.log(2.0) - 1) * close * close)
    return drifting(top / start, bottom / start, np.log(bars.close[i] / start))


@inlined
def drifting(top: float, bottom: float, close: float) -> float:
    """Rogers' and Satchell's term: highest and lowest over the open, log of the close over it."""
    high, low = np.log(top), np.log(bottom)
    return float(high * (high - close) + low * (low - close))


@lean_kernel
def run_ranged(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    law, n, roots = given
    value = out.floats[0]
    for i in range(first, stop):
        now = variance(tape.bars, i, law)
        now = 0.0 if now < 0 else now  # a rounding error of a bar without a range
        total = slide_sum(cells.floats, i, n, np.sqrt(now) if roots else now) / n
        if i < n - 1:
            total = np.nan
        value[i] = total if roots else np.sqrt(total)


@folded(
    Says(
        formula="root of V(open / close before) + k V(close / open) + (1 - k) RS; V divided by "
        "n - 1, of logs, RS the mean Rogers-Satchell term, k = 0.34 / (1.34 + (n + 1) / (n - 1))",
        unit="return of one bar",
        warmup=lambda n: n,
        settles=lambda n: n,
        absent=BESIDE,
    ),
    n=bars_in("bars in the window", 2, trial=5),
)
def yang_zhang(*, n: int = 20) -> Fold[Column]:
    """Yang's and Zhang's volatility, of all four prices and the gaps between bars."""
    cells = (0, 2 * (3 * n + 3) + n + SUMS)
    return Fold(run=run_yang_zhang, shape=one, given=(n,), cells=cells, floats=1)


@lean_kernel
def run_yang_zhang(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    bars, value, size = tape.bars, out.floats[0], 3 * n + 3
    gaps, bodies = cells.floats[:size], cells.floats[size : 2 * size]
    over, inside = resumed(gaps, n), resumed(bodies, n)
    share = 0.34 / (1.34 + (n + 1) / (n - 1))
    for i in range(first, stop):
        value[i] = np.nan
        if i == 0:
            continue
        gap, body, term = np.nan, np.nan, np.nan
        if bars.low[i] > 0 and bars.close[i - 1] > 0:
            start = float(bars.open[i])
            gap, body = np.log(start / float(bars.close[i - 1])), np.log(bars.close[i] / start)
            term = max(drifting(bars.high[i] / start, bars.low[i] / start, body), 0.0)
        over, inside = slide_spread(gaps, n, gap, over), slide_spread(bodies, n, body, inside)
        mean = slide_sum(cells.floats[2 * size :], i - 1, n, term) / n
        if i >= n:
            between = spread_of(gaps, n, over, i - 1)[1] / (n - 1)
            within = spread_of(bodies, n, inside, i - 1)[1] / (n - 1)
            value[i] = np.sqrt(between + share * within + (1 - share) * mean)
    left(gaps, n, over)
    left(bodies, n, inside)


NEAR: Final = 1e-9  # what differs by less is equal: windows of the same returns in another order
RANK: Final = "(values below + (values equal, itself included, + 1) / 2) / n, of the last n of "


@folded(
    Says(
        formula=RANK + "atr(spell)",
        unit="share, 1 the highest",
        warmup=lambda n, spell: n - 1 + spell,
        settles=lambda n, spell: n + spell + fades(1 - 1 / spell) * 2,
    ),
    n=bars_in("values ranked", trial=5),
    spell=bars_in("bars of atr", trial=3),
)
def atr_percentile(*, n: int = 100, spell: int = 14) -> Fold[Column]:
    """Where the average true range stands among its last values."""
    asks = (Ask(atr, {"n": spell}),)
    return Fold(run=run_rank, shape=one, given=(n,), cells=(1, 0), floats=1, asks=asks)


@folded(
    Says(
        formula=RANK + "volatility(spell)",
        unit="share, 1 the highest",
        warmup=lambda n, spell: n - 1 + spell,
        settles=lambda n, spell: n - 1 + spell,
        absent="where a value in the window is",
    ),
    n=bars_in("values ranked", trial=5),
    spell=bars_in("bars of volatility", 2, trial=3),
    returns=Takes("how a return is measured", choices=("log", "simple")),
)
def volatility_percentile(*, n: int = 252, spell: int = 20, returns: str = "log") -> Fold[Column]:
    """Where volatility stands among its last values."""
    asks = (Ask(volatility, {"n": spell, "returns": returns}),)
    return Fold(run=run_rank, shape=one, given=(n,), cells=(1, 0), floats=1, asks=asks)


@lean_kernel
def run_rank(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    source, value, gap = tape.feed[0], out.floats[0], cells.ints[0]
    for i in range(first, stop):
        if np.isnan(source[i]):
            gap = i + 1  # the bar after the last absent value
        whole = i >= n - 1 and gap <= i - n + 1
        value[i] = rank(source, i, n) if whole else np.nan
    cells.ints[0] = gap


@inlined
def rank(values: Floats, i: int, n: int) -> float:
    """The share of the last n values below this one, those as good as equal counted half."""
    x, below, reached = values[i], 0, 0
    low, high = x - NEAR * abs(x), x + NEAR * abs(x)
    for k in range(np.uint64(i - n + 1), np.uint64(i + 1)):  # no sign to look at: eight at a time
        below += values[k] < low
        reached += values[k] <= high
    return (below + reached + 1) / 2 / n
