"""From trades to what is stored: the trades of each date as they are, and minute bars of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from engine.core.zone import MINUTE
from storage.ingest.commit import Draft
from storage.ingest.settle import Context
from storage.ingest.spool import Spool
from storage.schema import TS
from storage.trades import COLUMNS, Joined, joined, path_of, read_trades, write_trades


class Ticks:
    """The trades of an import, by trade date."""

    def __init__(self, context: Context, scratch: Path) -> None:
        self.context = context
        self.spool = Spool(scratch, "trades")
        self.counts = {"new": 0, "already stored": 0, "replaced": 0}
        self.conflicts: list[str] = []
        self.derived: list[int] = []  # dates whose stored bars came from stored trades

    def add(self, frame: pl.DataFrame) -> None:
        """Set settled rows aside."""
        days = frame["day"]
        for day in days.unique().to_list():
            self.spool.add(int(day), frame.filter(days == day))

    def bars(self, draft: Draft, folder: Path) -> Iterator[pl.DataFrame]:
        """Let the trades of each date wait, and hand out its bars."""
        for day in self.spool.periods():
            frame = self.spool.take(day).sort("ts", maintain_order=True)
            path = path_of(folder, day)
            new = trades_of(frame, self.context)
            held = self.held(path, day)
            both = joined(held, new)
            self.count(both)
            if not both.frame.equals(held):
                write_trades(draft.waiting(path), both.frame, self.context.instrument)
            yield minutes(both.frame, frame.row(0, named=True), self.context)

    def held(self, path: Path, day: int) -> pl.DataFrame:
        """The stored trades of a date."""
        if not path.exists():
            return pl.DataFrame(schema=COLUMNS)
        self.derived.append(day)
        return read_trades(path, self.context.instrument)

    def count(self, both: Joined) -> None:
        self.counts["new"] += both.fresh
        self.counts["already stored"] += both.already
        self.counts["replaced"] += both.replaced
        self.conflicts += [both.conflict] if both.conflict else []


def trades_of(frame: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Settled rows as trades are stored."""
    names = pl.Series([*context.contracts], dtype=pl.String)
    return frame.select(
        pl.col("ts").cast(TS),
        pl.col("close").cast(pl.Int32).alias("price"),
        pl.col("volume").alias("size"),
        contract=names.gather(frame["contract"]),
    )


def minutes(trades: pl.DataFrame, first: dict[str, Any], context: Context) -> pl.DataFrame:
    """A bar for each contract and minute with a trade, in the columns of settled rows."""
    codes = {name: code for code, name in enumerate(context.contracts)}
    known = trades.filter(
        pl.any_horizontal(
            pl.col("contract").eq_missing(pl.lit(name, pl.String)) for name in context.contracts
        )
    )
    code = np.array([codes[name] for name in known["contract"]], np.int16)
    price = pl.col("price")
    return (
        known.select(ts=pl.col("ts").to_physical() // MINUTE * MINUTE, price="price", size="size")
        .with_columns(contract=code)
        .group_by("contract", "ts", maintain_order=True)
        .agg(
            open=price.first(),
            high=price.max(),
            low=price.min(),
            close=price.last(),
            volume=pl.col("size").sum(),
        )
        .with_columns(
            key=pl.lit(first["key"], pl.Int64),
            day=pl.lit(first["day"]),
            session=pl.lit(first["session"], pl.Int32),
        )
    )
