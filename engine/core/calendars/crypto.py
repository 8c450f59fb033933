"""Coins trade always; only the hour at which a day begins is a choice."""

from datetime import date
from typing import Final

from engine.core.hours import Calendar, Hours
from engine.core.zone import DAY_MINUTES, clock_minute, epoch_day, rules_of

FIRST: Final = date(2010, 1, 1)
LAST: Final = date(2040, 12, 31)


def crypto_at(clock: str, zone: str = "UTC") -> Calendar:
    """Days from this hour to the same hour of the next day, named by the date they begin on."""
    start = clock_minute(clock) % DAY_MINUTES
    rules_of(zone)  # a zone that does not exist is refused here, not at the first bar
    day = (start, start + DAY_MINUTES)
    return Calendar(
        name=f"crypto@{clock} {zone}",
        zone=zone,
        hours=(Hours(epoch_day(FIRST), (day,), day),),
        first=FIRST,
        last=LAST,
        why="the clocks of the world are known for these years only",
        weekdays=7,
    )
