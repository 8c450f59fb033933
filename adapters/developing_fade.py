"""Developing fade: sell a close above the value of the session so far, buy one below it."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from engine import Bars, Setups, Strategy, became, gate, param
from engine.core.columns import Array, Column
from engine.features.times import session_minute
from engine.features.volatility import atr
from engine.profile.developing import Developing, developing_levels


class DevelopingFade(Strategy):
    """Fade the first close `beyond` ticks outside developing value, back to the developing poc.

    Value is that of the session's regular hours up to the bar's own close. The target level is
    the poc as it stands; the followed column `poc` moves with it, `value` with the nearer edge.
    A balanced day keeps its poc, so its drift over the last `steady` bars can be gated.
    """

    fraction: Decimal = param(
        default="0.70", low="0.60", high="0.80", step="0.05", doc="share of volume in value"
    )
    beyond: int = param(default=4, low=0, high=40, step=2, doc="ticks a close must lie outside")
    steady: int = param(default=30, low=5, high=120, step=5, doc="bars of the poc's drift")
    min_minute: Decimal = gate("minute", ">=", default=None, low="0", high="360", step="15")
    max_minute: Decimal = gate("minute", "<=", default=None, low="30", high="390", step="15")
    max_drift: Decimal = gate("drift", "<=", default=None, low="0", high="80", step="4")
    min_width: Decimal = gate("value_width", ">=", default=None, low="4", high="120", step="4")
    max_stretch: Decimal = gate("stretch", "<=", default=None, low="0.1", high="4", step="0.1")

    def setups(self, bars: Bars) -> Setups:
        value = developing_levels(bars, fraction=self.fraction)
        width = value.vah - value.val
        under, over = value.val - bars.close, bars.close - value.vah
        return Setups.where(
            bars,
            long=became(under >= self.beyond) & bars.rth,
            short=became(over >= self.beyond) & bars.rth,
            target=(value.poc, value.poc),
            attributes={
                "minute": session_minute(bars).rth_minute,
                "drift": drift(bars, value, self.steady),
                "value_width": width,
                "stretch": (under / width, over / width),
                "atr": atr(bars, n=14),
            },
            follow={"poc": value.poc, "value": (value.val, value.vah)},
        )


def drift(bars: Bars, value: Developing, count: int) -> Column:
    """Ticks the poc has moved, either way, since so many bars before in the same session."""
    poc, there = value.poc.dense()
    moved = np.abs(poc.astype(np.int64) - back(poc, count))
    known = there & back(there, count) & (bars.session == back(bars.session, count))
    known[:count] = False
    return Column(moved, known)


def back(values: Array, bars: int) -> Array:
    """The values of so many bars before; the first bars, which have none, take the first."""
    return np.concatenate((np.repeat(values[:1], bars), values))[: len(values)]
