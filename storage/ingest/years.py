"""File by file of the store: settled, judged, held against what is there, and left waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import Bars
from engine.core.errors import DataError
from engine.core.zone import DAY_MINUTES
from storage.conform import conform
from storage.ingest.aside import Aside
from storage.ingest.commit import Draft, Merged, merged_with, path_in, stage
from storage.ingest.lost import Lost
from storage.ingest.settle import (
    PRICES,
    Context,
    Settled,
    one_a_minute,
    opens,
    quarantined,
    timed,
)
from storage.ingest.spool import Spool
from storage.ingest.survey import FILE_SHIFT, Survey
from storage.ingest.ticks import Ticks
from storage.ingest.turns import in_turn
from storage.judge.hours import placed, session_of
from storage.judge.plausible import implausible
from storage.judge.report import Found, Report
from storage.judge.series import Track, judge_series
from storage.parts import Part
from storage.trades import trades_folder

EVERY: Final = 50  # of the closes, one is looked at when the scale is judged
COPIES: Final = 12  # of every minute of a year that memory can hold
MINUTES_A_YEAR: Final = 366 * DAY_MINUTES
YEARS_AHEAD: Final = 3  # of bars in memory at once
CONTRACTS: Final = 1 << 16  # years and contracts as one number


class Year(NamedTuple):
    """The bars of one file of the store, and what lies around them."""

    number: int
    code: int  # of the contract
    frame: pl.DataFrame
    since: int  # the session of the contract's bar ahead, -1: there is none
    more: bool  # whether bars follow the last
    lost: npt.NDArray[np.int64]


class Years:
    """The bars of one import, by the year of their trade date and by contract."""

    def __init__(
        self, context: Context, report: Report, aside: Aside, scratch: Path, policy: str
    ) -> None:
        self.context = context
        self.report = report
        self.aside = aside
        self.scratch = scratch
        self.policy = policy
        self.spool = Spool(scratch, "settled")
        self.ticks = Ticks(context, scratch) if context.ticks else None
        self.lost = Lost()  # when rows that are kept out would have been
        self.closes: list[npt.NDArray[Any]] = []
        self.ends = (2**31, -1)  # first and last session
        self.seen: dict[int, int] = {}  # the last session of each contract
        self.counts = {"new": 0, "already stored": 0, "replaced": 0}
        self.conflicts: list[str] = []

    def settle(self, survey: Survey) -> None:
        """Give every row its moment and trade date."""
        for file, lost in enumerate(survey.lost):
            stamps = pl.DataFrame({"stamp": lost.all()}).with_columns(
                key=pl.lit(file << FILE_SHIFT)
            )
            self.lost.add(opens(stamps, self.context)[0])
        months = (survey.spool.take(month, whole=False) for month in survey.spool.periods())
        for settled in in_turn(lambda month: timed(month, self.context), months):
            frame = self.keep(settled)
            if frame.is_empty():
                continue
            self.closes.append(frame["close"].to_numpy()[::EVERY].copy())  # a view would keep all
            session = frame["session"].to_numpy()
            low, high = int(session.min()), int(session.max())
            self.ends = (min(self.ends[0], low), max(self.ends[1], high))
            if self.ticks is None:
                self.set_aside(frame)
            else:
                self.ticks.add(frame)

    def set_aside(self, frame: pl.DataFrame) -> None:
        """Bars by the file they will lie in."""
        for year, part in by_year(frame):
            for code, own in groups(part, part["contract"]):
                self.spool.add(year * CONTRACTS + code, own)

    def keep(self, settled: Settled) -> pl.DataFrame:
        """The rows that stay; the others are noted."""
        self.report.add(settled.found)
        for part in quarantined(settled, self.context):
            self.aside.add(part)
        if len(settled.out):
            self.lost.add(settled.out["ts"].to_numpy())
        return settled.frame

    def refuse_scale(self) -> None:
        """Prices that cannot be the instrument's are of another scale or symbol."""
        closes = np.concatenate(self.closes) if self.closes else np.zeros(0, np.int64)
        why = implausible(self.context.instrument, closes)
        if why:
            raise DataError(f"{self.context.instrument.symbol}: {why}")

    def build(self, draft: Draft, series: Path, sample: Bars) -> None:
        """Judge each year and write it where it waits; bars of trades are built first."""
        if self.ticks is not None:
            source, symbol = sample.origin.source, sample.instrument.symbol
            for frame in self.ticks.bars(draft, trades_folder(draft.root, source, symbol)):
                self.set_aside(frame)
            self.counts, self.conflicts = self.ticks.counts, self.ticks.conflicts
        derived = self.ticks.derived if self.ticks else []

        def finish(year: Year) -> tuple[list[Found], Merged]:
            found = self.judged(year, sample.minutes)
            name = self.context.contracts[year.code]
            path = path_in(series, Part(year.number, name or ""))
            merged = merged_with(path, stored(year.frame, name), sample, derived)
            stage(draft, path, merged.frame, sample)
            return found, merged

        for found, merged in in_turn(finish, self.years(), YEARS_AHEAD):
            self.report.add(found)
            self.count(merged)

    def years(self) -> Iterator[Year]:
        """The bars of each file, one a minute, and what the judge must know of those around."""
        for key in self.spool.periods():
            number, code = divmod(key, CONTRACTS)
            self.refuse_copies(key, number)
            frame = self.keep(one_a_minute(self.spool.take(key), self.context, self.policy))
            if len(frame):
                more = len(self.context.contracts) == 1 and bool(self.spool.periods())
                lost = self.lost_among(frame["ts"])
                yield Year(number, code, frame, self.seen.get(code, -1), more, lost)
                self.seen[code] = int(frame["session"][-1])

    def count(self, merged: Merged) -> None:
        """What became of bars; where rows are trades those count, and bars only if they differ."""
        if self.ticks is None:
            self.counts["new"] += merged.fresh
            self.counts["already stored"] += merged.already
        self.counts["replaced"] += merged.replaced
        self.conflicts += [merged.conflict] if merged.conflict else []

    def judged(self, year: Year, minutes: int) -> list[Found]:
        """What the bars of a contract say beside each other."""
        track = track_of(year.frame, self.context, minutes)._replace(
            since=year.since, more=year.more, lost=year.lost
        )
        return list(judge_series(track, self.context.sessions, self.where(year.frame)))

    def lost_among(self, time: pl.Series) -> npt.NDArray[np.int64]:
        """When bars of the market's hours were kept out from the first to the last of some."""
        lost = self.lost.between(time[0], time[-1])
        return lost[session_of(self.context.sessions, lost) >= 0]

    def refuse_copies(self, key: int, number: int) -> None:
        """A year of bars that holds its minutes many times over is not read into memory."""
        rows = self.spool.count(key)
        if self.ticks is None and rows > COPIES * MINUTES_A_YEAR:
            raise DataError(
                f"{self.context.instrument.symbol}: {rows} rows lie in {number}, which has "
                f"{MINUTES_A_YEAR} minutes: the files hold the same bars many times over"
            )

    def where(self, frame: pl.DataFrame) -> Callable[[int], str]:
        """File and row of a row of a frame."""
        keys, where = frame["key"].to_numpy(), self.context.where
        return lambda row: where(int(keys[row]))


