"""The same past with another future: what a causal function must not notice."""

from collections.abc import Iterator

import numpy as np

from engine.core.bars import BarArrays, Bars


def futures(bars: Bars, cut: int, seed: int) -> Iterator[tuple[str, Bars]]:
    """Bars that agree before `cut` and differ from it on: removed, noise, extremes, reversed."""
    yield "removed", bars[:cut]
    noise = np.random.default_rng(seed).integers(-50, 50, len(bars) - cut)
    base = bars.open[cut:] + noise
    yield "noise", changed(bars, cut, (base, base + np.abs(noise), base - 7, base + noise % 3))
    wild = np.where(noise > 0, 1_000_000_000, -1_000_000_000)
    yield "extremes", changed(bars, cut, (wild, wild, wild, wild))
    a = bars.arrays
    yield "reversed", changed(bars, cut, [p[cut:][::-1] for p in (a.open, a.high, a.low, a.close)])


def changed(bars: Bars, cut: int, prices: object) -> Bars:
    """The bars with other prices and volumes from `cut` on, at the same times."""
    columns = [column.copy() for column in bars.arrays]
    for column, values in zip(columns[1:5], prices, strict=True):
        column[cut:] = values
    columns[2][cut:] = np.maximum.reduce([c[cut:] for c in columns[1:5]])
    columns[3][cut:] = np.minimum.reduce([c[cut:] for c in columns[1:5]])
    columns[5][cut:] = columns[5][cut:][::-1] + 1
    return Bars(bars.instrument, bars.sessions, BarArrays(*columns), bars.minutes, bars.origin)
