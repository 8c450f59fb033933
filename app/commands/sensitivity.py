"""How the result of a stored run moves with its parameters, its costs and the weather."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from app.options import Json, Machine, Moves, grouped

RunName = Annotated[str, typer.Argument(metavar="RUN", help="The name of a stored run.")]


@grouped
def sensitivity(run: RunName, *, moves: Moves, machine: Machine, as_json: Json = False) -> None:
    """Say how a result moves: one parameter at a time, two, at other costs, in other weather."""
    from app.console import print_json, print_rows
    from app.pages import kept
    from app.sensitivity import moved, weather
    from app.setting_up import settings_of
    from storage.lake import Lake
    from storage.results import Results

    pair, settings = moves.pair, settings_of(machine)
    lake = Lake(settings.root)
    found = kept(Results(settings.root), lake, run, bars=moves.scenarios)
    said = moved(found, moves.number, pair)
    if moves.scenarios:
        said["scenarios"] = weather(found, moves.number, settings.workers)
    if as_json:
        print_json(said)
        return
    print_rows(said["one_way"], f"One at a time, in sample; the rest as in {said['combination']}")
    if pair:
        print_rows(said["two_way"], f"{said['objective']}: {moves.by} down, {moves.other} across")
    if "costs" in said:
        exact = "" if said["same_trades"] else " (rules look at money: other trades would be made)"
        print_rows(said["costs"], f"The same trades at other costs{exact}")
    if moves.scenarios:
        print_rows(said["scenarios"], "In other weather: made-up bars, not history")
