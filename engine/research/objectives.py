"""Objectives: what a fold chooses by, from sums of cells, from session rows, or from one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.bars import Longs
from engine.core.errors import StudyError
from engine.research.measures import OBJECTIVES, Floats, Merged, ratio
from engine.research.measures.by_session import SESSION_OBJECTIVES
from engine.research.measures.days import deviation
from engine.research.measures.ledger import deviation_of
from engine.research.measures.shape import shape_measures
from engine.research.measures.tails import FEW, below, best_of

Own = Callable[[Longs], float]  # a session row in money units -> the more the better, NaN for none

AVERSION: Final = 0.1  # deviations of a session that its mean must pay for
IN_MONEY: Final = ("expectancy", "net", "utility")


def utility(m: Merged) -> Floats:
    """Mean session less a tenth of the deviation: an edge has to pay for its unrest."""
    mean = ratio(m.sum("net"), np.where(m.sum("n") > 0, m.sessions, 0))
    return np.asarray(mean - AVERSION * deviation_of(m, mean))


def deflated(rows: Longs, trials: int) -> Floats:
    """Chance that the true Sharpe ratio is above that of the best of so many worthless trials.

    The hurdle is the trials' expected best where each is a session's luck alone, so that it does
    not hang on how many combinations are looked at in one go.
    """
    sessions, money = rows.shape[1], rows.astype(np.float64)
    if sessions < FEW:
        return np.full(len(rows), np.nan)
    shape = shape_measures(money)
    sharpe = ratio(money.mean(axis=1), deviation(money))
    spread = 1 - shape["skew"] * sharpe + (shape["kurtosis"] + 2) / 4 * sharpe * sharpe
    above = (sharpe - best_of(trials) / np.sqrt(sessions)) * np.sqrt(sessions - 1)
    score = ratio(above, np.sqrt(np.where(spread > 0, spread, np.nan)))
    return np.array([below(z) for z in score.tolist()])


def of_own(own: Own, rows: Longs) -> Floats:
    """A function of one's own, row by row; what it returns besides numbers is told."""
    try:
        return np.array([float(own(row)) for row in np.ascontiguousarray(rows)])
    except (TypeError, ValueError):
        raise StudyError("an objective of one's own returns one number a session row") from None


OF_CELLS: Final = {**OBJECTIVES, "utility": utility}
DEFLATED: Final = "dsr"
OF_SESSIONS: Final = (*SESSION_OBJECTIVES, DEFLATED)
NAMES: Final = (*OF_CELLS, *OF_SESSIONS)


def needs_days(name: str) -> bool:
    """Whether an objective reads every session, so that no cell may hold two of them."""
    return name not in OF_CELLS


def value_of(name: str, merged: Merged, own: Own | None = None) -> Floats:
    """An objective of every combination over a run of sessions."""
    if name in OF_CELLS:
        return OF_CELLS[name](merged)
    if merged.days is None:
        raise StudyError(f"the objective {name} reads session rows, which were not kept")
    if own is not None:
        return of_own(own, merged.days)
    if name == DEFLATED:
        return deflated(merged.days, merged.trials)
    return SESSION_OBJECTIVES[name](merged.days, merged.periods)
