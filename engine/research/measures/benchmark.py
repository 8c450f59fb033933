"""Measures against another series over the same sessions, such as buying and holding."""

from __future__ import annotations

import numpy as np

from engine.core.bars import Longs
from engine.core.errors import DataError
from engine.research.measures.basis import Basis
from engine.research.measures.days import deviation
from engine.research.measures.ledger import Floats, ratio


def benchmark_measures(results: Longs, other: Longs, basis: Basis) -> dict[str, Floats]:
    """All of `OF_BENCHMARK`: a row a series against one benchmark, both in money units."""
    if results.shape[1] != len(other):
        raise DataError(f"the benchmark has {len(other)} sessions, not {results.shape[1]}")
    if len(other) < 2:
        names = ("beta", "alpha", "tracking_error", "information_ratio", "benchmark_correlation")
        return dict.fromkeys(names, np.full(len(results), np.nan))
    mine, theirs = results / basis.stake, other / basis.stake
    year = basis.periods
    away, apart = results - results.mean(axis=1)[:, None], other - other.mean()
    together = (away * apart).sum(axis=1)
    beta = ratio(together, (apart * apart).sum())
    differs = mine - theirs
    error = deviation((results - other).astype(np.float64)) / basis.stake * np.sqrt(year)
    spread = np.sqrt((away * away).sum(axis=1) * (apart * apart).sum())
    return {
        "beta": beta,
        "alpha": (mine.mean(axis=1) - beta * theirs.mean()) * year,
        "tracking_error": error,
        "information_ratio": ratio(differs.mean(axis=1) * year, error),
        "benchmark_correlation": ratio(together, spread),
    }
