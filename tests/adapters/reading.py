"""What tests of strategies share: gates read plainly, and averages by their definition."""

import operator
from fractions import Fraction
from math import sqrt

import numpy as np

from engine import Bars, Setups, Strategy

OPS = {">=": operator.ge, "<=": operator.le, ">": operator.gt, "<": operator.lt}


def passes(strategy: Strategy, setups: Setups) -> dict[str, np.ndarray]:
    """By gate in use: which setups it lets through."""
    values = dict(strategy.values())
    return {
        name: OPS[gate.op](setups.attribute(gate.attribute), float(values[name]))
        for name, gate in strategy.gates().items()
        if values[name] is not None
    }


def kept(strategy: Strategy, bars: Bars) -> list[tuple[int, int]]:
    """Bar and side of the setups that every gate lets through."""
    setups = strategy.setups(bars)
    every = np.logical_and.reduce([np.ones(len(setups), bool), *passes(strategy, setups).values()])
    rows = zip(setups.bar[every], setups.side[every], strict=True)
    return [(int(bar), int(side)) for bar, side in rows]


def rows(setups: Setups) -> list[tuple[int, int]]:
    return [(int(b), int(s)) for b, s in zip(setups.bar, setups.side, strict=True)]


def plain_vwap(bars: Bars) -> list[tuple[float, float]]:
    """Mean and deviation of the typical price by volume since the session began, exactly."""
    found, sums = [], (0, 0, 0)
    for i in range(len(bars)):
        if i == 0 or bars.session[i] != bars.session[i - 1]:
            sums = (0, 0, 0)
        three = int(bars.high[i]) + int(bars.low[i]) + int(bars.close[i])
        volume = int(bars.volume[i])
        sums = (sums[0] + volume, sums[1] + volume * three, sums[2] + volume * three**2)
        if sums[0] == 0:
            found.append((float("nan"), float("nan")))
            continue
        mean = Fraction(sums[1], sums[0])
        spread = Fraction(sums[2], sums[0]) - mean**2
        found.append((float(mean / 3), sqrt(spread / 9)))
    return found
