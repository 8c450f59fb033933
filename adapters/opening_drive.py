"""Opening drive: go with the first close that leaves the opening range."""

from decimal import Decimal

from engine import Bars, Setups, Strategy, became, gate, param
from engine.features.ranges import opening_range


class OpeningDrive(Strategy):
    """Long when a close leaves the opening range upwards, short when one leaves it downwards.

    A wide range has already spent the day's travel, so ranges wider than `widest` can be gated out.
    """

    minutes: int = param(default=15, low=5, high=60, step=5, doc="length of the opening range")
    beyond: int = param(default=2, low=0, high=8, step=2, doc="ticks a close must lie beyond it")
    widest: Decimal = gate("range", "<=", default=None, low="20", high="400", step="20")

    def setups(self, bars: Bars) -> Setups:
        box = opening_range(bars, minutes=self.minutes)
        return Setups.where(
            bars,
            long=became(bars.close > box.high + self.beyond),
            short=became(bars.close < box.low - self.beyond),
            stop=(box.low, box.high),
            attributes={"range": box.high - box.low},
        )
