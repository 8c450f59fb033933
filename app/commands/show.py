"""What exists: strategies, instruments, and the sessions of a calendar."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import Annotated, Any

import typer

from app.options import Json, Place, grouped

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="The first trade date.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="The last trade date.")]


def version() -> str:
    """The name and version of what is installed."""
    from app.versions import version_of

    return f"tickgrid {version_of('tickgrid')}"


def strategies(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME|FILE.py]", help="One of them, in full.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """List the strategies, or say everything about one."""
    from app import catalogue
    from app.console import out, print_json, print_rows, show

    if name is None:
        show(catalogue.strategies(), as_json=as_json)
    elif as_json:
        print_json(catalogue.strategy(name))
    else:
        found = catalogue.strategy(name)
        out().print(f"{found['name']} ({found['class']})\n\n{found['doc']}\n", markup=False)
        print_rows(found["parameters"])
        if found["presets"]:
            out().print("\nTake one by `preset: NAME` in a study, or by --set preset=NAME.")
            rows = [row | {"values": catalogue.lines(row["values"])} for row in found["presets"]]
            print_rows(rows)


@grouped
def instruments(
    symbol: Annotated[str | None, typer.Argument(help="One of them, in full.")] = None,
    *,
    place: Place,
    as_json: Json = False,
) -> None:
    """List the instruments, or say everything about one."""
    from app import catalogue
    from app.console import show
    from app.setting_up import lake_of

    lake = lake_of(place)
    rows: list[dict[str, Any]] = (
        catalogue.instruments(lake) if symbol is None else catalogue.instrument(lake, symbol)
    )
    show(rows, as_json=as_json)


@grouped
def calendar(
    symbol: Symbol,
    first: From,
    last: To,
    *,
    place: Place,
    as_json: Json = False,
) -> None:
    """The sessions of an instrument: when they open and close, and which are special."""
    from app import catalogue
    from app.console import show
    from app.setting_up import lake_of

    rows = catalogue.sessions(lake_of(place).instrument(symbol), first, last)
    show(rows, as_json=as_json)
