"""Profiles of stored sessions: levels, value areas, what kind of day it was."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import Json, Place, grouped

if TYPE_CHECKING:
    from engine.profile.table import Question


@dataclass(frozen=True)
class Span:
    """Which stored bars."""

    first: Annotated[
        str | None, typer.Option("--from", metavar="DATE", help="First trade date.")
    ] = None
    last: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last trade date.")] = (
        None
    )
    timeframe: Annotated[str, typer.Option(help="1m, 15m, 1h ...")] = "1m"
    source: Annotated[str | None, typer.Option(help="Where several are stored.")] = None


@dataclass(frozen=True)
class Asking:
    """Which profile, and which levels of it (docs/profiles.md has every word)."""

    rule: Annotated[str, typer.Option(help="pairs, single, symmetric, seed_...")] = "pairs"
    tie: Annotated[str, typer.Option(help="Equal sides: up or down.")] = "up"
    poc_tie: Annotated[str, typer.Option(help="mid, lowest or highest.")] = "mid"
    fraction: Annotated[str, typer.Option(help="Share of volume in the value area.")] = "0.70"
    segment: Annotated[str, typer.Option(help="rth, eth or full.")] = "rth"
    spread: Annotated[str, typer.Option(help="uniform, close, ohlc or near_close.")] = "uniform"
    measure: Annotated[str, typer.Option(help="volume, or time at price.")] = "volume"
    row: Annotated[int | None, typer.Option(help="Ticks in a row.", show_default="its own")] = None
    delta: Annotated[str, typer.Option(help="The proxy for delta.")] = "close_location"

    def question(self) -> Question:
        from engine.core.axis import decimal_of
        from engine.profile.model import Model, Rule, law_of
        from engine.profile.table import Question

        rule = Rule(self.rule, self.tie, self.poc_tie)
        law_of(rule, self.fraction)
        model = Model(self.spread, self.row, self.measure)
        return Question(self.segment, rule, decimal_of(self.fraction), model, self.delta)


@dataclass(frozen=True)
class Making:
    """How, and where to."""

    developing: Annotated[
        bool, typer.Option("--developing", help="Levels after every bar, of the last session.")
    ] = False
    device: Annotated[str, typer.Option(help="cpu, cuda or rocm.")] = "cpu"
    out: Annotated[Path | None, typer.Option(help="Also write a Parquet file, in prices.")] = None


@grouped
def profile(
    symbols: Annotated[
        list[str] | None, typer.Argument(metavar="[SYMBOL]...", help="Such as ES; or all stored.")
    ] = None,
    *,
    span: Span,
    asking: Asking,
    making: Making,
    place: Place,
    as_json: Json = False,
) -> None:
    """Print and store the levels of every session: poc, value area, balance, kind of day."""
    from app.console import print_json
    from app.level_tables import print_developing, print_levels, records
    from app.levels import Way, answers, series_of, write_out
    from app.market import day_of
    from app.setting_up import lake_of

    lake, question = lake_of(place), asking.question()
    first, last = (day_of(day) if day else None for day in (span.first, span.last))
    stored = series_of(lake, symbols or [], span.timeframe, span.source)
    way, found = Way(making.developing, making.device), []
    show = print_developing if way.developing else print_levels
    for answer in answers(lake, stored, (first, last), question, way):
        if not as_json:
            show(answer, question)
        if as_json or making.out is not None:
            found.append(answer.prices)
    if as_json:
        print_json([row for prices in found for row in records(prices)])
    if making.out is not None:
        write_out(making.out, found)
