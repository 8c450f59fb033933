"""Which zone and which end of the bar stamps mean: guessed from evidence, or held against it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

import numpy as np

from engine.core.calendars import calendar
from engine.core.errors import DataError
from engine.core.hours import Calendar
from engine.core.instrument import Instrument
from engine.core.session import Sessions
from engine.core.zone import MINUTE
from storage.ingest.moments import NAIVE
from storage.ingest.order import Order
from storage.ingest.survey import Survey
from storage.ingest.walls import utc_of
from storage.judge.clock import Edges, Verdict, judge_clock
from storage.judge.hours import all_sessions, placed
from storage.judge.report import Found

# Zones in which vendors stamp, the likelier first; Etc/GMT+5 is New York without summer time.
ZONES: Final = (
    *("UTC", "America/New_York", "America/Chicago", "Europe/London", "Europe/Berlin"),
    *("Etc/GMT+5", "Etc/GMT+6", "Asia/Tokyo", "Asia/Singapore", "Asia/Kolkata"),
    *("Australia/Sydney", "America/Los_Angeles", "Europe/Helsinki", "Europe/Moscow"),
)
SURE: Final = 0.95  # of the pauses: no other zone need be tried
INSIDE: Final = 0.995  # of the rows lie in sessions by a clock that fits; the last stamp may not
OUTSIDE: Final = 0.05  # of the rows: what no right clock leaves outside
FEW: Final = 100  # rows that fit some clock of the world by luck


class Clocks(NamedTuple):
    """How stamps become the UTC moment a bar opens."""

    zone: str
    late: int  # minutes from a bar's open to its stamp
    said: tuple[str, ...]
    found: tuple[Found, ...] = ()


class Case(NamedTuple):
    """What is known of a file's clock, and what its hours should be."""

    survey: Survey
    sessions: Sessions
    minutes: int
    order: Order

    def verdict(self, zone: str) -> Verdict:
        """What the pauses say if stamps without a zone are of this one."""
        return judge_clock(in_utc(self.survey, zone), self.sessions, self.minutes)

    @property
    def lates(self) -> tuple[int, ...]:
        """Minutes by which stamps may be late and still be right."""
        ends = {"open": (0,), "close": (self.minutes,), None: (0, self.minutes)}
        return (0,) if self.survey.ticks else ends[self.order.stamp]


def clocks_of(survey: Survey, order: Order, instrument: Instrument, minutes: int) -> Clocks:
    """Zone and stamp of an import, or a refusal if evidence contradicts what was said."""
    hours = calendar(instrument.calendar)
    case = Case(survey, all_sessions(hours), minutes, order)
    naive = not all(survey.zoned)
    if order.zone is not None or not naive:
        return checked(case, order.zone or "UTC", naive=naive)
    zones = dict.fromkeys((hours.zone, *ZONES))
    verdicts: dict[str, Verdict] = {}
    fitting: list[str] = []
    for zone in zones:
        verdicts[zone] = verdict = case.verdict(zone)
        if late_by(case, verdict) is not None:
            fitting.append(zone)
            if verdict.matched >= SURE * verdict.pauses:
                break
    if fitting:
        best = max(fitting, key=lambda zone: verdicts[zone].matched)
        return named(case, best, verdicts[best], f"stamps are {best} time, a guess")
    telling = [zone for zone, verdict in verdicts.items() if verdict.tells]
    if telling:
        best = max(telling, key=lambda zone: score(verdicts[zone]))
        raise contradiction(case, best, verdicts[best], f"read as {best} time")
    return by_volume(case, tuple(zones)) or by_hours(case, hours, tuple(zones))


def checked(case: Case, zone: str, *, naive: bool) -> Clocks:
    """Hold what was said, or what the stamps say themselves, against the evidence."""
    verdict = case.verdict(zone)
    said = f"stamps are {zone} time, as --tz says" if naive else "stamps name their zone"
    if late_by(case, verdict) is not None:
        return named(case, zone, verdict, said)
    if verdict.tells:
        raise contradiction(case, zone, verdict, f"read as {zone} time")
    shift = case.survey.pulse.shift(case.sessions, zone) if naive else None
    if shift:
        raise DataError(
            f"{case.order.symbol}: read as {zone} time, volume steps up {shift} minutes away from "
            f"the cash open; say another --tz, or leave it out and it is guessed"
        )
    if shift == 0:
        late = case.lates[0]
        evidence = "volume steps up at the cash open"
        return Clocks(zone, late, (said, evidence, stamp_said(case, late)))
    refuse_outside(case, zone, said)
    return unknown(case, calendar_of(case), zone, said)


def calendar_of(case: Case) -> Calendar:
    return calendar(case.sessions.calendar)


def late_by(case: Case, verdict: Verdict) -> int | None:
    """Minutes the stamps are late if one allowed number holds from the first row to the last."""
    shifts = {stretch.minutes for stretch in verdict.stretches}
    if not verdict.tells or len(shifts) != 1:
        return None
    late = shifts.pop()
    return late if late in case.lates else None


def score(verdict: Verdict) -> tuple[int, int]:
    """Better: the first rows fit, more pauses match."""
    return int(verdict.stretches[0].minutes == 0), verdict.matched


def stamp_said(case: Case, late: int) -> str:
    if case.survey.ticks:
        return "a stamp is the moment of its trade"
    return f"a stamp is the {'close' if late else 'open'} of its bar"


