"""Another market beside the bars: how closely it moves along, and which of the two is ahead."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.asof import Auxiliary, asof
from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.errors import ParameterError
from engine.features.fold import Floats
from engine.features.thirds import rolled


class Companion(NamedTuple):
    """Correlation of the log returns of both; what ours made more than the other, in returns."""

    correlation: Column
    divergence: Column


def companion(
    bars: Bars, series: Auxiliary, column: str = "close", *, lag: int, n: int = 20
) -> Companion:
    """The last n bars beside another market's prices as they were known at each close.

    Absent for n bars, where a price is not above 0 or not known, and where one of both stood still.
    """
    if n < 2:
        raise ParameterError(f"a correlation takes at least 2 bars, not {n}")
    ours = steps(bars.close.astype(np.float64))
    theirs = steps(asof(bars, series, column, lag=lag).floats(np.arange(len(bars))))
    sums = (ours, theirs, ours * theirs, ours * ours, theirs * theirs)
    one, other, both, square, squares = (rolled(part, n) for part in sums)
    wide = (square - one * one) * (squares - other * other)
    still = ~(wide > STILL * square * squares)
    with np.errstate(all="ignore"):
        close = np.where(still, np.nan, (both - one * other) / np.sqrt(wide))
    return Companion(Column.of(np.clip(close, -1.0, 1.0)), Column.of((one - other) * n))


STILL = 1e-12  # of the squares: what is left by rounding where nothing moves apart from the mean


def steps(prices: Floats) -> Floats:
    """Log returns, NaN where a price is not above 0 or not known."""
    safe = np.log(np.where(prices > 0, prices, np.nan))
    out = np.full(len(prices), np.nan)
    out[1:] = safe[1:] - safe[:-1]
    return out
