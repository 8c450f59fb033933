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
from storage.families import ACROSS, FAMILIES
from storage.indicators import INDICATORS, ZONES
from storage.quarantine import QUARANTINE
from storage.roll_table import ROLLS
from storage.schema import TABLES, TS, Kind, Table
from storage.trades import TICKS

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
    pl.List(pl.Int64): "BIGINT[]",
}
SHOWN: Final[dict[str, Table]] = {
    **TABLES,
    **{
        table.name: table
        for table in (*(ROLLS, QUARANTINE, TICKS), *(FAMILIES, ACROSS, INDICATORS, ZONES))
    },
}
SERIES: Final = ("symbol", "source", "timeframe")  # folders, not columns
FOLDED: Final = {  # tables that lie in such folders
    "bars": SERIES,
    "quarantine": SERIES,
    "indicators": SERIES,
    "zones": SERIES,
    "ticks": ("symbol", "source", "date"),
}
GRIDDED: Final = ("bars", "ticks", "levels", "rolls")  # on the grid of their symbol, not of a run
UNITS: Final[dict[str, dict[str, tuple[str, ...]]]] = {  # what stored whole numbers count
    "bars": {"tick": ("open", "high", "low", "close"), "lot": ("volume",)},
    "ticks": {"tick": ("price",), "lot": ("size",)},
    "levels": {
        "tick": (
            *("poc", "vah", "val", "open", "high", "low", "close", "tpo_poc", "tpo_vah", "tpo_val"),
            *("ib_low", "ib_high", "up", "down", "typical", "average"),
        ),
        "lot": ("volume", "delta"),
        "share": ("fraction",),
    },
    "rolls": {"tick": ("old_price", "new_price")},
    "combinations": {
        "money": ("gross_win", "gross_loss", "net", "max_drawdown"),
        "share": ("sum_r",),
    },
    "folds": {"money": ("train_net", "test_net")},
    "trades": {
        "tick": ("entry", "exit", "stop", "target", "leg_prices"),
        "lot": ("quantity", "leg_lots"),
        "money": ("gross", "slippage", "fees", "funding", "net", "net_worst", "net_best"),
        "share": ("r",),
    },
    "setups": {"tick": ("entry", "stop", "target")},
    "equity": {"money": ("net", "equity", "drawdown")},
    "surrogates": {"money": ("best_net", "walk_net")},
    "surrogate_folds": {"money": ("net",)},
}


def declaration(name: str) -> str:
    """An empty table that fixes the columns of a view, files or none."""
    columns = ", ".join(f'"{column}" {kind}' for column, kind in typed(name).items())
    return f"CREATE TABLE store.{name} ({columns})"


def typed(name: str) -> dict[str, str]:
    kinds = {column: TYPES[kind] for column, kind in SHOWN[name].columns.items()}
    return dict.fromkeys(FOLDED.get(name, ()), "VARCHAR") | kinds


def view(name: str, files: Iterable[Path]) -> str:
    """One table over its files, each column in the unit a person reads."""
    table = SHOWN[name]
    head = [folded(column) for column in FOLDED.get(name, ())]
    head += [shown(name, column) for column in table.head]
    if table.slot:
        head.append(f"t.* EXCLUDE ({', '.join(quoted_name(column) for column in table.columns)})")
    head += [shown(name, column) for column in table.tail]
    scale = "grids f USING (symbol)" if name in GRIDDED else "units f USING (run)"
    joined = f"LEFT JOIN store.{scale}" if name in UNITS else ""
    what = (", ".join(head), f"FROM ({rows(name, files)}) t", joined)
    return " ".join((f"CREATE VIEW {name} AS SELECT", *what))


def folded(column: str) -> str:
    """What the name of a folder says; dates are dates."""
    return 't."date"::DATE AS trade_date' if column == "date" else f't."{column}"'


def rows(name: str, files: Iterable[Path]) -> str:
    """The stored rows; microseconds are what DuckDB's functions of time take."""
    empty = f"FROM store.{name}"
    paths = ", ".join(quoted(str(path)) for path in files)
    if not paths:
        return empty
    moments = [column for column, kind in typed(name).items() if kind == "TIMESTAMPTZ"]
    replaced = ", ".join(f'"{column}"::TIMESTAMPTZ AS "{column}"' for column in moments)
    kept = f"REPLACE ({replaced})" if moments else ""
    folders = f"hive_partitioning = {str(name in FOLDED).lower()}, hive_types_autocast = false"
    read = f"read_parquet([{paths}], union_by_name = true, {folders})"
    words = [empty, "UNION ALL BY NAME SELECT *", kept, "FROM", read]
    return " ".join(words)


def auxiliary_view(files: Iterable[Path]) -> str:
    """All auxiliary series in one long table, whatever their columns are called."""
    columns = "NULL::VARCHAR AS series, NULL::TIMESTAMPTZ AS ts, NULL::VARCHAR AS field"
    words = ["CREATE VIEW auxiliary AS SELECT", columns, ", NULL::DOUBLE AS value WHERE false"]
    for path in files:
        words += ["UNION ALL SELECT", quoted(path.stem), "AS series, ts, field, value FROM"]
        words += ["(UNPIVOT (SELECT ts::TIMESTAMPTZ AS ts, * EXCLUDE ts FROM"]
        words += [f"read_parquet({quoted(str(path))}))", "ON COLUMNS(* EXCLUDE ts)"]
        words += ["INTO NAME field VALUE value)"]
    return " ".join(words)


def shown(name: str, column: str) -> str:
    """A column as it is stored, or turned from the whole numbers of its unit into decimals."""
    stored = f't."{column}"'
    unit = next((unit for unit, names in UNITS.get(name, {}).items() if column in names), None)
    if unit is None:
        return stored
    if unit == "share":
        return f'{stored} / {SCALE}.0 AS "{column}"'
    if SHOWN[name].columns[column] == pl.List(pl.Int64):
        return f'[(x * f.{unit}_up)::DOUBLE / f.{unit}_down FOR x IN {stored}] AS "{column}"'
    return f'({stored} * f.{unit}_up)::DOUBLE / f.{unit}_down AS "{column}"'


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def quoted_name(text: str) -> str:
    return f'"{text}"'
