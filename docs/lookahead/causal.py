"""The edges of yesterday's value area, traded from the first touch on."""

from engine import Bars, Setups, Strategy, became, gate
from engine.core.entries import Limit
from engine.profile.sessions import prior_levels


class Causal(Strategy):
    """Buy yesterday's low of value, sell its high; the target is the other edge."""

    widest: int = gate("width", "<=", default=None, low="20", high="400", step="20")

    def setups(self, bars: Bars) -> Setups:
        prior = prior_levels(bars, segment="rth")
        return Setups.where(
            bars,
            long=became(bars.low <= prior.val),
            short=became(bars.high >= prior.vah),
            target=(prior.vah, prior.val),
            entry=Limit(prior.val, prior.vah),
            attributes={"width": prior.vah - prior.val},
        )
