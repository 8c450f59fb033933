"""Nothing is to be earned on a synthetic tape: random entries under one-sided exits earn zero.

Bars whose wicks are drawn apart from their path fail here at once; a planted wick shows it.
"""

from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.synth.market import synthesise
from tests.proof.sizes import sized

SESSIONS = sized(ci=150, full=1000, small=12)
ENTRIES = 40  # a session
DISTANCES = (3, 8, 20)


class Path(NamedTuple):
    """Bars from an entry at the first open to the end of the session."""

    open: np.ndarray
    high: np.ndarray
    low: np.ndarray
    close: np.ndarray


@cache
def tape(seed):
    return synthesise(instrument("ES"), date(2020, 1, 2), SESSIONS, seed)


def target_only(path, d):
    """Sell a long entered at the first open when the price has risen by d, or at the end."""
    target = path.open[0] + d
    hit = np.flatnonzero(path.high >= target)
    return max(path.open[hit[0]], target) if len(hit) else path.close[-1]


def stop_only(path, d):
    stop = path.open[0] - d
    hit = np.flatnonzero(path.low <= stop)
    return min(path.open[hit[0]], stop) if len(hit) else path.close[-1]


def trail_only(path, d):
    """The stop follows the highest price seen by the close of the bar before."""
    stop = np.concatenate((path.open[:1], np.maximum.accumulate(path.high)[:-1])) - d
    hit = np.flatnonzero(path.low <= stop)
    return min(path.open[hit[0]], stop[hit[0]]) if len(hit) else path.close[-1]


def earned(bars, rule, distance, seed):
    """Ticks earned in each session by longs and shorts from random bars to at most its end."""
    draw = np.random.default_rng(seed)
    first = [*np.flatnonzero(np.diff(bars.session, prepend=-1)), len(bars)]
    prices = [column.astype(np.int64) for column in bars.arrays[1:5]]
    sums = []
    for low, high in pairwise(first):
        total = 0
        for at in draw.integers(low, high, ENTRIES):
            path = Path(*(column[at:high] for column in prices))
            if draw.random() < 0.5:  # a short is a long of the mirror image
                path = Path(-path.open, -path.low, -path.high, -path.close)
            total += rule(path, distance) - path.open[0]
        sums.append(total)
    return np.array(sums, np.float64)


def t_statistic(sums):
    return sums.mean() / (sums.std(ddof=1) / np.sqrt(len(sums)))


@pytest.mark.parametrize("rule", [target_only, stop_only, trail_only])
@pytest.mark.parametrize("distance", DISTANCES)
def test_random_entries_earn_nothing(rule, distance):
    seeds = range(1, 5)
    sums = np.concatenate([earned(tape(seed), rule, distance, seed) for seed in seeds])
    assert abs(t_statistic(sums)) < 3.5


def test_a_planted_wick_is_found_at_once():
    bars = tape(1)
    wide = bars.arrays._replace(high=bars.high + 2, low=bars.low - 2)
    sums = earned(replace(bars, arrays=wide), trail_only, DISTANCES[0], 1)
    assert abs(t_statistic(sums)) > 7
