"""Which bars a profile is made of: sessions and their segments, as stretches of bars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import frozen
from engine.core.errors import unknown
from engine.core.session import SEGMENTS
from engine.profile.kernel import Reach, Slices, reach


@dataclass(frozen=True, eq=False, slots=True)
class Parts:
    """Slices that hold bars, the session each belongs to, and its lowest and highest tick."""

    slices: Slices
    session: Longs
    range: Reach

    def __len__(self) -> int:
        return len(self.session)


def session_parts(bars: Bars, segment: str) -> Parts:
    """One slice a session that has bars in the segment, found by the calendar's times."""
    if segment not in SEGMENTS:
        raise unknown("segment", segment, SEGMENTS)
    table = bars.sessions
    known = slice(int(bars.session[0]), int(bars.session[-1]) + 1) if len(bars) else slice(0, 0)
    edges = {
        "full": (table.start, table.stop),
        "rth": (table.rth_start, table.rth_stop),
        "eth": (table.start, table.rth_start, table.rth_stop, table.stop),
    }[segment]
    places = [np.searchsorted(bars.time, edge[known]).astype(np.int64) for edge in edges]
    first, stop = (np.stack(places[k::2], axis=1) for k in (0, 1))
    held = stop > first
    kept = held.any(axis=1)
    offset = np.concatenate(([0], np.cumsum(held.sum(axis=1)[kept])))
    slices = Slices(offset, first[held], stop[held])
    spans = Reach(*(np.empty(int(kept.sum()), np.int64) for _ in range(2)))
    reach(bars.arrays, slices, spans)
    session = np.flatnonzero(kept) + known.start
    for array in (*slices, session, *spans):
        frozen(array)
    return Parts(slices, session, spans)


def starts(bars: Bars, segment: str) -> Longs:
    """When the segment of each session of the calendar begins, UTC ns."""
    return bars.sessions.rth_start if segment == "rth" else bars.sessions.start


def rows_of(span: Reach, row: int, most: int) -> Reach:
    """From ticks to rows; a slice of too many rows gets none, its `high` below its `low`."""
    low, high = span.low // row, span.high // row
    return Reach(low, np.where(high - low < most, high, low - 1))
