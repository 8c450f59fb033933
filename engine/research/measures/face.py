"""The face of measures: a frame of trades and the sessions they were made in, one row a series."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.errors import DataError
from engine.research.measures.basis import Basis
from engine.research.measures.benchmark import benchmark_measures
from engine.research.measures.catalogue import in_currency
from engine.research.measures.days import day_measures
from engine.research.measures.groups import Groups
from engine.research.measures.ledger import Floats, ratio
from engine.research.measures.trades import Closed, trade_measures

NS_A_MINUTE = 60_000_000_000


class Split(NamedTuple):
    """Trades in order, the series each belongs to, and the keys of the series."""

    trades: pl.DataFrame
    by: Groups
    keys: pl.DataFrame


def measures(
    trades: pl.DataFrame,
    sessions: pl.DataFrame,
    basis: Basis,
    by: Sequence[str] = (),
    benchmark: Longs | None = None,
) -> pl.DataFrame:
    """Every measure of every series of trades, money in currency, the undefined as NaN.

    `trades` has the columns of the store's table; `sessions` has each `trade_date` played, idle
    ones included, and `bars` where exposure is wanted. A series is one value of the columns `by`.
    """
    split = split_by(trades, by)
    rows = session_rows(split.trades, sessions)
    daily = daily_results(split, rows, len(sessions))
    months = month_numbers(sessions)
    found = trade_measures(closed(split.trades), split.by)
    found |= day_measures(daily, months, basis)
    found |= of_both(split, rows, sessions)
    if benchmark is not None:
        found |= benchmark_measures(daily, benchmark, basis)
    return split.keys.with_columns(
        [pl.Series(name, values) for name, values in in_currency(found, basis).items()]
    )


def session_frame(bars: Bars) -> pl.DataFrame:
    """The sessions that bars were played in, and how many bars each has."""
    first, last = int(bars.session[0]), int(bars.session[-1])
    dates = pl.Series("trade_date", bars.sessions.date[first : last + 1]).cast(pl.Date)
    return dates.to_frame().with_columns(
        bars=pl.Series(np.bincount(bars.session - first, minlength=len(dates)))
    )


def split_by(trades: pl.DataFrame, by: Sequence[str]) -> Split:
    """Sort by series and exit; without `by`, all trades are one series, even if there are none."""
    ordered = trades.sort(*by, "exit_ts", "entry_ts", maintain_order=True)
    if not by:
        one = np.zeros(len(ordered), np.int64)
        return Split(ordered, Groups(one, 1), pl.DataFrame({"series": ["all"]}))
    keys = ordered.select(by).unique(maintain_order=True)
    series = ordered.select(pl.struct(by).rank("dense").cast(pl.Int64) - 1).to_series().to_numpy()
    return Split(ordered, Groups(series, len(keys)), keys)


def session_rows(trades: pl.DataFrame, sessions: pl.DataFrame) -> Longs:
    """For each trade the row of its trade date."""
    dates = sessions["trade_date"].to_physical().to_numpy().astype(np.int64)
    if np.any(np.diff(dates) <= 0):
        raise DataError("the trade dates of sessions must ascend, each once")
    wanted = trades["trade_date"].to_physical().to_numpy().astype(np.int64)
    rows = np.searchsorted(dates, wanted)
    inside = np.minimum(rows, max(len(dates) - 1, 0))
    strange = np.flatnonzero(dates[inside] != wanted) if len(dates) else np.arange(len(wanted))
    if len(strange):
        day = trades["trade_date"][int(strange[0])]
        raise DataError(f"a trade belongs to {day}, which is none of the sessions given")
    return np.asarray(rows, np.int64)


def daily_results(split: Split, rows: Longs, sessions: int) -> Longs:
    """Net money units by series and session; idle sessions hold 0."""
    daily = np.zeros((split.by.many, sessions), np.int64)
    np.add.at(daily, (split.by.series, rows), split.trades["net"].to_numpy())
    return daily


def month_numbers(sessions: pl.DataFrame) -> Longs:
    """Calendar months counted through the years."""
    day = pl.col("trade_date").dt
    counted = sessions.select(day.year().cast(pl.Int64) * 12 + day.month())
    return np.asarray(counted.to_series().to_numpy(), np.int64)


def closed(trades: pl.DataFrame) -> Closed:
    """The columns measures need, as arrays."""
    values = {
        name: trades[name].to_numpy().astype(np.int64)
        for name in Closed._fields
        if name not in ("minutes", "r", "has_r", "ambiguous")
    }
    held = (trades["exit_ts"] - trades["entry_ts"]).to_physical().to_numpy()
    return Closed(
        minutes=held / NS_A_MINUTE,
        r=trades["r"].fill_null(0).to_numpy().astype(np.int64),
        has_r=trades["r"].is_not_null().to_numpy(),
        ambiguous=trades["ambiguous"].to_numpy(),
        **values,
    )


def of_both(split: Split, rows: Longs, sessions: pl.DataFrame) -> dict[str, Floats]:
    """What needs trades and sessions."""
    count, by = len(sessions), split.by
    marks = np.zeros((by.many, count), np.bool_)
    marks[by.series, rows] = True
    names = ("entry_bar", "exit_bar")
    first, last = (split.trades[name].to_numpy().astype(np.int64) for name in names)
    bars = int(sessions["bars"].sum()) if "bars" in sessions.columns else 0
    number = by.number(np.ones(len(first), np.bool_))
    return {
        "traded_sessions": marks.sum(axis=1).astype(np.float64),
        "trades_a_session": ratio(number, count),
        "exposure": ratio(by.held(first, last), bars),
    }
