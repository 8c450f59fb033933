"""Market regimes as three systems name them, from bars up to and including this one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.averages import ema, sma
from engine.features.declare import Says, bars_in, factor, folded
from engine.features.direction import adx
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.volatility import atr
from engine.features.windows import SUMS, between, fades, slide_sum

SEVEN: Final = (
    "normal",
    "normal_trending",
    "normal_choppy",
    "high_vol_choppy",
    "high_vol_trending",
    "low_vol_ranging",
    "low_vol_trending",
)
FIVE: Final = (0, 0, 0, 1, 2, 3, 4)  # the five named ones: normal, then the last four
LABELS: Final = ("unknown", "volatile", "trending_up", "trending_down", "ranging")


class Regime(NamedTuple):
    """Volatility ratio and directional efficiency, then the regime of seven and of five."""

    ratio: Column
    efficiency: Column
    seven: Column
    five: Column


@folded(
    Says(
        formula="q = atr(spell, simple) / mean of the `base` true ranges before those; e = "
        "|close - first close| / (highest - lowest price) of n bars; q > high is high volatility, "
        "q < low is low; e > trend is trending; seven: " + ", ".join(SEVEN) + ", five: the first "
        "three are normal; without a range e is absent and normal volatility is just normal",
        unit="ratios; number of the seven; number of the five",
        warmup=lambda n: n - 1,
        settles=lambda n, spell, base: n + spell + base,
        absent="all but the efficiency for spell + base bars; where nothing has moved in the base; "
        "high or low volatility without a range",
    ),
    n=bars_in("bars of the efficiency", 2, trial=4),
    spell=bars_in("bars of the range now", trial=3),
    base=bars_in("bars of the range before", trial=6),
    high=factor("q of high volatility"),
    low=factor("q of low volatility"),
    trend=factor("e of a trend"),
)
def regime(
    *,
    n: int = 20,
    spell: int = 14,
    base: int = 100,
    high: Decimal = Decimal("1.15"),
    low: Decimal = Decimal("0.85"),
    trend: Decimal = Decimal("0.60"),
) -> Fold[Regime]:
    """Volatility by trend: seven regimes, and the five they are named by."""
    given = (n, float(high), float(low), float(trend))
    asks = (Ask(range_ratio, {"spell": spell, "base": base}),)
    return Fold(run=run_regime, shape=Regime, given=given, floats=2, ints=2, asks=asks)


@folded(
    Says(
        formula="atr(spell, simple) / mean of the `base` true ranges before those",
        unit="ratio",
        warmup=lambda spell, base: spell + base,
        settles=lambda spell, base: spell + base,
        absent="where nothing has moved in the base",
    ),
    spell=bars_in("bars of the range now", trial=3),
    base=bars_in("bars of the range before", trial=6),
)
def range_ratio(*, spell: int = 14, base: int = 100) -> Fold[Column]:
    """The range now beside that of the bars before, which it does not share."""
    asks = (Ask(atr, {"n": spell, "mean": "simple"}), Ask(atr, {"n": base, "mean": "simple"}))
    return Fold(run=run_against, shape=one, given=(spell,), floats=1, asks=asks)


def run_against(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    (back,) = given
    out.floats[0][first:stop] = np.nan
    begin = max(first, back)
    base = tape.feed[1][begin - back : max(stop - back, 0)]
    if begin < stop:
        now = tape.feed[0][begin:stop]
        out.floats[0][begin:stop] = now / np.where(base > 0, base, np.nan)


def run_regime(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    fill_regime(between(tape, first, stop, given[0]), first, stop, given, cells, out)


@lean_kernel
def fill_regime(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    n, high, low, trend = given
    close, (against, tops, bottoms), (ratio, straight) = tape.bars.close, tape.feed, out.floats
    for i in range(first, stop):
        wide = int(tops[i - first]) - int(bottoms[i - first])
        way = abs(int(close[i]) - int(close[max(i - n + 1, 0)]))
        ratio[i] = against[i] if i >= n - 1 else np.nan
        straight[i] = way / wide if wide > 0 and i >= n - 1 else np.nan
        level = 1 if ratio[i] > high else -1 if ratio[i] < low else 0
        named = name(level, straight[i], trend)
        there = not np.isnan(ratio[i]) and named >= 0
        out.ints[0][i], out.ints[1][i] = named, FIVE[max(named, 0)]
        out.there[0][i] = out.there[1][i] = there


@inlined
def name(level: int, straight: float, trend: float) -> int:
    """Number of the regime; -1 where it cannot be told."""
    if np.isnan(straight):
        return 0 if level == 0 else -1
    trending = straight > trend
    if level == 0:
        return 1 if trending else 2
    if level > 0:
        return 4 if trending else 3
    return 6 if trending else 5


@folded(
    Says(
        formula="volatile (1) if atr(14) / close > `wild` x its mean over n bars; else, where "
        "adx(14) > `strong`, trending_up (2) if close > ema(n), trending_down (3) if not; else "
        "ranging (4); unknown (0) before",
        unit="number of " + ", ".join(LABELS),
        settles=lambda n: n + 200 + 4 * fades(1 - 2 / (n + 1)) + 6 * fades(1 - 1 / 14),
    ),
    n=bars_in("bars of the mean", trial=3),
    wild=factor("times its mean"),
    strong=factor("adx of a trend"),
)
def bar_regime(
    *, n: int = 50, wild: Decimal = Decimal("1.8"), strong: Decimal = Decimal(30)
) -> Fold[Column]:
    """Five labels of a bar."""
    asks = (Ask(atr, {"n": 14}), Ask(adx, {"n": 14}), Ask(ema, {"n": n}))
    given = (n, float(wild), float(strong))
    return Fold(run=run_labels, shape=one, given=given, cells=(0, n + SUMS), ints=1, asks=asks)


@lean_kernel
def run_labels(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, wild, strong = given
    close, (ranges, strength, _plus, _minus, average) = tape.bars.close, tape.feed
    for i in range(first, stop):
        share = ranges[i] / close[i] if close[i] > 0 else np.nan
        mean = slide_sum(cells.floats, i, n, share) / n
        label = 4
        if np.isnan(mean + strength[i] + average[i]) or i < n:
            label = 0
        elif share > wild * mean:
            label = 1
        elif strength[i] > strong:
            label = 2 if close[i] > average[i] else 3
        out.ints[0][i], out.there[0][i] = label, True


@folded(
    Says(
        formula="1 if sma(fast) > sma(slow), -1 if below, 0 if equal",
        unit="-1, 0, 1",
        warmup=lambda fast, slow: fast - 1 if fast > slow else slow - 1,
        settles=lambda fast, slow: fast + slow,
    ),
    fast=bars_in("bars of the faster mean", trial=3),
    slow=bars_in("bars of the slower", trial=5),
)
def trend_regime(*, fast: int = 20, slow: int = 50) -> Fold[Column]:
    """Which of two means is above."""
    asks = (Ask(sma, {"n": fast}), Ask(sma, {"n": slow}))
    return Fold(run=run_trend, shape=one, floats=1, asks=asks)


def run_trend(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    out.floats[0][first:stop] = np.sign(tape.feed[0][first:stop] - tape.feed[1][first:stop])
