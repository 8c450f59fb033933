"""VWAP bounce: fade a touch of a volume-weighted band once a close has taken it back."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, choice, gate, higher, param
from engine.core.columns import Array, Bools, Column
from engine.features.averages import ema
from engine.features.oscillators import macd, rsi
from engine.features.regimes import Regime, regime
from engine.features.times import session_minute
from engine.features.volatility import atr
from engine.features.volume import relative_volume
from engine.features.vwap import Vwap, bands, rolling_vwap, vwap

ROLLING: Final = 200  # bars of the rolling average
TREND_MINUTES, TREND_BARS = 15, 21
NEUTRAL: Final = 0.5  # ticks a coarse bar that are no trend
AGAINST: Final = 4  # closes in a row against a position
HUNDRED: Final = 100  # what the strength of a fall is counted down from

# by regime of the seven, in the order of engine.features.regimes.SEVEN
STOP: Final = (1.25, 1.62, 1.20, 1.50, 1.90, 1.10, 1.40)
LATER_STOP: Final = (1.25, 1.25, 1.20, 0.75, 0.75, 1.50, 1.50)
BREAKEVEN: Final = (1.00, 1.00, 0.95, 0.75, 0.85, 1.00, 1.00)
TRAIL: Final = (1.00, 1.15, 0.95, 0.85, 1.25, 0.90, 1.10)
SIDEWAYS: Final = (10, 14, 8, 12, 18, 8, 15)
UNDERWATER: Final = (7, 8, 6, 8, 10, 6, 8)
LOW, HIGH = 0.85, 1.15  # ratios of the range now to that before between which it is normal
WIDEST: Final = 20  # ticks: the later breakeven is never farther

MANAGED: Final = {
    "target": {"times": 4.75, "of": "atr"},
    "breakeven": {"after": {"times": 9, "of": "breakeven"}, "offset": 1},
    "trail": {"by": {"times": 8, "of": "trail"}, "after": 12, "needs_breakeven": True},
    "sideways": {"minutes": {"times": 1, "of": "sideways"}, "range": 5},
    "underwater": {"minutes": {"times": 1, "of": "underwater"}},
    "decay": {"minutes": [30, 45, 54], "by": [0.1, 0.2, 0.3], "in_profit": True},
    "leave": "stretched",
    "flatten": "15:45",
}
HOURS: Final = {"entry_window": ["17:00", "15:00"]}  # 18:00 to 16:00 in New York


class VwapBounce(Strategy):
    """Buy when the bar before touched the lower band and this one closes above it; sell the mirror.

    The average is anchored where the calendar's session begins; `rolling` is the one of the last
    200 bars. Attributes point the trade's way: an rsi of 30 stands for an oversold market beneath
    a long and for an overbought one above a short. Targets in whole ticks: the average, or the
    band of `far` deviations by the followed columns `vwap` and `far`.
    """

    anchor: str = choice(
        default="session", among=("session", "rth", "week", "rolling"), doc="where it begins"
    )
    band: Decimal = param(default="2.1", low="0.5", high="4", step="0.1", doc="deviations, entry")
    far: Decimal = param(default="3.7", low="1", high="6", step="0.1", doc="deviations, target")
    strength: int = param(default=10, low=2, high=30, doc="bars of the rsi")
    max_rsi: Decimal = gate("rsi", "<=", default=None, low="5", high="60", step="5")
    min_discount: Decimal = gate("discount", ">=", default=None, low="0", high="80", step="1")
    min_volume: Decimal = gate("volume", ">=", default=None, low="0.5", high="5", step="0.1")
    min_macd: Decimal = gate("macd", ">=", default=None, low="-20", high="20", step="1")
    min_trend: Decimal = gate("trend", ">=", default=None, low="-4", high="4", step="0.5")
    min_volatility: Decimal = gate("volatility", ">=", default=None, low="-1", high="1", step="1")
    max_volatility: Decimal = gate("volatility", "<=", default=None, low="-1", high="1", step="1")
    max_straight: Decimal = gate("straight", "<=", default=None, low="0.1", high="1", step="0.1")
    min_minute: Decimal = gate("minute", ">=", default=None, low="0", high="480", step="10")

    presets = (
        Preset(
            name="first",
            doc="Bands of 1 and 2 deviations, the day only: how the bot began.",
            params={"band": "1", "far": "2"},
            exits={"stop": 11, "target": {"r": 1.5}, "flatten": "15:45"},
            rules={"entry_window": ["09:00", "14:30"], "max_per_session": 5, "daily_loss": 400},
        ),
        Preset(
            name="bounce",
            doc="Bands of 2.1 and 3.7, RSI and side of the average on, the rest off; its exits.",
            params={"band": "2.1", "far": "3.7", "strength": 10},
            gates={"max_rsi": 35, "min_discount": 1},
            exits={"stop": {"times": 1, "of": "stop_ticks"}, **MANAGED},
            rules={**HOURS, "daily_loss": 1000},
        ),
        Preset(
            name="bounce_all",
            doc="As bounce with every filter on: trend, volume, MACD.",
            params={"band": "2.1", "far": "3.7", "strength": 10},
            gates={
                "max_rsi": 35,
                "min_discount": 1,
                "min_volume": "1.5",
                "min_macd": 0,
                "min_trend": "-0.5",
            },
            exits={"stop": {"times": 1, "of": "stop_ticks"}, **MANAGED},
            rules={**HOURS, "daily_loss": 1000},
        ),
        Preset(
            name="bounce_late",
            doc="As bounce with the later stops, which are narrow where volatility is high.",
            params={"band": "2.1", "far": "3.7", "strength": 10},
            gates={"max_rsi": 35, "min_discount": 1},
            exits={
                **MANAGED,
                "stop": {"times": 1, "of": "stop_ticks_late"},
                "breakeven": {"after": {"times": 1, "of": "breakeven_late"}, "offset": 2},
            },
            rules={**HOURS, "daily_loss": 1000},
        ),
    )

    def setups(self, bars: Bars) -> Setups:
        average = self.average(bars)
        ((upper, lower),) = bands(average, self.band)
        ((above, below),) = bands(average, self.far)
        market, trend = regime(bars), higher(bars, steepness, TREND_MINUTES, n=TREND_BARS)
        together, strength = self.together(bars), rsi(bars, n=self.strength)
        line = macd(bars).histogram
        return Setups.where(
            bars,
            long=together & (before(bars.low) <= lower) & (bars.close > lower),
            short=together & (before(bars.high) >= upper) & (bars.close < upper),
            attributes={
                "rsi": (strength, HUNDRED - strength),
                "discount": (average.mean - bars.close, bars.close - average.mean),
                "volume": relative_volume(bars).ratio,
                "macd": (line, -line),
                "trend": (trend, -trend),
                "straight": market.efficiency,
                "minute": session_minute(bars).minute,
                **by_regime(bars, market),
            },
            follow={
                "vwap": (average.mean.ceil(), average.mean.floor()),
                "far": (above.ceil(), below.floor()),
                "stretched": (
                    (bars.close > upper) & (trend > NEUTRAL),
                    (bars.close < lower) & (trend < -NEUTRAL),
                ),
                "divergence": one_way(bars, AGAINST),
                "regime": changed(market),
            },
        )

    def average(self, bars: Bars) -> Vwap:
        """The average and its deviation, from the anchor on."""
        if self.anchor == "rolling":
            return rolling_vwap(bars, n=ROLLING)
        return vwap(bars, reset=self.anchor)

    def together(self, bars: Bars) -> Bools:
        """Bars that have one before them since the anchor: bands of a first bar are no bands."""
        return same_session(bars) & (before(bars.rth) | (self.anchor != "rth"))


def by_regime(bars: Bars, market: Regime) -> dict[str, Column]:
    """What the regime of a bar asks for: distances in ticks, times in minutes, its volatility."""
    reach = atr(bars, n=14, mean="simple")
    late = reach * looked_up(market.seven, LATER_STOP)
    low, high = market.ratio < LOW, market.ratio > HIGH
    return {
        "atr": reach,
        "stop_ticks": reach * looked_up(market.seven, STOP),
        "stop_ticks_late": late,
        "breakeven": looked_up(market.seven, BREAKEVEN),
        "breakeven_late": at_most(late * looked_up(market.seven, BREAKEVEN), WIDEST),
        "trail": looked_up(market.seven, TRAIL),
        "sideways": looked_up(market.seven, SIDEWAYS),
        "underwater": looked_up(market.seven, UNDERWATER),
        "volatility": Column(high.astype(np.int64) - low, market.ratio.present),
    }


def looked_up(regimes: Column, table: tuple[float, ...]) -> Column:
    """A value for each bar from a table by regime."""
    return Column(np.array(table)[np.where(regimes.present, regimes.values, 0)], regimes.present)


def at_most(column: Column, most: int) -> Column:
    """No value above the most there may be."""
    return Column(np.minimum(column.values, most), column.present)


def before(values: Array) -> Array:
    """The value of the bar before; the first bar, which has none, takes its own."""
    return np.concatenate((values[:1], values[:-1]))


def same_session(bars: Bars) -> Bools:
    """Bars that have one before them in their own session."""
    found: Bools = bars.session == before(bars.session)
    found[:1] = False
    return found


def changed(market: Regime) -> Bools:
    """The bars with which another regime begins."""
    seven, known = market.seven.values, market.seven.present
    found: Bools = (seven != before(seven)) & known & before(known)
    return found


def one_way(bars: Bars, many: int) -> tuple[Bools, Bools]:
    """Bars whose last closes all fell, and those whose last closes all rose."""
    step = np.sign(np.diff(bars.close, prepend=bars.close[:1])).astype(np.int64)
    total = np.cumsum(step)
    total[many:] -= total[:-many].copy()
    return total == -many, total == many


def steepness(bars: Bars, *, n: int) -> Column:
    """Ticks by which the average of a coarse bar differs from that of the one before."""
    mean = ema(bars, n=n)
    last = Column(before(mean.values), before(mean.present))
    return mean - last
