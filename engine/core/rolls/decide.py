"""When to roll: by the calendar, or once a later contract was the busier one in a session.

Every rule walks the sessions in order and looks only at those that are over, so more data never
changes an earlier roll. A roll takes effect at the start of a session, the first in the new one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.core.errors import DataError
from engine.core.instrument import Instrument
from engine.core.rolls.delivery import delivery_of, ends_known, last_day, roll_day
from engine.core.rolls.table import Roll, Rolls
from engine.core.zone import day_date, epoch_day

NEVER = 10**6
Turn = Callable[[int, int], int]  # contract in front before a session, the session: in front then


class Activity(NamedTuple):
    """How much of each contract was traded, or held open, in each session there is."""

    days: Longs  # trade dates, ascending
    contracts: tuple[str, ...]
    begun: Longs  # the first session in which a contract has a bar
    amount: Longs  # one row a contract, one column a session


def by_calendar(instrument: Instrument, traded: Activity) -> Rolls:
    """Roll on the exchange's own dates."""
    known = by_delivery(instrument, traded)
    due = due_days(instrument, known, roll_day)
    return walked(known, "calendar", nearest(known, due), lambda c, s: overdue(known, due, c, s))


def by_volume(instrument: Instrument, traded: Activity) -> Rolls:
    """Roll after a session in which a later contract traded more than the one in front."""
    return by_activity(instrument, traded, "volume", 1)


def by_interest(instrument: Instrument, traded: Activity) -> Rolls:
    """As by volume, on open interest: published one session later, so it acts a session later."""
    return by_activity(instrument, traded, "interest", 2)


def by_activity(instrument: Instrument, traded: Activity, method: str, lag: int) -> Rolls:
    """Where expiries are known, a contract also leaves the front when it is about to expire."""
    known = by_delivery(instrument, traded)
    due = start = np.full(len(known.contracts), NEVER)
    if ends_known(instrument):
        due, start = (due_days(instrument, known, rule) for rule in (last_day, roll_day))

    def turn(front: int, session: int) -> int:
        busiest = busier(known.amount[:, session - lag], front) if session >= lag else front
        return overdue(known, due, busiest, session)

    return walked(known, method, nearest(known, start), turn)


def by_delivery(instrument: Instrument, traded: Activity) -> Activity:
    """The contracts in order of their delivery months."""
    months = {
        delivery_of(name, instrument.symbol, day_date(int(traded.days[begun]))): row
        for row, (name, begun) in enumerate(zip(traded.contracts, traded.begun, strict=True))
    }
    if len(months) < len(traded.contracts):
        raise DataError(
            f"{instrument.symbol}: two of the contracts {', '.join(traded.contracts)} are for the "
            "same month; store them under one name"
        )
    rows = [months[delivery] for delivery in sorted(months)]
    names = tuple(traded.contracts[row] for row in rows)
    return Activity(traded.days, names, traded.begun[rows], traded.amount[rows])


def due_days(instrument: Instrument, known: Activity, rule: Callable[..., object]) -> Array:
    """The trade date from which on each contract is no longer in front."""
    first = [day_date(int(known.days[begun])) for begun in known.begun]
    months = [
        delivery_of(name, instrument.symbol, day)
        for name, day in zip(known.contracts, first, strict=True)
    ]
    return np.array([epoch_day(str(rule(instrument, month))) for month in months])


def nearest(known: Activity, due: Array) -> int:
    """The contract in front of the first session: of those that trade, the next one due."""
    there = np.flatnonzero(known.begun == 0)
    coming = there[due[there] > known.days[0]]
    return int(coming[0] if len(coming) else there[-1])


def busier(amount: Array, front: int) -> int:
    """The busiest of the later contracts, if it beat the one in front."""
    later = amount[front + 1 :]
    beaten = len(later) and later.max() > amount[front]
    return front + 1 + int(later.argmax()) if beaten else front


def overdue(known: Activity, due: Array, front: int, session: int) -> int:
    """Pass over contracts whose day has come, on to the next one that trades by then."""
    while due[front] <= known.days[session]:
        later = np.flatnonzero(known.begun[front + 1 :] <= session)
        if not len(later):
            break
        front += 1 + int(later[0])
    return front


def walked(known: Activity, method: str, front: int, turn: Turn) -> Rolls:
    """Let a rule say before each session which contract is in front of it."""
    first, rows = known.contracts[front], []
    for session in range(1, len(known.days)):
        new = turn(front, session)
        if new != front:
            day = int(known.days[session])
            rows.append(Roll(day, known.contracts[front], known.contracts[new]))
        front = new
    return Rolls(first, tuple(rows), method)
