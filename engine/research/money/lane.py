"""A lane: the bars of one symbol, and the unit trades an account may take in them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import polars as pl

from engine.core.axis import SCALE
from engine.core.bars import Bars, Longs
from engine.core.errors import DataError
from engine.fills import Costs
from engine.research.money.legs import in_legs


class Named(NamedTuple):
    """Columns beside those of the store that sizes read."""

    confidence: str | None = None  # from 0 to 1
    multiplier: str | None = None  # from 0 on


NOTHING = Named()


class Unit(NamedTuple):
    """One trade of one contract as play made it; money in the lane's money units."""

    row: int  # of the lane's table of trades
    trade: int  # the first row of its trade, of which it may be a leg
    side: int
    entry_bar: int
    exit_bar: int
    entry: int
    exit: int
    stake: int | None  # lost at the stop, costs included
    slippage: tuple[int, int]  # at the entry, at the exit
    fees: tuple[int, int]
    confidence: int | None  # in 1/10,000
    multiplier: int | None  # in 1/10,000
    share: Fraction  # of the trade's contracts that leave with this leg
    r: int | None
    reason: str


@dataclass(frozen=True, eq=False)
class Lane:
    """One symbol of an account."""

    bars: Bars
    units: tuple[Unit, ...] = field(repr=False)  # in order of entry, then row
    costs: Costs = field(repr=False)

    @classmethod
    def of(cls, bars: Bars, trades: pl.DataFrame, costs: Costs, named: Named = NOTHING) -> Lane:
        """From trades in the columns of the store, of one contract or of a few in legs."""
        return cls(bars, units_of(bars, trades, costs, named), costs)

    @property
    def symbol(self) -> str:
        return self.bars.instrument.symbol


def units_of(bars: Bars, trades: pl.DataFrame, costs: Costs, named: Named) -> tuple[Unit, ...]:
    """The unit trades of a table, in order of entry, each leg by itself."""
    trades = in_legs(bars, trades, costs)
    refuse_folded(trades, bars.instrument.tick_money)
    for name, most in zip(named, (1.0, math.inf), strict=True):
        if name is not None:
            refuse_beyond(trades[name], most)
    keys = "combination", "setup", "entry_bar"
    keyed = trades.with_columns(
        share=pl.col("quantity").sum().over(*keys), trade=pl.col("row").min().over(*keys)
    )
    ordered = keyed.sort("entry_bar", "row", maintain_order=True)
    entries = crossings(bars, ordered, costs)
    made = zip(ordered.iter_rows(named=True), *(part.tolist() for part in entries), strict=True)
    return tuple(unit_of(row, paid, named) for row, *paid in made)


def refuse_beyond(column: pl.Series, most: float) -> None:
    """A confidence is a share and a multiplier not negative; NaN is left to the rules."""
    known = column.fill_nan(None).drop_nulls()
    beyond = known.filter((known < 0) | (known > most) | known.is_infinite())
    if len(beyond):
        raise DataError(f"{column.name} is {beyond[0]:g} at a trade, but lies from 0 to {most:g}")


def refuse_folded(trades: pl.DataFrame, tick: int) -> None:
    """A row whose money is not that of its two prices holds more than one leg."""
    move = (pl.col("exit").cast(pl.Int64) - pl.col("entry")) * pl.col("side")
    made = trades.select(pl.col("gross") - move * tick * pl.col("quantity")).to_series()
    folded = np.flatnonzero(made.to_numpy())
    if len(folded):
        raise DataError(
            f"trade {trades['row'][int(folded[0])]} did not make its gross between its entry and "
            "its exit: an account needs each leg in a row of its own"
        )


class Crossings(NamedTuple):
    """What crossing the spread costs one contract at the entry, and at its stop."""

    slippage: Longs
    fees: Longs
    stopped: Longs
    tick: Longs


def crossings(bars: Bars, trades: pl.DataFrame, costs: Costs) -> Crossings:
    tick = bars.instrument.tick_money
    market, stop = costs.tolls(tick).max(axis=1)[:2].tolist()
    schedule = costs.schedule(bars)
    session = bars.session[trades["entry_bar"].to_numpy()].astype(np.int64)
    fees = schedule.side(
        session, schedule.taker, trades["entry"].to_numpy().astype(np.int64) * tick
    )
    every = np.ones(len(fees), np.int64)
    stopped = 2 * fees + market + max(market, stop)
    return Crossings(market * every, fees, stopped, tick * every)


def unit_of(row: dict[str, Any], paid: list[int], named: Named) -> Unit:
    """One contract's part of a row; the entry is charged as if it crossed, the rest at the exit."""
    slippage_in, fees_in, stopped, tick = paid
    quantity = row["quantity"]
    slippage = -(-row["slippage"] // quantity)
    fees = -(-(row["fees"] + row["funding"]) // quantity)
    slippage_in, fees_in = min(slippage_in, slippage), max(min(fees_in, fees), 0)
    return Unit(
        row=row["row"],
        trade=row["trade"],
        side=row["side"],
        entry_bar=row["entry_bar"],
        exit_bar=row["exit_bar"],
        entry=row["entry"],
        exit=row["exit"],
        stake=None if row["risk"] is None else row["risk"] * tick + stopped,
        slippage=(slippage_in, slippage - slippage_in),
        fees=(fees_in, fees - fees_in),
        confidence=whole_share(row, named.confidence),
        multiplier=whole_share(row, named.multiplier),
        share=Fraction(quantity, row["share"]),
        r=row["r"],
        reason=row["reason"],
    )


def whole_share(row: dict[str, Any], name: str | None) -> int | None:
    """A column in 1/10,000; nothing where there is no such column or no value."""
    value = math.nan if name is None or row[name] is None else float(row[name])
    return None if math.isnan(value) else int(value * SCALE + 0.5)
