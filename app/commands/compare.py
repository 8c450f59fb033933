"""Stored runs: listed, set beside each other, removed."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from app.commands.results import runs as listed
from app.options import Json, Place, grouped

app = typer.Typer(invoke_without_command=True, help="List the stored runs, compare or remove them.")


@app.callback(epilog="Example: tickgrid runs compare vpoc-02f1184103ee vpoc-9a61c2b7d0e4")
@grouped
def runs(context: typer.Context, *, place: Place, as_json: Json = False) -> None:
    """List the stored runs, newest first."""
    if context.invoked_subcommand is None:
        listed(**place.flags(), as_json=as_json)


@app.command(epilog="Example: tickgrid runs compare vpoc-02f1184103ee vpoc-9a61c2b7d0e4")
@grouped
def compare(
    names: Annotated[
        list[str], typer.Argument(metavar="BASELINE VARIANT...", help="Names of stored runs.")
    ],
    *,
    place: Place,
    as_json: Json = False,
    file: Annotated[Path | None, typer.Option("--out", help="Write the page there.")] = None,
) -> None:
    """Set runs against a baseline: what differs, and whether by more than luck."""
    from app.console import notice, out, print_json, print_rows
    from app.pages import compared_page, kept
    from app.setting_up import settings_of
    from reports.comparison import common, compared, words
    from storage.lake import Lake
    from storage.results import Results

    root = settings_of(place).root
    results, lake = Results(root), Lake(root)
    reports = [kept(results, lake, name, bars=False).told for name in names]
    rows, sessions = compared(reports), len(common(reports))
    if as_json:
        found = {"sessions": sessions, "says": words(rows, sessions), "rows": rows.to_dicts()}
        print_json(found)
    else:
        print_rows(rows.drop("baseline_run").to_dicts(), f"Against {names[0]}")
        out().print(words(rows, sessions), markup=False)
    notice(f"page: {compared_page(root, reports, file)}")


@app.command("rm", epilog="Example: tickgrid runs rm vpoc-02f1184103ee")
@grouped
def remove(
    name: Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")],
    *,
    place: Place,
) -> None:
    """Delete a run; what it tried stays counted."""
    from app.setting_up import settings_of
    from storage.results import Results

    Results(settings_of(place).root).remove(name)
    typer.echo(f"{name} is removed; its trials stay in the log")
