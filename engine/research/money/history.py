"""What daily closes before a trade date say: how much a lot swings, how symbols move together."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from math import isqrt
from operator import mul

import numpy as np

from engine.core.axis import SCALE
from engine.core.bars import Longs
from engine.core.calendars import calendar
from engine.research.money.timeline import Timeline, Track, dates_of


@dataclass(frozen=True, eq=False, slots=True)
class History:
    """Daily closes of every lane, by trade date; only dates before the one asked about count."""

    dates: tuple[Longs, ...]
    closes: tuple[Longs, ...]
    tracks: tuple[Track, ...]
    known: dict[tuple[int, ...], int] = field(default_factory=dict)

    @classmethod
    def of(cls, timeline: Timeline) -> History:
        dates, closes = [], []
        for track in timeline.tracks:
            days = dates_of(track.lane)
            last = np.flatnonzero(np.diff(days, append=days[-1] + 1))
            dates.append(days[last])
            closes.append(track.lane.bars.close[last].astype(np.int64))
        return cls(tuple(dates), tuple(closes), timeline.tracks)

    def swing(self, lane: int, date: int, sessions: int) -> Fraction | None:
        """Account units that one lot moves in a year, one deviation of its daily changes."""
        stop = int(np.searchsorted(self.dates[lane], date))
        if stop <= sessions:
            return None
        changes = np.diff(self.closes[lane][stop - sessions - 1 : stop])
        track = self.tracks[lane]
        instrument = track.lane.bars.instrument
        year = 365 if calendar(instrument.calendar).weekdays == 7 else 252
        variance = Fraction(spread(changes, changes), sessions * (sessions - 1))
        return root_up(year * variance * instrument.tick_money**2) * track.rate

    def together(self, pair: tuple[int, int], date: int, sessions: int) -> int:
        """Size of the correlation of two lanes' daily changes, in 1/10,000; 1 where unknown."""
        one, other = sorted(pair)
        key = (one, other, date, sessions)
        if key not in self.known:
            self.known[key] = self.correlation(one, other, date, sessions)
        return self.known[key]

    def correlation(self, one: int, other: int, date: int, sessions: int) -> int:
        common, a, b = np.intersect1d(self.dates[one], self.dates[other], return_indices=True)
        stop = int(np.searchsorted(common, date))
        if stop <= sessions:
            return SCALE
        part = slice(stop - sessions - 1, stop)
        x, y = np.diff(self.closes[one][a[part]]), np.diff(self.closes[other][b[part]])
        width = spread(x, x) * spread(y, y)
        if width == 0:
            return SCALE
        return root_up(Fraction(SCALE * SCALE * spread(x, y) ** 2, width))


def spread(x: Longs, y: Longs) -> int:
    """Their number times the sum of products about the means, without rounding."""
    one, other = x.tolist(), y.tolist()
    return int(len(one) * sum(map(mul, one, other)) - sum(one) * sum(other))


def root_up(value: Fraction) -> int:
    """The square root, rounded up: neither a swing nor a likeness is taken for less than it is."""
    return isqrt(math.ceil(value) - 1) + 1 if value else 0
