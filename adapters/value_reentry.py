"""Value re-entry: an open outside yesterday's value that is taken back, the "80 % rule"."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from engine import Bars, Setups, Strategy, became, gate, higher, param
from engine.core.columns import Column
from engine.features.times import session_minute
from engine.features.volatility import atr
from engine.profile.migration import OPENS, open_against_value
from engine.profile.sessions import prior_levels

BELOW, ABOVE = OPENS.index("below_value"), OPENS.index("above_value")


class ValueReentry(Strategy):
    """Buy once a session that opened below value has closed inside it twice; sell the mirror.

    Closes are those of `minutes` long brackets of the regular hours, so many in a row, counted
    when they are over. The target is value's other edge, the stop level the edge that was taken
    back. The rule promises that edge in 80 % of cases; a run says how often it is reached.
    """

    minutes: int = param(default=30, low=5, high=60, step=5, doc="length of a bracket")
    closes: int = param(default=2, low=1, high=4, doc="brackets that close inside value")
    fraction: Decimal = param(
        default="0.70", low="0.60", high="0.80", step="0.05", doc="share of volume in value"
    )
    min_outside: Decimal = gate("outside", ">=", default=None, low="0", high="1", step="1")
    max_depth: Decimal = gate("depth", "<=", default=None, low="0.1", high="1", step="0.1")
    max_minute: Decimal = gate("minute", "<=", default=None, low="30", high="360", step="30")
    min_width: Decimal = gate("value_width", ">=", default=None, low="10", high="200", step="10")

    def setups(self, bars: Bars) -> Setups:
        prior = prior_levels(bars, fraction=self.fraction)
        opened = open_against_value(bars, fraction=self.fraction)
        low, high, session = higher(bars, closes_of, self.minutes, "rth", many=self.closes)
        width = prior.vah - prior.val
        back = (low >= prior.val) & (high <= prior.vah)
        back &= bars.rth & (session == bars.session)
        return Setups.where(
            bars,
            long=became(back & (opened <= BELOW)),
            short=became(back & (opened >= ABOVE)),
            stop=(prior.val, prior.vah),
            target=(prior.vah, prior.val),
            attributes={
                "outside": (opened < BELOW) | (opened > ABOVE),  # beyond the whole range of the day
                "depth": ((bars.close - prior.val) / width, (prior.vah - bars.close) / width),
                "minute": session_minute(bars).rth_minute,
                "value_width": width,
                "atr": atr(bars, n=14),
            },
        )


def closes_of(bars: Bars, *, many: int) -> tuple[Column, ...]:
    """Lowest and highest of the last closes, all of one session, and which session that is."""
    rows = np.maximum(np.arange(len(bars))[:, None] - np.arange(many), 0)
    closes, first = bars.close[rows].astype(np.int64), rows[:, -1]
    whole = (np.arange(len(bars)) >= many - 1) & (bars.session[first] == bars.session)
    low, high = closes.min(axis=1, initial=np.iinfo(np.int64).max), closes.max(axis=1)
    session = bars.session.astype(np.int64)
    return tuple(Column(values, whole) for values in (low, high, session))
