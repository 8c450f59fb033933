"""From the clock on the wall to UTC: skipped hours are told, repeated ones follow the file."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from engine.core.zone import MINUTE, Offsets, offsets
from storage.ingest.moments import NAIVE

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def utc_of(wall: Longs, east: npt.NDArray[np.int32], zone: str) -> tuple[Longs, Bools]:
    """UTC ns of stamps in file order, and which of them the zone's clocks never showed."""
    naive = east == NAIVE
    if naive.all():
        return from_local(wall, zone)
    moments = wall - np.where(naive, 0, east).astype(np.int64) * MINUTE
    skipped = np.zeros(len(wall), np.bool_)
    if naive.any():
        local, missing = from_local(wall[naive], zone)
        moments[naive], skipped[naive] = local, missing
    return moments, skipped


def from_local(wall: Longs, zone: str) -> tuple[Longs, Bools]:
    """The same of stamps in one zone."""
    eras = offsets(zone)
    if len(eras.since) == 1:
        return wall - eras.offset[0], np.zeros(len(wall), np.bool_)
    if len(wall) and (far := plainly(wall, eras)) is not None:
        return wall - far, np.zeros(len(wall), np.bool_)
    era = np.maximum(np.searchsorted(eras.wall, wall, side="right") - 1, 0)
    early = wall - eras.offset[era]
    skipped = (early < eras.since[era]) & (era > 0)
    after = np.minimum(era + 1, len(eras.since) - 1)
    late = wall - eras.offset[after]
    twice = (late >= eras.since[after]) & (after > era)
    return np.where(twice & second(wall, early, twice), late, early), skipped


def plainly(wall: Longs, eras: Offsets) -> int | None:
    """How far ahead of UTC all these stamps are, where no change of the clock is near."""
    low, high = int(wall.min()), int(wall.max())
    era = max(int(np.searchsorted(eras.wall, low, side="right")) - 1, 0)
    after = min(era + 1, len(eras.since) - 1)
    ahead = int(eras.offset[era])
    begun = era == 0 or low - ahead >= eras.since[era]
    ends = min(eras.wall[after], eras.since[after] + eras.offset[after])
    return ahead if begun and (after == era or high < ends) else None


def second(wall: Longs, early: Longs, twice: Bools) -> Bools:
    """Which stamps of a repeated hour are of its second pass: those behind a step back."""
    passed = np.zeros(len(wall), np.bool_)
    rows = np.flatnonzero(twice)
    if not len(rows):
        return passed
    starts = rows[np.diff(rows, prepend=-2) != 1]
    stops = rows[np.diff(rows, append=rows[-1] + 2) != 1] + 1
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        back = np.flatnonzero(np.diff(wall[start:stop]) < 0)
        behind = start > 0 and early[start] <= early[start - 1] and not twice[start - 1]
        first = start if behind else (start + int(back[0]) + 1 if len(back) else stop)
        passed[first:stop] = True
    return passed
