"""A calendar: dated hours, special days, a known range, and the sessions that follow from them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Final, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.errors import CalendarError, ParameterError
from engine.core.session import Sessions
from engine.core.zone import MINUTE, Ints, clock_minute, day_date, epoch_day, utc_ns

Stretch = tuple[int, int]
Whole = TypeVar("Whole", np.int32, np.int64)
ALWAYS: Final = (-10_000, 10_000)  # wider than any trade date


class Hours(NamedTuple):
    """Regular hours from one trade date on, in minutes of the trade date's local day."""

    since: int  # epoch day
    spans: tuple[Stretch, ...]  # a negative minute lies on the day before
    rth: Stretch
    evening: tuple[Stretch, ...] = ()  # open too if the day before had a regular session


class Special(NamedTuple):
    """A day on which part of the hours falls away."""

    day: int  # epoch day
    shut: Stretch  # minutes of the trade date that are not open
    folds: bool  # what trades on this day belongs to the next trade date
    reason: str


class Opening(NamedTuple):
    """One trade date before it becomes instants."""

    day: int
    spans: tuple[tuple[int, int, int], ...]  # local day, minute of the start, of the stop
    rth: Stretch


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When one group of products trades, and to which trade date it counts."""

    name: str
    zone: str
    hours: tuple[Hours, ...]
    specials: tuple[Special, ...] = ()
    first: date
    last: date
    why: str  # why it is not known beyond first and last
    weekdays: int = 5  # trading days a week, from Monday on
    rth: Stretch | None = None  # in place of what the hours say

    def __post_init__(self) -> None:
        since, days = [h.since for h in self.hours], [s.day for s in self.specials]
        for what, rows in (("hours", since), ("special days", days)):
            if rows != sorted(set(rows)):
                raise ParameterError(f"the {what} of {self.name} are not in order of date")
        if not since or since[0] > epoch_day(self.first):
            raise ParameterError(f"{self.name} has no hours on {self.first}")

    def with_rth(self, start: str, stop: str) -> "Calendar":
        """The same calendar with other regular hours, on its own clock."""
        low, high = clock_minute(start), clock_minute(stop)
        if low >= high:
            raise ParameterError(f"regular hours from {start} to {stop} are empty")
        return replace(self, rth=(low, high))

    def sessions(self, first: date | str, last: date | str) -> Sessions:
        """The table of all sessions whose trade dates lie from first to last, both included."""
        for asked in (first, last):
            if not epoch_day(self.first) <= epoch_day(asked) <= epoch_day(self.last):
                raise CalendarError(
                    f"{self.name} is known from {self.first} to {self.last}, not on {asked}: "
                    f"{self.why}",
                )
        return _between(self, epoch_day(first), epoch_day(last))

    def covering(self, time: npt.ArrayLike) -> Sessions:
        """The sessions these moments lie in, and the next one, so that each has a next close."""
        moments = np.asarray(time, dtype=np.int64)
        if not moments.size:
            raise CalendarError(f"no times to find the sessions of {self.name} for")
        whole = self.sessions(self.first, self.last)
        ends = np.array([moments.min(), moments.max()])
        whole.label(ends)  # refuses what lies outside the known range
        low, high = np.searchsorted(whole.stop, ends, side="right").tolist()
        top = len(whole) - 1
        return whole.between(whole.trade_date(min(low, top)), whole.trade_date(min(high + 1, top)))

    def reason(self, day: date | str) -> str:
        """Why a day's hours are not the regular ones; empty where they are."""
        wanted = epoch_day(day)
        return next((special.reason for special in self.specials if special.day == wanted), "")


@lru_cache(maxsize=256)
def _between(calendar: Calendar, first: int, last: int) -> Sessions:
    whole = _whole(calendar)
    if (first, last) == (epoch_day(calendar.first), epoch_day(calendar.last)):
        return whole
    return whole.between(day_date(first), day_date(last))


@lru_cache(maxsize=32)
def _whole(calendar: Calendar) -> Sessions:
    """Every session of the known range: rules walk the days, then all clocks convert at once."""
    days = list(openings(calendar))
    spans = [span for opening in days for span in opening.spans]
    day, start, stop = np.array(spans, dtype=np.int64).T
    counts = np.array([len(opening.spans) for opening in days])
    session = np.repeat(np.arange(len(days)), counts)
    head = np.concatenate([[0], np.cumsum(counts)[:-1]])
    span_start, span_stop = (utc_ns(day, minute, calendar.zone) for minute in (start, stop))
    length = (span_stop - span_start) // MINUTE
    before = np.cumsum(length) - length
    dates = np.array([opening.day for opening in days], dtype=np.int64)
    rth = np.array([opening.rth for opening in days], dtype=np.int64)
    return Sessions(
        calendar=calendar.name,
        date=_frozen(dates, np.int32),
        start=_frozen(span_start[head], np.int64),
        stop=_frozen(span_stop[head + counts - 1], np.int64),
        rth_start=_frozen(utc_ns(dates, rth[:, 0], calendar.zone), np.int64),
        rth_stop=_frozen(utc_ns(dates, rth[:, 1], calendar.zone), np.int64),
        minutes=_frozen(np.add.reduceat(length, head), np.int32),
        span_start=_frozen(span_start, np.int64),
        span_stop=_frozen(span_stop, np.int64),
        span_session=_frozen(session, np.int32),
        span_before=_frozen(before - before[head][session], np.int32),
        since=int(utc_ns(epoch_day(calendar.first), 0, calendar.zone)),
        until=int(utc_ns(epoch_day(calendar.last) + 1, 0, calendar.zone)),
    )


def _frozen(column: Ints, dtype: type[Whole]) -> npt.NDArray[Whole]:
    fixed = np.ascontiguousarray(column, dtype=dtype)
    fixed.flags.writeable = False
    return fixed


def openings(calendar: Calendar) -> Iterator[Opening]:
    """Trade dates in order; a folded day hands its spans on to the next one."""
    specials = {special.day: special for special in calendar.specials}
    held: list[tuple[int, int, int]] = []
    for day in range(epoch_day(calendar.first), epoch_day(calendar.last) + 1):
        if not _works(calendar, day):
            continue
        hours = next(row for row in reversed(calendar.hours) if row.since <= day)
        after_regular = _works(calendar, day - 1) and day - 1 not in specials
        spans = (hours.evening if after_regular else ()) + hours.spans
        special = specials.get(day)
        if special:
            spans = tuple(part for span in spans for part in _without(span, special.shut))
        own = [(day, *span) for span in spans]
        if special and special.folds:
            held += own
        elif own:
            yield Opening(day, (*held, *own), _regular(calendar.rth or hours.rth, spans))
            held = []


def _works(calendar: Calendar, day: int) -> bool:
    return (day + 3) % 7 < calendar.weekdays  # 1970-01-01 was a Thursday


def _without(span: Stretch, shut: Stretch) -> list[Stretch]:
    parts = ((span[0], min(span[1], shut[0])), (max(span[0], shut[1]), span[1]))
    return [part for part in parts if part[0] < part[1]]


def _regular(rth: Stretch, spans: tuple[Stretch, ...]) -> Stretch:
    """The regular hours of a day, cut to what the day itself is open; equal ends if nothing is."""
    low, high = max(rth[0], spans[0][0]), min(rth[1], spans[-1][1])
    return (low, high) if low < high else (high, high)
