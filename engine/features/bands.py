"""Channels around a price."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.averages import ema
from engine.features.declare import Says, bars_in, factor, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape
from engine.features.volatility import atr
from engine.features.windows import FAR, SPREAD, between, fades, spread

DEVIATIONS = Decimal(2)


class Bollinger(NamedTuple):
    """Bands in ticks; `width` is their distance over the middle, `position` 0 to 1 inside them."""

    middle: Column
    upper: Column
    lower: Column
    width: Column
    position: Column


class Channel(NamedTuple):
    """Middle and both edges in ticks."""

    middle: Column
    upper: Column
    lower: Column


class Highest(NamedTuple):
    """Highest and lowest price of a window, in ticks."""

    high: Column
    low: Column


@folded(
    Says(
        formula="middle = sma(n) of the close; upper, lower = middle +- k x deviation (divided by "
        "n); width = (upper - lower) / middle; position = (close - lower) / (upper - lower)",
        unit="ticks; width and position are ratios",
        warmup=lambda n: n - 1,
        settles=lambda n: n,
        absent="position where the bands meet, width where the middle is not above 0; all while a "
        "window reaches further than 2^30 / n ticks",
    ),
    n=bars_in("bars in the mean", 2, trial=5),
    k=factor("deviations to a band"),
)
def bollinger(*, n: int = 20, k: Decimal = DEVIATIONS) -> Fold[Bollinger]:
    """Bollinger bands; deviations are exact, a constant price has none."""
    cells = (SPREAD, 0)
    return Fold(run=run_bollinger, shape=Bollinger, given=(n, float(k)), cells=cells, floats=5)


@lean_kernel
def run_bollinger(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, k = given
    close, box, reach = tape.bars.close, cells.ints, FAR // n
    middle, upper, lower, width, position = out.floats
    for i in range(first, stop):
        far = k * np.sqrt(spread(box, close, i, n, reach))
        mean = box[0] + box[1] / n if far >= 0 else np.nan
        middle[i], upper[i], lower[i] = mean, mean + far, mean - far
        width[i] = 2 * far / mean if mean > 0 else np.nan
        position[i] = (close[i] - lower[i]) / (2 * far) if far > 0 else np.nan


@folded(
    Says(
        formula="highest high and lowest low of the last n bars, this one included",
        unit="ticks",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
    ),
    n=bars_in("bars in the window", trial=5),
)
def donchian(*, n: int = 20) -> Fold[Highest]:
    """Donchian channel: highest high and lowest low."""
    return Fold(run=run_donchian, shape=Highest, given=(n,), ints=2)


def run_donchian(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    (n,) = given
    edges = between(tape, first, stop, n).feed
    for row, there, edge in zip(out.ints, out.there, edges, strict=True):
        row[first:stop] = edge
        there[first:stop] = True
        there[first : min(stop, n - 1)] = False


@folded(
    Says(
        formula="middle = ema(n) of the close; upper, lower = middle +- k x atr(spell)",
        unit="ticks",
        warmup=lambda n, spell: max(n - 1, spell),
        settles=lambda n, spell: (
            max(n, spell) + 1 + max(fades(1 - 2 / (n + 1)), fades(1 - 1 / spell))
        ),
    ),
    n=bars_in("bars of the average", trial=5),
    spell=bars_in("bars of the range", trial=5),
    k=factor("average true ranges to an edge"),
)
def keltner(*, n: int = 20, spell: int = 10, k: Decimal = DEVIATIONS) -> Fold[Channel]:
    """Keltner channel."""
    asks = (Ask(ema, {"n": n}), Ask(atr, {"n": spell}))
    return Fold(run=run_keltner, shape=Channel, given=(float(k),), floats=3, asks=asks)


def run_keltner(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    mean, wide = (row[first:stop] for row in tape.feed)
    (k,) = given
    far = k * wide
    for row, edge in zip(out.floats, (mean + 0 * far, mean + far, mean - far), strict=True):
        row[first:stop] = edge
