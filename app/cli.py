"""The command line: parse, call, print. Exit 0 fine, 1 a finding, 2 a user's error, 70 a bug."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from app.commands import (
    check,
    compare,
    data,
    features,
    holdout,
    profile,
    report,
    results,
    sensitivity,
    show,
    studies,
)
from app.log import crashed

INTERRUPTED = 130
BUG = 70

app = typer.Typer(
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.add_typer(data.app, name="data")
app.add_typer(holdout.app, name="holdout")
app.command("features", epilog="Example: tickgrid features atr")(features.features)
app.command("strategies", epilog="Example: tickgrid strategies opening_drive")(show.strategies)
app.command("check", epilog="Example: tickgrid check my_idea.py")(check.check)
app.command("instruments", epilog="Example: tickgrid instruments ES")(show.instruments)
app.command("calendar", epilog="Example: tickgrid calendar ES --from 2024-11-25 --to 2024-12-06")(
    show.calendar
)
app.command("profile", epilog="Example: tickgrid profile ES --from 2024-11-01 --to 2024-11-29")(
    profile.profile
)
app.command(
    "run", epilog="Example: tickgrid run opening_drive --set params.minutes=15 --set exits.stop=16"
)(studies.run)
app.command("sweep", epilog="Example: tickgrid sweep opening_drive --workers 2 --days 500")(
    studies.sweep
)
app.add_typer(compare.app, name="runs")
app.command(
    "sensitivity", epilog="Example: tickgrid sensitivity vpoc-02f1184103ee --by stop --and target"
)(sensitivity.sensitivity)
app.command("report", epilog="Example: tickgrid report vpoc-02f1184103ee --format md")(
    report.report
)
app.command("sql", epilog='Example: tickgrid sql "select run, sum(net) from trades group by run"')(
    results.sql
)


@app.callback(invoke_without_command=True, epilog="Example: tickgrid sweep vpoc")
def root(
    context: typer.Context,
    *,
    asks_version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Research intraday strategies: whole parameter grids on minute bars, honestly."""
    if asks_version:
        typer.echo(show.version())
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main(arguments: list[str] | None = None) -> int:
    """Run one command and say in one line what went wrong, if anything did."""
    command = typer.main.get_command(app)
    try:
        code = command.main(arguments, prog_name="tickgrid", standalone_mode=False)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except typer.TyperException as error:
        return failed(usage(error), 2)
    except Exception as error:  # noqa: BLE001 - the last line of defence: a user never sees a traceback
        return met(error)
    if code == INTERRUPTED:
        kept = "a sweep keeps what it finished: give the same command again"
        return failed(f"interrupted; {kept}", INTERRUPTED)
    return code or 0


def met(error: Exception) -> int:
    """A user's error is told as it is; anything else is ours, and its traceback is kept."""
    errors = sys.modules.get("engine.core.errors")  # loaded, if anything in it was raised
    if errors is not None and isinstance(error, errors.TickgridError):
        return failed(str(error), 2)
    if isinstance(error, OSError) and error.strerror:
        return failed(f"{error.filename or 'a file'}: {error.strerror}", 2)
    path = crashed(error)
    adapters = sys.modules.get("adapters")
    place = adapters and adapters.own_line(error)
    if place:
        return failed(f"{place}: {type(error).__name__}: {error}; the traceback is in {path}", 2)
    reason = f"{type(error).__name__}: {error}"
    return failed(f"this is a bug in tickgrid ({reason}); the traceback is in {path}", BUG)


def usage(error: typer.TyperException) -> str:
    """What the parser refused, with the nearest thing it knows."""
    near = getattr(error, "possibilities", None)
    if near:
        return f"no option '{getattr(error, 'option_name', '')}'; did you mean '{min(near)}'?"
    return error.format_message()


def failed(message: str, code: int) -> int:
    typer.echo(f"tickgrid: {' '.join(message.split())}", err=True)
    return code
