"""Trades that left in legs, as a row for each leg and one for the rest: what an account plays."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.columns import Array
from engine.fills.costs import LIMIT, MARKET, STOP, Costs, Schedule, Tolls, tolls

STOPS: Final = ("stop", "breakeven", "trail", "decay", "tighten")  # reasons a stop order fills
LEG: Final = "leg"  # the reason of a leg's end
PARTS: Final = ("gross", "slippage", "fees", "funding")


class Paid(NamedTuple):
    """What leaving cost one contract, row by row."""

    slippage: Longs
    fees: Longs
    funding: Longs


class Bill(NamedTuple):
    """What costs are looked up in."""

    bars: Bars
    tolls: Tolls
    schedule: Schedule


def in_legs(bars: Bars, trades: pl.DataFrame, costs: Costs) -> pl.DataFrame:
    """Number the trades as `row`, and part those with legs; the parts add up to the trade."""
    rows = trades.with_row_index("row")
    if "leg_lots" not in trades.columns or not trades["leg_lots"].list.len().sum():
        return rows
    bill = Bill(bars, tolls(bars, costs), costs.schedule(bars))
    parted = pl.col("leg_lots").list.len() > 0
    whole = rows.filter(parted)
    legs = whole.explode("leg_bars", "leg_prices", "leg_lots")
    parts = legs_of(bill, legs, entries(bill, whole, legs))
    found = pl.concat([rows.filter(~parted), parts, rest_of(whole, parts)], how="diagonal_relaxed")
    return found.sort("row", maintain_order=True)


def entries(bill: Bill, whole: pl.DataFrame, legs: pl.DataFrame) -> pl.DataFrame:
    """By trade: slippage and fees of one contract's entry, which are what its ends do not say."""
    each = left(bill, legs, "leg_bars", "leg_prices", np.full(len(legs), LIMIT))
    last = left(bill, whole, "exit_bar", "exit", kinds(whole))
    lots = legs["leg_lots"].to_numpy()
    sums = legs.select("row").with_columns(
        lots=lots, slippage=lots * each.slippage, fees=lots * each.fees
    )
    sold = whole.select("row").join(sums.group_by("row").sum(), on="row", maintain_order="left")
    rest = whole["quantity"].to_numpy() - sold["lots"].to_numpy()
    ends = {
        name: sold[name].to_numpy() + rest * getattr(last, name) for name in ("slippage", "fees")
    }
    quantity = whole["quantity"].to_numpy()
    into = {f"{name}_in": (whole[name].to_numpy() - end) // quantity for name, end in ends.items()}
    return whole.select("row").with_columns(**into)


def legs_of(bill: Bill, legs: pl.DataFrame, into: pl.DataFrame) -> pl.DataFrame:
    """Every leg as a trade of its own lots."""
    paid = left(bill, legs, "leg_bars", "leg_prices", np.full(len(legs), LIMIT))
    known = legs.select("row").join(into, on="row", maintain_order="left")
    lots, tick = pl.col("leg_lots"), bill.bars.instrument.tick_money
    move = (pl.col("leg_prices") - pl.col("entry")) * pl.col("side")
    return legs.with_columns(
        exit_bar=pl.col("leg_bars").cast(legs.schema["exit_bar"]),
        exit=pl.col("leg_prices").cast(legs.schema["exit"]),
        quantity=lots,
        gross=move * tick * lots,
        slippage=lots * (known["slippage_in"] + paid.slippage),
        fees=lots * (known["fees_in"] + paid.fees),
        funding=lots * pl.Series(paid.funding),
        reason=pl.lit(LEG),
        r=pl.lit(None, legs.schema["r"]),
    ).drop("leg_bars", "leg_prices", "leg_lots")


def rest_of(whole: pl.DataFrame, parts: pl.DataFrame) -> pl.DataFrame:
    """What was left at the end: all that no leg took."""
    names = ("quantity", *PARTS)
    sums = parts.group_by("row").agg(pl.col(name).sum().alias(f"{name}_sold") for name in names)
    return (
        whole.join(sums, on="row", maintain_order="left")
        .with_columns(pl.col(name) - pl.col(f"{name}_sold") for name in names)
        .drop("leg_bars", "leg_prices", "leg_lots", *(f"{name}_sold" for name in names))
    )


def left(bill: Bill, rows: pl.DataFrame, bar: str, price: str, kind: Array) -> Paid:
    """What it costs one contract to leave in a bar at a price, by an order of a kind."""
    bars, (money, part, paid), schedule = bill
    at, since = rows[bar].to_numpy().astype(np.int64), rows["entry_bar"].to_numpy().astype(np.int64)
    session = bars.session[since].astype(np.int64)
    value = rows[price].to_numpy().astype(np.int64) * bars.instrument.tick_money
    maker = schedule.side(session, schedule.maker, value)
    taker = schedule.side(session, schedule.taker, value)
    funding = np.zeros(len(rows), np.int64)
    if paid.size:
        way = np.where(rows["side"].to_numpy() > 0, 0, 1)
        funding = paid[way, at] - paid[way, since]
    return Paid(money[kind, part[at]], np.where(kind == LIMIT, maker, taker), funding)


def kinds(rows: pl.DataFrame) -> Array:
    """The order that filled each end, by its reason (F19, F20)."""
    reason = pl.col("reason")
    found = pl.when(reason.is_in(STOPS)).then(STOP).when(reason == "target").then(LIMIT)
    return rows.select(found.otherwise(MARKET).alias("kind"))["kind"].to_numpy()
