"""What a user asks of an import; what is not given is guessed, and the guess is said aloud."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Final, NamedTuple

from engine.core.errors import ParameterError
from engine.core.instrument import Instrument
from engine.core.zone import offsets
from storage.ingest.moments import DMY, MDY, YMD
from storage.judge.rows import MAY_BE_NEGATIVE
from storage.names import plain
from storage.reading import made_up

STAMPS: Final = ("open", "close")
DATES: Final = {"ymd": YMD, "mdy": MDY, "dmy": DMY}
REFUSE: Final = "refuse"
POLICIES: Final = (REFUSE, "first", "last", "aggregate")
PLACES: Final = 9  # decimals read of a price


@dataclass(frozen=True, kw_only=True)
class Order:
    """One import: whose bars, and what is known about the files."""

    symbol: str
    zone: str | None = None
    stamp: str | None = None
    contract: str | None = None
    scale: Decimal | None = None
    duplicates: str = REFUSE
    replace: bool = False
    source: str | None = None
    dates: str | None = None
    floor: Decimal | None = None
    minutes: int | None = None  # of a bar, where whoever asks knows better than the files

    def __post_init__(self) -> None:
        choices = {
            "--stamp": (self.stamp, STAMPS),
            "--duplicates": (self.duplicates, POLICIES),
            "--dates": (self.dates, tuple(DATES)),
        }
        for option, (value, known) in choices.items():
            if value is not None and value not in known:
                raise ParameterError(f"{option} is one of {', '.join(known)}, not '{value}'")
        if self.scale is not None and not (self.scale.is_finite() and self.scale > 0):
            raise ParameterError(f"--scale must be above 0, not {self.scale}")
        if self.floor is not None and not self.floor.is_finite():
            raise ParameterError(f"--floor must be a price, not {self.floor}")
        if self.zone is not None:
            offsets(self.zone)
        if self.source is not None:
            plain(self.source)
        if made_up(self.source or ""):
            raise ParameterError("'synthetic' is the source of made bars; name another --source")


class Grid(NamedTuple):
    """The steps prices and volumes lie on, in the units in which they are read."""

    price: Fraction
    lot: Fraction
    places: int
    volume_places: int
    positive: bool
    floor: int | None = None  # ticks below which no price is taken


def grid_of(instrument: Instrument, scale: Decimal | None, floor: Decimal | None = None) -> Grid:
    """What one tick and one lot are in a file whose prices are to be multiplied by `scale`."""
    tick = Fraction(instrument.tick) / Fraction(scale or 1)
    volume_places = max(0, -int(instrument.lot.normalize().as_tuple().exponent)) + 3
    positive = instrument.calendar not in MAY_BE_NEGATIVE
    least = None if floor is None else ceil(Fraction(floor) / Fraction(instrument.tick))
    return Grid(tick, Fraction(instrument.lot), PLACES, volume_places, positive, least)
