"""Measures that ledger rows can give, so that a walk-forward can choose by them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.fills.simulate import R_SCALE
from engine.research.kernel import FIELDS

Floats = npt.NDArray[np.float64]


class Merged(NamedTuple):
    """Ledger rows of many combinations over one run of sessions.

    Objectives of sums also take many runs at once: `rows[combination, run, field]`, and a number of
    sessions for each run.
    """

    rows: Longs
    sessions: int
    periods: int  # sessions a year
    trials: int = 1  # combinations looked at to find the best of them
    days: Longs | None = None  # net by combination and session, where cells are single sessions

    def only(self, rows: Sequence[int]) -> Merged:
        """Some of the combinations."""
        chosen = list(rows)
        days = None if self.days is None else self.days[chosen]
        return self._replace(rows=self.rows[chosen], days=days)

    def sum(self, name: str) -> Longs:
        return np.asarray(self.rows[..., FIELDS.index(name)])


def ratio(above: Any, below: Any) -> Floats:
    """Division that is NaN where there is nothing to divide by."""
    a, b = np.broadcast_arrays(np.asarray(above, np.float64), np.asarray(below, np.float64))
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


def payoff(m: Merged) -> Floats:
    """The mean winner over the mean loser."""
    return ratio(
        ratio(m.sum("gross_win"), m.sum("wins")), ratio(m.sum("gross_loss"), m.sum("losses"))
    )


def total_r(m: Merged) -> Floats:
    """R of all trades together; undefined without a trade."""
    return ratio(m.sum("sum_r"), np.where(m.sum("n") > 0, R_SCALE, 0))


def mean_r(m: Merged) -> Floats:
    """R a trade."""
    return ratio(m.sum("sum_r") / R_SCALE, m.sum("n"))


def sharpe(m: Merged) -> Floats:
    """Mean over deviation of session results, idle sessions included, times the root of a year."""
    mean = m.sum("net") / m.sessions
    yearly = ratio(mean, deviation_of(m, mean)) * np.sqrt(m.periods)
    return np.asarray(yearly)


def deviation_of(m: Merged, mean: Floats) -> Floats:
    """Deviation of session results; one session has none."""
    squares = m.sum("squares") - m.sessions * mean * mean
    variance = ratio(squares, np.maximum(m.sessions, 1) - 1)
    return np.asarray(np.sqrt(np.maximum(variance, 0.0)))


def recovery_factor(m: Merged) -> Floats:
    """Net over the worst fall of the closed trades; undefined without a fall."""
    return ratio(m.sum("net"), m.sum("fall"))


def calmar(m: Merged) -> Floats:
    """Net a year over the worst fall of closed trades, never less than that of daily closes."""
    return ratio(m.sum("net") * m.periods, m.sum("fall") * m.sessions)


OBJECTIVES: dict[str, Callable[[Merged], Floats]] = {
    "expectancy": expectancy,
    "profit_factor": profit_factor,
    "net": net,
    "win_rate": win_rate,
    "sharpe": sharpe,
    "payoff": payoff,
    "total_r": total_r,
    "mean_r": mean_r,
    "recovery_factor": recovery_factor,
    "calmar": calmar,
}
