"""Means and shares: Student's t, Wilson's interval, the binomial test, power, independence."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.core.columns import Array
from engine.research.evidence.chance import Floats
from engine.research.measures.tails import (
    below,
    binomial_at_least,
    quantile,
    student_above,
    student_quantile,
)

LEAST = 5  # trades below which a mean is not tested
LEAST_PAIRS = 10  # trades below which neighbours are not compared


class Mean(NamedTuple):
    """A mean, its interval, and the chance of one so high, or so far from zero, by luck."""

    size: int
    mean: float
    low: float
    high: float
    t: float
    p_above: float
    p_apart: float


def t_test(values: Array, level: float = 0.95) -> Mean:
    """Test a mean against zero; undefined for fewer than five values or for values all alike."""
    series = np.asarray(values, np.float64)
    count, mean = len(series), float(series.mean()) if len(series) else math.nan
    if count < LEAST or (series == series[0]).all():
        none = math.nan
        return Mean(count, mean, none, none, none, none, none)
    error = float(series.std(ddof=1)) / math.sqrt(count)
    t, reach = mean / error, student_quantile((1 + level) / 2, count - 1) * error
    above, apart = student_above(t, count - 1), 2 * student_above(abs(t), count - 1)
    return Mean(count, mean, mean - reach, mean + reach, t, above, apart)


NEAR = 1.6  # up to here a test is above 5 % by any count, and the normal tail is near enough


def t_tests(ratios: Array, count: int) -> Floats:
    """Chance of each mean over deviation, of so many values, being so high by luck."""
    found = np.full(len(ratios), np.nan)
    for row, t in enumerate((np.asarray(ratios) * math.sqrt(count)).tolist()):
        if not math.isnan(t) and count >= LEAST:
            found[row] = student_above(t, count - 1) if t > NEAR else below(-t)
    return found


class Share(NamedTuple):
    """A share, Wilson's interval, and the chance of so many hits by fair coins."""

    size: int
    share: float
    low: float
    high: float
    p_above: float


def hit_rate(hits: int, count: int, level: float = 0.95, chance: float = 0.5) -> Share:
    """A share of winners; undefined for fewer than five trades."""
    if count < LEAST:
        return Share(count, hits / count if count else math.nan, math.nan, math.nan, math.nan)
    z, share = quantile((1 + level) / 2), hits / count
    shrunk = (share + z * z / (2 * count)) / (1 + z * z / count)
    reach = math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2) * z
    reach /= 1 + z * z / count
    p = binomial_at_least(hits, count, chance)
    return Share(count, share, max(0.0, shrunk - reach), min(1.0, shrunk + reach), p)


def power(effect: float, count: int, level: float = 0.05) -> float:
    """Chance that so many trades of this mean over deviation are told from zero, either side."""
    reach, far = quantile(1 - level / 2), effect * math.sqrt(count)
    return below(far - reach) + below(-far - reach)


def trades_needed(effect: float, wanted: float = 0.8, level: float = 0.05) -> float:
    """Trades after which an effect of this size is told from zero with the wanted power."""
    if not effect:
        return math.inf
    reach = (quantile(1 - level / 2) + quantile(wanted)) / abs(effect)
    return float(math.ceil(reach * reach))


class Neighbours(NamedTuple):
    """Correlation of each trade's outcome with the next, and the chance of one so far from none."""

    correlation: float
    p_apart: float


def independence(values: Array) -> Neighbours:
    """Whether wins follow wins; undefined for ten trades or fewer, or when all went one way."""
    won = (np.asarray(values) > 0).astype(np.float64)
    centred = won - won.mean() if len(won) else won
    square = float(centred @ centred)
    if len(won) <= LEAST_PAIRS or not square:
        return Neighbours(math.nan, math.nan)
    correlation = float(centred[1:] @ centred[:-1]) / square
    return Neighbours(correlation, 2 * below(-abs(correlation) * math.sqrt(len(won))))
