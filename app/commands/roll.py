"""Contracts and rolls of the store: decide which contract is in front, show what there is."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.options import Json, Place, grouped

if TYPE_CHECKING:
    import polars as pl

    from storage.rolls import Contracts

Symbol = Annotated[str, typer.Argument(metavar="SYMBOL", help="Such as ES.")]
ADJUSTMENTS = ("none", "difference", "ratio")


@dataclass(frozen=True)
class Of:
    """Which of the series of a symbol is meant."""

    timeframe: Annotated[str, typer.Option(help="Of the stored bars.")] = "1m"
    source: Annotated[
        str | None, typer.Option(help="Where they come from.", show_default="the only one")
    ] = None


@dataclass(frozen=True)
class Rolling:
    """How contracts follow one another."""

    method: Annotated[str, typer.Option(help="volume, calendar, table or interest.")] = "volume"
    table: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="CSV of trade_date,old,new[,old_price,new_price]."),
    ] = None
    adjust: Annotated[
        str, typer.Option(help="Show what none, difference or ratio does to each contract.")
    ] = "none"


@grouped
def roll(symbol: Symbol, *, rolling: Rolling, of: Of, place: Place, as_json: Json = False) -> None:
    """Decide which contract is in front when, store the table and show it."""
    from app.console import notice, show
    from app.setting_up import lake_of
    from engine.core.errors import unknown
    from storage.rolls import without_front

    if rolling.adjust not in ADJUSTMENTS:
        raise unknown("adjustment", rolling.adjust, ADJUSTMENTS)
    contracts = lake_of(place).contracts(symbol, of.timeframe, of.source)
    given = None if rolling.table is None else read_table(rolling.table)
    frame = contracts.roll(rolling.method, given)
    if contracts.chain is not None:
        notice(f"{contracts.series} is continuous as it is stored; no table was needed")
    else:
        tell_gaps(without_front(contracts.ours(), contracts.decided()))
    show(with_steps(contracts, frame, rolling.adjust), as_json=as_json)


def tell_gaps(days: Sequence[date]) -> None:
    """Say which sessions the continuous series lacks, though there are bars of them."""
    from app.console import notice

    if days:
        count = "1 session has" if len(days) == 1 else f"{len(days)} sessions have"
        named = ", ".join(str(day) for day in days[:3]) + (" ..." if len(days) > 3 else "")
        notice(f"{count} bars, but none of the contract in front: {named}")


def read_table(path: Path) -> pl.DataFrame:
    """A CSV as text, so that prices stay the decimals that were written."""
    import polars as pl

    from engine.core.errors import StoreError

    try:
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise StoreError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None


def with_steps(contracts: Contracts, frame: pl.DataFrame, adjust: str) -> list[dict[str, Any]]:
    """The table in prices, and what an adjustment adds to or multiplies each contract with."""
    it = contracts.series.instrument
    names = ("trade_date", "old", "new", "old_price", "new_price", "measured", "method")
    rows: list[dict[str, Any]] = []
    total, factor, lost = 0, 1.0, False
    for k, found in enumerate(frame.select(names).iter_rows(named=True)):
        old, new = found["old_price"], found["new_price"]
        known = old is not None
        prices = {n: it.price(found[n]) if known else None for n in ("old_price", "new_price")}
        row = {**found, **prices, "gap": it.price(new - old) if known else None}
        lost = lost or (k > 0 and not known)  # behind an unknown gap nothing can be said
        if known:
            total, factor = total + old - new, factor * old / new
        if adjust == "difference":
            row["add"] = None if lost else it.price(total)
        elif adjust == "ratio":
            row["times"] = None if lost else Decimal(str(factor))
        rows.append(row)
    return rows


@grouped
def show_symbol(symbol: Symbol, *, of: Of, place: Place, as_json: Json = False) -> None:
    """Show what is stored of a symbol: its contracts and the rolls between them."""
    from app.console import out, print_json, print_rows
    from app.setting_up import lake_of

    contracts = lake_of(place).contracts(symbol, of.timeframe, of.source)
    listing = contracts.listing().to_dicts()
    ours = contracts.entries is not None
    rolls = with_steps(contracts, contracts.table(), "none") if ours else []
    if as_json:
        print_json({"series": str(contracts.series), "contracts": listing, "rolls": rolls})
        return
    out().print(str(contracts.series), markup=False)
    print_rows(listing, "contracts")
    print_rows(rolls, "rolls")
