"""Named sets of columns, such as models are given: each a feature, or a plain reading of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

import numpy as np

from engine.core.asof import higher
from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.errors import unknown
from engine.features.alignment import ema_alignment, trend_above
from engine.features.averages import ema
from engine.features.candles import candle
from engine.features.direction import adx
from engine.features.estimators import atr_percentile, volatility_percentile
from engine.features.oscillators import rsi
from engine.features.price import ema_distance, momentum, range_position
from engine.features.shifts import shifts
from engine.features.swings import structure
from engine.features.volatility import atr, volatility
from engine.features.volume import relative_volume

FOUR_HOURS, HOUR, USUAL, BUSY = 240, 60, 20, 1.5
Said = Callable[[Bars], Column]


class Whole(NamedTuple):
    """The prices of a bar, in ticks."""

    open: Column
    high: Column
    low: Column
    close: Column


def whole(bars: Bars) -> Whole:
    a = bars.arrays
    return Whole(*(Column.of(prices) for prices in (a.open, a.high, a.low, a.close)))


def flag(there: Column, holds: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Column:
    """1 where it holds, 0 where not, absent where the column is."""
    return Column(holds.astype(np.int64), there.dense()[1])


def leaning(bars: Bars, side: int) -> Column:
    """Whether ema(50) lies above (1) or below (-1) ema(200)."""
    gap = ema(bars, n=50) - ema(bars, n=200)
    return flag(gap, gap * side > 0)


def leaning_above(bars: Bars, side: int) -> Column:
    trend = trend_above(bars, span=FOUR_HOURS)
    return flag(trend, trend * side > 0)


def usual_volume(bars: Bars) -> Column:
    """The mean volume of 20 bars, this one included."""
    sums, out = np.concatenate(([0], np.cumsum(bars.volume))), np.full(len(bars), np.nan)
    out[USUAL - 1 :] = (sums[USUAL:] - sums[:-USUAL]) / USUAL
    return Column.of(out)


def high_volume(bars: Bars) -> Column:
    ratio = relative_volume(bars).ratio
    return flag(ratio, ratio > BUSY)


def hour(name: str) -> Said:
    return lambda bars: getattr(higher(bars, whole, HOUR), name)


INDICATORS: Final[Mapping[str, Said]] = {
    "atr": atr,
    "rsi": rsi,
    "ema_20": lambda bars: ema(bars, n=20),
    "ema_50": lambda bars: ema(bars, n=50),
    "ema_200": lambda bars: ema(bars, n=200),
    "bullish_bias": lambda bars: leaning(bars, 1),
    "bearish_bias": lambda bars: leaning(bars, -1),
    "volume_sma": usual_volume,
    "high_volume": high_volume,
    "adx": lambda bars: adx(bars).adx,
    "manip_score": lambda bars: candle(bars).outsized,
    "log_return": lambda bars: momentum(bars, returns="log"),
    "realized_vol_20": lambda bars: volatility(bars, n=20),
    "atr_pctile_20": lambda bars: atr_percentile(bars, n=20),
    "atr_pctile_100": lambda bars: atr_percentile(bars, n=100),
    "momentum_5": lambda bars: momentum(bars, n=5),
    "close_vs_range": lambda bars: candle(bars).position,
    "candle_streak": lambda bars: candle(bars).streak,
    "htf_ema_50": lambda bars: higher(bars, ema, FOUR_HOURS, n=50),
    "htf_ema_200": lambda bars: higher(bars, ema, FOUR_HOURS, n=200),
    "htf_bullish": lambda bars: leaning_above(bars, 1),
    "htf_bearish": lambda bars: leaning_above(bars, -1),
    "htf_1h_open": hour("open"),
    "htf_1h_high": hour("high"),
    "htf_1h_low": hour("low"),
    "htf_1h_close": hour("close"),
    "structure_bias": lambda bars: structure(bars).bias,
    "structure_conf": lambda bars: structure(bars).confidence,
    "rv_percentile": volatility_percentile,
}
MARKET: Final[Mapping[str, Said]] = {
    "atr_percentile_20": lambda bars: atr_percentile(bars, n=20),
    "atr_percentile_100": lambda bars: atr_percentile(bars, n=100),
    "realized_vol_20": lambda bars: volatility(bars, n=20),
    "vol_of_vol": lambda bars: shifts(bars).volatility_of_volatility,
    "atr_ratio": lambda bars: shifts(bars).atr_ratio,
    "adx_slope_5": lambda bars: shifts(bars).adx_slope,
    "rsi_divergence": lambda bars: shifts(bars).divergence,
    "candle_streak": lambda bars: candle(bars).streak,
    "close_vs_range": lambda bars: candle(bars).position,
    "momentum_5": lambda bars: momentum(bars, n=5),
    "relative_volume": lambda bars: relative_volume(bars).ratio,
    "volume_trend_5": lambda bars: shifts(bars).volume_trend,
    "volume_price_confirm": lambda bars: shifts(bars).confirmed,
    "dist_from_high_20": lambda bars: range_position(bars, n=20).from_high,
    "dist_from_low_20": lambda bars: range_position(bars, n=20).from_low,
    "ema_alignment": ema_alignment,
    "price_vs_ema200": ema_distance,
    "range_position": lambda bars: range_position(bars, n=50).position,
}
SETS: Final = {"indicators": INDICATORS, "market": MARKET}


def feature_set(bars: Bars, name: str) -> dict[str, Column]:
    """Every column of a set; another market's are `companion`, a volatility index's `asof`."""
    if name not in SETS:
        raise unknown("feature set", name, SETS)
    return {column: say(bars) for column, say in SETS[name].items()}
