"""Capitulation: fade a fast, heavy flush away from the average once it makes no new extreme."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, choice, gate, param
from engine.core.columns import Array, Column
from engine.features.bands import donchian
from engine.features.oscillators import rsi
from engine.features.regimes import regime
from engine.features.volatility import atr
from engine.features.volume import relative_volume
from engine.features.vwap import rolling_vwap, vwap

ROLLING: Final = 200  # bars of the rolling average
HUNDRED: Final = 100
LOW, HIGH = 0.85, 1.15  # ratios of the range now to that before between which it is normal
MANAGED: Final = {
    "target": {"follow": "vwap", "until": "trail"},
    "breakeven": {"after": 12, "offset": 1},
    "trail": {"by": 8, "after": 15, "needs_breakeven": True},
    "hold": {"bars": 20},
    "flatten": "15:45",
}
HOURS: Final = {"entry_window": ["17:00", "15:00"]}  # 18:00 to 16:00 in New York


class Capitulation(Strategy):
    """Buy after a flush that fell from its window's open, sell after one that rose.

    A window of `length` bars is an opportunity when it moved at least `least` ticks, farther one
    way than the other: a fall for longs, a rise for shorts. With `turn` only the bars that turn it
    are setups: no new extreme, a candle the trade's way, the average still ahead. Without it every
    bar of the flush is one, and each of the nine conditions, all of them gates on attributes that
    point the trade's way, is counted by itself. The stop level is the flush's extreme:
    `{nearest: [{dollars: 400}, {of: level, offset: 2}]}` takes the tighter.
    """

    anchor: str = choice(
        default="session", among=("session", "rth", "rolling"), doc="where the average begins"
    )
    length: int = param(default=7, low=3, high=30, doc="bars of the flush")
    strength: int = param(default=14, low=2, high=30, doc="bars of the rsi")
    least: int = param(default=20, low=4, high=80, step=4, doc="ticks that make an opportunity")
    turn: bool = choice(default=True, doc="only bars that turn the flush")
    min_flush: Decimal = gate("flush", ">=", default=None, low="4", high="120", step="4")
    min_velocity: Decimal = gate("velocity", ">=", default=None, low="0.5", high="12", step="0.5")
    max_distance: Decimal = gate("distance", "<=", default=None, low="1", high="40", step="1")
    max_rsi: Decimal = gate("rsi", "<", default=None, low="5", high="60", step="5")
    min_climax: Decimal = gate("climax", ">=", default=None, low="0.5", high="5", step="0.1")
    min_lift: Decimal = gate("lift", ">=", default=None, low="0", high="10", step="1")
    min_body: Decimal = gate("body", ">=", default=None, low="1", high="20", step="1")
    min_discount: Decimal = gate("discount", ">", default=None, low="0", high="80", step="1")
    min_volatility: Decimal = gate("volatility", ">=", default=None, low="-1", high="1", step="1")

    presets = (
        Preset(
            name="documented",
            doc="The thresholds of its configuration: 20 ticks, 3 a bar, RSI 25, twice the volume.",
            params={"length": 7, "strength": 14},
            gates={
                "min_flush": 20,
                "min_velocity": 3,
                "max_distance": 5,
                "max_rsi": 25,
                "min_climax": 2,
                "min_lift": 0,
                "min_body": 1,
                "min_discount": 0,
                "min_volatility": 1,
            },
            exits={
                "stop": {"nearest": [{"dollars": 400}, {"of": "level", "offset": 2}]},
                **MANAGED,
            },
            rules=HOURS,
        ),
        Preset(
            name="coded",
            doc="The thresholds its code had: 8 ticks, 1.5 a bar, RSI 45, 1.2 times the volume.",
            params={"length": 7, "strength": 14, "least": 8},
            gates={
                "min_flush": 8,
                "min_velocity": "1.5",
                "max_distance": 12,
                "max_rsi": 45,
                "min_climax": "1.2",
                "min_lift": 0,
                "min_body": 1,
                "min_discount": 0,
                "min_volatility": 0,
            },
            exits={"stop": {"dollars": 400}, **MANAGED},
            rules=HOURS,
        ),
    )

    def setups(self, bars: Bars) -> Setups:
        box, first = donchian(bars, n=self.length), self.length - 1
        began, flush = back(bars.open, first), box.high - box.low
        fall, rise = began - box.low, box.high - began
        wide = (flush >= self.least) & (bars.session == back(bars.session, first))
        mean, strength = self.average(bars), rsi(bars, n=self.strength)
        lower, higher = back(bars.low, 1), back(bars.high, 1)
        body = bars.close.astype(np.int64) - bars.open
        long, short = wide & (fall > rise), wide & (rise > fall)
        if self.turn:
            long &= (bars.low >= lower) & (body > 0) & (bars.close < mean)
            short &= (bars.high <= higher) & (body < 0) & (bars.close > mean)
        return Setups.where(
            bars,
            long=long,
            short=short,
            stop=(box.low.floor(), box.high.floor()),
            attributes={
                "flush": flush,
                "velocity": flush / self.length,
                "distance": (bars.close - box.low, box.high - bars.close),
                "rsi": (strength, HUNDRED - strength),
                "climax": relative_volume(bars).ratio,
                "lift": (bars.low - lower, higher - bars.high),
                "body": (body, -body),
                "discount": (mean - bars.close, bars.close - mean),
                "volatility": volatility(bars),
                "atr": atr(bars, n=14, mean="simple"),
            },
            follow={"vwap": (mean.ceil(), mean.floor())},
        )

    def average(self, bars: Bars) -> Column:
        """The average price by volume, from the anchor on."""
        if self.anchor == "rolling":
            return rolling_vwap(bars, n=ROLLING).mean
        return vwap(bars, reset=self.anchor).mean


def volatility(bars: Bars) -> Column:
    """1 where volatility is high, -1 where it is low, 0 between."""
    ratio = regime(bars).ratio
    return Column((ratio > HIGH).astype(np.int64) - (ratio < LOW), ratio.present)


def back(values: Array, bars: int) -> Array:
    """The values of so many bars before; the first bars, which have none, take the first."""
    return np.concatenate((np.repeat(values[:1], bars), values))[: len(values)].astype(np.int64)
