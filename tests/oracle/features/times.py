"""Clock and calendar, read with Python's own datetimes."""

from datetime import UTC, date, datetime, timedelta
from math import cos, pi, sin
from zoneinfo import ZoneInfo

from engine.core.bars import MINUTE
from engine.core.session import window
from tests.oracle.features.rows import Row


def local(time: int, zone: str) -> datetime:
    return datetime.fromtimestamp(time // 10**9, UTC).astimezone(ZoneInfo(zone))


def clock(rows: list[Row], zone: str) -> list:
    said = []
    for r in rows:
        t = local(r.time, zone)
        angle = 2 * pi * (60 * t.hour + t.minute) / 1440
        said.append((sin(angle), cos(angle), t.hour, t.minute, t.weekday(), t.month))
    return said


def session_minute(rows: list[Row]) -> list:
    return [
        (
            r.minute,
            (r.time - r.rth_start) // MINUTE if r.rth else None,
            (r.stop - r.time) // MINUTE,
        )
        for r in rows
    ]


def in_window(rows: list[Row], name: str) -> list:
    asked, said = window(name), []
    edges = [int(e[:2]) * 60 + int(e[3:]) for e in (asked.start, asked.stop)]
    for r in rows:
        t = local(r.time, asked.zone)
        minute, day = 60 * t.hour + t.minute, t.date()
        begin, end = edges
        if end <= begin and minute < end:  # after midnight: it began the day before
            minute, day = minute + 1440, day - timedelta(days=1)
        end += 1440 if end <= begin else 0
        inside = begin <= minute < end
        said.append((day - date(1970, 1, 1)).days if inside else None)
    return said


def days_to_expiry(rows: list[Row]) -> list:
    """The tapes are of ES and name no contract: the next third Friday that ends a quarter."""
    said = []
    for r in rows:
        stop = datetime.fromtimestamp(r.stop // 10**9, UTC)
        day = end = stop.astimezone(ZoneInfo("America/Chicago")).date()
        while end.month % 3 or end.weekday() != 4 or not 15 <= end.day <= 21:
            end += timedelta(1)
        said.append((end - day).days)
    return said
