"""What the clock and the calendar say of a bar."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.columns import Column
from engine.core.rolls.delivery import (
    LETTERS,
    Delivery,
    delivery_of,
    ends_known,
    third_friday,
)
from engine.core.session import WINDOWS, Ints32, window
from engine.core.zone import DAY, DAY_MINUTES, clock_minute, day_date, epoch_day
from engine.features.declare import Says, Takes, folded, told
from engine.features.fold import Cells, Fold, Out, Tape, one
from engine.features.periods import wall_ns

CHICAGO: Final = "America/Chicago"
THURSDAY: Final = 3  # 1970-01-01
ANGLE: Final = 2 * np.pi * np.arange(DAY_MINUTES) / DAY_MINUTES
SINE, COSINE = np.sin(ANGLE), np.cos(ANGLE)


class Clock(NamedTuple):
    """Place on a circle of 24 hours, then the parts of the local time."""

    sine: Column
    cosine: Column
    hour: Column
    minute: Column
    weekday: Column
    month: Column


class Place(NamedTuple):
    """Minutes since the session and since its regular hours began, and until it ends."""

    minute: Column
    rth_minute: Column
    left: Column


@folded(
    Says(
        formula="of the bar's open in the zone: sine and cosine of 2 pi x minute of day / 1440, "
        "hour, minute, weekday (Monday is 0), month",
        unit="circle; hours; minutes; days; months",
    ),
    zone=Takes("time zone"),
)
def clock(*, zone: str = CHICAGO) -> Fold[Clock]:
    """Local time of a bar's open."""
    return Fold(run=run_clock, shape=Clock, given=(zone,), floats=2, ints=4)


def run_clock(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    part, local = slice(first, stop), wall_ns(tape.bars.time[first:stop], given[0])
    day = local // DAY
    first_day = int(day.min())
    days = np.arange(first_day, int(day.max()) + 1)
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1
    minute, day = (local - day * DAY) // MINUTE, day - first_day
    np.take(SINE, minute, out=out.floats[0][part], mode="clip")
    np.take(COSINE, minute, out=out.floats[1][part], mode="clip")
    out.ints[0][part] = hour = minute // 60
    out.ints[1][part] = minute - 60 * hour
    np.take((days + THURSDAY) % 7, day, out=out.ints[2][part], mode="clip")
    np.take(months, day, out=out.ints[3][part], mode="clip")
    for there in out.there:
        there[part] = True


@folded(
    Says(
        formula="minutes of the clock from the session's start, from its regular hours' start, "
        "and to the session's end, by the calendar",
        unit="minutes",
        absent="rth_minute outside the regular hours",
    )
)
def session_minute() -> Fold[Place]:
    """Where in its session a bar opens; halts count."""
    return Fold(run=run_place, shape=Place, ints=3)


def run_place(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    time, session = tape.bars.time[part], tape.bars.session[part]
    rows = slice(session[0], session[-1] + 1)
    many = np.bincount(session - session[0])  # bars of each session, which come in order
    starts, begins, ends, stops = (
        np.repeat(row[rows], many) for row in (tape.start, tape.rth_start, tape.rth_stop, tape.stop)
    )
    for k, moment, sign in ((0, starts, 1), (1, begins, 1), (2, stops, -1)):
        np.floor_divide(sign * (time - moment), MINUTE, out=out.ints[k][part])
    for there in out.there:
        there[part] = True
    out.there[1][part] = (time >= begins) & (time < ends)


@folded(
    Says(
        formula="the local day on which the window began; known windows: " + ", ".join(WINDOWS),
        unit="days since 1970",
        absent="outside the window",
    ),
    name=Takes("a window of the wall clock, DST and all", choices=tuple(WINDOWS)),
)
def in_window(*, name: str = "new_york_kill") -> Fold[Column]:
    """Which occurrence of a session of the day, or of a kill zone, a bar opens in."""
    return Fold(run=run_window, shape=one, given=(name,), ints=1)


def run_window(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    part, asked = slice(first, stop), window(given[0])
    begins, ends = clock_minute(asked.start), clock_minute(asked.stop)
    since = wall_ns(tape.bars.time[part], asked.zone) - begins * MINUTE
    day = since // DAY
    out.ints[0][part] = day
    out.there[0][part] = since - day * DAY < (ends - begins) % DAY_MINUTES * MINUTE


@told(
    Says(
        formula="third Friday of the delivery month - trade date; the month is that of the bar's "
        "contract or, where bars name none, the next of the instrument's",
        unit="days",
        absent="for calendars whose expiries are not known",
    )
)
def days_to_expiry(bars: Bars) -> Column:
    """Calendar days until the contract in front expires."""
    count = len(bars)
    if not ends_known(bars.instrument):
        return Column(np.zeros(count, np.int64), np.zeros(count, np.bool_))
    if bars.contract is None:
        ends = expiries(bars.sessions.date, bars.instrument.months)
        ahead = ends[np.searchsorted(ends, bars.sessions.date)] - bars.sessions.date
        return Column(ahead[bars.session], np.ones(count, np.bool_))
    dates = bars.sessions.date[bars.session].astype(np.int64)
    named = np.zeros(len(bars.origin.contracts), np.int64)
    turned = bars.contract[1:] != bars.contract[:-1]
    turns = np.concatenate(([0], np.flatnonzero(turned) + 1))  # a contract lasts many bars
    for k, at in zip(*np.unique(bars.contract[turns], return_index=True), strict=True):
        near, text = int(dates[turns[at]]), bars.origin.contracts[k]
        month = delivery_of(text, bars.instrument.symbol, day_date(near))
        named[k] = epoch_day(third_friday(month))
    return Column(named[bars.contract] - dates, np.ones(count, np.bool_))


def expiries(dates: Ints32, letters: str) -> Longs:
    """Every expiry of an instrument's delivery months in the years of the dates and the next."""
    years = range(day_date(int(dates[0])).year, day_date(int(dates[-1])).year + 2)
    months = [LETTERS.index(letter) + 1 for letter in letters]
    found = [epoch_day(third_friday(Delivery(year, month))) for year in years for month in months]
    return np.array(sorted(found), np.int64)
