"""Coarser bars, folded from finer ones on the session's own clock: nothing lost, nothing made up.

Every stretch of open minutes begins a bucket, so none reaches over a halt, the end of a session
or, where a segment is asked for, the edge of the regular hours. A bucket is named by the minute
the grid opens it at, even when its first bar is missing; one without any bar does not exist.
"""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import Final, Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.calendars import calendar
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.rolls.adjust import Adjusted
from engine.core.session import SEGMENTS, Sessions
from engine.core.zone import day_date, epoch_day

Span = int | Literal["session", "week"]
Rows = npt.NDArray[np.intp]

DAY_MINUTES: Final = 1_440
MINUTES: Final = {"session": DAY_MINUTES, "week": 7 * DAY_MINUTES}


class Stretches(NamedTuple):
    """Pieces of time in order, [start, stop) in UTC ns; buckets are counted inside each."""

    start: Longs
    stop: Longs


class Buckets(NamedTuple):
    """One coarse bar each: its first row, and [open, close) on the grid in UTC ns."""

    first: Longs
    open: Longs
    close: Longs


class Made(NamedTuple):
    """Coarse columns, how they were made, and the row of the last fine bar in each."""

    arrays: BarArrays
    minutes: int
    how: str
    last: Rows


def resample(bars: Bars, minutes: Span, segment: str = "full") -> Bars:
    """Bars of so many minutes, of whole sessions or of weeks; the last one may still be running.

    `full` counts from the start of every stretch and lets a bucket hold minutes on both sides of
    the cash open; `rth` and `eth` take the bars of one segment alone and cut at its edges.
    """
    return coarser(bars, minutes, segment)[0]


def coarser(bars: Bars, minutes: Span, segment: str = "full") -> tuple[Bars, Buckets]:
    """The coarse bars, and the moments each opens and is over."""
    length = length_of(bars, minutes)
    part, rows = bars.arrays, None
    if segment != "full":
        rows = np.flatnonzero(bars.labels.mask(segment))
        part = BarArrays._make(column[rows] for column in bars.arrays)
    found = buckets(part.time, stretches(bars, minutes, segment), length)
    count = len(found.first)
    prices = [np.empty(count, np.int32) for _ in range(4)]
    volume, session = np.empty(count, np.int64), part.session[found.first]
    out = BarArrays._make((found.open, *prices, volume, session))
    fold(part, found.first, out)
    last = np.append(found.first[1:], len(part.time))[:count] - 1
    made = Made(out, length, f"{length} {segment}", last if rows is None else rows[last])
    return like(bars, made), found


def length_of(bars: Bars, minutes: Span) -> int:
    """Minutes of a coarse bar, which must be made of whole fine ones."""
    length = MINUTES.get(minutes, 0) if isinstance(minutes, str) else minutes
    if length < 1 or (not isinstance(minutes, str) and length > DAY_MINUTES):
        raise ParameterError(
            f"bars of {minutes} cannot be made; ask for 1 to {DAY_MINUTES} minutes, for "
            "'session' or for 'week'"
        )
    if length % bars.minutes:
        raise ParameterError(f"bars of {bars.minutes} minutes do not fill bars of {length}")
    return length


def stretches(bars: Bars, minutes: Span, segment: str) -> Stretches:
    """Where buckets may lie."""
    if minutes == "week":
        return weeks(bars)
    if minutes == "session" and segment == "rth":
        return Stretches(bars.sessions.rth_start, bars.sessions.rth_stop)
    if minutes == "session":
        return Stretches(bars.sessions.start, bars.sessions.stop)
    return pieces(bars.sessions, segment)