def named(case: Case, zone: str, verdict: Verdict, said: str) -> Clocks:
    """A clock that fits, with its evidence."""
    late = late_by(case, verdict) or 0
    found = f"{verdict.matched} of {verdict.pauses} pauses lie"
    if verdict.matched > verdict.pauses:  # several files of one time
        found = f"{verdict.matched} pauses of {len(case.survey.labels)} files lie"
    evidence = f"{found} where the market is shut"
    return Clocks(zone, late, (said, f"{stamp_said(case, late)}: {evidence}"))


def unknown(case: Case, hours: Calendar, zone: str, said: str) -> Clocks:
    """No evidence: the market never shuts, or the file is too short."""
    never = hours.weekdays == 7
    why = "this market never shuts" if never else "too few pauses are in these files"
    late = case.lates[0]
    found = Found("clock_unknown", 1, 0, (), f"cannot tell: {why}")
    return Clocks(zone, late, (said, f"{stamp_said(case, late)}; cannot tell: {why}"), (found,))


def inside(case: Case, zone: str) -> float:
    """Share of the rows looked at whose bars open within sessions if stamps are of this zone."""
    survey = case.survey
    moments = [
        stamps if survey.zoned[file] else utc_of(stamps, np.full(len(stamps), NAIVE), zone)[0]
        for file, stamps in survey.some
    ]
    time = np.sort(np.concatenate(moments))
    opens = (time - late * MINUTE for late in case.lates)
    return max(float((placed(case.sessions, time).session >= 0).mean()) for time in opens)


def by_hours(case: Case, hours: Calendar, zones: Iterable[str]) -> Clocks:
    """UTC, unless it puts rows outside the sessions and another zone does not."""
    share = inside(case, "UTC")
    told = case.survey.looked >= FEW and share <= 1 - OUTSIDE
    other = fitting(case, zones) if told else None
    if other is None:
        return unknown(case, hours, "UTC", "UTC is assumed")
    said = f"stamps are {other} time, a guess: by UTC {1 - share:.0%} of the rows lie outside"
    return unknown(case, hours, other, f"{said} the sessions")


def fitting(case: Case, zones: Iterable[str]) -> str | None:
    """The first zone by which the rows lie within sessions."""
    return next((zone for zone in zones if inside(case, zone) >= INSIDE), None)


def refuse_outside(case: Case, zone: str, said: str) -> None:
    """A zone that puts many rows where the market is shut, and another that does not."""
    share = inside(case, zone)
    other = None if share > 1 - OUTSIDE else fitting(case, (calendar_of(case).zone, *ZONES))
    if other is not None:
        raise DataError(
            f"{case.order.symbol}: {said}, but so {1 - share:.0%} of the rows lie outside the "
            f"sessions of {case.sessions.calendar}; --tz {other} would fit"
        )


def by_volume(case: Case, zones: Iterable[str]) -> Clocks | None:
    """The zone in which volume steps up at the cash open, where pauses say nothing."""
    for zone in zones:
        if case.survey.pulse.shift(case.sessions, zone) == 0:
            late = case.lates[0]
            said = f"stamps are {zone} time, a guess: volume steps up at the cash open"
            return Clocks(zone, late, (said, f"{stamp_said(case, late)}, which volume cannot tell"))
    return None


def contradiction(case: Case, zone: str, verdict: Verdict, said: str) -> DataError:
    """By how much the stamps are off, from which row on, and what would fit."""
    expected = case.lates[0]
    parts = []
    for stretch, row in zip(verdict.stretches, ends(verdict), strict=True):
        off = stretch.minutes - expected
        if off:
            since = case.survey.where(stretch.row or 1)
            until = f"to {case.survey.where(row)}" if row else "on"
            way = "late" if off > 0 else "early"
            parts.append(f"from {since} {until} they are {abs(off)} minutes {way}")
    more = f" (and {len(parts) - 3} more stretches)" if len(parts) > 3 else ""
    return DataError(
        f"{case.order.symbol}: {said}, the stamps do not fit the hours of "
        f"{case.sessions.calendar}: {', '.join(parts[:3])}{more}; {advice(case, zone)}"
    )


def ends(verdict: Verdict) -> list[int]:
    """The row ahead of which each stretch ends; 0: it runs to the last."""
    return [*(stretch.row for stretch in verdict.stretches[1:]), 0]


def advice(case: Case, zone: str) -> str:
    """What would fit, if anything does as a whole."""
    lenient = case._replace(order=Order(symbol=case.order.symbol))
    for other in dict.fromkeys((zone, *ZONES, calendar_of(case).zone)):
        late = late_by(lenient, case.verdict(other))
        if late is not None:
            return f"--tz {other} --stamp {'close' if late else 'open'} would fit"
    return "no zone fits the whole: split the file at that row and import the parts on their own"


def in_utc(survey: Survey, zone: str) -> Edges:
    """The steps of all files in UTC, those without a zone read as of this one."""
    parts = []
    for file, edges in survey.edges:
        if survey.zoned[file]:
            parts.append(edges)
        else:
            east = np.full(len(edges.row), NAIVE, np.int32)
            before, after = (utc_of(stamps, east, zone)[0] for stamps in edges[:2])
            parts.append(Edges(before, after, edges.row))
    return Edges(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
