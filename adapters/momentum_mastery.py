"""Momentum mastery: after a sweep, a strong candle the other way is bought on its pullback."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, choice, gate, param
from engine.core.aside import aside
from engine.core.entries import Limit
from engine.features.averages import ema
from engine.features.estimators import atr_percentile
from engine.features.fear import gamma
from engine.features.killzones import LEVELS, Raid, deepest, extremes, zone
from engine.features.swings import fractals, structure
from engine.features.volatility import atr
from engine.features.volume import relative_volume

QUIET, LOUD = 0.25, 0.75  # places of the range among its last hundred
LOWER, RAISED = 0.5, 1.0  # what they take from, and add to, the reward
LEAST, MOST = 1.5, 3.0  # of the reward after that
BUSY: Final = 1.2
FULL_BODY: Final = 0.8  # share of its range at which a body scores in full
LAG: Final = 2  # bars until a fractal is known


class MomentumMastery(Strategy):
    """Buy the pullback of the first strong rising candle after a swept low; sell the mirror image.

    A sweep pierces a low of Asia or London and closes back above it. Among the `confirm` bars after
    it the first candle counts whose body is `body` average ranges and whose close lies beyond the
    sweep's own bar. The order waits `pullback` of that candle's range above its low. The stop level
    lies `buffer` average ranges beyond the sweep, no nearer and no farther than the shares of the
    price say; the target level is `reward` times as far, less in quiet times and more in loud ones.
    """

    presets: ClassVar[tuple[Preset, ...]] = (
        Preset(
            name="published",
            doc="stacked averages, twice the risk, half of the candle",
            gates={"min_stack": 1, "min_confidence": "0.35"},
            exits={"stop": "level", "target": "level"},
            rules={"cooldown": 4},
        ),
        Preset(
            name="live",
            doc="the same with no fractal against it, bodies of half the range, busy bars",
            gates={
                "min_stack": 1,
                "min_confidence": "0.35",
                "max_opposed": 0,
                "max_fractals": 1,
                "min_share": "0.5",
                "min_volume": 1,
            },
            exits={"stop": "level", "target": "level"},
            rules={"cooldown": 4},
        ),
    )

    levels: str = choice(default="both", among=tuple(LEVELS), doc="whose lows and highs")
    back: int = param(default=2, low=1, high=4, doc="sessions whose extremes count")
    confirm: int = param(default=6, low=3, high=9, step=3, doc="bars after a sweep")
    body: Decimal = param(default="0.3", low="0.1", high="0.6", step="0.1", doc="ranges of it")
    pullback: Decimal = param(default="0.5", low="0.3", high="0.7", step="0.1", doc="of the candle")
    works: int = param(default=6, low=1, high=24, doc="bars the limit order works")
    buffer: Decimal = param(default="0.5", low="0.1", high="0.9", step="0.2", doc="beyond it")
    closest: Decimal = param(default="0.005", low="0", high="0.01", step="0.001", doc="stop at")
    farthest: Decimal = param(default="0.015", low="0.01", high="0.03", step="0.005", doc="stop at")
    reward: Decimal = param(default="2", low="1", high="3", step="0.5", doc="of the risk")
    slack: Decimal = param(default="0.005", low="0", high="0.01", step="0.001", doc="in the stack")
    slow: int = param(default=200, low=100, high=300, step=50, doc="bars of the slowest average")

    min_stack: Decimal = gate("stack", ">=", default=None, low="0", high="1", step="1")
    min_depth: Decimal = gate("depth", ">=", default=None, low="0", high="1", step="0.1")
    min_confidence: Decimal = gate("confidence", ">=", default=None, low="0", high="1", step="0.05")
    min_share: Decimal = gate("share", ">=", default=None, low="0.1", high="0.9", step="0.1")
    min_volume: Decimal = gate("volume", ">=", default=None, low="0.5", high="3", step="0.25")
    max_fractals: Decimal = gate("fractals", "<=", default=None, low="0", high="3", step="1")
    max_opposed: Decimal = gate("opposed", "<=", default=None, low="0", high="2", step="1")
    max_dvol: Decimal = gate("dvol", "<=", default=None, low="30", high="100", step="5")
    min_gamma: Decimal = gate("gamma", ">=", default=None, low="-1", high="1", step="0.25")

    def setups(self, bars: Bars) -> Setups:
        raid, rows = self.swept(bars), np.arange(len(bars))
        ranges = atr(bars, n=14).floats(rows)
        sides = [
            self.confirmed(bars, one, way, ranges)
            for one, way in zip(raid[:2], (1, -1), strict=True)
        ]
        (long, lows), (short, highs) = sides
        long, short = long & ~short, short & ~long
        way, sweep = np.where(long, 1, -1), np.where(long, lows, highs)
        level, beyond = raid.level[sweep], raid.beyond[sweep]
        entry = self.entry(bars, way)
        risk = self.risk(entry - (level - way * beyond), way, ranges, entry)
        place = atr_percentile(bars).floats(rows)
        goal = np.floor(self.multiple(place) * risk + 0.5).astype(np.int64)
        stop, target = entry - way * risk, entry + way * goal
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(ranges > 0, beyond / ranges, np.nan)
        return Setups.where(
            bars,
            long=long,
            short=short,
            stop=(stop, stop),
            target=(target, target),
            entry=Limit(entry, entry, bars=self.works),
            attributes=self.attributes(bars, way, sweep, (depth, place)),
        )

    def swept(self, bars: Bars) -> Raid:
        """A level pierced and closed back in one bar; of several the one exceeded most."""
        found = []
        for name in LEVELS[self.levels]:
            high, low, there = extremes(bars, name, self.back)
            there = there & zone(bars, name)
            lows = there & (bars.low < low) & (bars.close > low)
            highs = there & (bars.high > high) & (bars.close < high) & ~lows
            beyond = np.where(lows, low - bars.low, bars.high - high)
            found.append(Raid(lows, highs, np.where(lows, low, high), beyond))
        return deepest(found)

    def confirmed(self, bars: Bars, sweeps: Any, way: int, ranges: Any) -> tuple[Any, Any]:
        """The first strong candle in time after a sweep, and the bar of that sweep."""
        rows = np.arange(len(bars))
        last = np.maximum.accumulate(np.where(sweeps, rows, -1))
        last = np.concatenate(([-1], last[:-1]))[: len(rows)]  # sweeps before this bar
        sweep = np.maximum(last, 0)
        inner = way * (bars.close.astype(np.int64) - bars.open)
        far = np.where(
            way > 0,
            bars.close - bars.high[sweep].astype(np.int64),
            bars.low[sweep].astype(np.int64) - bars.close,
        )
        strong = (inner >= float(self.body) * ranges) & (inner > 0) & (far > 0)
        strong &= (last >= 0) & (rows - last <= self.confirm) & zone(bars, "asia_levels")
        counted = np.cumsum(strong)
        before = np.where(last >= 0, counted[sweep], 0)
        return strong & (counted - before == 1), sweep

    def entry(self, bars: Bars, way: Any) -> Any:
        """So much of the candle's range above its low, or below its high."""
        low, high = bars.low.astype(np.int64), bars.high.astype(np.int64)
        back = np.floor(float(self.pullback) * (high - low)).astype(np.int64)
        return np.where(way > 0, low + back, high - back)

    def risk(self, distance: Any, way: Any, ranges: Any, entry: Any) -> Any:
        """Ticks to the stop: beyond the sweep, within shares of the price."""
        spare = np.where(np.isnan(ranges), 0.0, float(self.buffer) * ranges)
        near, far = (float(share) * np.abs(entry) for share in (self.closest, self.farthest))
        wanted = np.clip(way * distance + spare, near, far)
        return np.maximum(1, np.floor(wanted + 0.5)).astype(np.int64)

    def multiple(self, place: Any) -> Any:
        """The reward, by how wide ranges are beside the last ones."""
        base = float(self.reward)
        quiet, loud = max(LEAST, base - LOWER), min(MOST, base + RAISED)
        return np.where(place < QUIET, quiet, np.where(place > LOUD, loud, base))

    def attributes(
        self, bars: Bars, way: Any, sweep: Any, known: tuple[Any, Any]
    ) -> dict[str, Any]:
        """All that a confirmed sweep may be judged by."""
        depth, place = known
        spread = bars.high.astype(np.int64) - bars.low
        inner = np.abs(bars.close.astype(np.int64) - bars.open)
        share = np.where(spread > 0, inner / np.maximum(spread, 1), np.nan)
        opposed, made = self.fractals_since(bars, way, sweep)
        stack = self.stack(bars, way)
        return {
            "stack": stack,
            "depth": depth,
            "share": share,
            "volume": relative_volume(bars).ratio,
            "fractals": made,
            "opposed": opposed,
            "place": place,
            "confidence": self.confidence(bars, way, (depth, share, stack, place)),
            "atr": atr(bars, n=14),
            "dvol": aside(bars, "dvol"),
            "gamma": gamma(bars),
        }

    def stack(self, bars: Bars, way: Any) -> Any:
        """1 where the averages stand in the trade's order, the middle one within the slack."""
        rows = np.arange(len(bars))
        fast, middle, slow = (ema(bars, n=n).floats(rows) for n in (50, 100, self.slow))
        slack = float(self.slack) * np.abs(bars.close)
        ordered = (way * (fast - middle) >= -slack) & (way * (middle - slow) >= -slack)
        return np.where(np.isnan(slow), np.nan, (ordered & (way * (fast - slow) > 0)) * 1.0)

    def fractals_since(self, bars: Bars, way: Any, sweep: Any) -> tuple[Any, Any]:
        """Fractals that became known since the sweep: those against the trade, and all."""
        found = fractals(bars)
        ups, downs = (np.cumsum(age == LAG) for age in (found.high_age, found.low_age))
        high, low = ups - ups[sweep], downs - downs[sweep]
        return np.where(way > 0, high, low), high + low

    def confidence(self, bars: Bars, way: Any, known: tuple[Any, ...]) -> Any:
        """A weighted sum; unknown while a part of it is."""
        depth, share, stack, place = known
        rows = np.arange(len(bars))
        busy = relative_volume(bars).ratio.floats(rows)
        bias = way * structure(bars).bias.floats(rows)
        middling = (place >= QUIET) & (place <= LOUD)
        parts = [
            0.30 * np.minimum(depth, 1.0),
            0.15 * (busy > BUSY) + busy * 0,
            0.15 * stack,
            0.15 * np.minimum(share / FULL_BODY, 1.0),
            np.where(bias > 0, 0.15, np.where(bias == 0, 0.05, 0.0)) + bias * 0,
            np.where(middling, 0.10, 0.05) + place * 0,
        ]
        return np.sum(parts, axis=0)
