"""Measures of merged ledger rows; what is undefined is NaN, and tables say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.research.kernel import FIELDS

Floats = npt.NDArray[np.float64]


class Merged(NamedTuple):
    """Ledger rows of many combinations over one run of sessions."""

    rows: Longs
    sessions: int
    periods: int  # sessions a year

    def sum(self, name: str) -> Longs:
        return self.rows[:, FIELDS.index(name)]


def ratio(above: Any, below: Any) -> Floats:
    """Division that is NaN where there is nothing to divide by."""
    a, b = np.asarray(above, np.float64), np.asarray(below, np.float64)
    return np.asarray(np.divide(a, b, out=np.full(a.shape, np.nan), where=b != 0))


def expectancy(m: Merged) -> Floats:
    """Net money units a trade."""
    return ratio(m.sum("net"), m.sum("n"))


def profit_factor(m: Merged) -> Floats:
    """Winning over losing money; undefined without a loss."""
    return ratio(m.sum("gross_win"), m.sum("gross_loss"))


def net(m: Merged) -> Floats:
    """Net money units."""
    return m.sum("net").astype(np.float64)


def win_rate(m: Merged) -> Floats:
    """Share of trades that made money."""
    return ratio(m.sum("wins"), m.sum("n"))


def sharpe(m: Merged) -> Floats:
    """Mean over deviation of session results, idle sessions included, times the root of a year."""
    if m.sessions < 2:
        return np.full(len(m.rows), np.nan)
    mean = m.sum("net") / m.sessions
    variance = (m.sum("squares") - m.sessions * mean * mean) / (m.sessions - 1)
    yearly = ratio(mean, np.sqrt(np.maximum(variance, 0.0))) * np.sqrt(m.periods)
    return np.asarray(yearly)


OBJECTIVES: dict[str, Callable[[Merged], Floats]] = {
    "expectancy": expectancy,
    "profit_factor": profit_factor,
    "net": net,
    "sharpe": sharpe,
}
