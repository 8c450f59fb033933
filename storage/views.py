"""The views SQL sees: every table over the files of all runs, in prices, quantities and money.

Stored whole numbers become decimals by two integers, numerator and denominator, so that 57 cents
are exactly the number nearest to 0.57.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

import polars as pl

from engine.core.axis import SCALE
from storage.roll_table import ROLLS
from storage.schema import TABLES, TS, Kind, Table

TYPES: Final[dict[Kind, str]] = {
    TS: "TIMESTAMPTZ",
    pl.Int8: "TINYINT",
    pl.Int32: "INTEGER",
    pl.Int64: "BIGINT",
    pl.UInt8: "UTINYINT",
    pl.UInt16: "USMALLINT",
    pl.UInt32: "UINTEGER",
    pl.Float64: "DOUBLE",
    pl.String: "VARCHAR",
    pl.Boolean: "BOOLEAN",
    pl.Date: "DATE",
}
SHOWN: Final[dict[str, Table]] = {**TABLES, ROLLS.name: ROLLS}
SERIES: Final = ("symbol", "source", "timeframe")  # of bars: folders, not columns
UNITS: Final[dict[str, dict[str, tuple[str, ...]]]] = {  # what stored whole numbers count
    "bars": {"tick": ("open", "high", "low", "close"), "lot": ("volume",)},
    "levels": {
        "tick": ("poc", "vah", "val", "low", "high", "ib_low", "ib_high"),
        "lot": ("volume",),
        "share": ("fraction",),
    },
    "rolls": {"tick": ("old_price", "new_price")},
    "combinations": {
        "money": ("gross_win", "gross_loss", "net", "max_drawdown"),
        "share": ("sum_r",),
    },
    "folds": {"money": ("train_net", "test_net")},
    "trades": {
        "tick": ("entry", "exit", "stop", "target"),
        "lot": ("quantity",),
        "money": ("gross", "slippage", "fees", "funding", "net", "net_worst", "net_best"),
        "share": ("r",),
    },
    "setups": {"tick": ("entry", "stop", "target")},
    "equity": {"money": ("net", "equity", "drawdown")},
}


def declaration(name: str) -> str:
    """An empty table that fixes the columns of a view, files or none."""
    columns = ", ".join(f'"{column}" {kind}' for column, kind in typed(name).items())
    return f"CREATE TABLE store.{name} ({columns})"


def typed(name: str) -> dict[str, str]:
    kinds = {column: TYPES[kind] for column, kind in SHOWN[name].columns.items()}
    return kinds if name != "bars" else dict.fromkeys(SERIES, "VARCHAR") | kinds


def view(name: str, files: Iterable[Path]) -> str:
    """One table over its files, each column in the unit a person reads."""
    table = SHOWN[name]
    head = [f't."{column}"' for column in SERIES] if name == "bars" else []
    head += [shown(name, column) for column in table.head]
    if table.slot:
        head.append(f"t.* EXCLUDE ({', '.join(quoted_name(column) for column in table.columns)})")
    head += [shown(name, column) for column in table.tail]
    scale = (
        "grids f USING (symbol)" if name in {"bars", "levels", "rolls"} else "units f USING (run)"
    )
    joined = f"LEFT JOIN store.{scale}" if name in UNITS else ""
    what = (", ".join(head), f"FROM ({rows(name, files)}) t", joined)
    return " ".join((f"CREATE VIEW {name} AS SELECT", *what))


def rows(name: str, files: Iterable[Path]) -> str:
    """The stored rows; microseconds are what DuckDB's functions of time take."""
    empty = f"FROM store.{name}"
    paths = ", ".join(quoted(str(path)) for path in files)
    if not paths:
        return empty
    moments = [column for column, kind in typed(name).items() if kind == "TIMESTAMPTZ"]
    replaced = ", ".join(f'"{column}"::TIMESTAMPTZ AS "{column}"' for column in moments)
    kept = f"REPLACE ({replaced})" if moments else ""
    folders = f"hive_partitioning = {str(name == 'bars').lower()}, hive_types_autocast = false"
    read = f"read_parquet([{paths}], union_by_name = true, {folders})"
    words = [empty, "UNION ALL BY NAME SELECT *", kept, "FROM", read]
    return " ".join(words)


def shown(name: str, column: str) -> str:
    """A column as it is stored, or turned from the whole numbers of its unit into decimals."""
    stored = f't."{column}"'
    unit = next((unit for unit, names in UNITS.get(name, {}).items() if column in names), None)
    if unit is None:
        return stored
    if unit == "share":
        return f'{stored} / {SCALE}.0 AS "{column}"'
    return f'({stored} * f.{unit}_up)::DOUBLE / f.{unit}_down AS "{column}"'


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted_name(text: str) -> str:
    return f'"{text}"'
