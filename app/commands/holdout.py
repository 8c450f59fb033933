"""The locked hold-outs of a store: their state, and opening one."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from app.options import Json, Machine, Place, grouped

app = typer.Typer(
    no_args_is_help=True,
    help="Locked sessions: their state, and opening them.",
    epilog="Example: tickgrid holdout list",
)

RunName = Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")]


@grouped
def list_locks(*, place: Place, as_json: Json = False) -> None:
    """List every hold-out: whose it is, how often it was opened, and who read its dates."""
    from dataclasses import asdict

    from app.console import show
    from app.setting_up import settings_of
    from storage.holdouts import locks

    found = [asdict(one) for one in locks(settings_of(place).root)]
    rows = [row | {"readers": ", ".join(row["readers"])} for row in found]
    if rows or as_json:
        show(found if as_json else rows, as_json=as_json)
    else:
        typer.echo("no study has locked a hold-out yet; write holdout: {from: 2024-07-01} in one")


@grouped
def open_lock(run: RunName, *, machine: Machine, as_json: Json = False) -> None:
    """Play the choice of a run on its locked sessions; every opening is logged and shown."""
    from app.console import notice, print_json, print_rows
    from app.holdout import opened, told
    from app.pages import kept
    from app.setting_up import settings_of
    from storage.lake import Lake
    from storage.results import Results

    settings = settings_of(machine)
    results, lake = Results(settings.root), Lake(settings.root)
    found = told(opened(results, lake, run, settings.workers))
    page = kept(results, lake, run)
    if page.place.exists():  # it says how often the hold-out was opened, one less than now
        notice(f"page: {page.write()}")
    if as_json:
        print_json(found)
        return
    print_rows([{"what": name.replace("_", " "), "value": text(v)} for name, v in found.items()])
    if found["opened"] > 1:
        notice(f"opened {found['opened']} times, first {found['first_opened']}: no longer unseen")
    if found["read_by"]:
        notice(f"its dates were read by {', '.join(found['read_by'])}: they were not unseen")


def text(value: object) -> str:
    """A figure as it stands in the table."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "nobody else"
    return f"{value:,.2f}" if isinstance(value, float) else str(value)


app.command("list", epilog="Example: tickgrid holdout list")(list_locks)
app.command("open", epilog="Example: tickgrid holdout open vpoc-02f1184103ee")(open_lock)
