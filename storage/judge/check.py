"""Judging what is stored: every series of a symbol, every rule, each defect by its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.calendars import calendar
from engine.core.instrument import Instrument
from engine.core.session import Sessions, moment_text
from engine.core.zone import MINUTE
from storage.judge.clock import Verdict, edges_of, judge_clock
from storage.judge.disorder import misplaced
from storage.judge.hours import Placed, all_sessions, known, placed
from storage.judge.kinds import REASONS
from storage.judge.plausible import implausible
from storage.judge.pulse import Pulse
from storage.judge.report import EXAMPLES, Found, Report
from storage.judge.rows import MAY_BE_NEGATIVE, Codes, Longs, first, judge_prices
from storage.judge.series import Say, Track, Where, judge_series
from storage.judge.shelf import frames, kept_out, named
from storage.judge.summary import price_figures, volume_figures
from storage.lake import Lake
from storage.stored import Stored, span

PRICES: Final = ("open", "high", "low", "close")
NEEDED: Final = ("ts", *PRICES, "volume")
UTC: Final = "UTC"


class Case(NamedTuple):
    """One series under judgement."""

    instrument: Instrument
    sessions: Sessions
    minutes: int
    places: int

    def track(self, frame: pl.DataFrame) -> Track:
        """Bars in the order of the file, not yet placed in the calendar."""
        moment = pl.col("ts").cast(pl.Datetime("ns", UTC))
        frame = frame.with_columns(moment, pl.col(*PRICES, "volume").cast(pl.Int64))
        whole, nowhere = frame.drop_nulls(NEEDED), np.zeros(0, np.int32)
        stamps = [part["ts"].drop_nulls().to_physical().to_numpy() for part in (frame, whole)]
        opened, high, low, close, volume = (whole[name].to_numpy() for name in (*PRICES, "volume"))
        track = Track(
            *(stamps[1], opened, high, low, close, volume),
            *(Placed(nowhere, nowhere), self.minutes),
        )
        return track._replace(lost=np.setdiff1d(stamps[0], stamps[1]), places=self.places)


class Clock(NamedTuple):
    """What the pauses and the volume say of the clock of one contract."""

    verdict: Verdict
    pulse: int | None

    @property
    def tells(self) -> bool:
        return self.verdict.tells or self.pulse is not None


def check(lake: Lake, symbol: str, places: int = EXAMPLES) -> list[Report]:
    """One report for each stored series of a symbol; of each defect so many places are named."""
    instrument = lake.instrument(symbol)
    series = [series for series in lake.stored() if series.symbol == symbol]
    if not series:
        raise lake.missing(symbol, 1, None)
    return [checked(lake.root, instrument, one, places) for one in series]


def checked(root: Path, instrument: Instrument, series: Stored, places: int) -> Report:
    """The report on one series: nothing is read that is not judged."""
    report = Report(str(series), places=places)
    case = Case(instrument, all_sessions(calendar(instrument.calendar)), series.minutes, places)
    tracks, clocks, contracts, rows = [], [], list[str](), 0
    for contract, frame in frames(series):
        rows += len(frame)
        contracts += named(frame)
        report.add(without_value(frame, contract))
        track = case.track(frame)
        say = Say(naming(track, contract), places)
        report.add(judged(track, case, say))
        clocks.append(clock := clock_of(track.time, track.volume, case))
        report.add(off_clock(clock, say))
        tracks.append(track)
    report.add(untold(clocks, case))
    report.aside = kept_out(root, series)
    aside = sum(one.rows for one in report.aside)
    report.counts = {
        "read": rows,
        "stored": rows - report.quarantined,
        "kept out by imports": aside,
    }
    report.figures = figures(tracks, instrument)
    report.facts = facts(series, contracts)
    return report


def facts(series: Stored, contracts: list[str]) -> dict[str, str]:
    """What the series is."""
    held = series.sessions()
    first, last = span(held)
    return {
        "symbol": series.symbol,
        "source": series.source,
        "timeframe": f"{series.minutes}m",
        "first": str(first),
        "last": str(last),
        "sessions": str(len(held)),
        "contracts": ", ".join(contracts) or "none",
    }


def figures(tracks: list[Track], instrument: Instrument) -> dict[str, float | None]:
    """What a person wants to know of a series beside its defects."""
    some = [track for track in tracks if len(track.time)]
    if not some:
        return {}
    prices = price_figures([(track.low, track.high) for track in some], instrument)
    return prices | volume_figures([track.volume for track in some], instrument.lot)


def naming(track: Track, contract: str) -> Where:
    """A row by its contract and its time."""
    prefix = f"{contract} " if contract else ""
    return lambda row: f"{prefix}{moment_text(int(track.time[row]))}"


def without_value(frame: pl.DataFrame, contract: str) -> Iterator[Found]:
    """Rows of files of other programs that lack a time, a price or a volume."""
    lacking = frame.select(pl.any_horizontal(pl.col(NEEDED).is_null())).to_series().arg_true()
    if len(lacking):
        places = tuple(f"{contract} row {row + 1}".strip() for row in lacking)
        yield Found("missing", len(lacking), len(lacking), places)


def judged(track: Track, case: Case, say: Say) -> Iterator[Found]:
    """Every defect of the bars of one contract, whose clock is judged apart."""
    time = track.time
    order = np.argsort(time, kind="stable")
    place = Placed(*(np.empty(len(time), np.int32) for _ in range(2)))
    place.session[order], place.minute[order] = placed(case.sessions, time[order])
    code = coded(track._replace(placed=place), order, case)
    yield from reasons(code, say)
    late = misplaced(time)
    if len(late):
        yield Found("out_of_order", len(late), len(late), say.rows(late))
    why = implausible(case.instrument, track.close)
    if why:
        yield Found("scale", 1, 0, (), why)
    rows = order[code[order] == 0]
    good = only(track._replace(placed=place), rows)
    lost = np.setdiff1d(np.append(track.lost, time[code > 0]), good.time)
    yield from judge_series(
        good._replace(lost=lost), case.sessions, lambda row: say.where(int(rows[row]))
    )


def coded(track: Track, order: npt.NDArray[np.intp], case: Case) -> Codes:
    """The first reason against each row, 0 where there is none."""
    time, code = track.time, np.zeros(len(track.time), np.uint8)
    prices = np.stack([track.open, track.high, track.low, track.close])
    judge_prices(prices, code, positive=case.instrument.calendar not in MAY_BE_NEGATIVE)
    first(code, "negative_volume", track.volume < 0)
    first(code, "off_minute", time % MINUTE != 0)
    first(code, "unknown_hours", ~known(case.sessions, time))
    again = np.zeros(len(time), np.bool_)
    again[order[1:]] = np.diff(time[order]) == 0
    first(code, "duplicate", again)
    first(code, "outside", track.placed.session < 0)
    return code


def only(track: Track, rows: Longs) -> Track:
    """Some bars, in the order of these rows."""
    place = Placed(track.placed.session[rows], track.placed.minute[rows])
    names = ("time", "open", "high", "low", "close", "volume")
    return track._replace(placed=place, **{name: getattr(track, name)[rows] for name in names})


def reasons(code: Codes, say: Say) -> Iterator[Found]:
    """What is wrong with rows by themselves."""
    for value in np.unique(code[code > 0]).tolist():
        rows = np.flatnonzero(code == value)
        yield Found(REASONS[value - 1], len(rows), len(rows), say.rows(rows))


def clock_of(time: Longs, volume: Longs, case: Case) -> Clock:
    """Stored stamps are opens in UTC; pauses, or else volume, say whether they are."""
    edges = edges_of(time, np.arange(len(time)), case.minutes)
    verdict = judge_clock(edges, case.sessions, case.minutes)
    if verdict.tells:
        return Clock(verdict, None)
    pulse = Pulse()
    pulse.add(time, volume)
    return Clock(verdict, pulse.shift(case.sessions, UTC))


def off_clock(clock: Clock, say: Say) -> Iterator[Found]:
    """Stretches of rows whose stamps are off, by how much and from which row on."""
    if clock.pulse:
        said = f"volume steps up {clock.pulse} minutes away from the cash open in the whole series"
        yield Found("clock", 1, 0, (), said)
    late = [stretch for stretch in clock.verdict.stretches if stretch.minutes]
    if clock.verdict.tells and late:
        places = tuple(say.where(stretch.row) for stretch in late)
        parts = [
            f"{stretch.minutes} minutes late from {place} on"
            for stretch, place in zip(late, places, strict=True)
        ]
        yield Found("clock", len(late), 0, places, ", ".join(parts))


def untold(clocks: list[Clock], case: Case) -> Iterator[Found]:
    """That nothing could be said of the clock of any contract, and why."""
    if not any(clock.tells for clock in clocks):
        hours = calendar(case.instrument.calendar)
        matched = sum(clock.verdict.matched for clock in clocks)
        few = f"{matched} pauses lie where the market is shut, which are too few"
        why = "this market never shuts" if hours.weekdays == 7 else few
        yield Found("clock_unknown", 1, 0, (), f"cannot tell: {why}")
