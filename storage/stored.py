"""What is stored, seen without reading a single bar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from engine.core.zone import day_date
from storage.parts import Held, facts_of, parts_of
from storage.reading import made_up

LISTING: Final = {
    "symbol": pl.String,
    "source": pl.String,
    "timeframe": pl.String,
    "first": pl.Date,
    "last": pl.Date,
    "sessions": pl.Int64,
    "bars": pl.Int64,
    "synthetic": pl.Boolean,
}


@dataclass(frozen=True, slots=True, order=True)
class Stored:
    """One series and the folder its years lie in."""

    symbol: str
    source: str
    minutes: int
    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Stored:
        """What the names of the folders say."""
        source, symbol, span = (part.partition("=")[2] for part in folder.parts[-3:])
        return cls(symbol, source, int(span.removesuffix("m")), folder)

    def __str__(self) -> str:
        return f"{self.symbol} {self.minutes}m ({self.source})"

    def sessions(self) -> list[Held]:
        """Every session held, with the rows of all contracts; foreign files count by UTC day."""
        held: dict[int, int] = {}
        for path in parts_of(self.folder).values():
            facts = facts_of(path)
            for session in counted(path) if facts is None else facts.sessions:
                held[session.day] = held.get(session.day, 0) + session.rows
        return [Held(day, rows, "") for day, rows in sorted(held.items())]


def counted(path: Path) -> list[Held]:
    days = pl.scan_parquet(path, glob=False, hive_partitioning=False)
    rows = days.group_by(pl.col("ts").dt.date().to_physical()).len().sort("ts").collect()
    return [Held(day, count, "") for day, count in rows.rows()]


def span(held: list[Held]) -> tuple[date, date]:
    return day_date(held[0].day), day_date(held[-1].day)


def extent(series: Stored) -> str:
    first, last = span(series.sessions())
    return f"{first} to {last}"


def listed(stored: Iterable[Stored]) -> pl.DataFrame:
    """One row a series."""
    rows = []
    for series in stored:
        held = series.sessions()
        first, last = span(held)
        bars = sum(session.rows for session in held)
        named = (series.symbol, series.source, f"{series.minutes}m")
        rows.append((*named, first, last, len(held), bars, made_up(series.source)))
    return pl.DataFrame(rows, schema=LISTING, orient="row")
