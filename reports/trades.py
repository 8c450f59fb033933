"""The trades: how far they went for and against, and what they have in common."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from engine.core.bars import Bars
from reports.equity import traded
from reports.exhibit import GAIN, LOSS, Exhibit, bars_of, dots, signed, titled, values
from reports.findings import Report
from reports.groups import groups, side_hours

POINTS: Final = 4_000
ROWS: Final = 5_000  # of the table on the page; the store has all
DECILES: Final = 10
SIDES: Final = {1: "long", -1: "short"}
OF_SETUP: Final = "setup "  # before the name of an attribute: a trade has a risk and a net too


def trade_exhibits(report: Report, bars: Bars | None = None) -> list[Exhibit]:
    """Figures of the out-of-sample trades; none where there were none."""
    trades = traded(report)
    if trades.is_empty():
        return []
    found = [groups(report, bars), excursions(trades), side_hours(report)]
    attributes = attribute_deciles(report, trades)
    return found if attributes is None else [*found, attributes]


def excursions(trades: pl.DataFrame) -> Exhibit:
    """Best and worst price of each trade, in risk where there is one, else in ticks."""
    risky = trades.filter(pl.col("risk") > 0)
    unit, base = ("R", pl.col("risk")) if risky.height == trades.height else ("ticks", pl.lit(1))
    table = trades.select(
        "entry_ts", "net", "reason", mae=-pl.col("mae") / base, mfe=pl.col("mfe") / base
    )
    step = max(1, -(-table.height // POINTS))
    shown, traces = table.gather_every(step), []
    for label, won, colour in (("winners", True, GAIN), ("losers", False, LOSS)):
        some = shown.filter((pl.col("net") > 0) == won)
        traces.append(dots(label, some["mae"], some["mfe"], colour))
    every = "" if step == 1 else f" Every {step}th trade is drawn."
    says = (
        "Winners far to the right survived a deep loss first; losers high up gave back a profit."
        f"{every}"
    )
    layout = titled(f"worst, {unit} against", f"best, {unit} in favour")
    return Exhibit("excursions", "How far for and against", says, table, traces, layout)


def attribute_deciles(report: Report, trades: pl.DataFrame) -> Exhibit | None:
    """Mean net of a trade by tenths of each attribute of its setup."""
    setups = report.tables["setups"]
    after = setups.columns[setups.columns.index("outcome") + 1 :]
    names = [name for name in after if setups[name].dtype.is_float()]
    keys = ["combination", "setup"]
    prefixed = [pl.col(name).alias(f"{OF_SETUP}{name}") for name in names]
    known = trades.join(setups.select(*keys, *prefixed), on=keys, how="left")
    parts = [deciles(known, name) for name in names]
    table = pl.concat(parts) if parts else pl.DataFrame()
    if table.is_empty():
        return None
    traces = []
    for name in names:
        some = table.filter(pl.col("attribute") == name)
        traces.append(bars_of(name, some["tenth"], some["mean"], signed(some["mean"])))
    for drawn in traces[1:]:
        drawn["visible"] = "legendonly"
    layout = titled("tenth of the attribute, low to high", report.facts["currency"])
    layout["xaxis"]["dtick"] = 1
    says = "Mean net of a trade: an attribute worth a gate rises or falls all the way."
    return Exhibit("attributes", "By attribute of the setup", says, table, traces, layout)


def deciles(known: pl.DataFrame, name: str) -> pl.DataFrame:
    value = pl.col(f"{OF_SETUP}{name}")
    rows = known.filter(value.is_not_null() & value.is_not_nan())
    place = (value.rank("ordinal") - 1) * DECILES // pl.len() + 1
    tenths = rows.group_by(tenth=place.cast(pl.Int64)).agg(
        n=pl.len(), low=value.min(), high=value.max(), mean=pl.col("net").mean()
    )
    return tenths.sort("tenth").select(pl.lit(name).alias("attribute"), pl.all())


def trade_table(report: Report) -> dict[str, Any]:
    """The last trades as a table that the page can sort, filter and leaf through."""
    trades, tick = traded(report), float(report.facts["tick"])
    shown = trades.tail(ROWS).reverse()
    columns = {
        "entry": shown["entry_ts"],
        "exit": shown["exit_ts"],
        "side": shown["side"].replace_strict(SIDES, return_dtype=pl.String),
        "at": shown["entry"] * tick,
        "out": shown["exit"] * tick,
        "reason": shown["reason"],
        "bars": shown["bars_held"],
        "mfe": shown["mfe"],
        "mae": shown["mae"],
        "r": shown["r"],
        "net": shown["net"],
        "doubt": shown["ambiguous"].replace_strict(
            {True: "yes", False: ""}, return_dtype=pl.String
        ),
        "combination": shown["combination"],
    }
    every = f"Every one of the {trades.height:,} out-of-sample trades."
    cut = f"The table holds the last {ROWS:,} of {trades.height:,} out-of-sample trades."
    return {
        "columns": list(columns),
        "rows": list(map(list, zip(*map(values, columns.values()), strict=True))),
        "says": cut if trades.height > ROWS else every,
    }
