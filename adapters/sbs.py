"""SBS: after a swing, a deep retracement is swept and given back, and the swing is bought again."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from engine import Bars, Preset, Setups, Strategy, gate, param
from engine.core.again import Tried, Tries, goes_back, tried_again
from engine.core.aside import aside
from engine.core.follow import After
from engine.features.averages import ema
from engine.features.bands import donchian
from engine.features.fear import gamma
from engine.features.oscillators import rsi
from engine.features.swings import break_of_structure, structure
from engine.features.volatility import atr
from engine.features.volume import relative_volume

FULL: Final = 0.5  # average ranges below the level that score in full
BUSY: Final = 1.2
RSI_LONG, RSI_SHORT = (30.0, 50.0), (50.0, 70.0)
WICK: Final = 2  # a wick of more than half the body rejects too
NEAR: Final = 50  # bars of the farthest target


class Sbs(Strategy):
    """Buy a sweep of the 61.8 % retracement of the last swing up; sell the mirror image.

    The swing is the highest and the lowest price of the `lookback` bars before this one. When the
    low came last, longs are sought, when the high came last, shorts. The bar must trade beyond the
    level and close back, as a candle of its side or with a wick of half its body. The stop level
    lies `buffer` average ranges beyond the swing, the target level at 23.6 %; `swing_end` is the
    distance to its other end, `far` that to the edge of the last fifty bars. With `again`, a trade
    that was lost may be tried anew on a later candle that is back beyond the level.
    """

    presets: ClassVar[tuple[Preset, ...]] = (
        Preset(
            name="published",
            doc="swings of two per cent, one entry",
            gates={"min_swing": "0.02", "min_pierce": "0.002", "min_confidence": "0.48"},
            exits={"stop": "level", "target": "level"},
            rules={"cooldown": 4},
        ),
        Preset(
            name="live",
            doc="only after a break of structure, with two tries after a loss",
            params={"lookback": 50, "again": 2},
            gates={"min_pierce": "0.001", "min_confidence": "0.48", "min_broken": 1},
            exits={"stop": "level", "target": "level"},
            rules={"cooldown": 4},
        ),
    )

    lookback: int = param(default=20, low=10, high=50, step=10, doc="bars of the swing")
    level: Decimal = param(default="0.618", low="0.382", high="0.786", step="0.001", doc="of it")
    first: Decimal = param(default="0.236", low="0", high="0.382", step="0.118", doc="target")
    buffer: Decimal = param(default="0.3", low="0.1", high="0.5", step="0.2", doc="beyond it")
    fast: int = param(default=50, low=20, high=100, step=10, doc="bars of the faster average")
    slow: int = param(default=200, low=100, high=300, step=50, doc="bars of the slower average")
    again: int = param(default=0, low=0, high=2, doc="tries after a loss")
    window: int = param(
        default=10, low=1, high=20, when={"again": (1, 2)}, doc="bars in which they may come"
    )

    min_swing: Decimal = gate("swing", ">=", default=None, low="0", high="0.04", step="0.005")
    min_pierce: Decimal = gate("pierce", ">=", default=None, low="0", high="0.004", step="0.0005")
    min_confidence: Decimal = gate("confidence", ">=", default=None, low="0", high="1", step="0.05")
    min_broken: Decimal = gate("broken", ">=", default=None, low="-1", high="1", step="1")
    min_trend: Decimal = gate("trend", ">=", default=None, low="-1", high="1", step="1")
    max_dvol: Decimal = gate("dvol", "<=", default=None, low="30", high="100", step="5")
    min_gamma: Decimal = gate("gamma", ">=", default=None, low="-1", high="1", step="0.25")

    def setups(self, bars: Bars) -> Setups:
        top, bottom, rising = swing(bars, self.lookback)
        way, rows = np.where(rising, 1, -1), np.arange(len(bars))
        more: dict[str, Any] = {}
        line = self.retraced(top, bottom, way, float(self.level))
        spread = atr(bars, n=14)
        ranges = spread.floats(rows)
        edge = np.where(way > 0, bars.low, bars.high).astype(np.int64)
        beyond, back = way * (line - edge), way * (bars.close - line) > 0
        fired = (top > bottom) & (beyond > 0) & back & rejects(bars, way)
        long, short = fired & (way > 0), fired & (way < 0)
        if self.again:
            tried = self.retried(bars, (long, short), line)
            long, short, more["after"] = tried.long, tried.short, After(tried.parents, "loss")
            way, line, beyond, top, bottom = (
                side[tried.origin] for side in (way, line, beyond, top, bottom)
            )
        away = np.where(np.isnan(ranges), 0.0, float(self.buffer) * ranges)
        stop = np.where(way > 0, bottom, top) - way * np.floor(away + 0.5).astype(np.int64)
        target = self.retraced(top, bottom, way, float(self.first))
        said = self.attributes(bars, way, (top, bottom), (line, beyond, ranges)) | {"atr": spread}
        return Setups.where(
            bars,
            long=long,
            short=short,
            stop=(stop, stop),
            target=(target, target),
            attributes=said,
            **more,
        )

    def retraced(self, top: Any, bottom: Any, way: Any, share: float) -> Any:
        """So far back from the end of the swing, in whole ticks."""
        back = np.floor(share * (top - bottom) + 0.5).astype(np.int64)
        return np.where(way > 0, top - back, bottom + back)

    def retried(self, bars: Bars, first: tuple[Any, Any], line: Any) -> Tried:
        """Later candles of the side that close beyond the level once more."""
        body, ripe = bars.close.astype(np.int64) - bars.open, []
        tries = Tries(self.again, 1, self.window)
        for one, way in zip(first, (1, -1), strict=True):
            then = line[goes_back(one, tries)]
            ripe.append((way * (bars.close - then) > 0) & (way * body > 0))
        return tried_again(first, (ripe[0], ripe[1]), tries)

    def attributes(self, bars: Bars, way: Any, swung: Any, found: Any) -> dict[str, Any]:
        """All that a sweep of the level may be judged by."""
        (top, bottom), (line, beyond, ranges) = swung, found
        rows, middle = np.arange(len(bars)), (top + bottom) / 2
        trend = way * np.sign((ema(bars, n=self.fast) - ema(bars, n=self.slow)).floats(rows))
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(ranges > 0, beyond / ranges, np.nan)
            large = np.where(middle > 0, (top - bottom) / middle, np.nan)
            pierce = np.where(line > 0, beyond / line, np.nan)
        far = donchian(bars, n=NEAR)
        edge = np.where(way > 0, far.high.floats(rows), far.low.floats(rows))
        return {
            "swing": large,
            "pierce": pierce,
            "depth": depth,
            "trend": trend,
            "broken": break_of_structure(bars).trend * way,
            "confidence": self.confidence(bars, way, depth, trend),
            "swing_end": way * (np.where(way > 0, top, bottom) - bars.close),
            "far": way * (edge - bars.close),
            "dvol": aside(bars, "dvol"),
            "gamma": gamma(bars),
        }

    def confidence(self, bars: Bars, way: Any, depth: Any, trend: Any) -> Any:
        """A weighted sum; unknown while a part of it is."""
        rows = np.arange(len(bars))
        strength, bias = rsi(bars).floats(rows), structure(bars).bias.floats(rows)
        busy = relative_volume(bars).ratio.floats(rows)
        low, high = (np.where(way > 0, *pair) for pair in zip(RSI_LONG, RSI_SHORT, strict=True))
        parts = [
            0.30 * np.minimum(depth / FULL, 1.0),
            0.20 * (trend > 0) + trend * 0,
            0.15 * ((strength >= low) & (strength <= high)) + strength * 0,
            0.15 * (busy > BUSY) + busy * 0,
            0.20 * (way * bias > 0) + bias * 0,
        ]
        return np.sum(parts, axis=0)


def swing(bars: Bars, n: int) -> tuple[Any, Any, Any]:
    """Highest and lowest price of the n bars before each, and whether the low is the later one."""
    count = len(bars)
    top, bottom = np.zeros((2, count), np.int64)
    rising = np.zeros(count, np.bool_)
    if count > n:
        highs, lows = (sliding_window_view(side[:-1], n)[:, ::-1] for side in (bars.high, bars.low))
        top[n:], bottom[n:] = highs.max(axis=1), lows.min(axis=1)
        rising[n:] = lows.argmin(axis=1) < highs.argmax(axis=1)  # bars back: the smaller is later
    return top, bottom, rising


def rejects(bars: Bars, way: Any) -> Any:
    """A candle of the side, or one whose wick against it is more than half of its body."""
    opened, closed = bars.open.astype(np.int64), bars.close.astype(np.int64)
    inner = way * (closed - opened)
    wick = np.where(
        way > 0, np.minimum(opened, closed) - bars.low, bars.high - np.maximum(opened, closed)
    )
    return (inner > 0) | (WICK * wick > np.abs(inner))
