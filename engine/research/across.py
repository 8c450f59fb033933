"""One set of parameters in many markets: where it stands in each, and what it is worth in all.

In each market every combination with enough trades takes a rank by the objective, and its
objective is standardised by their mean and deviation, so that ticks, currencies and timeframes no
longer count. A combination is worth the mean over the markets, and nothing where one of them
cannot judge it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.errors import StudyError
from engine.research.measures import Floats

KEY: Final = "combination"
RANK, SCORE = "rank", "score"


def across(
    tables: Sequence[pl.DataFrame], axes: Sequence[str], by: tuple[str, int]
) -> pl.DataFrame:
    """One row a combination, the best first; `by` is the objective and the fewest trades."""
    same = [table.select(KEY, *axes) for table in tables]
    if any(not one.equals(same[0]) for one in same):
        raise StudyError(
            "the markets played different combinations; none can be set beside another"
        )
    every = pl.concat(
        [standing(table, *by).with_columns(market=k) for k, table in enumerate(tables)]
    )
    worth = every.group_by(KEY).agg(
        markets=pl.len(),
        profitable=(pl.col("net") > 0).mean(),
        rank=pl.col(RANK).mean(),
        score=pl.col(SCORE).mean(),
        worst=pl.col(SCORE).min(),
    )
    everywhere = pl.col("markets") == len(tables)
    judged = [pl.when(everywhere).then(pl.col(name)).alias(name) for name in (RANK, SCORE, "worst")]
    found = same[0].join(worth, on=KEY, how="left").with_columns(pl.col("markets").fill_null(0))
    return found.with_columns(judged).sort(
        SCORE, RANK, KEY, descending=[True, True, False], nulls_last=True
    )


def standing(table: pl.DataFrame, objective: str, least: int) -> pl.DataFrame:
    """Rank from 0 to 1 and standardised objective of those who can be judged in one market."""
    value = pl.col(objective)
    told = table.filter((pl.col("n") >= least) & value.is_not_null()).select(
        KEY, "net", value=value.cast(pl.Float64)
    )
    values = told["value"].to_numpy()
    return told.with_columns(
        rank=pl.Series(ranks(values), dtype=pl.Float64),
        score=pl.Series(standardised(values), dtype=pl.Float64),
    )


def ranks(values: Floats) -> Floats:
    """The share of the others that each beats, a tie being half; alone there is none to beat."""
    if len(values) < 2:
        return np.full(len(values), 0.5)
    order = np.sort(values)
    below, upto = (np.searchsorted(order, values, side) for side in ("left", "right"))
    return np.asarray((below + upto - 1) / 2 / (len(values) - 1))


def standardised(values: Floats) -> Floats:
    """Deviations from the mean; where all are tied each is exactly at it."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else np.zeros(len(values))


class Seen(NamedTuple):
    """What a walk-forward showed in one market."""

    mean_r: float  # of unseen trades; NaN without any
    net: float
    p: float  # chance of such a mean without edge; NaN where nothing was weighed
    kept: float  # money a trade unseen over seen; NaN where training made nothing
    regimes: dict[str, float]  # net of unseen trades by regime


class Grade(NamedTuple):
    """The robustness of one study over markets, 0 to 100, its parts from 0 to 1, and a letter."""

    consistency: float
    profitable: float
    significant: float
    regimes: float
    kept: float
    score: float
    letter: str


WEIGHTS: Final = (0.30, 0.25, 0.20, 0.15, 0.10)
LETTERS: Final = ((80, "A"), (60, "B"), (40, "C"), (20, "D"))
EVEN, UNEVEN = 0.15, 1.0  # variation of mean R over markets: all of the part, nothing of it
KEPT, LOST = 0.5, 0.1  # of what training made
LUCK: Final = 0.05


def grade(seen: Sequence[Seen]) -> Grade:
    """What cannot be known adds nothing: a study is not robust by being silent."""
    parts = (
        even([one.mean_r for one in seen]),
        share([one.net > 0 for one in seen]),
        share([one.p < LUCK for one in seen]),
        agreement([one.regimes for one in seen]),
        math.fsum(between(one.kept, LOST, KEPT) for one in seen) / len(seen),
    )
    score = 100 * math.fsum(weight * part for weight, part in zip(WEIGHTS, parts, strict=True))
    letter = next((letter for least, letter in LETTERS if score >= least), "F")
    return Grade(*parts, score, letter)


def even(means: Sequence[float]) -> float:
    """How alike the markets pay; what loses on the whole is evenly bad, which is no merit."""
    values = np.array(means)
    if len(values) < 2 or not values.mean() > 0:
        return 0.0
    return 1.0 - between(float(values.std(ddof=1) / values.mean()), EVEN, UNEVEN)


def share(marks: Sequence[bool]) -> float:
    return sum(marks) / len(marks)


def agreement(regimes: Sequence[dict[str, float]]) -> float:
    """Over regimes that two markets or more traded in: how many of these agree on the sign."""
    names = sorted({name for one in regimes for name in one})
    signs = [[one[name] > 0 for one in regimes if name in one] for name in names]
    shares = [max(share(marks), 1 - share(marks)) for marks in signs if len(marks) > 1]
    return sum(shares) / len(shares) if shares else 0.0


def between(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, cut off at both; nothing for what is undefined."""
    return 0.0 if math.isnan(value) else min(1.0, max(0.0, (value - low) / (high - low)))
