"""Sessions: which trade date, minute and segment a moment belongs to, by one binary search."""

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.errors import CalendarError, ParameterError, unknown
from engine.core.zone import (
    MINUTE,
    Ints,
    clock_minute,
    day_date,
    epoch_day,
    minute_of_day,
)

Ints32 = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]

SEGMENTS: Final = ("rth", "eth", "full")


class Labels(NamedTuple):
    """What the calendar says about each bar's open."""

    session: Ints32  # row of the sessions table, -1 while the market is closed
    minute: Ints32  # open minutes since the session began, -1 while it is closed
    rth: Flags

    def mask(self, segment: str) -> Flags:
        """Bars of the regular hours (rth), of the rest (eth), or of both (full)."""
        if segment == "rth":
            return self.rth
        if segment == "eth":
            return (self.session >= 0) & ~self.rth
        if segment == "full":
            return self.session >= 0
        raise unknown("segment", segment, SEGMENTS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sessions:
    """One row a trade date, read-only; times are UTC ns, a stop is the first instant not open."""

    calendar: str
    date: Ints32  # days since 1970-01-01
    start: Ints
    stop: Ints
    rth_start: Ints
    rth_stop: Ints  # equal to rth_start where the trade date has no regular hours
    minutes: Ints32  # open minutes, halts left out
    span_start: Ints  # one row a stretch without a halt
    span_stop: Ints
    span_session: Ints32
    span_before: Ints32  # open minutes of the session before the stretch
    since: int  # between these two instants every session there is stands in the table
    until: int

    def __len__(self) -> int:
        return len(self.date)

    def label(self, time: npt.ArrayLike) -> Labels:
        """Session, minute and regular hours of bars by the time of their open."""
        moments = self._known(time)
        span = np.searchsorted(self.span_start, moments, side="right") - 1
        at = np.maximum(span, 0)
        inside = (span >= 0) & (moments < self.span_stop[at])
        row = self.span_session[at]
        minute = self.span_before[at] + (moments - self.span_start[at]) // MINUTE
        rth = inside & (moments >= self.rth_start[row]) & (moments < self.rth_stop[row])
        return Labels(
            np.where(inside, row, -1).astype(np.int32),
            np.where(inside, minute, -1).astype(np.int32),
            rth,
        )

    def next_close(self, time: npt.ArrayLike) -> Ints:
        """End of the session a moment lies in, or of the next one while the market is closed."""
        return np.asarray(self.stop[self._current(self._known(time))])

    def minutes_left(self, time: npt.ArrayLike) -> Ints32:
        """Open minutes from a moment to its `next_close`, halts left out."""
        moments = self._known(time)
        session = self._current(moments)
        span = np.searchsorted(self.span_stop, moments, side="right")
        into = np.maximum(moments - self.span_start[span], 0) // MINUTE
        left = self.minutes[session] - self.span_before[span] - into
        return np.asarray(left, dtype=np.int32)

    def trade_date(self, session: int) -> dt.date:
        return day_date(self.date[session])

    def index_of(self, day: dt.date | str) -> int:
        """Row of a trade date; a day without a session is an error, never a neighbour."""
        wanted = epoch_day(day)
        row = int(np.searchsorted(self.date, wanted))
        if row == len(self) or self.date[row] != wanted:
            raise CalendarError(
                f"{day_date(wanted)} is no trade date of {self.calendar} "
                f"from {self.trade_date(0)} to {self.trade_date(-1)}",
            )
        return row

    def between(self, first: dt.date | str, last: dt.date | str) -> "Sessions":
        """The sessions whose trade dates lie from first to last, both included."""
        low = int(np.searchsorted(self.date, epoch_day(first)))
        high = int(np.searchsorted(self.date, epoch_day(last), side="right"))
        if low >= high:
            raise CalendarError(f"{self.calendar} has no session from {first} to {last}")
        spans = slice(*np.searchsorted(self.span_session, [low, high]).tolist())
        session = self.span_session[spans] - np.int32(low)
        session.flags.writeable = False
        return Sessions(
            calendar=self.calendar,
            date=self.date[low:high],
            start=self.start[low:high],
            stop=self.stop[low:high],
            rth_start=self.rth_start[low:high],
            rth_stop=self.rth_stop[low:high],
            minutes=self.minutes[low:high],
            span_start=self.span_start[spans],
            span_stop=self.span_stop[spans],
            span_session=session,
            span_before=self.span_before[spans],
            since=int(self.stop[low - 1]) if low else self.since,
            until=int(self.start[high]) if high < len(self) else self.until,
        )

    def _known(self, time: npt.ArrayLike) -> Ints:
        """Refuse moments about which this table cannot say whether the market was open."""
        moments = np.asarray(time, dtype=np.int64)
        if moments.size:
            low, high = int(moments.min()), int(moments.max())
            if low < self.since or high >= self.until:
                wrong = low if low < self.since else high
                raise CalendarError(
                    f"{moment_text(wrong)} lies outside the {self.calendar} sessions taken "
                    f"here: {moment_text(self.since)} to {moment_text(self.until)}",
                )
        return moments

    def _current(self, moments: Ints) -> npt.NDArray[np.intp]:
        session = np.searchsorted(self.stop, moments, side="right")
        if moments.size and int(session.max()) == len(self):
            raise CalendarError(
                f"{moment_text(int(moments.max()))} lies behind the last of the {self.calendar} "
                f"sessions taken here ({self.trade_date(-1)})",
            )
        return session


def moment_text(time: int) -> str:
    return f"{np.datetime64(int(time), 'ns').astype('datetime64[s]')}Z"


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the wall clock in one zone, every day; it may run over midnight."""

    start: str
    stop: str
    zone: str = "America/New_York"

    def __post_init__(self) -> None:
        if clock_minute(self.start) == clock_minute(self.stop):
            raise ParameterError(f"a window from {self.start} to {self.stop} is empty")

    def contains(self, time: npt.ArrayLike) -> Flags:
        """Whether a bar opens at or after start and before stop, on the local clock."""
        minute = minute_of_day(time, self.zone)
        low, high = clock_minute(self.start), clock_minute(self.stop)
        if low < high:
            return (minute >= low) & (minute < high)
        return (minute >= low) | (minute < high)


WINDOWS: Final = {
    "asia": Window("19:00", "03:00"),
    "london": Window("03:00", "08:00"),
    "new_york": Window("08:00", "16:00"),
    "asia_levels": Window("19:00", "24:00"),
    "london_kill": Window("03:00", "05:00"),
    "london_kill_wide": Window("02:00", "08:00"),
    "new_york_kill": Window("08:00", "16:00"),
    "london_open": Window("02:00", "05:00"),
    "new_york_open": Window("08:30", "11:00"),
}


def window(name: str) -> Window:
    """A named window: the three sessions of a New York day, and their kill zones."""
    if name not in WINDOWS:
        raise unknown("window", name, WINDOWS)
    return WINDOWS[name]


def raw_window(start: str, stop: str, zone: str = "UTC") -> Window:
    """A window read on the stamp as it stands, as programs without a calendar read it."""
    return Window(start, stop, zone)
