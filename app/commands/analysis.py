"""Tables made of stored bars: indicators for SQL, contracts beside each other, a split by time."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.commands.roll import Of
from app.options import Json, Place, grouped

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")]


@grouped
def indicators(symbol: Symbol, *, of: Of, place: Place) -> None:
    """Store indicators and fair value gaps of a series, for the views `ohlcv` and `zones` of SQL.

    ATR 14, EMA 50, 100 and 200, RSI 14, in prices. After an import, make them anew.
    """
    from app.console import notice
    from app.indicators import store_indicators
    from app.setting_up import lake_of

    lake = lake_of(place)
    bars = lake.bars(symbol, timeframe=of.timeframe, source=of.source)
    rows, zones = store_indicators(lake, bars)
    notice(f"{bars.origin.source} {symbol} {of.timeframe}: {rows:,} bars, {zones:,} zones stored")


@grouped
def contracts(
    symbol: Symbol,
    *,
    of: Of,
    segment: Annotated[str, typer.Option(help="rth, eth or full.")] = "rth",
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Every session's levels, by contract.")
    ] = None,
    place: Place,
    as_json: Json = False,
) -> None:
    """Analyse the continuous series and each of its contracts, in one call.

    With --out the levels of every session lie in FOLDER/contract=NAME/part.parquet.
    """
    from app.apart import analysed, write_apart
    from app.console import notice, show
    from app.setting_up import lake_of
    from engine.profile.table import Question

    contracts = lake_of(place).contracts(symbol, of.timeframe, of.source)
    found = analysed(contracts, Question(segment))
    if out is not None:
        write_apart(out, found)
        notice(f"levels of {len(found)} series written to {out}")
    show([one.row for one in found], as_json=as_json)


@dataclass(frozen=True)
class Cutting:
    """How much of the sessions is for what."""

    train: Annotated[str, typer.Option(metavar="SHARE", help="Of all sessions: 0.8.")] = "0.8"
    validate: Annotated[str, typer.Option(metavar="SHARE", help="Of all sessions, or 0.")] = "0"
    embargo: Annotated[int, typer.Option(min=0, help="Sessions left out between two parts.")] = 1


@grouped
def split(symbol: Symbol, *, cutting: Cutting, of: Of, place: Place, as_json: Json = False) -> None:
    """Cut the stored sessions into training, validation and test, in order of time, with dates.

    Sessions of the embargo belong to no part, so that no label or hold reaches into the next one.
    """
    from app.apart import parts_by_time
    from app.console import show
    from app.setting_up import lake_of

    bars = lake_of(place).bars(symbol, timeframe=of.timeframe, source=of.source)
    show(parts_by_time(bars, cutting.train, cutting.validate, cutting.embargo), as_json=as_json)
