"""The contract in front on each trade date, by one plain rule.

A contract leaves the front eight days before the third Friday of its month, on whatever day that
falls; synthetic prices do not jump there.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.instrument import Instrument
from engine.core.zone import day_date

LETTERS: Final = "FGHJKMNQUVXZ"
AHEAD: Final = timedelta(days=8)
FRIDAY: Final = 4


class Contracts(NamedTuple):
    """A small code for every session, and the names in the order of their codes."""

    code: npt.NDArray[np.int16]
    names: tuple[str, ...]


def roll_date(year: int, month: int) -> date:
    """The first day on which this month's contract is no longer in front."""
    middle = date(year, month, 15)  # the third Friday is the first from the 15th on
    return middle + timedelta(days=(FRIDAY - middle.weekday()) % 7) - AHEAD


def front(instrument: Instrument, day: date) -> str:
    """The name of the contract in front, such as ESH20."""
    months = [LETTERS.index(letter) + 1 for letter in instrument.months]
    coming = [(year, month) for year in (day.year, day.year + 1) for month in sorted(months)]
    year, month = next(delivery for delivery in coming if roll_date(*delivery) > day)
    return f"{instrument.symbol}{LETTERS[month - 1]}{year % 100:02d}"


def contracts_of(instrument: Instrument, dates: npt.NDArray[np.int32]) -> Contracts:
    """One contract a session; no names where the instrument has no delivery months."""
    if not instrument.months:
        return Contracts(np.zeros(0, np.int16), ())
    fronts = [front(instrument, day_date(int(day))) for day in dates]
    names = tuple(sorted(set(fronts)))
    return Contracts(np.array([names.index(name) for name in fronts], np.int16), names)
