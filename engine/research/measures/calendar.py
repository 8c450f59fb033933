"""Results laid over the calendar: months, weekdays by hour, and the drawdowns one by one."""

from __future__ import annotations

import numpy as np
import polars as pl

from engine.research.measures.basis import Basis
from engine.research.measures.breakdown import breakdown, figures
from engine.research.measures.falls import Path, runs


def monthly(trades: pl.DataFrame, sessions: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """One row a calendar month that has a session, with trades or without."""
    day = pl.col("trade_date").dt
    cut = {"year": day.year().cast(pl.Int64), "month": day.month().cast(pl.Int64)}
    months = sessions.with_columns(**cut).group_by("year", "month").agg(sessions=pl.len())
    made = trades.with_columns(**cut).group_by("year", "month").agg(figures(basis))
    joined = months.join(made, on=["year", "month"], how="left").sort("year", "month")
    return joined.with_columns(
        pl.col("sessions").cast(pl.Int64), pl.col("trades", "net").fill_null(0)
    )


def weekday_hours(
    trades: pl.DataFrame, basis: Basis, zone: str = "America/Chicago"
) -> pl.DataFrame:
    """One row a weekday of the trade date and hour of the entry."""
    return breakdown(trades, ("weekday", "hour"), basis, zone)


def drawdown_table(daily: pl.DataFrame, basis: Basis) -> pl.DataFrame:
    """Every run of sessions below the peak, deepest first; `recovered` is null while it is open."""
    results = daily["net"].to_numpy().astype(np.float64)[None, :]
    fall = Path.of(results).fall
    found, dates = runs(fall), daily["trade_date"]
    stop = found.start + found.length
    bottom = [int(a + fall[0, a:b].argmax()) for a, b in zip(found.start, stop, strict=True)]
    back = [dates[int(b)] if b < len(dates) else None for b in stop]
    return pl.DataFrame(
        {
            "first": dates.gather(found.start),
            "bottom": dates.gather(bottom),
            "recovered": pl.Series(back, dtype=pl.Date),
            "sessions": found.length,
            "depth": found.depth * float(basis.unit),
        }
    ).sort("depth", "first", descending=[True, False])
