"""Holding one strategy, of ours or of a user's own, to the laws."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from app.options import Json, Place, grouped

Asked = Annotated[str, typer.Argument(metavar="NAME|FILE.py", help="A strategy.")]
Symbol = Annotated[str | None, typer.Option(help="Whose bars, in place of its study's.")]


@grouped
def check(asked: Asked, *, symbol: Symbol = None, place: Place, as_json: Json = False) -> None:
    """Hold a strategy to the laws: no look at the future, no chance, no idle parameter.

    Broken laws are findings, and the command ends with 1; notes beside them change nothing.
    """
    from app.console import out, print_json
    from app.job import EXPERIMENTS
    from app.lawcheck.tables import printed
    from app.lawcheck.verdict import verdict
    from app.setting_up import lake_of

    said = verdict(asked, symbol, lake_of(place), EXPERIMENTS)
    if as_json:
        print_json(said)
    else:
        printed(out(), said)
    if said["findings"]:
        raise typer.Exit(1)
