"""Profiles of stored sessions: levels, value areas, what kind of day it was."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.options import Json, Place, grouped

if TYPE_CHECKING:
    from datetime import date

    from engine.profile.table import Question
    from storage.lake import Lake
    from storage.stored import Stored


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
    untraded: Annotated[
        str, typer.Option(help="Levels of sessions without volume: absent, tpo or seed_close.")
    ] = "absent"

    def question(self) -> Question:
        from engine.core.axis import decimal_of
        from engine.profile.model import Model, Rule, law_of
        from engine.profile.table import Question

        rule = Rule(self.rule, self.tie, self.poc_tie)
        law_of(rule, self.fraction)
        model = Model(self.spread, self.row, self.measure)
        fraction = decimal_of(self.fraction)
        return Question(self.segment, rule, fraction, model, self.delta, self.untraded)


@dataclass(frozen=True)
class Making:
    """How, and where to."""

    developing: Annotated[
        bool, typer.Option("--developing", help="Levels after every bar, of the last session.")
    ] = False
    device: Annotated[str, typer.Option(help="cpu, cuda or rocm.")] = "cpu"
    out: Annotated[Path | None, typer.Option(help="Also write a Parquet file, in prices.")] = None
    naked: Annotated[
        bool, typer.Option("--naked", help="Levels that no later bar has come back to.")
    ] = False
    on: Annotated[
        str | None, typer.Option(metavar="DATE", help="One session in depth, row by row.")
    ] = None
    contract: Annotated[
        str | None, typer.Option(help="With --on: of this delivery, such as ESZ4.")
    ] = None


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
    from app.market import day_of
    from app.setting_up import lake_of

    lake, question = lake_of(place), asking.question()
    dates = tuple(day_of(day) if day else None for day in (span.first, span.last))
    asked = Asked(lake, symbols or [], (dates[0], dates[1]), span, question)
    if making.on is not None:
        in_depth(asked, day_of(making.on), making.contract, as_json=as_json)
    elif making.naked:
        left_behind(asked, as_json=as_json)
    else:
        every_session(asked, making, as_json=as_json)


@dataclass(frozen=True)
class Asked:
    """Which series of a store, which dates, and what of them."""

    lake: Lake
    symbols: list[str]
    dates: tuple[date | None, date | None]
    span: Span
    question: Question

    def series(self) -> list[Stored]:
        from app.levels import series_of

        return series_of(self.lake, self.symbols, self.span.timeframe, self.span.source)


def every_session(asked: Asked, making: Making, *, as_json: bool) -> None:
    """A line a session, or a line a bar of the last one."""
    from app.console import print_json
    from app.level_tables import print_developing, print_levels, records
    from app.levels import Way, answers, write_out

    way, found = Way(making.developing, making.device), []
    show = print_developing if way.developing else print_levels
    for answer in answers(asked.lake, asked.series(), asked.dates, asked.question, way):
        if not as_json:
            show(answer, asked.question)
        if as_json or making.out is not None:
            found.append(answer.prices)
    if as_json:
        print_json([row for prices in found for row in records(prices)])
    if making.out is not None:
        write_out(making.out, found)


def in_depth(asked: Asked, day: date, contract: str | None, *, as_json: bool) -> None:
    """One session of each series: histogram, levels, nodes, delta."""
    from app.console import print_json
    from app.levels import bars_of
    from app.session_page import dive, print_dive, record

    found = [
        dive(bars_of(asked.lake, series, (day, day)), series, asked.question, day, contract)
        for series in asked.series()
    ]
    if as_json:
        print_json([record(each) for each in found])
        return
    for each in found:
        print_dive(each, asked.question)


def left_behind(asked: Asked, *, as_json: bool) -> None:
    """Naked levels of each series, as they stand after its last bar."""
    from app.console import print_json
    from app.levels import bars_of
    from app.naked_table import lines, naked, print_naked

    found = [
        naked(bars_of(asked.lake, series, asked.dates), series, asked.question)
        for series in asked.series()
    ]
    if as_json:
        print_json([{"symbol": a.series.symbol, **line} for a in found for line in lines(a)])
        return
    for answer in found:
        print_naked(answer, asked.question)
