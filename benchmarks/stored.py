"""Stored minutes into arrays and into bars of fifteen minutes, by us and by three libraries.

The same files are read by all, and every column compared, before anything is timed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from benchmarks.pairs import interleaved, shown
from engine import Bars
from engine.core.resample import resample
from storage.lake import Lake
from storage.parts import VALUES

MINUTES = 15
PRICES = ("open", "high", "low", "close")
KEPT = 32  # bytes of a stored bar: time, four prices, volume
HELD = 36  # and of a bar in memory, which knows its session
Columns = tuple[np.ndarray, ...]
BUCKETS = """
SELECT time_bucket(INTERVAL 15 MINUTES, ts) AS ts, arg_min(open, ts) AS open,
    max(high) AS high, min(low) AS low, arg_max(close, ts) AS close,
    CAST(sum(volume) AS BIGINT) AS volume
FROM bars GROUP BY ALL ORDER BY ts
"""


def loading(root: Path, repetitions: int) -> str:
    """Stored bars into arrays, beside the same columns into the library's own kind of table."""
    files = [str(path) for path in sorted((root / "bars").rglob("*.parquet"))]
    rivals = loaders(root, files)
    first, *others = rivals
    ours = rivals[first]()
    for name in others:
        refuse_difference(name, ours, rivals[name]())
    moved = len(ours[0]) * (KEPT + HELD)
    return shown("stored bars", interleaved(rivals, repetitions), moved)


def loaders(root: Path, files: Sequence[str]) -> dict[str, Callable[[], Columns]]:
    """Each gives the columns of the bars as arrays."""
    names = list(VALUES)

    def polars() -> Columns:
        frame = pl.read_parquet(files, columns=names, hive_partitioning=False)
        return arrays(frame, names)

    def in_sql() -> Columns:
        found = duckdb.read_parquet(files, hive_partitioning=False)
        return arrays(found.select(*names).to_arrow_table(), names)

    def by_pandas() -> Columns:
        tables = [pandas.read_parquet(file, columns=names, partitioning=None) for file in files]
        whole = pandas.concat(tables)
        return arrays(whole.assign(ts=whole["ts"].dt.tz_convert(None)), names)

    def ours() -> Columns:
        return columns_of(Lake(root).bars("ES"))

    found: dict[str, Callable[[], Columns]] = {
        "Lake.bars": ours,
        "polars.read_parquet": polars,
        "DuckDB read_parquet": in_sql,
    }
    if find_spec("pandas"):
        pandas = import_module("pandas")
        found["pandas.read_parquet"] = by_pandas
    return found


def coarser(bars: Bars, repetitions: int) -> str:
    """Minutes folded to fifteen: first, highest, lowest, last, sum."""
    rivals = {name: make(bars) for name, make in folders().items()}
    first, *others = rivals
    ours = rivals[first]()
    for name in others:
        refuse_difference(name, ours, rivals[name]())
    moved = (len(bars) + len(ours[0])) * HELD
    title = f"{len(bars):,} bars of a minute to {MINUTES} minutes"
    return shown(title, interleaved(rivals, repetitions), moved)


def folders() -> dict[str, Callable[[Bars], Callable[[], Columns]]]:
    """What makes each rival ready; pandas only where it is installed."""
    found = {"resample": by_us, "Polars": by_polars, "DuckDB": by_duckdb}
    return found | ({"pandas": by_pandas} if find_spec("pandas") else {})


def by_us(bars: Bars) -> Callable[[], Columns]:
    return lambda: columns_of(resample(bars[:], MINUTES))


def by_polars(bars: Bars) -> Callable[[], Columns]:
    frame = frame_of(bars)
    whole = [
        pl.col("open").first(),
        pl.col("high").max(),
        pl.col("low").min(),
        pl.col("close").last(),
        pl.col("volume").sum(),
    ]

    def run() -> Columns:
        return arrays(frame.group_by_dynamic("ts", every=f"{MINUTES}m").agg(whole), VALUES)

    return run


def by_duckdb(bars: Bars) -> Callable[[], Columns]:
    """Extremes of time find the first and the last price: twice as fast as an order."""
    connection = duckdb.connect(":memory:")
    connection.register("frame", frame_of(bars).to_arrow())
    connection.execute("CREATE TABLE bars AS SELECT * FROM frame")

    def run() -> Columns:
        return arrays(connection.sql(BUCKETS).to_arrow_table(), VALUES)

    return run


def by_pandas(bars: Bars) -> Callable[[], Columns]:
    """Its bins are every quarter of an hour there is; those without a bar are dropped."""
    pandas: Any = import_module("pandas")
    index = pandas.to_datetime(bars.time)
    frame = pandas.DataFrame({n: getattr(bars, n) for n in (*PRICES, "volume")}, index=index)
    how = dict(zip((*PRICES, "volume"), ("first", "max", "min", "last", "sum"), strict=True))

    def run() -> Columns:
        made = frame.resample(f"{MINUTES}min").agg(how).dropna()
        return made.index.to_numpy(), *(made[name].to_numpy() for name in how)

    return run


def frame_of(bars: Bars) -> pl.DataFrame:
    """Time and values as a frame, the time as a moment."""
    values = {name: getattr(bars, name) for name in (*PRICES, "volume")}
    return pl.DataFrame({"ts": pl.Series(bars.time).cast(pl.Datetime("ns")), **values})


def columns_of(bars: Bars) -> Columns:
    return bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume


def arrays(frame: Any, names: Sequence[str]) -> Columns:
    return tuple(frame[name].to_numpy() for name in names)


def refuse_difference(name: str, ours: Columns, theirs: Columns) -> None:
    """Every column, moments as nanoseconds."""
    for own, other in zip(ours, theirs, strict=True):
        plain = np.asarray(other)
        if plain.dtype.kind == "M":
            plain = plain.astype("datetime64[ns]")
        if not np.array_equal(own, plain.astype(np.int64)):
            raise AssertionError(f"{name} has other bars: nothing was timed")
