"""The store for any DuckDB client: a script of plain SQL that makes the views over its files.

Files are only ever replaced as a whole, so a client may read while an import or a sweep writes.
The script names the files there are when it is made: runs and years that come later need it anew.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from storage.auxiliary import FOLDER as AUXILIARY
from storage.derived import derived
from storage.results import Results
from storage.sql import GRIDS, RUNS, UNITS, files_of, grid_rows, run_rows, unit_rows, visible
from storage.views import auxiliary_view, declaration, quoted, view


def script(root: Path) -> str:
    """SQL that any client can read, again and again."""
    here = root.resolve()
    results = Results(here)
    manifests = results.manifests()
    tables = {GRIDS: grid_rows(here), UNITS: unit_rows(manifests), RUNS: run_rows(manifests)}
    parts = ["SET TimeZone = 'UTC'", "CREATE SCHEMA IF NOT EXISTS store"]
    for declared, rows in tables.items():
        parts += [anew(declared), *insertion(declared.split()[2], rows)]
    for name, files in sorted(files_of(here, results).items()):
        parts += [anew(declaration(name)), anew(view(name, files))]
    parts += map(anew, (auxiliary_view(visible(here / AUXILIARY)), *derived()))
    return "".join(f"{part};\n" for part in parts)


def anew(statement: str) -> str:
    """A statement that takes the place of what it made before."""
    return statement.replace("CREATE ", "CREATE OR REPLACE ", 1)


def insertion(table: str, rows: Iterable[tuple[Any, ...]]) -> list[str]:
    """The rows of a table, if it has any."""
    values = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    words = ["INSERT INTO", table, "VALUES", values]
    return [" ".join(words)] if values else []


def literal(value: Any) -> str:
    """A value as SQL writes it."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, (bool, int, float)) else quoted(str(value))
