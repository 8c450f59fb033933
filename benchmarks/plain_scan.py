"""A plain Numba simulator, as one would write it: every bar, for every combination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine import Bars, Setups
from engine.core.jit import kernel


class Signals(NamedTuple):
    """Bars with the side to enter at each open, and where sessions end."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray
    enter: np.ndarray
    last: np.ndarray

    @classmethod
    def of(cls, bars: Bars, setups: Setups) -> Signals:
        enter = np.zeros(len(bars), np.int8)
        enter[setups.bar + 1] = setups.side
        last = np.append(np.diff(bars.session) != 0, [True])
        return cls(bars.open, bars.high, bars.low, bars.close, enter, last)


def scan_grid(
    signals: Signals, stops: Sequence[int], targets: Sequence[int], tick: int
) -> np.ndarray:
    """Trades, ambiguous ones and net of every combination."""
    pairs = [(stop, target) for stop in stops for target in targets]
    slips = np.array([2, 1], np.int64) * tick  # 1 a market order or stop
    return np.array([scan(signals, *pair, slips, tick) for pair in pairs])


@kernel
def scan(s: Signals, stop: int, target: int, slips: np.ndarray, tick: int) -> tuple[int, int, int]:
    """One combination."""
    count = doubts = net = side = entry = 0
    for i in range(len(s.open)):
        if side == 0 and s.enter[i] != 0:
            side, entry = s.enter[i], s.open[i]
        if side == 0:
            continue
        first, worst, best = moves(s, i, side, entry)
        stopped, reached = worst <= -stop, best >= target
        if stopped and first < target:
            move, slip = min(first, -stop), slips[0]
            doubts += reached and -stop < first
        elif reached:
            move, slip = max(first, target), slips[1]
        elif s.last[i]:
            move, slip = (np.int64(s.close[i]) - entry) * side, slips[0]
        else:
            continue
        count, net, side = count + 1, net + move * tick - slip, 0
    return count, doubts, net


@kernel
def moves(s: Signals, i: int, side: int, entry: int) -> tuple[int, int, int]:
    """The open, the worst and the best of a bar, from the entry and in the position's favour."""
    first = (np.int64(s.open[i]) - entry) * side
    high, low = (np.int64(s.high[i]) - entry) * side, (np.int64(s.low[i]) - entry) * side
    return first, min(high, low), max(high, low)
