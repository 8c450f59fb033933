"""What is printed: tables for people, JSON for programs, notices beside them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

Row = Mapping[str, Any]
WIDE: Final = 160  # columns where nobody watches: cutting figures short would lose them


def out() -> Console:
    """Standard output as it is now, tests included."""
    return console(sys.stdout)


def err() -> Console:
    return console(sys.stderr)


def console(file: Any) -> Console:
    width = None if file.isatty() else WIDE
    return Console(file=file, width=width, highlight=False, soft_wrap=False)


def print_json(value: Any) -> None:
    """JSON with dates as text and decimals as numbers; what is undefined is null."""
    sys.stdout.write(json.dumps(plain(value), indent=2, allow_nan=False) + "\n")


def plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if isinstance(value, (float, Decimal)):
        return float(value) if value == value else None  # noqa: PLR0124 - NaN is not itself
    return value if isinstance(value, (int, str, bool)) or value is None else str(value)


def show(rows: Sequence[Row], *, as_json: bool) -> None:
    """Rows for whoever asked: a person or a program."""
    if as_json:
        print_json(rows)
    else:
        print_rows(rows)


def print_rows(rows: Sequence[Row], title: str = "") -> None:
    """Rows as a table; numbers stand to the right."""
    out().print(table_of(rows, title))


def table_of(rows: Sequence[Row], title: str = "") -> Table:
    table = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for name in rows[0] if rows else ():
        number = all(isinstance(row[name], (int, float, Decimal)) for row in rows)
        table.add_column(str(name), justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*(cell(value) for value in row.values()))
    return table


def cell(value: Any) -> str:
    if value is None or value != value:  # noqa: PLR0124 - NaN is not itself
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = f"{value:,.2f}" if isinstance(value, float) else str(value)
    return text.replace("[", "\\[")


def notice(text: str) -> None:
    """One line beside the result, so that JSON stays JSON."""
    err().print(text, markup=False)