def groups(frame: pl.DataFrame, by: pl.Series) -> Iterator[tuple[int, pl.DataFrame]]:
    """Rows by the values of a column; at no cost where there is only one."""
    values = [by[0]] if by.min() == by.max() else by.unique().sort().to_list()
    for value in values:
        yield value, frame if len(values) == 1 else frame.filter(by == value)


def by_year(frame: pl.DataFrame) -> Iterator[tuple[int, pl.DataFrame]]:
    """Rows by the year of their trade date, which is looked at once where they share it."""
    days = frame["day"].cast(pl.Date)
    years = pl.Series([days.min(), days.max()]).dt.year()
    if years[0] == years[1]:
        yield years[0], frame
    else:
        yield from groups(frame, days.dt.year())


def stored(frame: pl.DataFrame, contract: str | None) -> pl.DataFrame:
    """The columns of the store."""
    made = frame.select(
        pl.col("ts").cast(pl.Datetime("ns", "UTC")),
        *(pl.col(name).cast(pl.Int32) for name in PRICES),
        "volume",
        contract=pl.lit(contract, pl.String),
        trade_date=pl.col("day").cast(pl.Date),
        flags=pl.lit(0, pl.UInt16),
    )
    return conform("bars", made)


def track_of(frame: pl.DataFrame, context: Context, minutes: int) -> Track:
    """Bars as the judge sees them."""
    time = frame["ts"].to_numpy()
    opened, high, low, close = (frame[name].cast(pl.Int64).to_numpy() for name in PRICES)
    volume = frame["volume"].to_numpy()
    return Track(time, opened, high, low, close, volume, placed(context.sessions, time), minutes)
