"""Auxiliary series under `aux/`: daily or irregular values, one file a series, kept as delivered.

A row's moment is what its value is about, the close of that day for a daily index. How many minutes
later it was published is kept with the series, and `beside` joins it no earlier.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from engine.core.asof import Auxiliary, asof, auxiliary, moments_of
from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.errors import DataError, ParameterError, StoreError, unknown
from engine.core.session import moment_text
from storage.atomic import write_frame
from storage.names import plain
from storage.schema import TS

FOLDER: Final = "aux"
LAG: Final = "tickgrid.lag"  # minutes, among the facts of a file
LISTING: Final = {
    "name": pl.String,
    "columns": pl.String,
    "rows": pl.Int64,
    "first": pl.String,
    "last": pl.String,
    "lag": pl.Int64,
}
PRICES: Final = ("open", "high", "low", "close")


class Oddity(NamedTuple):
    """Something about a series that a person should know."""

    name: str
    rows: int
    first: str  # the moment of the first such row
    sentence: str


class Clock(NamedTuple):
    """The wall-clock time that values stamped with a date alone are about."""

    time: str
    zone: str


def series_of(name: str, frame: pl.DataFrame, clock: Clock | None = None) -> Auxiliary:
    """A frame with `ts` or `date` and columns of numbers; dates need the clock time they mean."""
    stamp = next((column for column in ("ts", "date") if column in frame.columns), None)
    if stamp is None:
        raise DataError(f"{name}: a series needs a column 'ts' or 'date'")
    moments = times_of(name, frame[stamp], clock)
    numbers = [c for c in frame.columns if c != stamp and frame[c].dtype.is_numeric()]
    values = {c: frame[c].cast(pl.Float64).fill_null(float("nan")).to_numpy() for c in numbers}
    return auxiliary(name, moments, values)


def times_of(name: str, stamps: pl.Series, clock: Clock | None) -> Any:
    """Moments in UTC ns; a date, or midnight on every row, is no moment anything was known at."""
    if stamps.null_count() or not stamps.dtype.is_temporal():
        raise DataError(f"{name}: {stamps.name} must hold a date or a moment in every row")
    dates = stamps.cast(pl.Date)
    if clock is not None:
        return moments_of(dates.to_numpy(), clock.time, clock.zone)
    moments = stamps.cast(TS).to_physical().to_numpy()
    if (moments == dates.cast(TS).to_physical().to_numpy()).all():
        raise DataError(
            f"{name}: {stamps.name} holds dates alone; say which time of the day the values are "
            "about: --at 15:15 --tz America/Chicago"
        )
    return moments


def oddities(series: Auxiliary) -> list[Oddity]:
    """What is strange about a series, and about its prices if it has such; nothing is repaired."""
    found = [
        (f"no {column}", np.isnan(values), f"{column} is missing")
        for column, values in series.values.items()
    ]
    if set(PRICES) <= set(series.values):
        opens, high, low, close = (series.values[name] for name in PRICES)
        flat = (opens == high) & (high == low) & (low == close)
        found += [
            ("range", high < low, "high lies below low"),
            ("open", (opens > high) | (opens < low), "open lies outside high and low"),
            ("close", (close > high) | (close < low), "close lies outside high and low"),
            ("flat", flat, "open, high, low and close are one value"),
        ]
    return [
        Oddity(name, int(rows.sum()), moment_text(series.time[rows.argmax()]), sentence)
        for name, rows, sentence in found
        if rows.any()
    ]


def path_of(root: Path, name: str) -> Path:
    return root / FOLDER / f"{plain(name)}.parquet"


def store_series(root: Path, series: Auxiliary, lag: int = 0) -> Path:
    """Keep a series, published so many minutes after its moments, in the place of its namesake."""
    if lag < 0:
        raise ParameterError(f"{series.name}: nothing is published {-lag} minutes before it is so")
    stamps = pl.Series("ts", series.time).cast(TS)
    frame = pl.DataFrame([stamps, *(pl.Series(k, v) for k, v in series.values.items())])
    path = path_of(root, series.name)
    write_frame(path, frame, {LAG: str(lag)})
    return path


def lag_of(root: Path, name: str) -> int:
    """Minutes from the moments of a stored series to their publication."""
    return int(pl.read_parquet_metadata(stored_at(root, name)).get(LAG, "0"))


def beside(root: Path, bars: Bars, name: str, column: str, oldest: int | None = None) -> Column:
    """The last value of a stored series that was published by the close of each bar."""
    series = load_series(root, name)
    return asof(bars, series, column, lag=lag_of(root, name), oldest=oldest)


def listing(root: Path) -> pl.DataFrame:
    """One row a stored series."""
    rows = []
    for name in stored_names(root):
        series = load_series(root, name)
        ends = [moment_text(int(series.time[k])) if len(series) else None for k in (0, -1)]
        columns = ", ".join(series.values)
        rows.append((name, columns, len(series), *ends, lag_of(root, name)))
    return pl.DataFrame(rows, schema=LISTING, orient="row")


def stored_names(root: Path) -> tuple[str, ...]:
    return tuple(sorted(p.stem for p in (root / FOLDER).glob("*.parquet") if p.stem[0] != "."))


def stored_at(root: Path, name: str) -> Path:
    """Where a series lies, if it does."""
    if name not in stored_names(root):
        raise unknown("auxiliary series", name, stored_names(root))
    return path_of(root, name)


def load_series(root: Path, name: str) -> Auxiliary:
    """A stored series by its name."""
    path = stored_at(root, name)
    try:
        frame = pl.read_parquet(path, glob=False)
    except (OSError, PolarsError) as error:
        raise StoreError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    values = {column: frame[column].to_numpy() for column in frame.columns[1:]}
    return auxiliary(name, frame["ts"].to_physical().to_numpy(), values)
