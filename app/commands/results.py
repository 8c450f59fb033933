"""What was stored: runs, and SQL over all of them."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.options import Json, Place, grouped

SHOWN = ("run", "strategy", "symbol", "source", "sessions", "combinations", "finished")


@grouped
def runs(*, place: Place, as_json: Json = False) -> None:
    """List the stored runs, newest first."""
    from app.console import print_json, print_rows
    from app.setting_up import settings_of
    from storage.results import Results

    stored = Results(settings_of(place).root).runs().reverse()
    if as_json:
        print_json(stored.to_dicts())
    elif stored.is_empty():
        typer.echo("no run is stored yet; try: tickgrid sweep opening_drive")
    else:
        print_rows(stored.select(SHOWN).to_dicts())


@grouped
def sql(
    query: Annotated[
        str, typer.Argument(metavar="QUERY|NAME", help="A select statement, or a name of --list.")
    ] = "",
    *,
    listed: Annotated[bool, typer.Option("--list", help="What the named queries answer.")] = False,
    attach: Annotated[
        bool, typer.Option("--attach", help="Print SQL that gives any DuckDB client the views.")
    ] = False,
    run: Annotated[
        str, typer.Option("--run", metavar="RUN", help="Only this run, of a named query.")
    ] = "",
    place: Place,
    as_json: Json = False,
) -> None:
    """Ask the store in SQL: its bars, sessions, levels, rolls, auxiliary series and runs."""
    from app.console import show
    from app.setting_up import settings_of
    from engine.core.errors import ParameterError
    from storage.attach import script
    from storage.queries import QUERIES, sql_of
    from storage.sql import query as asked

    root = settings_of(place).root
    if attach:
        typer.echo(script(root), nl=False)
    elif listed:
        rows = [{"name": name, "answers": query.answers} for name, query in QUERIES.items()]
        full = [row | {"sql": sql_of(str(row["name"]))} for row in rows]
        show(full if as_json else rows, as_json=as_json)
    elif not query:
        raise ParameterError(
            "say what to ask: a select statement, or a name of tickgrid sql --list"
        )
    else:
        rows = asked(root, text_of(query, run, root)).to_dicts()
        if rows or as_json:
            show(rows, as_json=as_json)
        else:
            typer.echo("no row answers that")


def text_of(query: str, run: str, root: Path) -> str:
    """The statement that was meant; a run is one that is stored."""
    from engine.core.errors import ParameterError
    from storage.queries import sql_of
    from storage.results import Results

    named = query.replace("_", "").isalpha()
    if run and not named:
        raise ParameterError("--run narrows a named query; write where run = '...' in your own")
    return sql_of(query, run and Results(root).run(run).name) if named else query
