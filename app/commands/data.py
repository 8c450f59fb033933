"""The store's bars: make them, list them."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from app.commands import roll
from app.options import Json, Place, grouped

app = typer.Typer(help="Make, import and list bars.")


@app.callback(invoke_without_command=True, epilog="Example: tickgrid data list")
def group(context: typer.Context) -> None:
    """Make and list bars."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@dataclass(frozen=True)
class Making:
    """What synthetic bars are made of."""

    first: Annotated[str, typer.Option("--from", metavar="DATE", help="First trade date.")] = (
        "2020-01-02"
    )
    sessions: Annotated[int, typer.Option(min=1, help="How many sessions.")] = 1260
    seed: Annotated[int, typer.Option(min=0, help="The same seed makes the same bars.")] = 7


@app.command(epilog="Example: tickgrid data synth ES --from 2020-01-02 --sessions 1260 --seed 7")
@grouped
def synth(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")],
    *,
    making: Making,
    place: Place,
) -> None:
    """Make synthetic bars: real in shape, without any edge, called SYNTHETIC everywhere."""
    from app.console import notice
    from app.market import day_of, make
    from app.setting_up import lake_of

    lake = lake_of(place)
    bars = make(lake, symbol, day_of(making.first), making.sessions, making.seed)
    notice(f"SYNTHETIC {symbol}: {len(bars):,} bars of {making.sessions:,} sessions stored")


@app.command("list", epilog="Example: tickgrid data list --json")
@grouped
def listing(*, place: Place, as_json: Json = False) -> None:
    """List what is stored."""
    from app.console import show
    from app.setting_up import lake_of

    rows = lake_of(place).listing().to_dicts()
    if not rows and not as_json:
        typer.echo("nothing is stored yet; try: tickgrid data synth ES")
        return
    show(rows, as_json=as_json)


app.command("roll", epilog="Example: tickgrid data roll ES --method volume --adjust difference")(
    roll.roll
)
app.command("show", epilog="Example: tickgrid data show ES")(roll.show_symbol)
