"""SQL over the whole store: DuckDB in memory, reading the files of all complete runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final, cast

import duckdb
import polars as pl

from engine.core.contracts import INSTRUMENTS
from engine.core.errors import StoreError
from engine.core.instrument import Instrument
from storage.auxiliary import FOLDER as AUXILIARY
from storage.derived import derived
from storage.instruments import instruments_at
from storage.manifest import LISTING, Manifest
from storage.parts import holds_ticks
from storage.results import Results
from storage.schema import RUN_TABLES
from storage.views import TYPES, auxiliary_view, declaration, quoted, view

Row = tuple[Any, ...]

KINDS: Final = "tick_up BIGINT, tick_down BIGINT, lot_up BIGINT, lot_down BIGINT"
GRIDS: Final = f"CREATE TABLE store.grids (symbol VARCHAR, {KINDS})"
MONEY: Final = "money_up BIGINT, money_down BIGINT"
UNITS: Final = f"CREATE TABLE store.units (run VARCHAR, {KINDS}, {MONEY})"
RUNS: Final = "CREATE TABLE runs ({})".format(
    ", ".join(f'"{name}" {TYPES[kind]}' for name, kind in LISTING.items())
)
PLAIN: Final = (  # a folder each
    *("sessions", "levels", "rolls", "quarantine", "ticks", "families", "across"),
    *("indicators", "zones"),
)
READING: Final = {"SELECT", "EXPLAIN"}
WHERE: Final = re.compile(r"\n+LINE \d+:.*", re.DOTALL)  # the caret below it needs a wide screen


def query(root: Path, text: str) -> pl.DataFrame:
    """The answer to one question in SQL; a store is only ever read here."""
    connection = connect(root)
    try:
        refuse_writing(text)
        found = connection.sql(text).to_arrow_table()
    except duckdb.Error as error:
        raise StoreError(one_line(error)) from None
    finally:
        connection.close()
    return whole_numbers(cast(pl.DataFrame, pl.from_arrow(found)))


def refuse_writing(text: str) -> None:
    """One statement, and one that reads."""
    said = duckdb.extract_statements(text)
    if len(said) != 1:
        raise StoreError(f"one SQL statement is needed, not {len(said)}")
    if said[0].type.name not in READING:
        raise StoreError(f"{said[0].type.name} is not for reading; ask with SELECT")


def one_line(error: duckdb.Error) -> str:
    """What DuckDB says, with its hint at what was meant."""
    return " ".join(WHERE.sub("", str(error)).split())


def whole_numbers(frame: pl.DataFrame) -> pl.DataFrame:
    """Sums of integers come as wide decimals; those that fit are integers again."""
    wide = [name for name, kind in frame.schema.items() if kind == pl.Decimal(38, 0)]
    return frame.with_columns(pl.col(wide).cast(pl.Int64, strict=True)) if wide else frame


def connect(root: Path) -> duckdb.DuckDBPyConnection:
    """A connection that sees the views, and no file outside the store."""
    connection = duckdb.connect(":memory:")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET python_enable_replacements = false")  # no Python variable is a table
    connection.execute("CREATE SCHEMA store")
    results = Results(root)
    manifests = results.manifests()
    tables = {GRIDS: grid_rows(root), UNITS: unit_rows(manifests), RUNS: run_rows(manifests)}
    for declared, rows in tables.items():
        connection.execute(declared)
        insert(connection, declared.split()[2], rows)
    for name, files in sorted(files_of(root, results).items()):
        connection.execute(declaration(name))
        connection.execute(view(name, files))
    for statement in (auxiliary_view(visible(root / AUXILIARY)), *derived()):
        connection.execute(statement)
    connection.execute(f"SET allowed_directories = [{quoted(str(root))}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def files_of(root: Path, results: Results) -> dict[str, list[Path]]:
    """The files of every table; what is hidden belongs to a write that is not complete."""
    files = {name: visible(root / name) for name in PLAIN}
    files["bars"] = [path for path in visible(root / "bars") if holds_ticks(path)]
    runs = [results.folder / name for name in results.names()]
    for table in RUN_TABLES:
        paths = (run / f"{table}.parquet" for run in runs)
        files[table] = [path for path in paths if path.exists()]
    return files


def visible(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.parquet") if not p.name.startswith("."))


def grid_rows(root: Path) -> list[Row]:
    """Tick and lot of every instrument."""
    known: dict[str, Instrument] = {**INSTRUMENTS, **instruments_at(root)}
    return [(symbol, *ratios(it.tick, it.lot)) for symbol, it in known.items()]


def unit_rows(manifests: Iterable[Manifest]) -> list[Row]:
    """Tick, lot and money unit of every run, as they were when it was made."""
    return [(m.name, *ratios(m.tick, m.lot, m.money_unit)) for m in manifests]


def run_rows(manifests: Iterable[Manifest]) -> list[Row]:
    """The manifests as the table `runs`."""
    return [tuple(getattr(manifest, name) for name in LISTING) for manifest in manifests]


def ratios(*decimals: Decimal | str) -> list[int]:
    """Numerators and denominators."""
    return [part for value in decimals for part in Fraction(value).as_integer_ratio()]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: list[Row]) -> None:
    if rows:
        words = ["INSERT INTO", table, "VALUES", f"({', '.join('?' * len(rows[0]))})"]
        connection.executemany(" ".join(words), rows)
