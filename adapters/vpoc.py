"""Value-area test: trade a test of yesterday's value while value migrates our way."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

import numpy as np

from engine import Bars, Preset, Setups, Strategy, became, choice, gate, higher, param
from engine.core.columns import Column
from engine.core.entries import Limit
from engine.features.migration import Trend, poc_posterior, poc_trend, poc_up, poc_volatility
from engine.features.validation import Validation, poc_validation
from engine.features.volatility import atr
from engine.profile.migration import value_migration
from engine.profile.nodes import ACCUMULATION, DISTRIBUTION
from engine.profile.sessions import Prior, prior_levels
from engine.profile.spans import prior_period_levels
from engine.profile.structure import prior_structure

SHORT, MIDDLE, LONG = 10, 20, 50  # sessions whose deviations are compared
HALF: Final = 0.5
MOSTLY: Final = 0.52  # share of rises that counts as support
WIDE, WIDER = 1.5, 2.0  # deviations to a stop: in a calm spell, and otherwise
SMALL, LARGE = 0.8, 1.2  # sizes, and the unrest beyond which they count
CALM: Final = (0.8, 1.0, 1.2)  # unrest below which the score gains ten points each
DAILY: Final = {"stop": {"times": 1, "of": "caution"}, "target": "level", "flatten": "14:55"}


class Vpoc(Strategy):
    """Buy a test of yesterday's value-area low while the poc rises; sell the mirror image.

    All that is known of the migration ends with the session before: a session's own poc is never
    used while it is traded, and one side is traded, the one value moves to. `direction` says
    whether that is the slope of the last pocs or their last move. With `entry: market` the first
    touch of the edge is the setup; with `limit` an order rests at the edge from the first regular
    bar on. The target level is the opposite edge, or the poc. Attributes point the trade's way.
    """

    lookback: int = param(default=20, low=5, high=60, step=5, doc="sessions in the poc regression")
    fraction: Decimal = param(
        default="0.70", low="0.60", high="0.80", step="0.05", doc="share of volume in value"
    )
    direction: str = choice(default="slope", among=("slope", "move"), doc="what says where to")
    entry: str = choice(default="market", among=("market", "limit"), doc="at a touch, or resting")
    aim: str = choice(default="edge", among=("edge", "poc"), doc="the target level")
    rule: str = choice(default="strict", among=("strict", "relaxed"), doc="what `valid` means")
    read: bool = choice(default=False, doc="read yesterday's profile too, for the gate min_reading")
    min_r2: Decimal = gate("r2", ">=", default=None, low="0", high="0.9", step="0.1")
    min_slope: Decimal = gate("steepness", ">=", default=None, low="0", high="120", step="10")
    max_luck: Decimal = gate("luck", "<=", default=None, low="0.05", high="1", step="0.05")
    min_up: Decimal = gate("agreement", ">=", default=None, low="0.4", high="0.8", step="0.02")
    min_chance: Decimal = gate("chance", ">=", default=None, low="0.4", high="0.8", step="0.02")
    calm: Decimal = gate("unrest", "<=", default=None, low="0.4", high="2", step="0.1")
    min_support: Decimal = gate("support", ">=", default=None, low="0", high="1", step="1")
    min_valid: Decimal = gate("valid", ">=", default=None, low="0", high="1", step="1")
    min_confidence: Decimal = gate("confidence", ">=", default=None, low="0", high="90", step="10")
    min_bias: Decimal = gate("bias", ">=", default=None, low="-1", high="1", step="1")
    min_reading: Decimal = gate("reading", ">=", default=None, low="-1", high="1", step="1")

    presets = (
        Preset(
            name="simple",
            doc="The side the poc moved to since the session before; a stop of a tenth of value.",
            params={"direction": "move", "entry": "limit"},
            exits={**DAILY, "stop": {"times": 0.1, "of": "value_width"}},
        ),
        Preset(
            name="headline",
            doc="Slope, R2 above 0.6, support and confidence above 60, over 10 sessions.",
            params={"lookback": 10, "entry": "limit"},
            gates={"min_r2": "0.6", "min_support": 1, "min_confidence": 60},
            exits=DAILY,
        ),
        Preset(
            name="published",
            doc="The thresholds of the text: 2.47 points a session, R2 above 0.69, 53 % of moves.",
            params={"lookback": 20, "entry": "limit"},
            gates={"min_slope": "9.88", "min_r2": "0.69", "min_up": "0.53"},
            exits=DAILY,
        ),
        Preset(
            name="validated",
            doc="Only migrations that the strict rule calls valid, in a calm spell.",
            params={"lookback": 20, "rule": "strict"},
            gates={"min_valid": 1, "calm": 1},
            exits={**DAILY, "stop": {"times": 2, "of": "atr"}},
        ),
        Preset(
            name="bias",
            doc="The last move, confirmed by last week; half of value at stake for twice as much.",
            params={"direction": "move", "entry": "limit"},
            gates={"min_bias": 1},
            exits={**DAILY, "stop": {"times": 0.5, "of": "value_width"}, "target": {"r": 2}},
        ),
    )

    def setups(self, bars: Bars) -> Setups:
        prior = prior_levels(bars, segment="rth", fraction=self.fraction)
        trend = poc_trend(bars, sessions=self.lookback)
        way = trend.slope if self.direction == "slope" else value_migration(bars).move
        long, short = self.tests(bars, prior)
        levels = (prior.vah, prior.val) if self.aim == "edge" else (prior.poc, prior.poc)
        said: dict[str, Any] = {"attributes": self.said(bars, prior, trend)}
        if self.entry == "limit":
            said["entry"] = Limit(prior.val, prior.vah)
        return Setups.where(
            bars, long=long & (way > 0), short=short & (way < 0), target=levels, **said
        )

    def tests(self, bars: Bars, prior: Prior) -> tuple[np.ndarray, np.ndarray]:
        """The bars that touch an edge first, or those from which on orders rest at both."""
        if self.entry == "limit":
            opens = became(bars.rth)
            return opens, opens
        low, high = became(bars.low <= prior.val), became(bars.high >= prior.vah)
        return low & bars.rth, high & bars.rth

    def said(self, bars: Bars, prior: Prior, trend: Trend) -> dict[str, Any]:
        """Every attribute: for longs and for shorts where the sides differ."""
        up = poc_up(bars, sessions=self.lookback).counted
        valid = poc_validation(bars, sessions=self.lookback, rule=self.rule)
        chance = poc_posterior(bars).mean
        wander, unrest, caution, size = spells(bars)
        week = prior_period_levels(bars, period="week")
        above, reading = prior.poc - week.poc, pressure(bars) if self.read else None
        told = {} if reading is None else {"reading": (reading, -reading)}
        return told | {
            "r2": trend.r2,
            "steepness": (trend.slope, -trend.slope),  # ticks a session
            "luck": trend.walk_p,  # share of driftless walks that look as straight
            "agreement": (up, 1 - up),
            "chance": (chance, 1 - chance),
            "unrest": unrest,
            "support": (supported(unrest, up), supported(unrest, 1 - up)),
            "valid": (agreed(valid, 1), agreed(valid, -1)),
            "confidence": (score(trend, up, unrest), score(trend, 1 - up, unrest)),
            "bias": (sign(above), sign(-above)),
            "value_width": prior.vah - prior.val,
            "atr": atr(bars, n=14),
            "daily": higher(bars, atr, "session", "rth", n=14),
            "wander": wander,
            "caution": caution,
            "size": size,
        }


def spells(bars: Bars) -> tuple[Column, ...]:
    """Deviation of the last pocs, that over the one of many, and the stop and size made of both.

    The stop is wider where the last sessions wander more than the ones before, the size smaller.
    """
    short, middle, long = (poc_volatility(bars, sessions=n).ticks for n in (SHORT, MIDDLE, LONG))
    unrest, calmer = short / long, short.values < middle.values
    caution = Column(
        short.values * np.where(calmer, WIDE, WIDER), short.present & middle.present, short.index
    )
    size = np.where(unrest.values < SMALL, LARGE, np.where(unrest.values > LARGE, SMALL, 1.0))
    return short, unrest, caution, Column(size, unrest.present, unrest.index)


def supported(unrest: Column, share: Column) -> Column:
    """1 in a calm spell, or where most moves went the trade's way."""
    found = (unrest.values < 1) | (share.values > MOSTLY)
    return Column(found.astype(np.int64), unrest.present & share.present, share.index)


def agreed(found: Validation, side: int) -> Column:
    """1 where the migration is valid and goes this way."""
    values = (found.valid.values > 0) & (found.direction.values * side > 0)
    return Column(values.astype(np.int64), found.valid.present, found.valid.index)


def score(trend: Trend, share: Column, unrest: Column) -> Column:
    """0 to 100: up to 40 for R2, 30 for moves the trade's way, 30 for calm."""
    points = 40 * trend.r2.values + 60 * np.maximum(share.values - HALF, 0)
    points = points + sum(10.0 * (unrest.values < edge) for edge in CALM)
    there = trend.r2.present & share.present & unrest.present
    return Column(points, there, share.index)


def sign(column: Column) -> Column:
    """1, 0 or -1, one value a session as before."""
    return Column(np.sign(column.values), column.present, column.index)


def pressure(bars: Bars) -> Column:
    """1 where yesterday's profile was read as accumulation, -1 where as distribution."""
    reading = prior_structure(bars).reading
    values = (reading.values == ACCUMULATION).astype(np.int64) - (reading.values == DISTRIBUTION)
    return Column(values, reading.present, reading.index)
