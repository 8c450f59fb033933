"""Delivery months read from contract names, and the calendar's day of the roll."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from engine.core.errors import DataError, RefusedError
from engine.core.instrument import Dated, Instrument
from engine.core.zone import day_date

LETTERS: Final = "FGHJKMNQUVXZ"
FRIDAY: Final = 4

CODE: Final = re.compile(rf"(?P<letter>[{LETTERS}])(?P<year>\d{{1,2}}|20\d\d)")
DIGITS: Final = re.compile(r"(?P<year>20\d\d)-?(?P<month>0[1-9]|1[0-2])(?:\d\d)?")
MONTH_YEAR: Final = re.compile(r"(?P<month>0[1-9]|1[0-2])-(?P<year>\d\d)")

# Calendar days from the roll to the third Friday of the delivery month. Until June 2022 the lead
# month changed on the Thursday of the week before; since then on the Monday of the same week.
AHEAD: Final = {
    "cme_equity": Dated(((date(1970, 1, 1), 8), (date(2022, 6, 13), 4))),
}


class Delivery(NamedTuple):
    """The month a contract is for; deliveries compare as their months do."""

    year: int
    month: int

    def __str__(self) -> str:
        return f"{self.year}-{self.month:02d}"


def delivery_of(contract: str, symbol: str, near: date) -> Delivery:
    """The delivery month of ESZ24, Z4, 202412, 2024-12 or `ES 12-24`.

    A year of one digit is read as the first one that fits, not before the month of `near`: a date
    on which the contract traded.
    """
    text = contract.removeprefix(symbol).strip(" -_.").upper()
    for shape in (CODE, DIGITS, MONTH_YEAR):
        found = shape.fullmatch(text)
        if found:
            parts = found.groupdict()
            letter = parts.get("letter")
            month = LETTERS.index(letter) + 1 if letter else int(parts["month"])
            return Delivery(full_year(parts["year"], month, near), month)
    raise DataError(
        f"'{contract}' names no delivery month of {symbol}; write it as {symbol}Z24 or 202412, or "
        "roll by a table"
    )


def full_year(text: str, month: int, near: date) -> int:
    """The year in full; ESZ4 is the contract of 2014 and of 2024."""
    if len(text) > 1:
        return int(text) % 100 + 2000
    year = near.year - near.year % 10 + int(text)
    return year if (year, month) >= (near.year, near.month) else year + 10


def third_friday(delivery: Delivery) -> date:
    """The first Friday from the 15th on."""
    middle = date(delivery.year, delivery.month, 15)
    return middle + timedelta(days=(FRIDAY - middle.weekday()) % 7)


def roll_day(instrument: Instrument, delivery: Delivery) -> date:
    """The first date on which the calendar says that this contract is no longer in front."""
    if instrument.calendar not in AHEAD:
        known = ", ".join(sorted(AHEAD))
        raise RefusedError(
            f"{instrument.symbol}: roll dates are known for {known}, not {instrument.calendar}; "
            "roll by volume, or by a table"
        )
    expiry = third_friday(delivery)
    return expiry - timedelta(days=AHEAD[instrument.calendar].on(expiry))


def ends_known(instrument: Instrument) -> bool:
    return instrument.calendar in AHEAD


def last_day(_: Instrument, delivery: Delivery) -> date:
    """The day trading ends, after an hour of it or before any: another must be in front by then."""
    return third_friday(delivery)


def text_of(day: int) -> str:
    return str(day_date(day))
