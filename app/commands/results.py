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
def report(
    run: Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")],
    *,
    place: Place,
    file: Annotated[Path | None, typer.Option("--out", help="Write it there instead.")] = None,
) -> None:
    """Draw the page of a stored run anew, and say where it is."""
    from app.pages import kept
    from app.setting_up import settings_of
    from storage.lake import Lake
    from storage.results import Results

    root = settings_of(place).root
    typer.echo(kept(Results(root), Lake(root), run).write(file))


@grouped
def sql(
    query: Annotated[str, typer.Argument(metavar="QUERY", help="One select statement.")],
    *,
    place: Place,
    as_json: Json = False,
) -> None:
    """Ask the store: bars, sessions, levels, runs, combinations, folds, trades, setups, equity."""
    from app.console import show
    from app.setting_up import settings_of
    from storage.sql import query as asked

    show(asked(settings_of(place).root, query).to_dicts(), as_json=as_json)
