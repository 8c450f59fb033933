"""Pages of a source into the store, a stretch at a time: killed anywhere, it goes on from there."""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl

from engine.core.calendars import calendar
from engine.core.contracts import INSTRUMENTS
from engine.core.errors import ParameterError, unknown
from engine.core.instrument import Instrument
from engine.core.zone import epoch_day
from storage.fetch.source import Row, Source, Span
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.instruments import instruments_at
from storage.judge.report import Report
from storage.lake import Lake
from storage.parts import parts_of
from storage.stored import Stored
from storage.together import draft

Told = Callable[[int, int], None]  # bars downloaded, and how many there could be

HEADER: Final = ("open_time", "open", "high", "low", "close", "volume")
STRETCH: Final = 50_000  # bars that are stored at once: what a kill can lose
MILLION: Final = 1_000_000  # ns of a ms
MINUTE: Final = 60_000  # ms


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What to download: the trade dates, and whether stored bars are asked for again."""

    symbol: str
    first: date
    last: date | None = None
    minutes: int = 1
    again: bool = False

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ParameterError(f"--to {self.last} is before --from {self.first}")


class Fetched(NamedTuple):
    """What a download did, and from when on it asked."""

    report: Report
    span: Span
    written: tuple[Path, ...]


def fetch(
    lake: Lake,
    source: Source,
    asked: Asked,
    told: Told,
    clock: Callable[[], float] = time.time,
) -> Fetched:
    """Download what is not stored yet; the same again downloads only what came since."""
    offered = source.symbols([*INSTRUMENTS.values(), *instruments_at(lake.root).values()])
    if asked.symbol not in offered:
        raise unknown("instrument", asked.symbol, offered, where=f" at {source.name}")
    instrument = lake.instrument(asked.symbol)
    span = span_of(lake, source, asked, instrument, clock)
    report = Report(f"{asked.symbol} {asked.minutes}m from {source.name}")
    report.counts = dict.fromkeys(("read", "stored", "new", "already stored"), 0)
    report.facts = {"symbol": asked.symbol, "source": source.name, "timeframe": f"{asked.minutes}m"}
    order = Order(
        symbol=asked.symbol, source=source.name, zone="UTC", stamp="open", minutes=asked.minutes
    )
    written: set[Path] = set()
    for rows in stretches(source.pages(instrument, span), span, told):
        with draft(lake.root) as folder:
            path = folder / f"{source.name}-{asked.symbol}-from-{rows[0].opens}.csv"
            write(path, rows)
            done = import_files(lake, [path], order)
        for name in report.counts:
            report.counts[name] += done.report.counts[name]
        report.add(found for kind, found in done.report.defects.items() if kind != "clock_unknown")
        written |= set(done.written)
    return Fetched(report, span, tuple(sorted(written)))


def span_of(
    lake: Lake, source: Source, asked: Asked, instrument: Instrument, clock: Callable[[], float]
) -> Span:
    """From the first trade date, or from where the stored bars of this source end."""
    hours = calendar(instrument.calendar)
    last = asked.last or hours.last
    if last < hours.first or asked.first > hours.last:
        raise ParameterError(f"{hours.name} is known from {hours.first} to {hours.last} only")
    sessions = hours.sessions(max(asked.first, hours.first), min(last, hours.last))
    since, until = (int(at) // MILLION for at in (sessions.start[0], sessions.stop[-1]))
    held = stored_of(lake, source, asked)
    if held is not None and not asked.again and held.sessions()[0].day <= epoch_day(asked.first):
        since = max(since, last_open(held) // MILLION + asked.minutes * MINUTE)
    return Span(since, min(until, int(clock() * 1000)), asked.minutes)


def stored_of(lake: Lake, source: Source, asked: Asked) -> Stored | None:
    """The series of this source, if there is one."""
    wanted = (asked.symbol, source.name, asked.minutes)
    return next((s for s in lake.stored() if (s.symbol, s.source, s.minutes) == wanted), None)


def last_open(held: Stored) -> int:
    """When the last stored bar opens, UTC ns."""
    newest = max(parts_of(held.folder).items())[1]
    frame = pl.scan_parquet(newest, glob=False, hive_partitioning=False)
    return int(frame.select(pl.col("ts").max()).collect()["ts"].to_physical()[0])


def stretches(pages: Iterable[list[Row]], span: Span, told: Told) -> Iterator[list[Row]]:
    """Pages joined until they are worth a write; what came before an error is stored first."""
    length = span.minutes * MINUTE
    total = max(0, span.until - span.since) // length
    held: list[Row] = []
    try:
        for page in pages:
            held += page
            told(min(total, (page[-1].opens - span.since) // length + 1), total)
            if len(held) >= STRETCH:
                yield held
                held = []
    except Exception:
        if held:
            yield held
        raise
    if held:
        yield held


def write(path: Path, rows: Iterable[Row]) -> None:
    """Rows as a file the import reads."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADER)
        writer.writerows(rows)
