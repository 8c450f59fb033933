"""Rolling measures: what the last so many sessions, or trades, amounted to at each moment."""

from __future__ import annotations

import numpy as np
import polars as pl

from engine.core.bars import Longs
from engine.core.errors import ParameterError
from engine.research.measures.basis import Basis
from engine.research.measures.days import deviation
from engine.research.measures.falls import Path
from engine.research.measures.ledger import Floats, ratio


def windows(values: Longs, window: int) -> Longs:
    """One row a moment: the values of the window that ends there."""
    if window < 2:
        raise ParameterError(f"a rolling window has 2 rows or more, not {window}")
    if len(values) < window:
        return np.zeros((0, window), values.dtype)
    return np.lib.stride_tricks.sliding_window_view(values, window)


def rolling_sessions(daily: pl.DataFrame, window: int, basis: Basis) -> pl.DataFrame:
    """By trade date from the first full window on; `daily` has `trade_date` and `net`.

    The fall is that of the window alone: from its own highest running result to its end.
    """
    view = windows(daily["net"].to_numpy().astype(np.int64), window)
    year, money = basis.periods, float(basis.unit)
    total, spread = view.sum(axis=1), deviation(view.astype(np.float64))
    mean = ratio(total, window)
    return (
        daily.select("trade_date")
        .tail(len(view))
        .with_columns(
            net=pl.Series(total * money),
            annual_return=pl.Series(mean * year / basis.stake),
            volatility=pl.Series(spread * np.sqrt(year) / basis.stake),
            sharpe=pl.Series(ratio(mean - basis.target, spread) * np.sqrt(year)),
            positive_sessions=pl.Series(ratio((view > 0).sum(axis=1), window)),
            drawdown=pl.Series(ending_fall(view) * money),
        )
    )


def rolling_trades(trades: pl.DataFrame, window: int, basis: Basis) -> pl.DataFrame:
    """By the exit of every trade from the first full window on."""
    ordered = trades.sort("exit_ts", "entry_ts", maintain_order=True)
    view = windows(ordered["net"].to_numpy().astype(np.int64), window)
    won, lost = np.maximum(view, 0).sum(axis=1), np.maximum(-view, 0).sum(axis=1)
    money = float(basis.unit)
    return (
        ordered.select("exit_ts")
        .tail(len(view))
        .with_columns(
            expectancy=pl.Series(ratio(view.sum(axis=1), window) * money),
            win_rate=pl.Series(ratio((view > 0).sum(axis=1), window)),
            profit_factor=pl.Series(ratio(won, lost)),
            drawdown=pl.Series(ending_fall(view) * money),
        )
    )


def ending_fall(view: Longs) -> Floats:
    """How far each window's running result ends below its highest, in money units."""
    if not len(view):
        return np.zeros(0)
    return np.asarray(Path.of(view.astype(np.float64)).fall[:, -1])
