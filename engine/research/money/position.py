"""An open position, what it is worth while it is open, and how it is closed."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.money.lane import Unit
from engine.research.money.timeline import Track


class Position(NamedTuple):
    """Lots of one unit trade, and where it will end unless the account closes it before."""

    track: Track
    unit: Unit
    lots: int
    bound: str  # the limit that made it smaller than its rule wanted, if any
    opened: int  # instant
    ends: int  # instant
    end_bar: int
    end_price: int
    reason: str
    leaving: tuple[int, int]  # slippage and fees of one contract at the end
    forced: bool = False  # whether it is the account that ends it

    @classmethod
    def of(cls, track: Track, unit: Unit, lots: int, bound: str) -> Position:
        return cls(
            track=track,
            unit=unit,
            lots=lots,
            bound=bound,
            opened=int(track.at[unit.entry_bar]),
            ends=int(track.at[unit.exit_bar]),
            end_bar=unit.exit_bar,
            end_price=unit.exit,
            reason=unit.reason,
            leaving=(unit.slippage[1], unit.fees[1]),
        )

    @property
    def key(self) -> tuple[str, int]:
        """The trade it is, or is a leg of."""
        return self.track.lane.symbol, self.unit.trade

    @property
    def stake(self) -> int:
        """Money that is lost at the stop; nothing is known without one."""
        return 0 if self.unit.stake is None else self.track.charge(self.unit.stake, self.lots)

    @property
    def paid(self) -> tuple[int, int]:
        """Slippage and fees of the entry."""
        return self.costs(self.unit.slippage[0]), self.costs(self.unit.fees[0])

    @property
    def left(self) -> tuple[int, int]:
        """Slippage and fees of the end."""
        return self.costs(self.leaving[0]), self.costs(self.leaving[1])

    @property
    def gross(self) -> int:
        return self.track.worth((self.end_price - self.unit.entry) * self.unit.side, self.lots)

    def costs(self, money: int) -> int:
        return self.track.charge(money, self.lots)

    def open_money(self, first: int, stop: int) -> Longs:
        """Worth at the closes of some instants, each at its symbol's latest close."""
        bars, rate = self.track.lane.bars, self.track.rate
        close = bars.close[self.track.last[first:stop]].astype(np.int64)
        money = (close - self.unit.entry) * self.unit.side * bars.instrument.tick_money
        return np.asarray(money * (self.lots * rate.numerator) // rate.denominator)

    def tied(self, first: int, stop: int) -> Longs:
        """Margin at the closes of some instants: the day's, or overnight to open or to keep."""
        track, bars = self.track, self.track.lane.bars
        session = bars.session[track.last[first:stop]]
        day, initial, maintenance = (part[session] for part in track.tied)
        fresh = session == bars.session[self.unit.entry_bar]
        overnight = np.where(fresh, initial, maintenance)
        each = np.where(track.ended[first:stop], overnight, day) * self.lots
        return -(-each * track.lot.numerator // track.lot.denominator)

    def called(self, instant: int, reason: str) -> Position:
        """Closed at the next open of its symbol, or at once where this close ends its session."""
        track, bars = self.track, self.track.lane.bars
        bar = int(track.last[instant])
        if track.at[bar] == instant and track.ended[instant]:
            price = int(bars.close[bar])
        else:
            bar += 1
            price = int(bars.open[bar])
        return self._replace(
            ends=int(track.at[bar]),
            end_bar=bar,
            end_price=price,
            reason=reason,
            leaving=track.crossing(bar, price),
            forced=True,
        )
