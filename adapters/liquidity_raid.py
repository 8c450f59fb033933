"""Liquidity raid: a session's low or high is swept, given back, and traded the other way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar, Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, became, choice, gate, param
from engine.core.again import Tried, Tries, goes_back, tried_again
from engine.core.aside import aside
from engine.core.columns import Column
from engine.core.entries import Limit
from engine.core.follow import After
from engine.features.alignment import trend_above
from engine.features.averages import ema
from engine.features.estimators import atr_percentile
from engine.features.fear import CALM, WILD, gamma
from engine.features.killzones import LEVELS, SCORES, Raid, deepest, extremes, zone
from engine.features.price import momentum
from engine.features.raids import raid_score
from engine.features.sweeps import CONFIRMED, sweep_state
from engine.features.swings import structure
from engine.features.volatility import atr
from engine.features.volume import relative_volume

ROOMY, TIGHT = 0.8, 0.2  # percentiles of the range beyond which a stop is scaled
WIDER, CLOSER = 1.25, 0.8
NEED, NEED_MEDIUM = 0.25, 0.35  # average ranges a raid goes beyond, where DVOL is known
SHORTER: Final = 0.75  # of the way to a target while DVOL is medium
BUSY, BUSIER = 1.2, 1.5  # volume beside its mean
MOVE: Final = 5  # bars of the move that a raid ends
HALF_RISK: Final = {"times": "1.25", "of": "reach"}  # half of 2.5 ranges


class LiquidityRaid(Strategy):
    """Buy when the low of Asia or London was swept and price is back above it; sell the mirror.

    Levels count once their session is over: from the evening on Asia's own high is not yet one.
    With `confirm: bar` one bar pierces the level and closes back; with `state` a sweep is first
    reclaimed and then confirmed by a later close, and a reclaim forgets nothing. The stop level is
    the end of the sweep; `reach` is the average range, scaled where it is unusually high or low.
    The entry is a market order, or a limit order in the middle of the candle, from the next bar on.
    DVOL and gamma are auxiliary series beside the bars: without DVOL its gate rejects everything
    that it cannot know, without gamma the place of volatility among its past stands for it.
    """

    presets: ClassVar[tuple[Preset, ...]] = (
        Preset(
            name="readme",
            doc="one bar sweeps, with both trends, entered at half of the candle",
            params={"levels": "asia", "back": 2, "entry": "half", "score": "with_trend"},
            gates={
                "min_pierce": "0.002",
                "min_body": "0.15",
                "min_confidence": "0.35",
                "min_trend": 1,
                "min_margin": 0,
            },
            exits={"stop": {"times": "2.5", "of": "reach"}, "target": {"r": "1.5"}},
            rules={"cooldown": 4},
        ),
        Preset(
            name="v3",
            doc="sweep, reclaim, confirmation, in the direction of the structure",
            params={"levels": "both", "confirm": "state", "score": "counter", "need": "0.3"},
            gates={"min_body": "0.15", "min_direction": 1, "min_margin": 0},
            exits={"stop": {"times": "2.5", "of": "reach"}, "target": {"r": "0.75"}},
            rules={"cooldown": 4},
        ),
        Preset(
            name="lr_v3",
            doc="the same where the market suits raids, trailing behind a first target",
            params={"levels": "both", "confirm": "state", "score": "regime"},
            gates={
                "min_body": "0.15",
                "max_volatility": "0.8",
                "min_regime": "0.5",
                "min_counter": "0.002",
                "min_confidence": "0.35",
            },
            exits={
                "stop": {"times": "2.5", "of": "reach"},
                "target": {"r": 3},
                "trail": {"by": {"times": 2, "of": "atr"}, "after": {"r": 1}},
            },
            rules={"cooldown": 2},
        ),
        Preset(
            name="live",
            doc="v3 with a breakeven, a trail, six hours at most and two tries after a loss",
            params={
                "levels": "both",
                "confirm": "state",
                "score": "counter",
                "need": "0.3",
                "again": 2,
            },
            gates={"min_body": "0.15", "min_direction": 1, "min_margin": 0},
            exits={
                "stop": {"times": "3.375", "of": "reach"},  # 2.5, for an hour 1.35 times as wide
                "decay": {"minutes": [60], "by": ["0.2593"]},
                "target": HALF_RISK,
                "breakeven": {"after": HALF_RISK, "offset": {"percent": "0.1"}},
                "trail": {"by": {"times": "2.5", "of": "atr"}, "after": HALF_RISK},
                "hold": {"minutes": 360},
            },
        ),
    )

    levels: str = choice(default="asia", among=tuple(LEVELS), doc="whose lows and highs")
    confirm: str = choice(default="bar", among=("bar", "state"), doc="when a raid is over")
    back: int = param(
        default=1, low=1, high=4, when={"confirm": "bar"}, doc="sessions whose extremes count"
    )
    patience: int = param(
        default=30, low=5, high=60, step=5, when={"confirm": "state"}, doc="bars to confirm in"
    )
    entry: str = choice(default="market", among=("market", "half"), doc="how it is entered")
    works: int = param(
        default=4, low=1, high=16, when={"entry": "half"}, doc="bars the limit order works"
    )
    score: str = choice(default="with_trend", among=tuple(SCORES), doc="what makes the confidence")
    fast: int = param(default=50, low=20, high=100, step=10, doc="bars of the faster average")
    slow: int = param(default=200, low=100, high=300, step=50, doc="bars of the slower average")
    above: int = param(default=240, low=30, high=240, step=30, doc="minutes of the bars above")
    need: Decimal = param(
        default="0.15", low="0", high="0.6", step="0.05", doc="ranges beyond, without DVOL"
    )
    again: int = param(default=0, low=0, high=3, doc="tries after a loss")
    wait: int = param(
        default=4, low=1, high=16, when={"again": (1, 2, 3)}, doc="bars before a new try"
    )
    window: int = param(
        default=10, low=1, high=40, when={"again": (1, 2, 3)}, doc="bars in which it may come"
    )
    near: Decimal = param(
        default="0.005",
        low="0.001",
        high="0.02",
        step="0.001",
        when={"again": (1, 2, 3)},
        doc="share of the price that it lies from the level at most",
    )

    min_pierce: Decimal = gate("pierce", ">=", default=None, low="0", high="0.004", step="0.0005")
    min_depth: Decimal = gate("depth", ">=", default=None, low="0", high="1", step="0.05")
    min_margin: Decimal = gate("margin", ">=", default=None, low="0", high="0.5", step="0.1")
    min_body: Decimal = gate("body", ">=", default=None, low="0.1", high="0.9", step="0.05")
    min_trend: Decimal = gate("trend", ">=", default=None, low="-1", high="1", step="1")
    min_direction: Decimal = gate("direction", ">=", default=None, low="-1", high="1", step="1")
    min_above: Decimal = gate("above_trend", ">=", default=None, low="-1", high="1", step="1")
    min_confidence: Decimal = gate("confidence", ">=", default=None, low="0", high="1", step="0.05")
    min_regime: Decimal = gate("regime", ">=", default=None, low="0.3", high="0.7", step="0.1")
    max_volatility: Decimal = gate("place", "<=", default=None, low="0.1", high="0.9", step="0.1")
    min_counter: Decimal = gate("counter", ">=", default=None, low="0", high="0.01", step="0.001")
    min_dvol: Decimal = gate("dvol", ">=", default=None, low="30", high="100", step="5")
    max_dvol: Decimal = gate("dvol", "<=", default=None, low="30", high="100", step="5")
    min_gamma: Decimal = gate("gamma", ">=", default=None, low="-1", high="1", step="0.25")

    def setups(self, bars: Bars) -> Setups:
        raid = self.swept(bars) if self.confirm == "bar" else self.confirmed(bars)
        long, short = raid.long & ~raid.short, raid.short & ~raid.long
        origin, more = np.arange(len(bars)), dict[str, Any]()
        if self.again:
            tried = self.retried(bars, (long, short), raid.level)
            long, short, origin = tried.long, tried.short, tried.origin
            more["after"] = After(tried.parents, "loss")
        if self.entry == "half":
            both = bars.high.astype(np.int64) + bars.low
            more["entry"] = Limit(both // 2, -(-both // 2), bars=self.works)
        way = np.where(long, 1, -1)
        raid = raid._replace(level=raid.level[origin], beyond=raid.beyond[origin])
        end = raid.level - way * raid.beyond
        said = self.attributes(bars, way, raid)
        return Setups.where(bars, long=long, short=short, stop=(end, end), attributes=said, **more)

    def swept(self, bars: Bars) -> Raid:
        """A bar that pierces a level and closes back, as a candle of its side."""
        up, down = bars.close > bars.open, bars.close < bars.open
        found = []
        for name in LEVELS[self.levels]:
            high, low, there = extremes(bars, name, self.back)
            there = there & zone(bars, name)
            lows = there & up & (bars.low < low) & (bars.close > low)
            highs = there & down & (bars.high > high) & (bars.close < high)
            level = np.where(lows, low, high)
            found.append(Raid(lows, highs, level, np.where(lows, low - bars.low, bars.high - high)))
        return deepest(found)

    def confirmed(self, bars: Bars) -> Raid:
        """A sweep that was reclaimed and then confirmed, at once or later."""
        found = []
        for name in LEVELS[self.levels]:
            state = sweep_state(bars, name=name, body=Decimal(0), patience=self.patience)
            inside = zone(bars, name)
            lows, highs = (became(one == CONFIRMED) & inside for one in (state.low, state.high))
            high, low, _ = extremes(bars, name, 1)
            beyond = np.where(lows, state.low_depth.values, state.high_depth.values)
            whole = np.where(lows | highs, beyond, 0).astype(np.int64)
            found.append(Raid(lows, highs, np.where(lows, low, high), whole))
        return deepest(found)

    def retried(self, bars: Bars, first: tuple[Any, Any], level: Any) -> Tried:
        """Later candles of the side that close near the level of a raid."""
        body, ripe = bars.close.astype(np.int64) - bars.open, []
        tries = Tries(self.again, self.wait, self.window)
        for one, way in zip(first, (1, -1), strict=True):
            then = level[goes_back(one, tries)].astype(np.int64)
            near = np.abs(bars.close - then) <= float(self.near) * np.abs(then)
            ripe.append(near & (way * body > 0))
        return tried_again(first, (ripe[0], ripe[1]), tries)

    def attributes(self, bars: Bars, way: Any, raid: Raid) -> dict[str, Any]:
        """All that a raid may be judged by."""
        spread = atr(bars, n=14)
        ranges = spread.floats(np.arange(len(bars)))
        with np.errstate(divide="ignore", invalid="ignore"):
            depth = np.where(ranges > 0, raid.beyond / ranges, np.nan)
            pierce = np.where(raid.level > 0, raid.beyond / raid.level, np.nan)
        trend = np.sign((ema(bars, n=self.fast) - ema(bars, n=self.slow)).floats(every(bars)))
        bias, dvol = structure(bars).bias.floats(every(bars)), aside(bars, "dvol")
        fear, place = dvol.floats(every(bars)), atr_percentile(bars).floats(every(bars))
        medium = (fear >= CALM) & (fear < WILD)
        need = np.where(medium, NEED_MEDIUM, NEED)
        reach = ranges * np.where(place >= ROOMY, WIDER, np.where(place <= TIGHT, CLOSER, 1.0))
        return {
            "depth": depth,
            "pierce": pierce,
            "margin": depth - np.where(np.isnan(fear), float(self.need), need),
            "body": body(bars),
            "trend": way * trend,
            "direction": way * np.where(bias == 0, trend, bias),
            "above_trend": self.trend_above(bars) * way,
            "confidence": self.confidence(bars, way, depth),
            "regime": raid_score(bars),
            "place": place,
            "counter": momentum(bars, n=MOVE) * -way,
            "dvol": dvol,
            "gamma": gamma(bars),
            "atr": spread,
            "reach": reach,
            "reward": reach * np.where(medium, SHORTER, 1.0),
        }

    def trend_above(self, bars: Bars) -> Column:
        return trend_above(bars, span=self.above, fast=self.fast, slow=self.slow)

    def confidence(self, bars: Bars, way: Any, depth: Any) -> Any:
        """The weighted sum of a score; unknown while a part that counts is."""
        w, rows = SCORES[self.score], every(bars)
        found = structure(bars)
        bias = found.bias.floats(rows) * way * w.way
        above = self.trend_above(bars).floats(rows) * way * w.way
        busy = relative_volume(bars).ratio.floats(rows)
        volume = np.where(busy >= BUSIER, w.volume, np.where(busy >= BUSY, w.volume / 2, 0.0))
        parts = [
            w.depth * np.minimum(depth, 1.0),
            np.where(bias > 0, w.structure, np.where(bias == 0, w.neutral, 0.0)) + bias * 0,
            np.where(above > 0, w.above, 0.0) + above * 0,
            volume,
        ]
        parts += [w.sure * found.confidence.floats(rows)] if w.sure else []
        parts += [w.regime * raid_score(bars).floats(rows)] if w.regime else []
        return np.sum(parts, axis=0)


def every(bars: Bars) -> Any:
    return np.arange(len(bars))


def body(bars: Bars) -> Any:
    """The share of its range that a candle's body takes; none without a range."""
    spread = bars.high.astype(np.int64) - bars.low
    inner = np.abs(bars.close.astype(np.int64) - bars.open)
    return np.where(spread > 0, inner / np.maximum(spread, 1), np.nan)
