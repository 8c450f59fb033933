"""Times as the exchange of some bars tells them."""

from __future__ import annotations

from engine.core.bars import Bars
from engine.core.calendars import calendar


def zone_of(bars: Bars) -> str:
    return calendar(bars.instrument.calendar).zone
