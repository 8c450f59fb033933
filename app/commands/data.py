"""The store's bars: make them, bring them in, download them, list them, judge them."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from app.commands import analysis, auxiliary, fetching, importing, roll
from app.options import Json, Place, grouped

EDGE_HELP = (
    "Plant an edge: momentum, vwap_reversion, value_area_reversion, sweep_reversal or gap_fill. "
    "While it holds, each tick goes its way with a probability of 1/2 plus STRENGTH thousandths."
)

app = typer.Typer(help="Make, import, download, judge and list bars.")


@app.callback(invoke_without_command=True, epilog="Example: tickgrid data list")
def group(context: typer.Context) -> None:
    """Make, import, download, judge and list bars."""
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
    edge: Annotated[
        str | None,
        typer.Option(metavar="NAME:STRENGTH", help=EDGE_HELP, show_default="none"),
    ] = None


@app.command(epilog="Example: tickgrid data synth ES --from 2020-01-02 --sessions 1260 --seed 7")
@grouped
def synth(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")],
    *,
    making: Making,
    place: Place,
) -> None:
    """Make synthetic bars: real in shape, without any edge but one asked for, called SYNTHETIC.

    A planted edge lies in a series of its own, whose source names it: synthetic-momentum-20.
    """
    from app.console import notice
    from app.market import day_of, make
    from app.setting_up import lake_of

    lake = lake_of(place)
    bars = make(lake, symbol, day_of(making.first), making.sessions, making.seed, making.edge)
    notice(
        f"SYNTHETIC {symbol}: {len(bars):,} bars of {making.sessions:,} sessions stored"
        f" as {bars.origin.source}"
    )


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
app.command(
    "import", epilog="Example: tickgrid data import ES*.txt --symbol ES --tz UTC --stamp close"
)(importing.import_)
app.command("fetch", epilog="Example: tickgrid data fetch BTCUSDT --from 2024-01-01")(
    fetching.fetch
)
app.command("check", epilog="Example: tickgrid data check ES")(importing.check)
app.command(
    "aux",
    epilog="Example: tickgrid data aux vix.csv --name vix --at 15:15 --tz America/Chicago --lag 15",
)(auxiliary.aux)
app.command("contracts", epilog="Example: tickgrid data contracts ES --out levels")(
    analysis.contracts
)
app.command("split", epilog="Example: tickgrid data split ES --train 0.8 --embargo 5")(
    analysis.split
)
app.command("indicators", epilog="Example: tickgrid data indicators ES")(analysis.indicators)
