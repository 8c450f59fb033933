"""Where the price is: beside its past, its averages, its highs and lows."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.averages import ema, sma
from engine.features.bands import donchian
from engine.features.declare import Says, Takes, bars_in, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.volatility import atr, change, volatility
from engine.features.windows import (
    between,
    fades,
    left,
    resumed,
    slide_spread,
    spread_of,
)

BELOW_ZERO = "where a price it divides by is not above 0"


class Shape(NamedTuple):
    """Range over close, and the close's distance from both ends of the bar."""

    range: Column
    to_high: Column
    to_low: Column


class Pullback(NamedTuple):
    """How far below the high of the window, and how fast."""

    depth: Column
    speed: Column


class Levels(NamedTuple):
    """Support and resistance in ticks, and the close's distance from them over the close."""

    support: Column
    resistance: Column
    support_distance: Column
    resistance_distance: Column


class Distance(NamedTuple):
    """Distance from a high, a low and within their range."""

    from_high: Column
    from_low: Column
    position: Column


@folded(
    Says(
        formula="close / close n bars before - 1, or ln of the quotient",
        unit="return of n bars",
        warmup=lambda n: n,
        settles=lambda n: n,
        absent="where one of the closes is not above 0",
    ),
    n=bars_in("bars back", trial=3),
    returns=Takes("how a return is measured", choices=("simple", "log")),
)
def momentum(*, n: int = 1, returns: str = "simple") -> Fold[Column]:
    """Return over a window; n = 1 is the return of the bar."""
    return Fold(run=run_momentum, shape=one, given=(n, returns == "log"), floats=1)


