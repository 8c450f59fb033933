"""Where bars lie in the calendar: session and minute of sorted times, a span at a time."""

from __future__ import annotations

from typing import NamedTuple

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


def placed(sessions: Sessions, time: Longs) -> Placed:
    """Session and minute of times in ascending order: two searches a span, none a row."""
    low = np.searchsorted(time, sessions.span_start)
    high = np.searchsorted(time, sessions.span_stop)
    lengths = high - low
    spans = np.repeat(np.arange(len(lengths)), lengths)
    rows = np.arange(len(spans)) - np.repeat(np.cumsum(lengths) - lengths - low, lengths)
    session = np.full(len(time), -1, np.int32)
    minute = np.full(len(time), -1, np.int32)
    session[rows] = sessions.span_session[spans]
    since = (time[rows] - sessions.span_start[spans]) // MINUTE
    minute[rows] = since + sessions.span_before[spans]
    return Placed(session, minute)
