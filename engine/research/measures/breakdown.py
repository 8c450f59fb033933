"""Trades by what they have in common: side, reason, clock, calendar, duration, an attribute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from engine.core.errors import ParameterError, unknown
from engine.core.session import window
from engine.fills.simulate import R_SCALE
from engine.research.measures.basis import Basis

PARTS: Final = ("asia", "london", "new_york")  # windows of a New York day that do not overlap
SHORT, LONG = 30, 120  # minutes: the classes of duration
WEEKDAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def weekday(column: str) -> pl.Expr:
    number = pl.col(column).dt.weekday().cast(pl.Int8)
    return number.replace_strict(dict(enumerate(WEEKDAYS, 1)), return_dtype=pl.Enum(WEEKDAYS))


def keys(trades: pl.DataFrame, zone: str) -> dict[str, pl.Expr]:
    """What trades can be grouped by; hours are those of the entry on the clock of the zone."""
    minutes = (pl.col("exit_ts") - pl.col("entry_ts")).dt.total_minutes()
    clock = pl.col("entry_ts").dt.convert_time_zone(zone).dt
    return {
        "side": pl.when(pl.col("side") > 0).then(pl.lit("long")).otherwise(pl.lit("short")),
        "reason": pl.col("reason"),
        "part": part_of(trades),
        "weekday": weekday("trade_date"),
        "hour": clock.hour().cast(pl.Int64),
        "year": pl.col("trade_date").dt.year().cast(pl.Int64),
        "month": pl.col("trade_date").dt.month().cast(pl.Int64),
        "duration": pl.when(minutes < SHORT)
        .then(pl.lit(f"below {SHORT} min"))
        .when(minutes < LONG)
        .then(pl.lit(f"{SHORT} to {LONG} min"))
        .otherwise(pl.lit(f"{LONG} min and more")),
    }


def part_of(trades: pl.DataFrame) -> pl.Expr:
    """The part of a New York day the entry falls into."""
    times = trades["entry_ts"].to_physical().to_numpy()
    found = np.full(len(times), "between", object)
    for name in PARTS:
        found[window(name).contains(times)] = name
    return pl.lit(pl.Series(found, dtype=pl.String))


def figures(basis: Basis) -> list[pl.Expr]:
    """What every group is described by; the undefined is null."""
    net, unit = pl.col("net"), float(basis.unit)
    won, lost = net.filter(net > 0).sum(), -net.filter(net < 0).sum()
    return [
        pl.len().cast(pl.Int64).alias("trades"),
        (net.sum() * unit).alias("net"),
        (net.mean() * unit).alias("expectancy"),
        (net > 0).mean().alias("win_rate"),
        pl.when(lost > 0).then(won / lost).alias("profit_factor"),
        (pl.col("r").mean() / R_SCALE).alias("mean_r"),
        pl.when(pl.col("r").count() > 0).then(pl.col("r").sum() / R_SCALE).alias("total_r"),
    ]


def breakdown(
    trades: pl.DataFrame, by: Sequence[str], basis: Basis, zone: str = "America/Chicago"
) -> pl.DataFrame:
    """One row a group that has a trade, in order of the keys; any other column is a key too."""
    known = keys(trades, zone)
    for name in by:
        if name not in known and name not in trades.columns:
            raise unknown("key", name, [*known, *trades.columns], where=" of a breakdown")
    named = trades.with_columns([known.get(name, pl.col(name)).alias(f"by_{name}") for name in by])
    grouped = named.group_by([f"by_{name}" for name in by]).agg(figures(basis))
    return grouped.rename({f"by_{name}": name for name in by}).sort(by)


def quantiles(trades: pl.DataFrame, attribute: str, basis: Basis, parts: int = 4) -> pl.DataFrame:
    """Trades by equal parts of an attribute, such as the confidence of a model; NaN left out."""
    if parts < 2:
        raise ParameterError(f"an attribute is cut into 2 parts or more, not {parts}")
    if attribute not in trades.columns:
        raise unknown("attribute", attribute, trades.columns)
    known = trades.filter(pl.col(attribute).is_finite())
    place = pl.col(attribute).rank("ordinal") - 1
    cut = (place * parts // pl.len() + 1).cast(pl.Int64)
    low, high = (getattr(pl.col(attribute), end)().alias(end) for end in ("min", "max"))
    return (
        known.with_columns(part=cut).group_by("part").agg(low, high, *figures(basis)).sort("part")
    )
