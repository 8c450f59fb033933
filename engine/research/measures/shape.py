"""The shape of results: moments, dependence, and how straight the running result is."""

from __future__ import annotations

import numpy as np

from engine.research.measures.ledger import Floats, ratio

ROUNDING = 1e-26  # of a sum of squares: below this share a remainder is rounding, not a result


def shape_measures(money: Floats) -> dict[str, Floats]:
    """Skew and excess kurtosis from central moments over all sessions."""
    count = money.shape[1]
    if count < 2:
        return dict.fromkeys(("skew", "kurtosis"), np.full(len(money), np.nan))
    away = money - money.mean(axis=1)[:, None]
    square = away * away
    second = square.mean(axis=1)
    third = (square * away).mean(axis=1)
    fourth = (square * square).mean(axis=1)
    return {
        "skew": ratio(third, second**1.5),
        "kurtosis": ratio(fourth, second**2) - 3.0,
    }


def autocorrelation(money: Floats) -> Floats:
    """Of each session with the one before, about the mean of all."""
    if money.shape[1] < 2:
        return np.full(len(money), np.nan)
    away = money - money.mean(axis=1)[:, None]
    return ratio((away[:, 1:] * away[:, :-1]).sum(axis=1), (away * away).sum(axis=1))


def line_measures(level: Floats, periods: int) -> dict[str, Floats]:
    """A straight line through the running result: its steepness and its fit."""
    count = level.shape[1]
    if count < 2:
        return dict.fromkeys(("k_ratio", "equity_r2"), np.full(len(level), np.nan))
    at = np.arange(count) - (count - 1) / 2
    away = level - level.mean(axis=1)[:, None]
    spread = float((at * at).sum())
    slope = (away * at).sum(axis=1) / spread
    whole = (away * away).sum(axis=1)
    beside = away - slope[:, None] * at
    rest = (beside * beside).sum(axis=1)
    rest = np.where(rest > whole * ROUNDING, rest, 0.0)
    error = np.sqrt(rest / max(count - 2, 1) / spread)
    return {
        "k_ratio": ratio(slope, error) * np.sqrt(periods) / count,
        "equity_r2": 1.0 - ratio(rest, whole),
    }
