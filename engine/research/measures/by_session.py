"""Objectives that need a session row: ledger cells keep no path and no downside."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.core.bars import Longs
from engine.research.measures.days import deviation
from engine.research.measures.falls import Path
from engine.research.measures.ledger import Floats, ratio
from engine.research.measures.shape import line_measures

Objective = Callable[[Longs, int], Floats]


def sortino(rows: Longs, periods: int) -> Floats:
    """Mean over the root of the mean square of losses, all sessions counted, a year."""
    short = np.minimum(rows.astype(np.float64), 0.0)
    downside = np.sqrt(ratio((short * short).sum(axis=1), rows.shape[1]))
    mean = ratio(rows.sum(axis=1), rows.shape[1])
    return np.asarray(ratio(mean, downside) * np.sqrt(periods))


def session_calmar(rows: Longs, periods: int) -> Floats:
    """Net a year over the deepest fall of the running result at session ends."""
    fall = Path.of(rows.astype(np.float64)).fall.max(axis=1, initial=0.0)
    return ratio(rows.sum(axis=1) * periods, fall * rows.shape[1])


def k_ratio(rows: Longs, periods: int) -> Floats:
    """How steep and how straight the running result is."""
    return line_measures(np.cumsum(rows, axis=1).astype(np.float64), periods)["k_ratio"]


def t_statistic(rows: Longs, _: int) -> Floats:
    """Mean over its standard error; the same order as sharpe over equally many sessions."""
    spread = deviation(rows.astype(np.float64))
    mean = ratio(rows.sum(axis=1), rows.shape[1])
    return np.asarray(ratio(mean, spread) * np.sqrt(rows.shape[1]))


SESSION_OBJECTIVES: dict[str, Objective] = {
    "sortino": sortino,
    "session_calmar": session_calmar,
    "k_ratio": k_ratio,
    "t_statistic": t_statistic,
}
"""From the dense session rows of many combinations (money units) and the sessions of a year."""
