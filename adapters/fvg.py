"""Fair value gaps: a zone that price left behind is traded when it is touched first."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, choice, gate, higher, param
from engine.core.aside import aside
from engine.core.entries import Limit
from engine.features.averages import ema
from engine.features.estimators import volatility_percentile
from engine.features.fear import CALM, WILD, gamma
from engine.features.hidden import hidden_state
from engine.features.oscillators import rsi
from engine.features.price import momentum
from engine.features.sweeps import sweeps
from engine.features.swings import structure
from engine.features.volatility import atr
from engine.features.volume import relative_volume
from engine.features.zones import KINDS, fair_value_gaps

FULL_GAP, FULL_MOVE = 0.005, 0.015  # shares of the price that score in full
MOVE: Final = 5  # bars of the move, and those in which a sweep counts
BUSY: Final = 1.2  # volume beside its mean
RSI_LONG, RSI_SHORT = (30.0, 55.0), (45.0, 70.0)


class Fvg(Strategy):
    """Buy the first touch of a bullish gap, sell that of a bearish one, at the middle of the zone.

    Three bars leave a gap between the first and the third; a close beyond its far edge turns it
    over: `kind: inverted` trades those zones instead. Of all open zones a side trades the newest.
    The order is a limit order from the next bar on; the stop level lies beyond the far edge by
    `buffer` times the larger of the gap and the average range. With `span` the gaps are those of
    longer bars, known when their third bar is over. `calm` comes from a model of two states whose
    fit ends before the session; DVOL, where it stands beside the bars, forbids some sides.
    """

    presets: ClassVar[tuple[Preset, ...]] = (
        Preset(
            name="retest",
            doc="version 5: plain gaps in restless times",
            gates={"min_gap": "0.002", "min_confidence": "0.45", "max_calm": "0.5"},
            exits={"stop": "level", "target": {"r": 3}},
            rules={"cooldown": 4},
        ),
        Preset(
            name="inverted",
            doc="version 5: gaps that were closed through",
            params={"kind": "inverted"},
            gates={"min_gap": "0.002", "min_confidence": "0.4", "min_place": "0.5"},
            exits={"stop": "level", "target": {"r": 2}},
            rules={"cooldown": 4},
        ),
    )

    kind: str = choice(default="plain", among=KINDS, doc="gaps as they are, or closed through")
    span: int = param(default=0, low=0, high=240, step=60, doc="minutes of the bars; 0: the same")
    least: int = param(default=2, low=1, high=16, doc="ticks of the smallest gap")
    oldest: int = param(default=50, low=20, high=80, step=10, doc="bars a gap is remembered")
    buffer: Decimal = param(default="0.3", low="0", high="1", step="0.1", doc="beyond the edge")
    works: int = param(default=4, low=1, high=16, doc="bars the limit order works")
    fit: int = param(default=250, low=20, high=500, step=10, doc="sessions the states are fit on")

    min_gap: Decimal = gate("gap", ">=", default=None, low="0", high="0.005", step="0.0005")
    min_confidence: Decimal = gate("confidence", ">=", default=None, low="0", high="1", step="0.05")
    max_calm: Decimal = gate("calm", "<=", default=None, low="0.1", high="0.9", step="0.1")
    min_place: Decimal = gate("place", ">=", default=None, low="0.1", high="0.9", step="0.1")
    allowed: Decimal = gate("allowed", ">=", default=None, low="0", high="1", step="1")
    min_trend: Decimal = gate("trend", ">=", default=None, low="-1", high="1", step="1")
    min_gamma: Decimal = gate("gamma", ">=", default=None, low="-1", high="1", step="0.25")

    def setups(self, bars: Bars) -> Setups:
        (bull, *below), (bear, *above) = self.zones(bars)
        long, short = bull & ~bear, bear & ~bull
        way = np.where(long, 1, -1)
        top, bottom = (np.where(long, *edges) for edges in zip(below, above, strict=True))
        spread = atr(bars, n=14)
        ranges = spread.floats(np.arange(len(bars)))
        away = np.maximum(top - bottom, np.where(np.isnan(ranges), 0.0, ranges))
        beyond = np.maximum(1, np.floor(float(self.buffer) * away + 0.5)).astype(np.int64)
        middle = bottom + top
        return Setups.where(
            bars,
            long=long,
            short=short,
            stop=(bottom - beyond, top + beyond),
            entry=Limit(middle // 2, -(-middle // 2), bars=self.works),
            attributes=self.attributes(bars, way, top - bottom) | {"atr": spread},
        )

    def zones(self, bars: Bars) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """First touches, top and bottom of the newest zone: bullish, then bearish."""
        given: dict[str, Any] = {"kind": self.kind, "least": self.least, "oldest": self.oldest}
        if self.span > bars.minutes:
            found = higher(bars, fair_value_gaps, self.span, **given)
        else:
            found = fair_value_gaps(bars, **given)
        low, high = bars.low.astype(np.int64), bars.high.astype(np.int64)
        return (
            first_touches(found.bull_top, found.bull_bottom, found.bull_fill, low, 1),
            first_touches(found.bear_top, found.bear_bottom, found.bear_fill, high, -1),
        )

    def attributes(self, bars: Bars, way: Any, size: Any) -> dict[str, Any]:
        """All that a touch may be judged by."""
        rows = np.arange(len(bars))
        trend = way * np.sign((ema(bars, n=50) - ema(bars, n=200)).floats(rows))
        close, dvol = bars.close.astype(np.float64), aside(bars, "dvol")
        gap = np.where(close > 0, size / np.where(close > 0, close, 1.0), np.nan)
        place = volatility_percentile(bars)
        return {
            "gap": gap,
            "trend": trend,
            "confidence": self.confidence(bars, way, gap, trend),
            "calm": hidden_state(bars, sessions=self.fit).calm,
            "place": place,
            "dvol": dvol,
            "allowed": allowed(dvol.floats(rows), way, self.kind),
            "gamma": gamma(bars),
        }

    def confidence(self, bars: Bars, way: Any, gap: Any, trend: Any) -> Any:
        """What a gap scores beside its size; unknown while a part of it is."""
        rows = np.arange(len(bars))
        busy, strength = relative_volume(bars).ratio.floats(rows), rsi(bars).floats(rows)
        bias, moved = structure(bars).bias.floats(rows), momentum(bars, n=MOVE).floats(rows)
        low, high = (np.where(way > 0, *pair) for pair in zip(RSI_LONG, RSI_SHORT, strict=True))
        swept = recent(sweeps(bars).side.floats(rows), way)
        parts = [
            0.20 * np.minimum(gap / FULL_GAP, 1.0),
            0.15 * (busy > BUSY) + busy * 0,
            0.15 * (trend > 0) + trend * 0,
            0.10 * ((strength >= low) & (strength <= high)) + strength * 0,
            0.10 * (way * bias > 0) + bias * 0,
            0.15 * np.minimum(np.abs(moved) / FULL_MOVE, 1.0),
            0.15 * swept,
        ]
        if self.kind == "inverted":
            parts.append(0.10 * volatility_percentile(bars).floats(rows))
        return np.sum(parts, axis=0)


def first_touches(top: Any, bottom: Any, fill: Any, edge: Any, way: int) -> tuple[Any, ...]:
    """The bars on which price comes to a zone for the first time since it is the newest one."""
    (tops, there), bottoms = top.dense(), bottom.dense()[0]
    filled = np.nan_to_num(fill.dense()[0])
    before = np.concatenate((there[:1] & False, there[:-1]))
    same = there & before
    same[1:] &= (tops[1:] == tops[:-1]) & (bottoms[1:] == bottoms[:-1])
    reached = way * edge <= way * np.where(way > 0, tops, bottoms)
    counted = np.cumsum(reached & same)
    begun = np.maximum.accumulate(np.where(same, 0, counted))
    first = reached & same & (counted - begun == 1)
    first[1:] &= same[:-1] & (filled[:-1] == 0)  # two bars old, and not yet entered
    return first, tops.astype(np.int64), bottoms.astype(np.int64)


def recent(side: Any, way: Any) -> Any:
    """Whether a sweep of the trade's side lies among the last bars."""
    bars = np.arange(len(side))
    found = []
    for sign in (1, -1):
        last = np.maximum.accumulate(np.where(side == sign, bars, -MOVE))
        found.append(bars - last < MOVE)
    return np.where(way > 0, *found)


def allowed(dvol: Any, way: Any, kind: str) -> Any:
    """What low and high DVOL forbid: of retests a side each, of inverted gaps longs."""
    low, high = dvol < CALM, dvol >= WILD
    barred = low & (way > 0)
    if kind == "plain":
        barred = (low & (way < 0)) | (high & (way > 0))
    return np.where(np.isnan(dvol), np.nan, 1.0 - barred)
