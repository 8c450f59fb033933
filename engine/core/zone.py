"""Wall-clock time of any zone, for whole columns at once, without a datetime per row."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
import numpy.typing as npt

from engine.core.errors import CalendarError, ParameterError, unknown

Ints = npt.NDArray[np.int64]

SECOND: Final = 1_000_000_000
MINUTE: Final = 60 * SECOND
DAY: Final = 86_400 * SECOND
DAY_MINUTES: Final = 1_440

EPOCH: Final = date(1970, 1, 1)
FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2041


class Offsets(NamedTuple):
    """The eras of one zone: since when which offset holds."""

    since: Ints  # UTC ns at which an era begins; the first begins with 1970
    offset: Ints  # local minus UTC in ns during the era
    wall: Ints  # local ns at which the era before it ended


def epoch_day(day: date | str) -> int:
    """Days since 1970-01-01 of a date or of its ISO text."""
    if isinstance(day, str):
        try:
            day = date.fromisoformat(day)
        except ValueError:
            raise ParameterError(f"'{day}' is no date; write it as 2024-03-28") from None
    if not isinstance(day, date):
        raise ParameterError(f"'{day}' is no date; write it as 2024-03-28")
    return day.toordinal() - EPOCH.toordinal()


def day_date(day: int) -> date:
    return date.fromordinal(int(day) + EPOCH.toordinal())


def clock_minute(text: str) -> int:
    """Minute of the day of a clock time such as 08:30; 24:00 is the end of the day."""
    hours, colon, minutes = text.partition(":")
    shaped = colon and len(hours) == len(minutes) == 2 and (hours + minutes).isdecimal()
    minute = int(hours) * 60 + int(minutes) if shaped else -1
    if not 0 <= minute <= DAY_MINUTES or int(minutes) > 59:
        raise ParameterError(f"'{text}' is no time of day; write it as 08:30, from 00:00 to 24:00")
    return minute


def clock_text(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


@lru_cache(maxsize=64)
def offsets(zone: str) -> Offsets:
    """Every change of a zone's offset from 1970 to 2041, found once by bisection."""
    rules = rules_of(zone)
    first = int(datetime(FIRST_YEAR, 1, 1, tzinfo=UTC).timestamp())
    last = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
    since, offset = [first], [_offset(rules, first)]
    for day in range(first, last, 86_400):
        after = _offset(rules, day + 86_400)
        if after != offset[-1]:
            since.append(_change(rules, day, day + 86_400))
            offset.append(after)
    starts = np.array(since, dtype=np.int64) * SECOND
    shifts = np.array(offset, dtype=np.int64) * SECOND
    wall = starts + np.concatenate([shifts[:1], shifts[:-1]])
    for column in (starts, shifts, wall):
        column.flags.writeable = False
    return Offsets(starts, shifts, wall)


def rules_of(zone: str) -> ZoneInfo:
    """The rules of a zone by its name, or a refusal."""
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise unknown("time zone", zone, available_timezones()) from None


def _offset(rules: ZoneInfo, second: int) -> int:
    shift = datetime.fromtimestamp(second, rules).utcoffset()
    return 0 if shift is None else int(shift.total_seconds())


def _change(rules: ZoneInfo, before: int, after: int) -> int:
    """The first second of the new offset between two seconds whose offsets differ."""
    old = _offset(rules, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset(rules, middle) == old:
            before = middle
        else:
            after = middle
    return after


def local_ns(time: npt.ArrayLike, zone: str) -> Ints:
    """Wall-clock ns since 1970 in the zone of UTC ns."""
    eras = offsets(zone)
    moments = np.asarray(time, dtype=np.int64)
    _check_years(moments)
    era = np.searchsorted(eras.since, moments, side="right") - 1
    return np.asarray(moments + eras.offset[np.maximum(era, 0)], dtype=np.int64)


def minute_of_day(time: npt.ArrayLike, zone: str) -> Ints:
    """Minutes since the local midnight: 0 to 1439, whatever the clocks did."""
    return local_ns(time, zone) % DAY // MINUTE


def local_day(time: npt.ArrayLike, zone: str) -> Ints:
    """Epoch day of the local date."""
    return local_ns(time, zone) // DAY


def utc_ns(day: npt.ArrayLike, minute: npt.ArrayLike, zone: str) -> Ints:
    """UTC ns of a minute of a local day: the first instant after a gap, the first of a repeat.

    The minute may be negative or beyond 1440: then it is one of the day before or after.
    """
    eras = offsets(zone)
    wall = np.asarray(day, dtype=np.int64) * DAY + np.asarray(minute, dtype=np.int64) * MINUTE
    _check_years(wall)
    era = np.maximum(np.searchsorted(eras.wall, wall, side="right") - 1, 0)
    return np.asarray(np.maximum(wall - eras.offset[era], eras.since[era]), dtype=np.int64)


def _check_years(time: Ints) -> None:
    if not time.size:
        return
    low, high = epoch_day(f"{FIRST_YEAR}-01-02"), epoch_day(f"{LAST_YEAR}-12-31")
    lowest, highest = int(time.min()) // DAY, int(time.max()) // DAY
    if lowest < low or highest >= high:
        wrong = lowest if lowest < low else highest
        raise CalendarError(
            f"day {wrong} since 1970 lies outside the time zones known here: "
            f"{FIRST_YEAR}-01-02 to {LAST_YEAR}-12-30",
        )
