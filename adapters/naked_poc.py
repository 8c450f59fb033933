"""Naked poc: go with a price that comes near a level no bar has come back to."""

from __future__ import annotations

from decimal import Decimal

import numpy as np

from engine import Bars, Setups, Strategy, choice, gate, param
from engine.core.columns import Bools, Column
from engine.features.volatility import atr
from engine.profile.naked import naked_levels


class NakedPoc(Strategy):
    """Buy when the close comes within `near` ticks below a naked level, sell when above one.

    A level is naked from the end of its session until a bar touches it; the nearest one on each
    side counts, and each is one opportunity for as long as the close stays near. The level is
    the target: what is bet on is that it draws prices.
    """

    level: str = choice(default="poc", among=("poc", "vah", "val"), doc="which level of a session")
    near: int = param(default=24, low=8, high=160, step=8, doc="ticks to the level at most")
    oldest: int = param(default=20, low=1, high=60, doc="sessions a level is remembered for")
    min_age: Decimal = gate("age", ">=", default=None, low="1", high="20", step="1")
    max_age: Decimal = gate("age", "<=", default=None, low="1", high="60", step="1")
    min_distance: Decimal = gate("distance", ">=", default=None, low="1", high="160", step="1")
    min_ranges: Decimal = gate("ranges", ">=", default=None, low="0.5", high="20", step="0.5")

    def setups(self, bars: Bars) -> Setups:
        found = naked_levels(bars, level=self.level, oldest=self.oldest)
        up, down = found.above - bars.close, bars.close - found.below
        reach = atr(bars, n=14)
        return Setups.where(
            bars,
            long=arrived(found.above, up <= self.near),
            short=arrived(found.below, down <= self.near),
            target=(found.above, found.below),
            attributes={
                "distance": (up, down),
                "age": (found.above_age, found.below_age),
                "ranges": (up / reach, down / reach),
                "atr": reach,
            },
        )


def arrived(level: Column, near: Bools) -> Bools:
    """The bars with which a level comes near that was not the near one on the bar before."""
    values, begins = np.where(level.present, level.values, 0), near.copy()
    begins[1:] &= ~(near[:-1] & (values[1:] == values[:-1]))
    begins[:1] = False
    return begins
