"""The calendars we own, by name."""

from dataclasses import replace
from typing import Final

from engine.core.calendars.commodity import ENERGY, GOLD, SILVER
from engine.core.calendars.crypto import crypto_at
from engine.core.calendars.currency import CURRENCY
from engine.core.calendars.equity import EQUITY
from engine.core.calendars.rates import RATES
from engine.core.errors import unknown
from engine.core.hours import Calendar

__all__ = ["calendar", "crypto_at", "names"]

CRYPTO: Final = replace(crypto_at("00:00"), name="crypto")
CALENDARS: Final = {
    known.name: known for known in (EQUITY, ENERGY, GOLD, SILVER, RATES, CURRENCY, CRYPTO)
}


def names() -> tuple[str, ...]:
    return tuple(sorted(CALENDARS))


def calendar(name: str) -> Calendar:
    """A calendar by name; `crypto@08:00 Asia/Singapore` begins its days at that hour."""
    if name.startswith("crypto@"):
        clock, _, zone = name.removeprefix("crypto@").partition(" ")
        return crypto_at(clock, zone or "UTC")
    if name not in CALENDARS:
        raise unknown("calendar", name, CALENDARS)
    return CALENDARS[name]
