"""Classes of volatility and momentum whose edges are of the past alone."""

from __future__ import annotations

from bisect import insort
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import NEVER, Says, Takes, bars_in, told
from engine.features.fold import Floats
from engine.features.price import momentum
from engine.features.volatility import volatility
from engine.features.windows import SUMS, slide_sum

TERCILES: Final = 3


class Classes(NamedTuple):
    """Thirds among all values at the ends of earlier sessions: 0 low, 1 middle, 2 high."""

    volatility: Column
    momentum: Column


def quantile(ranked: list[float], share: float) -> float:
    """Between the two values about the place, in proportion."""
    at = share * (len(ranked) - 1)
    low = int(at)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (at - low)


@told(
    Says(
        formula="mean of `mean` values of volatility(20) (simple returns) and of momentum(20); "
        "its third among the values on the last bars of all earlier sessions",
        unit="0, 1, 2",
        absent="until `least` sessions have ended",
        settles=NEVER,
    ),
    mean=bars_in("values averaged", trial=2),
    spell=bars_in("bars of volatility and momentum", 2, trial=3),
    least=Takes("sessions without which there are no thirds", low=3, trial=3),
)
def classes(bars: Bars, *, mean: int = 60, spell: int = 20, least: int = 20) -> Classes:
    """Volatility and momentum in thirds whose edges are of the past alone."""
    sources = (volatility(bars, n=spell, returns="simple"), momentum(bars, n=spell))
    return Classes(*(thirds(bars, rolled(source.values, mean), least) for source in sources))


def rolled(values: Floats, n: int) -> Floats:
    out = np.empty(len(values))
    roll(values, n, np.zeros(n + SUMS), out)
    return out


@lean_kernel
def roll(values: Floats, n: int, box: Floats, out: Floats) -> None:
    """Means of n values; absent where one of them is."""
    for i in range(len(values)):
        total = slide_sum(box, i, n, values[i])
        out[i] = total / n if i >= n - 1 else np.nan


def thirds(bars: Bars, values: Floats, least: int) -> Column:
    """Which third of the past each value lies in."""
    numbers = np.arange(len(bars.sessions), dtype=bars.session.dtype)
    ends = np.searchsorted(bars.session, numbers, side="right")
    said, there = np.zeros(len(values), np.int64), np.zeros(len(values), np.bool_)
    ranked: list[float] = []
    begin = 0
    for stop in ends.tolist():
        part = values[begin:stop]
        if len(ranked) >= least:
            low, high = quantile(ranked, 1 / TERCILES), quantile(ranked, 2 / TERCILES)
            said[begin:stop] = (part > low).view(np.int8) + (part > high).view(np.int8)
            there[begin:stop] = np.isfinite(part)
        if np.isfinite(part[-1:]).any():
            insort(ranked, float(part[-1]))
        begin = stop
    return Column(said, there)
