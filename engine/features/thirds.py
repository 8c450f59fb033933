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
from engine.features.windows import slide_sum

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
    out = np.full(len(values), np.nan)
    roll(values, n, np.zeros(n + 1), out)
    return out


@lean_kernel
def roll(values: Floats, n: int, box: Floats, out: Floats) -> None:
    """Means of n values; absent where one of them is."""
    for i in range(len(values)):
        total = slide_sum(box, i, n, values[i])
        if i >= n - 1:
            out[i] = total / n


def thirds(bars: Bars, values: Floats, least: int) -> Column:
    """Which third of the past each value lies in."""
    last = np.flatnonzero(np.diff(bars.session, append=-1)) if len(bars) else np.zeros(0, int)
    ends = last[np.isfinite(values[last])]
    edges = np.full((TERCILES - 1, len(bars.sessions)), np.nan)
    ranked: list[float] = []
    before = dict(zip(bars.session[ends].tolist(), values[ends].tolist(), strict=True))
    for s in range(len(bars.sessions)):
        if s - 1 in before:
            insort(ranked, before[s - 1])
        if len(ranked) >= least:
            edges[:, s] = quantile(ranked, 1 / TERCILES), quantile(ranked, 2 / TERCILES)
    low, high = (edge[bars.session] for edge in edges)
    there = np.isfinite(values) & np.isfinite(low)
    return Column(np.add(values > low, values > high, dtype=np.int64), there)
