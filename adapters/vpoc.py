"""Value-area test: trade a test of yesterday's value while value migrates our way."""

from decimal import Decimal

import numpy as np

from engine import Bars, Setups, Strategy, became, gate, param
from engine.features.migration import poc_trend, poc_up, poc_volatility
from engine.features.volatility import atr
from engine.profile.sessions import prior_levels

SHORT, LONG = 10, 50  # sessions whose deviations are compared


class Vpoc(Strategy):
    """Buy a test of yesterday's value-area low while the poc rises; sell the mirror image.

    All that is known of the migration ends with the session before: a session's own poc is never
    used while it is traded. The target of a setup is the opposite edge of that value area.
    """

    lookback: int = param(default=20, low=5, high=60, step=5, doc="sessions in the poc regression")
    fraction: Decimal = param(
        default="0.70", low="0.60", high="0.80", step="0.05", doc="share of volume in value"
    )
    min_r2: Decimal = gate("r2", ">=", default=None, low="0", high="0.9", step="0.1")
    min_slope: Decimal = gate("steepness", ">=", default=None, low="0", high="120", step="10")
    max_luck: Decimal = gate("luck", "<=", default=None, low="0.05", high="1", step="0.05")
    min_up: Decimal = gate("agreement", ">=", default=None, low="0.4", high="0.8", step="0.02")
    calm: Decimal = gate("unrest", "<=", default=None, low="0.4", high="2", step="0.1")

    def setups(self, bars: Bars) -> Setups:
        prior = prior_levels(bars, segment="rth", fraction=self.fraction)
        trend = poc_trend(bars, sessions=self.lookback)
        up = poc_up(bars, sessions=self.lookback).counted
        short, long = (poc_volatility(bars, sessions=n).ticks for n in (SHORT, LONG))
        rising = np.where(trend.slope > 0, 1.0, -1.0)
        return Setups.where(
            bars,
            long=became(bars.low <= prior.val) & bars.rth & (trend.slope > 0),
            short=became(bars.high >= prior.vah) & bars.rth & (trend.slope < 0),
            target=(prior.vah, prior.val),
            attributes={
                "r2": trend.r2,
                "steepness": trend.slope * rising,  # ticks a session, in the trade's direction
                "luck": trend.walk_p,  # share of driftless walks that look as straight
                "agreement": (up - 0.5) * rising + 0.5,
                "unrest": short / long,
                "value_width": prior.vah - prior.val,
                "atr": atr(bars, n=14),
            },
        )
