"""The other witness of the clock: the step of volume when the cash market opens.

It speaks where pauses do not: in files without the night, or with filled holes.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.session import Sessions
from engine.core.zone import DAY, DAY_MINUTES, MINUTE, local_ns

Longs = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

WEEK: Final = 7 * DAY
HALF_DAY: Final = DAY_MINUTES // 2  # volume by the minute of the day cannot tell 15 hours from -9
AROUND: Final = 10  # minutes of volume compared on both sides of a step
FILLED: Final = 0.9  # of them must have volume: where a file begins there is no step
WEEKS: Final = 4  # weeks that must be there
MOST: Final = 0.6  # of the weeks must have volume on both sides
STEP: Final = 1.5  # times the volume, at least
BETTER: Final = 1.3  # times the step at the expected minute
SURE: Final = 15  # a shift below it could be chance


class Pulse:
    """Volume by week and minute of the day, as the stamps have them."""

    def __init__(self) -> None:
        self.weeks: dict[int, Floats] = {}

    def add(self, wall: Longs, volume: Longs) -> None:
        """Take in a batch of bars in any order."""
        if not len(wall):
            return
        minute = (wall // MINUTE).astype(np.int32)  # enough for two thousand years
        week = minute // (WEEK // MINUTE)
        base = int(week.min())
        key = (week - base) * DAY_MINUTES + minute - minute // DAY_MINUTES * DAY_MINUTES
        size = (int(week.max()) - base + 1) * DAY_MINUTES
        sums = np.bincount(key, weights=volume, minlength=size).astype(np.float64)
        for k, day in enumerate(sums.reshape(-1, DAY_MINUTES)):
            if day.any():
                held = self.weeks.get(base + k)
                self.weeks[base + k] = day if held is None else held + day

    def shift(self, sessions: Sessions, zone: str) -> int | None:
        """Minutes by which the step is late on the clock of a zone; None: cannot tell."""
        opens = local_ns(sessions.rth_start, zone)
        always = (sessions.rth_stop - sessions.rth_start) // MINUTE >= sessions.minutes
        expected = {
            int(at // WEEK): int(at % DAY // MINUTE)
            for at, never_shuts in zip(opens, always, strict=True)
            if not never_shuts
        }
        weeks = [(day, expected[week]) for week, day in self.weeks.items() if week in expected]
        return loudest(weeks) if len(weeks) >= WEEKS else None


def loudest(weeks: list[tuple[Floats, int]]) -> int | None:
    """The offset from the expected minute at which volume steps up most."""
    offsets = np.arange(-HALF_DAY, HALF_DAY)
    steps = np.array([growth(day)[(minute + offsets) % DAY_MINUTES] for day, minute in weeks])
    spoken = np.isfinite(steps)
    usual = np.full(len(offsets), -np.inf)
    enough = spoken.mean(axis=0) >= MOST
    usual[enough] = np.nanmedian(np.where(spoken, steps, np.nan)[:, enough], axis=0)
    best = int(np.argmax(usual))
    late, here = int(offsets[best]), float(usual[HALF_DAY])
    if usual[best] < np.log(STEP):
        return None
    if np.isneginf(here) and np.median([density(day) for day, _ in weeks]) < FILLED:
        return (
            None  # hardly traded: such a market has its volume at the close, and none at the open
        )
    if abs(late) < SURE:
        return 0
    return late if usual[best] > here + np.log(BETTER) else None


def density(day: Floats) -> float:
    """Share of minutes with volume, outside the longest stretch of the day without any."""
    held = np.flatnonzero(day)
    longest = np.diff(np.append(held, held[0] + DAY_MINUTES)).max() - 1
    return len(held) / float(DAY_MINUTES - longest)


def growth(day: Floats) -> Floats:
    """Logarithm of the volume behind each minute over the volume ahead, where both are filled."""
    ahead, behind = around(day)
    held = np.minimum(*around((day > 0).astype(np.float64))) >= FILLED * AROUND
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(held, np.log(behind) - np.log(ahead), np.nan))


def around(day: Floats) -> tuple[Floats, Floats]:
    """Sums over some minutes ahead of each minute of the day and from it on, over midnight too."""
    sums = np.concatenate(([0.0], np.cumsum(np.concatenate((day[-AROUND:], day, day[:AROUND])))))
    middle = sums[AROUND : AROUND + DAY_MINUTES]
    return middle - sums[:DAY_MINUTES], sums[2 * AROUND : 2 * AROUND + DAY_MINUTES] - middle
