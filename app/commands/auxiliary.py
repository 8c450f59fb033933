"""Auxiliary series of the store: bring one in, list them."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from app.options import Json, Place, grouped


@dataclass(frozen=True)
class About:
    """What a file's values are about, and when they were known."""

    name: Annotated[
        str | None, typer.Option(help="What to call it.", show_default="the file's stem")
    ] = None
    at: Annotated[
        str | None, typer.Option(metavar="HH:MM", help="What time the values of a date are about.")
    ] = None
    tz: Annotated[str, typer.Option(help="The zone of that time.")] = "UTC"
    lag: Annotated[
        int, typer.Option(min=0, help="Minutes from that time to their publication.")
    ] = 0


@grouped
def aux(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="CSV or Parquet; none lists.")
    ] = None,
    *,
    about: About,
    place: Place,
    as_json: Json = False,
) -> None:
    """Store a daily or irregular series such as VIX, or list what is stored.

    A bar sees a value once it was published: the time it is about, and --lag minutes more.
    """
    from app.console import notice, show
    from app.setting_up import settings_of
    from storage.auxiliary import Clock, listing, oddities, store_series
    from storage.auxiliary_files import read_series

    root = settings_of(place).root
    if file is not None:
        clock = None if about.at is None else Clock(about.at, about.tz)
        series = read_series(file, about.name or file.stem, clock)
        store_series(root, series, about.lag)
        for odd in oddities(series):
            notice(f"{series.name}: {odd.rows:,} rows, first {odd.first}: {odd.sentence}")
    rows = listing(root).to_dicts()
    if not rows and not as_json:
        typer.echo("no auxiliary series is stored yet; try: tickgrid data aux vix.csv --at 15:15")
        return
    show(rows, as_json=as_json)
