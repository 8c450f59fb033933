"""The Sharpe ratio among its peers: probable, deflated, and how long a record would have to be.

Ratios are per session, never annualised; kurtosis is raw, 3 for a normal distribution.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.research.measures.tails import FEW, below, best_of, quantile


class Moments(NamedTuple):
    """One series: its length, mean over deviation, skewness and raw kurtosis; NaN if undefined."""

    sessions: int
    sharpe: float
    skew: float
    kurtosis: float

    @property
    def spread(self) -> float:
        """What the square of the estimated ratio's standard error is, times one session less."""
        sr = self.sharpe
        return 1 - self.skew * sr + (self.kurtosis - 1) / 4 * sr * sr


def moments(values: Array) -> Moments:
    """Moments of session results; nothing is said of a few, or of results that never differ."""
    series = np.asarray(values, np.float64)
    count = len(series)
    centred = series - series.mean() if count else series
    square = float(centred @ centred)
    if count < FEW or square == 0:
        return Moments(count, math.nan, math.nan, math.nan)
    variance = square / count
    skew = float((centred**3).mean()) / variance**1.5
    kurtosis = float((centred**4).mean()) / variance**2
    return Moments(count, float(series.mean()) / math.sqrt(square / (count - 1)), skew, kurtosis)


def probable(m: Moments, hurdle: float = 0.0) -> float:
    """PSR: the chance that the true ratio lies above a hurdle, given the shape of the results."""
    if not m.spread > 0:
        return math.nan
    return below((m.sharpe - hurdle) * math.sqrt((m.sessions - 1) / m.spread))


def shortest_record(m: Moments, hurdle: float = 0.0, level: float = 0.95) -> float:
    """MinTRL: sessions after which this ratio would stand above the hurdle at a level."""
    if math.isnan(m.sharpe):
        return math.nan
    if m.sharpe <= hurdle:
        return math.inf
    return 1 + m.spread * (quantile(level) / (m.sharpe - hurdle)) ** 2


def hurdle_of(trials: int, ratios: Array) -> float:
    """The ratio the best of so many worthless trials would show, by the spread of those tried."""
    return best_of(trials) * spread_of(ratios) if trials > 1 else 0.0


def spread_of(ratios: Array) -> float:
    """How far the ratios of the trials lie apart; one alone has no spread."""
    told = ratios[~np.isnan(ratios)]
    return float(told.std(ddof=1)) if len(told) > 1 else math.nan


def deflated(m: Moments, trials: int, ratios: Array) -> float:
    """DSR: the probable ratio against the hurdle that the search itself has set."""
    return probable(m, hurdle_of(trials, ratios))


def shortest_backtest(trials: int, ratio: float) -> float:
    """MinBTL: periods below which the best of worthless trials is expected to show this ratio."""
    return (best_of(trials) / ratio) ** 2 if ratio > 0 else math.nan


class Trials(NamedTuple):
    """How many combinations were looked at, and how many groups of them moved apart."""

    sampled: int
    groups: int


ALIKE = 0.7  # a correlation at which half the variance is shared


def groups(rows: Longs, alike: float = ALIKE) -> Trials:
    """In order, a combination founds a group unless it moves like a founder before it.

    Combinations whose results never differ from one session to the next are one group together.
    """
    centred = rows - rows.mean(axis=1, keepdims=True)
    length = np.sqrt((centred * centred).sum(axis=1))
    moving = length > 0
    units = centred[moving] / length[moving, None]
    near: Any = units @ units.T >= alike
    taken = np.zeros(len(units), np.bool_)
    founders = 0
    for k in range(len(units)):
        if not taken[k]:
            founders += 1
            taken |= near[k]
    return Trials(len(rows), founders + int(not moving.all()))
