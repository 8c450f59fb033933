"""When a market is busy: minutes of a session, and how lively each of them is."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE
from engine.core.session import Sessions
from engine.synth.kernel import OCTAVE

Ints = npt.NDArray[np.int64]

RTH_NOON: Final = 9 * OCTAVE // 10  # the trough of the U
RTH_DEPTH: Final = 12 * OCTAVE // 10  # its open and close above the trough
NIGHT: Final = -14 * OCTAVE // 10
DAWN: Final = OCTAVE // 2  # what the hours before the open add to the night
DAWN_MINUTES: Final = 390
ROUND_NOON: Final = 3 * OCTAVE // 10  # markets that never close are liveliest at midday
ROUND_DEPTH: Final = -9 * OCTAVE // 10


class Clock(NamedTuple):
    """Every open minute of some sessions: when it begins and its logarithm of liveliness."""

    time: Ints
    shape: Ints
    first: Ints  # the bar a session begins with, one more entry at the end


def clock_of(sessions: Sessions) -> Clock:
    """Lay out the minutes; halts and closed hours have none."""
    lengths = (sessions.span_stop - sessions.span_start) // MINUTE
    span = np.repeat(np.arange(len(lengths)), lengths)
    into = np.arange(len(span)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    time = sessions.span_start[span] + into * MINUTE
    first = np.concatenate(([0], np.cumsum(sessions.minutes, dtype=np.int64)))
    return Clock(time, liveliness(sessions, time, sessions.span_session[span]), first)


def liveliness(sessions: Sessions, time: Ints, session: npt.NDArray[np.int32]) -> Ints:
    """A U over the regular hours, quiet nights that wake before the open."""
    start, stop = sessions.rth_start[session], sessions.rth_stop[session]
    minute, length = (time - start) // MINUTE, (stop - start) // MINUTE
    regular = (minute >= 0) & (minute < length)
    middle = 2 * minute - length
    bend = middle * middle * OCTAVE // np.maximum(length * length, 1)
    never_shut = length == sessions.minutes[session]
    noon = np.where(never_shut, ROUND_NOON, RTH_NOON)
    depth = np.where(never_shut, ROUND_DEPTH, RTH_DEPTH)
    dawn = (length > 0) & (minute < 0) & (minute >= -DAWN_MINUTES)
    night = NIGHT + np.where(dawn, DAWN, 0)
    return np.where(regular, noon + depth * bend // OCTAVE, night).astype(np.int64)
