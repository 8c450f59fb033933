"""One clock for all lanes: the instants at which any of them has a bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import numpy as np

from engine.core.bars import MINUTE, Longs
from engine.core.columns import Bools
from engine.core.errors import RefusedError
from engine.core.instrument import Margin
from engine.fills.costs import Schedule
from engine.research.money.lane import Lane


@dataclass(frozen=True, eq=False, slots=True)
class Track:
    """A lane on the common clock; money in the account's units."""

    lane: Lane
    at: Longs  # by bar: its instant
    last: Longs  # by instant: the latest bar, -1 before the first
    ended: Bools  # by instant: whether the session of that bar is over at its close
    tied: tuple[Longs, Longs, Longs]  # of a contract by session: day, initial, maintenance
    schedule: Schedule
    lot: Fraction  # contracts or coins of a lot
    rate: Fraction  # account units of one lot for a money unit of one contract

    def worth(self, ticks: int, lots: int) -> int:
        """Money of a move, rounded down."""
        tick = self.lane.bars.instrument.tick_money
        return ticks * tick * lots * self.rate.numerator // self.rate.denominator

    def charge(self, money: int, lots: int) -> int:
        """Costs or money at risk of so many lots, rounded up."""
        return -(-money * lots * self.rate.numerator // self.rate.denominator)

    def crossing(self, bar: int, price: int) -> tuple[int, int]:
        """Slippage and fees of one contract that crosses the spread at once."""
        tick = self.lane.bars.instrument.tick_money
        session = self.lane.bars.session[bar : bar + 1].astype(np.int64)
        fees = self.schedule.side(session, self.schedule.taker, np.array([price * tick]))
        return int(self.lane.costs.tolls(tick)[0].max()), int(fees[0])


@dataclass(frozen=True, eq=False, slots=True)
class Timeline:
    """All lanes by symbol, so that the order they are named in changes nothing."""

    tracks: tuple[Track, ...]
    time: Longs
    date: Longs  # by instant: the latest trade date seen so far, in days since 1970
    unit: Decimal  # currency of one account unit

    @classmethod
    def of(cls, lanes: Sequence[Lane], margins: Margin | str | None) -> Timeline:
        ordered = sorted(lanes, key=lambda lane: lane.symbol)
        refuse_mixed(ordered)
        every = np.sort(np.concatenate([lane.bars.time for lane in ordered]), kind="stable")
        time = every[np.diff(every, prepend=every[0] - 1) > 0]
        unit = min(lane.bars.instrument.money_unit for lane in ordered)
        tracks = tuple(track_of(lane, time, unit, margins) for lane in ordered)
        days = [
            np.where(t.last < 0, np.iinfo(np.int64).min, dates_of(t.lane)[t.last]) for t in tracks
        ]
        date = np.maximum.accumulate(np.maximum.reduce(days))
        return cls(tracks, time, date, unit)


def refuse_mixed(lanes: Sequence[Lane]) -> None:
    """One account has one currency and one bar length, and each symbol once."""
    if not lanes:
        raise RefusedError("an account needs at least one symbol")
    facts = {
        "currency": [lane.bars.instrument.currency for lane in lanes],
        "length of bar": [f"{lane.bars.minutes}m" for lane in lanes],
    }
    for what, values in facts.items():
        if len(set(values)) > 1:
            found = ", ".join(f"{x.symbol} {v}" for x, v in zip(lanes, values, strict=True))
            raise RefusedError(f"an account has one {what}, not {found}")
    symbols = [lane.symbol for lane in lanes]
    if len(set(symbols)) < len(symbols):
        raise RefusedError(f"each symbol once: {', '.join(symbols)}")


def dates_of(lane: Lane) -> Longs:
    """Trade date of each bar."""
    return lane.bars.sessions.date[lane.bars.session].astype(np.int64)


def track_of(lane: Lane, time: Longs, unit: Decimal, margins: Margin | str | None) -> Track:
    bars = lane.bars
    last = np.searchsorted(bars.time, time, side="right") - 1
    over = bars.sessions.stop[bars.session[np.maximum(last, 0)]]
    ended = time + bars.minutes * MINUTE >= over
    lot = Fraction(bars.instrument.lot)
    return Track(
        lane=lane,
        at=np.searchsorted(time, bars.time).astype(np.int64),
        last=last.astype(np.int64),
        ended=ended,
        tied=tied_of(lane, unit, margins),
        schedule=lane.costs.schedule(bars),
        lot=lot,
        rate=Fraction(bars.instrument.money_unit) / Fraction(unit) * lot,
    )


def tied_of(lane: Lane, unit: Decimal, margins: Margin | str | None) -> tuple[Longs, Longs, Longs]:
    """Margins of a contract by session, in account units; sessions without a bar stay at 0."""
    bars = lane.bars
    found = np.zeros((3, len(bars.sessions)), np.int64)
    if margins is None:
        return found[0], found[1], found[2]
    for session in np.unique(bars.session).tolist():
        asked = margin_on(lane, session) if isinstance(margins, str) else margins
        found[:, session] = [math.ceil(part / unit) for part in asked]
    return found[0], found[1], found[2]


def margin_on(lane: Lane, session: int) -> Margin:
    instrument = lane.bars.instrument
    if not instrument.margins.rows:
        raise RefusedError(
            f"{lane.symbol} has no margins; give money.margins per contract, or write none"
        )
    return instrument.margins.on(lane.bars.sessions.trade_date(session))
