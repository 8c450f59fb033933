"""Bringing files into the store, and judging what is in it."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated

import typer

from app.options import Json, Place, grouped


@dataclass(frozen=True)
class Said:
    """What a user says of the files; the rest is guessed, and the guess is printed."""

    symbol: Annotated[str, typer.Option(help="The instrument, such as ES.")]
    tz: Annotated[str | None, typer.Option(help="Zone of the stamps: Europe/London.")] = None
    stamp: Annotated[str | None, typer.Option(help="What a stamp is: open or close.")] = None
    contract: Annotated[str | None, typer.Option(help="The contract: ESZ4.")] = None
    scale: Annotated[str | None, typer.Option(help="Multiply prices by this: 0.01.")] = None
    floor: Annotated[str | None, typer.Option(help="Keep out rows with a price below.")] = None
    duplicates: Annotated[
        str, typer.Option(help="Rows of one minute: refuse, first, last or aggregate.")
    ] = "refuse"
    replace: Annotated[
        bool, typer.Option("--replace", help="Let new bars take the place of stored ones.")
    ] = False
    source: Annotated[str | None, typer.Option(help="What to call where they are from.")] = None
    dates: Annotated[str | None, typer.Option(help="Order of dates: ymd, mdy or dmy.")] = None


@grouped
def import_(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Files or folders.")],
    *,
    said: Said,
    place: Place,
    as_json: Json = False,
) -> None:
    """Import bars from CSV, Parquet or Feather files, with a report on every row."""
    from app.quality import print_reports
    from app.setting_up import lake_of
    from storage.ingest.importing import import_files
    from storage.ingest.order import Order

    order = Order(
        symbol=said.symbol,
        zone=said.tz,
        stamp=said.stamp,
        contract=said.contract,
        scale=decimal_of("--scale", said.scale),
        floor=decimal_of("--floor", said.floor),
        duplicates=said.duplicates,
        replace=said.replace,
        source=said.source,
        dates=said.dates,
    )
    done = import_files(lake_of(place), files, order)
    print_reports([done.report], as_json=as_json)


@grouped
def check(
    symbol: Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")],
    *,
    listed: Annotated[
        str | None, typer.Option("--list", metavar="DEFECT", help="Every place of one defect: gap.")
    ] = None,
    place: Place,
    as_json: Json = False,
) -> None:
    """Judge the stored bars of a symbol; exit 1 where more than notes are found."""
    from app.quality import EVERY, print_places, print_reports
    from app.setting_up import lake_of
    from storage.judge.check import check as judged
    from storage.judge.report import EXAMPLES

    reports = judged(lake_of(place), symbol, EXAMPLES if listed is None else EVERY)
    if listed is None:
        print_reports(reports, as_json=as_json)
    else:
        print_places(reports, listed, as_json=as_json)
    if not all(report.clean for report in reports):
        raise typer.Exit(1)


def decimal_of(option: str, text: str | None) -> Decimal | None:
    """A number as an exact decimal."""
    from engine.core.errors import ParameterError

    try:
        return None if text is None else Decimal(text)
    except InvalidOperation:
        raise ParameterError(f"{option}: '{text}' is no number; write it as 0.01") from None