@lean_kernel
def run_momentum(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    n, log = given
    close, value = tape.bars.close, out.floats[0]
    for i in range(first, stop):
        value[i] = np.nan
        if i >= n and close[i] > 0 and close[i - n] > 0:
            now = close[i] / float(close[i - n])
            value[i] = np.log(now) if log else now - 1.0


@folded(
    Says(
        formula="range = (high - low) / close; to_high = (high - close) / high; to_low = "
        "(close - low) / low",
        unit="ratios",
        absent=BELOW_ZERO,
    )
)
def bar_shape() -> Fold[Shape]:
    """How wide a bar is, and where in it the close lies."""
    return Fold(run=run_shape, shape=Shape, floats=3)


@lean_kernel
def run_shape(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    bars, (wide, top, bottom) = tape.bars, out.floats
    for i in range(first, stop):
        high, low, close = float(bars.high[i]), float(bars.low[i]), float(bars.close[i])
        wide[i] = (high - low) / close if close > 0 else np.nan
        top[i] = (high - close) / high if high > 0 else np.nan
        bottom[i] = (close - low) / low if low > 0 else np.nan


@folded(
    Says(
        formula="depth = (H - close) / H, H the highest high of n bars; speed = mean / deviation "
        "(divided by spell - 1) of the last `spell` simple returns",
        unit="ratios",
        warmup=lambda n, spell: n - 1 if n <= spell else spell,
        settles=lambda n, spell: n + spell,
        absent="depth for n - 1 bars, speed for spell; where H or a close is not above 0; speed "
        "where all returns are equal",
    ),
    n=bars_in("bars of the high", trial=5),
    spell=bars_in("returns of the speed", 2, trial=3),
)
def pullback(*, n: int = 20, spell: int = 5) -> Fold[Pullback]:
    """How deep below its high the price is, and how steadily it moves."""
    cells = (0, 3 * spell + 3)
    return Fold(run=run_pullback, shape=Pullback, given=(n, spell), cells=cells, floats=2)


def run_pullback(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    fill_pullback(between(tape, first, stop, given[0]), first, stop, given, cells, out)


@lean_kernel
def fill_pullback(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, spell = given
    bars, (depth, speed), tops = tape.bars, out.floats, tape.feed[0]
    block = resumed(cells.floats, spell)
    for i in range(first, stop):
        top = float(tops[i - first])
        depth[i] = (top - bars.close[i]) / top if i >= n - 1 and top > 0 else np.nan
        speed[i] = np.nan
        if i > 0:
            now = change(bars, i, 1)
            block = slide_spread(cells.floats, spell, now, block)
            mean, square = spread_of(cells.floats, spell, block, i - 1)
            if i >= spell and square > 0:
                speed[i] = mean / np.sqrt(square / (spell - 1))
    left(cells.floats, spell, block)


@folded(
    Says(
        formula="support = lowest low, resistance = highest high of n bars; (close - support) / "
        "close and (resistance - close) / close",
        unit="ticks; ratios",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent="distances where the close is not above 0",
    ),
    n=bars_in("bars in the window", trial=5),
)
def support_resistance(*, n: int = 20) -> Fold[Levels]:
    """Edges of the last bars as support and resistance."""
    asks = (Ask(donchian, {"n": n}),)
    return Fold(run=run_levels, shape=Levels, floats=4, asks=asks)


def run_levels(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    (top, bottom), close = (row[part] for row in tape.feed), tape.bars.close[part].astype(float)
    safe = np.where(close > 0, close, np.nan)
    said = (bottom, top, (close - bottom) / safe, (top - close) / safe)
    for row, values in zip(out.floats, said, strict=True):
        row[part] = values


@folded(
    Says(
        formula="(H - close) / atr(spell), (close - L) / atr(spell) and (close - L) / (H - L), "
        "H and L the highest and lowest price of n bars",
        unit="average true ranges; position from 0 to 1",
        warmup=lambda n, spell: max(n - 1, spell),
        settles=lambda n, spell: n + spell + 1 + fades(1 - 1 / spell),
        absent="where nothing has moved",
    ),
    n=bars_in("bars of the range", trial=5),
    spell=bars_in("bars of atr", trial=5),
)
def range_position(*, n: int = 20, spell: int = 14) -> Fold[Distance]:
    """Distance from the extremes of a window in average ranges, and the place between them."""
    asks = (Ask(donchian, {"n": n}), Ask(atr, {"n": spell}))
    return Fold(run=run_position, shape=Distance, floats=3, asks=asks)


def run_position(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    top, bottom, wide = (row[part] for row in tape.feed)
    close = tape.bars.close[part].astype(np.float64)
    wide = np.where(wide > 0, wide, np.nan)
    reach = np.where(top > bottom, top - bottom, np.nan)
    place = (close - bottom) / reach
    said = ((top - close) / wide, (close - bottom) / wide, place + 0 * wide)
    for row, values in zip(out.floats, said, strict=True):
        row[part] = values


@folded(
    Says(
        formula="(close - sma(n)) / sma(n)",
        unit="ratio",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent="where the mean is not above 0",
    ),
    n=bars_in("bars in the mean", trial=5),
)
def sma_distance(*, n: int = 20) -> Fold[Column]:
    """Distance of the close from its mean."""
    return Fold(run=run_distance, shape=one, floats=1, asks=(Ask(sma, {"n": n}),))


def run_distance(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    mean = tape.feed[0][part]
    mean = np.where(mean > 0, mean, np.nan)
    out.floats[0][part] = (tape.bars.close[part] - mean) / mean


@folded(
    Says(
        formula="(close - ema(n)) / atr(spell)",
        unit="average true ranges",
        warmup=lambda n, spell: max(n - 1, spell),
        settles=lambda n, spell: n + spell + fades(1 - 1 / spell) + 2 * fades(1 - 2 / (n + 1)),
        absent="where nothing has moved",
    ),
    n=bars_in("bars of the average", trial=5),
    spell=bars_in("bars of atr", trial=5),
)
def ema_distance(*, n: int = 200, spell: int = 14) -> Fold[Column]:
    """Distance of the close from its exponential average, in average ranges."""
    asks = (Ask(ema, {"n": n}), Ask(atr, {"n": spell}))
    return Fold(run=run_reach, shape=one, floats=1, asks=asks)


def run_reach(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    mean, wide = (row[part] for row in tape.feed)
    out.floats[0][part] = (tape.bars.close[part] - mean) / np.where(wide > 0, wide, np.nan)


@folded(
    Says(
        formula="volatility(n) / volatility(than), of simple returns",
        unit="ratio",
        warmup=lambda n, than: max(than, n),
        settles=lambda n, than: n + than,
        absent="where the longer one is 0 or absent",
    ),
    n=bars_in("bars of the first", 2, trial=3),
    than=bars_in("bars of the other", 2, trial=6),
)
def volatility_ratio(*, n: int = 10, than: int = 20) -> Fold[Column]:
    """Volatility of one window over that of another."""
    asks = tuple(Ask(volatility, {"n": m, "returns": "simple"}) for m in (n, than))
    return Fold(run=run_ratio, shape=one, floats=1, asks=asks)


def run_ratio(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    one_, other = (row[first:stop] for row in tape.feed)
    out.floats[0][first:stop] = one_ / np.where(other > 0, other, np.nan)
