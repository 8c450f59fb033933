"""The edges of today's value area, traded today: it cannot be known before the day is over."""

from engine import Bars, Setups, Strategy, became, gate
from engine.core.columns import Column
from engine.core.entries import Limit
from engine.profile.histogram import profiles


class SameSession(Strategy):
    """Buy this session's own low of value, sell its own high."""

    widest: int = gate("width", "<=", default=None, low="20", high="400", step="20")

    def setups(self, bars: Bars) -> Setups:
        found = profiles(bars, segment="rth")
        if not len(found.session):
            return Setups.where(bars, attributes={"width": bars.volume})
        levels, row = (
            found.levels(),
            dict(zip(found.session.tolist(), range(len(found.session)), strict=True)),
        )
        own = [row.get(session, 0) for session in bars.session.tolist()]
        there = bars.rth.copy()
        low, high = Column(levels.val[own], there), Column(levels.vah[own], there)
        return Setups.where(
            bars,
            long=became(bars.low <= low),
            short=became(bars.high >= high),
            target=(high, low),
            entry=Limit(low, high),
            attributes={"width": high - low},
        )
