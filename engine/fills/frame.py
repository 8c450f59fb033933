"""Facts of the bars that rules of play need: where sessions end, and which bars fill nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.axis import scaled
from engine.core.bars import MINUTE, Bars, Longs
from engine.core.calendars import calendar
from engine.core.columns import Bools, frozen
from engine.core.zone import minute_of_day, utc_ns
from engine.fills.limits import Rules

FRIDAY, WEEK = 4, 7
THURSDAY = 3  # 1970-01-01 was one
PERCENT = 1_000_000  # of a price, in the scale of a share


class Frame(NamedTuple):
    """Facts of the bars that every combination with the same flatten time shares."""

    last_bar: Longs  # by session: its last bar, -1 where it has none
    flatten_bar: Longs  # by session: the first bar that fills at or after the flatten time
    inside: Bools  # by bar: whether the entry window is open, and one that is not after the last
    ahead: Longs  # by bar: where a market order sent at its close fills


def frame(bars: Bars, rules: Rules, flatten: int | None, still: Bools) -> Frame:
    """Look the sessions' ends up once; `still` are the bars that fill nothing."""
    sessions = bars.sessions
    last = np.searchsorted(bars.session, np.arange(len(sessions)), side="right") - 1
    live = following(still)
    held = np.searchsorted(bars.time, ends(bars, rules, flatten))
    return Frame(
        last.astype(np.int64),
        live[held],
        np.append(windows(bars, rules), False),
        live[1:],
    )


def following(still: Bools) -> Longs:
    """By bar, and one past the last: the first bar from it on that fills something."""
    count = len(still)
    if not still.any():
        return np.arange(count + 1)
    live = np.append(np.where(still, count, np.arange(count)), count)
    return np.asarray(np.minimum.accumulate(live[::-1])[::-1], np.int64)


def ends(bars: Bars, rules: Rules, flatten: int | None) -> Longs:
    """F16, F59, F60: by session, the moment from which on positions are closed."""
    zone, sessions = calendar(bars.instrument.calendar).zone, bars.sessions
    days = sessions.date.astype(np.int64)
    found = np.full(len(days), np.iinfo(np.int64).max)
    if flatten is not None:
        found = utc_ns(days, flatten, zone)
    if rules.friday_flatten is not None:
        friday = np.minimum(found, utc_ns(days, rules.friday_flatten, zone))
        found = np.where(weekday(days) == FRIDAY, friday, found)
    if rules.before_close:
        found = np.minimum(found, sessions.stop - rules.before_close * MINUTE)
    return found


def windows(bars: Bars, rules: Rules) -> Bools:
    """F08, F60, F61: by bar, whether an order may fill in it as far as the clock goes."""
    found: Bools = np.ones(len(bars), np.bool_)
    if rules.entry_window is not None:
        found = within(clock(bars), rules.entry_window)
    if rules.friday_window is None and rules.days is None:
        return found
    day = weekday(bars.sessions.date.astype(np.int64))
    if rules.friday_window is not None:
        friday = (day == FRIDAY)[bars.session]
        found[friday] = within(clock(bars)[friday], rules.friday_window)
    if rules.days is not None:
        found[~np.isin(day, rules.days)[bars.session]] = False
    return found


def clock(bars: Bars) -> Longs:
    """By bar: minute of the exchange's day, looked up once for all tables of these bars."""
    zone = calendar(bars.instrument.calendar).zone
    return bars.memo.get(clock, lambda: frozen(minute_of_day(bars.time, zone)))


def within(minute: Longs, span: tuple[int, int]) -> Bools:
    """Whether minutes lie in a half-open stretch of the day, which may run over midnight."""
    start, stop = span
    since, until = np.asarray(minute >= start), np.asarray(minute < stop)
    return since & until if start < stop else since | until


def weekday(days: Longs) -> Longs:
    """0 on a Monday."""
    return np.asarray((days + THURSDAY) % WEEK)


def idle(bars: Bars, rules: Rules) -> Bools:
    """F57, F58: the bars in which nothing can be filled."""
    untraded = np.asarray(bars.volume == 0)
    if untraded.all():  # data that says nothing of volume
        untraded = np.zeros(len(bars), np.bool_)
    if rules.price_limit is not None:
        untraded |= locked(bars, rules.price_limit)
    return untraded


def locked(bars: Bars, limit: Decimal) -> Bools:
    """F58: bars at one price, as far from the last session's close as the exchange allows."""
    close = bars.close.astype(np.int64)
    first = np.flatnonzero(np.diff(bars.session, prepend=bars.session[:1]))
    begun = np.searchsorted(first, np.arange(len(bars)), side="right")
    base = np.append(close[:1], close[first - 1])[begun]
    most = np.maximum(np.abs(base) * scaled(limit) // PERCENT, 1)
    far = np.abs(close - base) >= most
    return np.asarray(far & (bars.high == bars.low) & (begun > 0))


def stilled(bars: Bars, still: Bools) -> Bars:
    """The bars as play sees them: one that fills nothing stands where the last trade was."""
    if not still.any():
        return bars
    a = bars.arrays
    rows = np.maximum.accumulate(np.where(still, 0, np.arange(len(bars))))
    stands = a.close[rows]
    ends = np.append(np.diff(bars.session) != 0, True)  # at whose close positions end all the same
    first, high, low, close = (
        np.where(moved, stands, prices).astype(np.int32)
        for moved, prices in (
            *((still, prices) for prices in (a.open, a.high, a.low)),
            (still & ~ends, a.close),
        )
    )
    arrays = a._replace(open=first, high=high, low=low, close=close)
    return Bars(bars.instrument, bars.sessions, arrays, bars.minutes, bars.origin, bars.contract)
