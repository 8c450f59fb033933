"""The import as a whole: read, tell the clock, settle, judge, write.

Nothing is stored before everything is known to be fit; then all files appear together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from engine.core.calendars import calendar
from engine.core.errors import DataError, StoreError
from engine.core.instrument import Instrument
from engine.core.zone import day_date
from storage.ingest.batch import QUARANTINE
from storage.ingest.clocks import Clocks, clocks_of
from storage.ingest.commit import Draft, sample_of, stage_quarantine, stage_sessions
from storage.ingest.gather import Gathered, contracts_of, gather
from storage.ingest.opened import files_of
from storage.ingest.order import Order
from storage.ingest.settle import Context
from storage.ingest.survey import Survey
from storage.ingest.years import Years
from storage.judge.hours import all_sessions
from storage.judge.kinds import KINDS
from storage.judge.report import Found, Report
from storage.lake import Lake
from storage.locks import writing
from storage.together import draft, publish, recover

MOST: Final = 0.5  # of the rows may be kept out for one reason; beyond, the file is refused
MANY: Final = (
    "duplicate",
    "floor",
    "quote",
    "unknown_hours",
)  # of which a right file may have many


class Imported(NamedTuple):
    """What an import did: its report, the file of the rows kept out, the files that changed."""

    report: Report
    kept_out: Path | None
    written: tuple[Path, ...]

    @property
    def quarantine(self) -> pl.DataFrame:
        """The rows kept out, each with its reason."""
        if self.kept_out is None:
            return pl.DataFrame(schema=QUARANTINE)
        return pl.read_parquet(self.kept_out, glob=False, hive_partitioning=False)


def import_files(lake: Lake, paths: Iterable[Path], order: Order) -> Imported:
    """Bring files into the store, with a report on every row; the same again changes nothing."""
    instrument = lake.instrument(order.symbol)
    files = files_of(paths)
    for path in files:
        if not path.exists():
            raise DataError(f"there is no file {path}")
    try:
        with draft(lake.root) as scratch:
            return imported(lake, files, order, instrument, scratch)
    except OSError as error:
        raise StoreError(f"{error.filename or lake.root}: {error.strerror or error}") from None


def imported(
    lake: Lake, files: list[Path], order: Order, instrument: Instrument, scratch: Path
) -> Imported:
    """The import, with a scratch folder to itself and, once all is read, the symbol too."""
    gathered = gather(files, order, instrument, scratch)
    survey = gathered.survey
    report = Report(f"import of {', '.join(survey.labels)}")
    report.counts["read"] = survey.rows
    report.add(survey.found)
    refuse_too_many(report, instrument)
    if survey.ticks and order.stamp == "close":
        raise DataError(f"{order.symbol}: these files hold trades; --stamp close is said of bars")
    minutes = minutes_of(survey, order)
    clocks = clocks_of(survey, zoned(order, gathered), instrument, minutes)
    report.guesses = [*gathered.said, *clocks.said, length_said(survey, order)]
    report.add(clocks.found)
    context = context_of(survey, order, instrument, clocks)
    years = settled(survey, order, context, report, scratch)
    with writing(lake.root, instrument.symbol):
        recover(lake.root)
        return stored(lake, gathered, order, years)


def stored(lake: Lake, gathered: Gathered, order: Order, years: Years) -> Imported:
    """Judged, held against what is there, and published; with the symbol to itself."""
    survey, report, instrument = gathered.survey, years.report, years.context.instrument
    minutes = minutes_of(survey, order)
    sample = sample_of(instrument, years.context.sessions, years.ends, minutes, gathered.source)
    place = Draft(lake.root, years.scratch)
    years.build(place, lake.folder(gathered.source, instrument.symbol, minutes), sample)
    refuse_too_many(report, instrument)
    refuse_conflicts(years, report, order)
    stage_sessions(place, sample)
    kept = stage_quarantine(place, survey.aside, sample)
    bars = lake.root / "bars"
    written = [path for path in publish(years.scratch, lake.root) if path.is_relative_to(bars)]
    if written:
        lake.contracts(instrument.symbol, f"{minutes}m", gathered.source).refresh()
    report.counts |= {"stored": sum(years.counts.values()), **years.counts}
    report.facts = facts(order, gathered, years, minutes)
    report.facts |= {"quarantine": str(kept)} if kept else {}
    return Imported(report, kept, tuple(written))


def zoned(order: Order, gathered: Gathered) -> Order:
    """A header that says UTC is as good as --tz."""
    from_header = order.zone is None and gathered.utc and not all(gathered.survey.zoned)
    return replace(order, zone="UTC") if from_header else order


def minutes_of(survey: Survey, order: Order) -> int:
    """How long a bar lasts: as said, as most rows are apart, or a minute."""
    return order.minutes or survey.minutes or 1


def length_said(survey: Survey, order: Order) -> str:
    if survey.ticks:
        return "trades are kept as they are; bars of one minute are built from them"
    if order.minutes:
        return f"bars last {order.minutes} minutes, as was said"
    if not survey.minutes:
        return "bars are taken for minutes: the files do not tell"
    length = "one minute" if survey.minutes == 1 else f"{survey.minutes} minutes"
    return f"bars last {length}: most rows are that far apart"


def context_of(survey: Survey, order: Order, instrument: Instrument, clocks: Clocks) -> Context:
    """What rows are settled with."""
    names, renamed = contracts_of(survey, instrument, order.contract)
    table = all_sessions(calendar(instrument.calendar))
    zoned_files = tuple(bool(zoned) for zoned in survey.zoned)
    return Context(
        *(instrument, table, clocks, zoned_files, names, renamed, survey.where), survey.ticks
    )


def settled(survey: Survey, order: Order, context: Context, report: Report, scratch: Path) -> Years:
    """Rows with their moments and trade dates, or a refusal."""
    years = Years(context, report, survey.aside, scratch, order.duplicates)
    years.settle(survey)
    refuse_too_many(report, context.instrument)
    years.refuse_scale()
    return years


def refuse_too_many(report: Report, instrument: Instrument) -> None:
    """A file most of which is bad for one reason is another file than it is taken for."""
    for found in report.defects.values():
        kind = KINDS[found.kind]
        most = report.counts["read"] * (1.0 if kind.name in MANY else MOST)
        if kind.kept_out and (found.rows > most or found.rows == report.counts["read"]):
            raise DataError(
                f"{instrument.symbol}: {found.rows} of {report.counts['read']} rows cannot be "
                f"stored, first {', '.join(found.where)}: {kind.sentence}"
                f"{'; ' + found.detail if found.detail else ''}{hint(found, instrument)}"
            )
    if report.quarantined == report.counts["read"]:
        reasons = ", ".join(report.defects)
        raise DataError(f"{instrument.symbol}: not one row can be stored: {reasons}")


def hint(found: Found, instrument: Instrument) -> str:
    """What to do about a reason that many rows share."""
    if found.kind == "off_tick":
        return f" where {instrument.symbol} has {instrument.tick:f}: another --symbol or --scale?"
    if found.kind in ("outside", "unknown_hours"):
        hours = calendar(instrument.calendar)
        return (
            f"; {hours.name} is known from {hours.first} to {hours.last}; check --tz and --symbol"
        )
    return ""


def refuse_conflicts(years: Years, report: Report, order: Order) -> None:
    """Stored bars change only if the user says so."""
    count = years.counts["replaced"]
    if not count:
        return
    what = "trades" if years.ticks else "bars"
    if not order.replace:
        raise DataError(
            f"{order.symbol}: {count} {what} differ from those stored, first at "
            f"{years.conflicts[0]}; nothing was stored. Give --replace if the new ones shall hold"
        )
    report.add([Found("replaced", count, count, tuple(years.conflicts))])


def facts(order: Order, gathered: Gathered, years: Years, minutes: int) -> dict[str, str]:
    """What was imported, in words."""
    table = years.context.sessions
    contracts = [name for name in years.context.contracts if name]
    return {
        "symbol": order.symbol,
        "source": gathered.source,
        "timeframe": f"{minutes}m",
        "first": str(day_date(table.date[years.ends[0]])),
        "last": str(day_date(table.date[years.ends[1]])),
        "contracts": ", ".join(contracts) or "none",
    }
