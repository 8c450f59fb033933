"""Which side an entry may be on: trend, mean price, strength, volume and momentum as filters."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.asof import higher
from engine.core.bars import Bars
from engine.core.columns import Bools, Column
from engine.features.averages import ema
from engine.features.declare import NEVER, Says, Takes, bars_in, folded, told
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.oscillators import macd, rsi
from engine.features.volume import relative_volume
from engine.features.vwap import vwap
from engine.features.windows import fades


@dataclass(frozen=True, kw_only=True)
class Filters:
    """Which filters are on, and their numbers; those of a bounce off the mean price by default."""

    trend: bool = False
    mean: bool = True
    strength: bool = True
    volume: bool = False
    momentum: bool = False
    span: int = 15
    average: int = 21
    neutral: Decimal = Decimal("0.5")
    reset: str = "18:00"
    spell: int = 10
    low: Decimal = Decimal(35)
    high: Decimal = Decimal(65)
    usual: int = 20
    surge: Decimal = Decimal("1.5")


TRIAL: Final = Filters(span=2, average=2, spell=3, usual=3, reset="session")


class Sides(NamedTuple):
    """1 where a long and where a short pass every filter that is on, 0 where not."""

    long: Column
    short: Column


@folded(
    Says(
        formula="ema(n) - ema(n) of the bar before",
        unit="ticks a bar",
        warmup=lambda n: n,
        settles=lambda n: n + 1 + 2 * fades(1 - 2 / (n + 1)),
    ),
    n=bars_in("bars of the average", trial=4),
)
def ema_slope(*, n: int = 21) -> Fold[Column]:
    """How much an exponential average moves a bar."""
    return Fold(run=run_slope, shape=one, floats=1, asks=(Ask(ema, {"n": n}),))


def run_slope(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    mean = tape.feed[0]
    out.floats[0][first:stop] = np.nan
    begin = max(first, 1)
    out.floats[0][begin:stop] = mean[begin:stop] - mean[begin - 1 : max(stop - 1, 0)]


@told(
    Says(
        formula="1 where ema_slope of the last coarse bar that is over is above `neutral`, -1 "
        "where it is below -neutral, else 0",
        unit="-1, 0, 1",
        absent="until the slope is known",
        settles=NEVER,
    ),
    span=Takes("minutes of the coarse bars", low=1, trial=2),
    n=bars_in("coarse bars of the average", trial=2),
    neutral=Takes("ticks a coarse bar that are no trend", low=Decimal(0)),
)
def trend_side(
    bars: Bars, *, span: int = 15, n: int = 21, neutral: Decimal = Decimal("0.5")
) -> Column:
    """Which way the average of a higher timeframe slopes, from closed bars only."""
    slope: Column = higher(bars, ema_slope, span, n=n)
    values, present = slope.dense()
    band = float(neutral)
    return Column((values > band).astype(np.int64) - (values < -band), present)


@told(
    Says(
        formula="of the filters that are on: trend: trend_side is not against the side; mean: a "
        "long closes below vwap(reset), a short above; strength: rsi(spell) is below `low`, above "
        "`high`, or absent; volume: volume is at least `surge` times its mean of `usual` bars; "
        "momentum: the histogram of macd is above 0, below 0",
        unit="0, 1",
        settles=NEVER,
    ),
    filters=Takes("which filters are on, and their numbers", trial=TRIAL),
)
def entry_sides(bars: Bars, *, filters: Filters | None = None) -> Sides:
    """Whether a long and whether a short pass all filters; what is not known yet does not pass."""
    f = filters or Filters()
    long, short = np.ones((2, len(bars)), np.bool_)
    for on, find in (
        (f.trend, against_no_trend),
        (f.mean, beyond_mean),
        (f.strength, worn_out),
        (f.volume, busy),
        (f.momentum, driven),
    ):
        if on:
            up, down = find(bars, f)
            long, short = long & up, short & down
    return Sides(Column.of(long.astype(np.int64)), Column.of(short.astype(np.int64)))


def against_no_trend(bars: Bars, f: Filters) -> tuple[Bools, Bools]:
    side = trend_side(bars, span=f.span, n=f.average, neutral=f.neutral)
    return side >= 0, side <= 0


def beyond_mean(bars: Bars, f: Filters) -> tuple[Bools, Bools]:
    mean = vwap(bars, reset=f.reset).mean
    return mean > bars.close, mean < bars.close


def worn_out(bars: Bars, f: Filters) -> tuple[Bools, Bools]:
    """Strength that is not known keeps nobody out."""
    found = rsi(bars, n=f.spell)
    unknown = ~found.present
    return (found < f.low) | unknown, (found > f.high) | unknown


def busy(bars: Bars, f: Filters) -> tuple[Bools, Bools]:
    enough = relative_volume(bars, n=f.usual).ratio >= f.surge
    return enough, enough


def driven(bars: Bars, _: Filters) -> tuple[Bools, Bools]:
    gap = macd(bars).histogram
    return gap > 0, gap < 0
