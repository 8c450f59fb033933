"""Where bars lie in the calendar: session and minute of sorted times, a span at a time."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.hours import Calendar
from engine.core.session import Sessions
from engine.core.zone import MINUTE

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Placed(NamedTuple):
    """Row of the sessions table, -1 outside, and open minutes since the session began."""

    session: npt.NDArray[np.int32]
    minute: npt.NDArray[np.int32]


def all_sessions(calendar: Calendar) -> Sessions:
    """Every session the calendar knows."""
    return calendar.sessions(calendar.first, calendar.last)


def known(sessions: Sessions, time: Longs) -> Bools:
    """Where the calendar can say whether the market was open."""
    return (time >= sessions.since) & (time < sessions.until)


class Spans(NamedTuple):
    """The spans of a calendar that some times in ascending order lie in."""

    which: slice
    low: Longs  # the first row of each
    lengths: Longs
    rows: int  # of all times

    def spread(self, values: npt.NDArray[Any], outside: int) -> npt.NDArray[Any]:
        """The value of its span for every row, another one for those in no span."""
        inside = np.repeat(values[self.which], self.lengths)
        if len(inside) == self.rows:
            return inside
        full = np.full(self.rows, outside, inside.dtype)
        ahead = np.cumsum(self.lengths) - self.lengths - self.low
        full[np.arange(len(inside)) - np.repeat(ahead, self.lengths)] = inside
        return full


def spans_of(sessions: Sessions, time: Longs) -> Spans:
    """Two searches a span, none a row."""
    first = int(np.searchsorted(sessions.span_stop, time[:1], side="right").sum())
    last = int(np.searchsorted(sessions.span_start, time[-1:], side="right").sum())
    which = slice(first, max(first, last))
    low = np.searchsorted(time, sessions.span_start[which])
    return Spans(which, low, np.searchsorted(time, sessions.span_stop[which]) - low, len(time))


def session_of(sessions: Sessions, time: Longs) -> npt.NDArray[np.int32]:
    """Row of the sessions table for times in ascending order, -1 outside."""
    return spans_of(sessions, time).spread(sessions.span_session.astype(np.int32), -1)


def placed(sessions: Sessions, time: Longs) -> Placed:
    """Session and minute of times in ascending order."""
    spans = spans_of(sessions, time)
    session = spans.spread(sessions.span_session.astype(np.int32), -1)
    origin = spans.spread(sessions.span_start - sessions.span_before.astype(np.int64) * MINUTE, 0)
    minute = ((time - origin) // MINUTE).astype(np.int32)
    if len(session) and session.min() < 0:
        minute[session < 0] = -1
    return Placed(session, minute)
