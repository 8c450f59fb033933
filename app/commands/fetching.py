"""Downloading bars into the store."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import typer

from app.options import Json, Place, grouped

SOURCES = ("binance",)


@dataclass(frozen=True)
class Wanted:
    """Which bars, and from whom."""

    first: Annotated[str, typer.Option("--from", metavar="DATE", help="The first trade date.")]
    last: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="DATE", help="The last trade date.", show_default="the last closed bar"
        ),
    ] = None
    timeframe: Annotated[str, typer.Option(help="1m, 5m, 1h, 1d ...")] = "1m"
    source: Annotated[str, typer.Option(help="Where from: binance.")] = "binance"
    url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Another server that speaks as the source does."),
    ] = None
    again: Annotated[
        bool, typer.Option("--again", help="Ask for stored bars too: fills holes.")
    ] = False


@grouped
def fetch(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as BTCUSDT.")],
    *,
    wanted: Wanted,
    place: Place,
    as_json: Json = False,
) -> None:
    """Download closed bars, without an account; the same again goes on where the store ends."""
    from app.console import notice
    from app.market import day_of
    from app.progress import bar
    from app.quality import print_reports
    from app.setting_up import lake_of
    from engine.core.errors import unknown
    from storage.fetch.binance import Binance
    from storage.fetch.fetching import Asked
    from storage.fetch.fetching import fetch as fetched
    from storage.lake import minutes_of

    if wanted.source not in SOURCES:
        raise unknown("source", wanted.source, SOURCES)
    asked = Asked(
        symbol=symbol,
        first=day_of(wanted.first),
        last=None if wanted.last is None else day_of(wanted.last),
        minutes=minutes_of(wanted.timeframe),
        again=wanted.again,
    )
    with bar(f"{symbol} from {wanted.source}", 0, "bars") as told:
        done = fetched(lake_of(place), Binance(wanted.url), asked, told)
    if not done.report.counts["read"]:
        notice("nothing new: every closed bar that was asked for is stored")
    print_reports([done.report], as_json=as_json)
