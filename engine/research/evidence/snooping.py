"""Snooping: how well the best of so many worthless rules would have done.

White's Reality Check (2000), Hansen's test for superior predictive ability (2005), and the stepwise
test of Romano and Wolf (2005), all on one set of stationary bootstrap draws.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.research.evidence.chance import Floats
from engine.research.evidence.kernel import highest
from engine.research.evidence.resample import Resample, counts
from engine.research.measures.tails import FEW

CHUNK = 512  # combinations at once: memory does not grow with the grid


class Snooped(NamedTuple):
    """P-values of the hypothesis that no combination beats nothing; NaN with too few sessions."""

    best: int  # the combination with the highest mean
    superior: int  # the one with the highest studentised mean
    reality: float
    lower: float  # superior predictive ability: liberal, consistent, conservative
    consistent: float
    upper: float
    draws: int
    block: int


class Part(NamedTuple):
    """Some combinations: their sums, what one deviation of a sum is, and how draws move them."""

    first: int
    total: Longs
    scale: Floats  # one over the deviation of the sum; 0 where results never differ
    moved: Floats  # the sum of each draw less the real one, [draw, combination]


def snooped(rows: Longs, how: Resample) -> Snooped:
    """Test session rows `[combination, session]`, each already less its benchmark."""
    count, sessions = rows.shape
    block = how.length(sessions)
    if sessions < FEW or not count:
        none = math.nan
        return Snooped(-1, -1, none, none, none, none, how.draws, block)
    total = rows.sum(axis=1)
    edge = -math.sqrt(2 * math.log(math.log(sessions)))
    drawn = np.zeros((4, how.draws))
    drawn[0] = -np.inf
    scores = np.zeros(count)
    for part in parts(rows, how):
        score = part.total * part.scale
        scores[part.first : part.first + len(score)] = score
        back = np.minimum(score, 0), np.where(score < edge, score, 0), np.zeros(len(score))
        highest(part.moved, part.scale, np.stack(back), drawn)
    told = max(0.0, float(scores.max()))
    real = p_value(drawn[0], float(total.max()))
    lower, consistent, upper = (p_value(row, told) for row in drawn[1:])
    best, superior = int(total.argmax()), int(scores.argmax())
    return Snooped(best, superior, real, lower, consistent, upper, how.draws, block)


def p_value(drawn: Floats, told: float) -> float:
    """Share of draws at least as high, the real one counted among them: never zero."""
    return float((drawn >= told).sum() + 1) / (len(drawn) + 1)


def parts(rows: Longs, how: Resample) -> Iterator[Part]:
    """The rows some at a time; sums are whole numbers below 2**53, hence exact in any order."""
    sessions = rows.shape[1]
    weights = counts(how.rows(sessions), sessions)
    for first in range(0, len(rows), CHUNK):
        part = rows[first : first + CHUNK]
        total = part.sum(axis=1)
        drawn = weights @ part.astype(np.float64).T
        drawn -= total
        # A draw's own estimate of it would be noisier, and doubles the false alarms of short runs.
        deviation = part.std(axis=1) * math.sqrt(sessions)
        scale = np.divide(1, deviation, out=np.zeros(len(part)), where=deviation > 0)
        yield Part(first, total, scale, drawn)


def stepwise(rows: Longs, how: Resample, level: float = 0.05) -> Bools:
    """StepM: the combinations whose mean is above nothing, at a level for all of them together."""
    found = np.zeros(len(rows), np.bool_)
    while not found.all() and rows.shape[1] >= FEW:
        left = np.flatnonzero(~found)
        best = np.full(how.draws, -np.inf)
        scores = np.zeros(len(left))
        for part in parts(rows[left], how):
            score = part.total * part.scale
            scores[part.first : part.first + len(score)] = score
            best = np.maximum(best, (part.moved * part.scale).max(axis=1))
        fresh = scores > max(0.0, float(np.quantile(best, 1 - level, method="higher")))
        if not fresh.any():
            break
        found[left[fresh]] = True
    return found