def pieces(sessions: Sessions, segment: str) -> Stretches:
    """Stretches without a halt, cut at the edges of the regular hours unless all are wanted."""
    start, stop = sessions.span_start, sessions.span_stop
    low, high = (edge[sessions.span_session] for edge in (sessions.rth_start, sessions.rth_stop))
    if segment == "rth":
        start, stop = np.maximum(start, low), np.minimum(stop, high)
    elif segment == SEGMENTS[1]:
        after = np.maximum(start, high)
        start = np.column_stack((start, after)).ravel()
        stop = np.column_stack((np.minimum(stop, low), stop)).ravel()
    some = start < stop
    return Stretches(start[some], stop[some])


def weeks(bars: Bars) -> Stretches:
    """From the first session of a week of trade dates to the end of its last, by the calendar."""
    hours, days = calendar(bars.instrument.calendar), bars.sessions.date
    first, last = (epoch_day(day) for day in (hours.first, hours.last))
    low = max(first, int(days[0] - (days[0] + 3) % 7))
    high = min(last, int(days[-1] - (days[-1] + 3) % 7 + 6))
    table = hours.sessions(day_date(low), day_date(high))
    week = (table.date + 3) // 7
    begins = np.flatnonzero(np.diff(week, prepend=-1))
    return Stretches(table.start[begins], table.stop[np.append(begins[1:], len(week)) - 1])


def buckets(time: Longs, inside: Stretches, minutes: int) -> Buckets:
    """Every bucket that holds a bar."""
    low = np.searchsorted(inside.stop, time[:1], side="right").sum()
    high = np.searchsorted(inside.start, time[-1:], side="right").sum()
    near = Stretches(inside.start[low:high], inside.stop[low:high])
    step = MINUTE * minutes
    if minutes >= DAY_MINUTES:  # a session or a week is one bucket, however long it is
        step = int((near.stop - near.start).max(initial=step))
    most = min(len(time), int(-(-(near.stop - near.start) // step).sum()))
    room = Buckets(*(np.empty(most, np.int64) for _ in range(3)))
    count = cut(time, near, step, room)
    return Buckets._make(column[:count] for column in room)


def like(bars: Bars, made: Made) -> Bars:
    """The coarse columns as bars of the same instrument, each with the contract of its last bar."""
    sessions, out, name = bars.sessions, made.arrays, bars.origin.fingerprint
    if name:
        name = blake2b(f"{name} {made.how}".encode(), digest_size=16).hexdigest()
    if made.minutes > DAY_MINUTES and len(out.time):
        sessions = calendar(bars.instrument.calendar).covering(out.time)
        out = out._replace(session=sessions.label(out.time).session)
    contract = None if bars.contract is None else bars.contract[made.last]
    origin = replace(bars.origin, fingerprint=name)
    coarse = Bars(bars.instrument, sessions, out, made.minutes, origin, contract)
    return bars.at(made.last, coarse) if isinstance(bars, Adjusted) else coarse


@kernel
def cut(time: Longs, inside: Stretches, step: int, out: Buckets) -> int:
    """Find where buckets begin; every bar lies in one of the stretches."""
    k, count, close = 0, 0, np.int64(-(2**63))
    for i in range(len(time)):
        if time[i] < close:
            continue
        while time[i] >= inside.stop[k]:
            k += 1
        out.first[count] = i
        out.open[count] = inside.start[k] + (time[i] - inside.start[k]) // step * step
        close = min(out.open[count] + step, inside.stop[k])
        out.close[count] = close
        count += 1
    return count


@kernel
def fold(bars: BarArrays, first: Longs, out: BarArrays) -> None:
    """First open, highest high, lowest low, last close, all of the volume."""
    for b in range(len(first)):
        start, stop = first[b], first[b + 1] if b + 1 < len(first) else len(bars.time)
        high, low, volume = bars.high[start], bars.low[start], bars.volume[start]
        for i in range(start + 1, stop):
            high, low = max(high, bars.high[i]), min(low, bars.low[i])
            volume += bars.volume[i]
        out.open[b], out.close[b] = bars.open[start], bars.close[stop - 1]
        out.high[b], out.low[b], out.volume[b] = high, low, volume
