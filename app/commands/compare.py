"""Stored runs: listed, set beside each other, removed."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from app.commands.results import runs as listed
from app.options import Json, Place, grouped

app = typer.Typer(invoke_without_command=True, help="List the stored runs, compare or remove them.")
SAME = ("data", "costs")  # what two strategies share, for their results to be theirs alone
RunName = Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")]


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
    unlike = [name for name in SAME if len({report.facts[name] for report in reports}) > 1]
    if unlike:
        notice(f"these runs do not share their {' and '.join(unlike)}: more than rules differs")
    if as_json:
        found = {"sessions": sessions, "says": words(rows, sessions), "rows": rows.to_dicts()}
        found["unlike"] = unlike
        print_json(found)
    else:
        print_rows(rows.drop("baseline_run").to_dicts(), f"Against {names[0]}")
        out().print(words(rows, sessions), markup=False)
    notice(f"page: {compared_page(root, reports, file)}")


@app.command(epilog="Example: tickgrid runs summary latest --out handed_over")
@grouped
def summary(
    name: RunName,
    *,
    place: Place,
    as_json: Json = False,
    folder: Annotated[
        Path | None, typer.Option("--out", help="Write it there, as JSON and as text.")
    ] = None,
) -> None:
    """Say a run in a screen: dates, contracts, gaps, trend, setups by kind, the last of them."""
    from app.console import notice, print_json
    from app.pages import kept
    from app.setting_up import settings_of
    from app.summary import handed_over, lines
    from app.summary import summary as told
    from storage.lake import Lake
    from storage.results import Results

    root = settings_of(place).root
    found = kept(Results(root), Lake(root), name)
    if folder is not None:
        for file in handed_over(found, folder):
            notice(f"written: {file}")
    if as_json:
        print_json(told(found))
    else:
        typer.echo("\n".join(lines(told(found))))


@app.command("rm", epilog="Example: tickgrid runs rm vpoc-02f1184103ee --yes")
@grouped
def remove(
    name: RunName,
    *,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    place: Place,
) -> None:
    """Remove a run, after asking; what it tried stays counted, and `restore` brings it back."""
    from app.setting_up import settings_of
    from storage.results import LATEST, Results

    results = Results(settings_of(place).root)
    name = results.run(name).name if name == LATEST else name
    if name in results.stopped() and not results.exists(name):
        results.shelf(name).clear()
        typer.echo(f"what was kept of {name}, which was stopped, is removed")
        return
    manifest = results.run(name).manifest
    if not yes and not agreed(f"remove {name}, {manifest.strategy} on {manifest.symbol}?"):
        typer.echo(f"{name} stays")
        return
    results.remove(name)
    typer.echo(f"{name} is removed; its trials stay in the log. Undo: tickgrid runs restore {name}")


def agreed(question: str) -> bool:
    """The answer of somebody at a terminal; where nobody is, nothing is removed."""
    from engine.core.errors import ParameterError

    if not asked():
        raise ParameterError("nobody is there to be asked; say --yes")
    return typer.confirm(question)


def asked() -> bool:
    """Whether somebody sits at a terminal."""
    return sys.stdin.isatty()


@app.command("restore", epilog="Example: tickgrid runs restore vpoc-02f1184103ee")
@grouped
def restore(name: RunName, *, place: Place) -> None:
    """Bring back a run that was removed."""
    from app.setting_up import settings_of
    from storage.removal import bring_back
    from storage.results import Results

    bring_back(Results(settings_of(place).root).folder, name)
    typer.echo(f"{name} is back")
