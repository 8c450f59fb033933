"""Pauses: how deep and how long a record fell, and from where on a trader would stop for a while.

Whatever is counted is counted in R, by its sign: a trade that lost is a loss, however it was ended.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.evidence.chance import Floats
from engine.research.measures.falls import Path, runs

DEEP: Final = 0.5  # R an episode falls at least
ROLLING: Final = (10, 20, 50)  # trades in which falls are looked at
WINDOW: Final = 20  # of them the one whose falls set the limit
RECOVERED: Final = (1, 2, 5, 10)  # R of falls whose way back is measured
USUAL: Final = 95  # percentile
ROOM: Final = 1.1  # of it, that a fall may have
REST: Final = 3  # trades of the shortest pause
WEARY: Final = 2  # R of the falls whose way back sets the pause


class Episode(NamedTuple):
    """Trades below the peak, from the first loss to the trade that is back or to the end."""

    first: int
    trades: int
    depth: float
    recovered: bool


class Pause(NamedTuple):
    """When to stop, and for how many trades; undefined where the record never fell so."""

    fall: float  # R over the last 20 trades
    streak: int  # losses in a row
    rest: int  # trades to sit out


def episodes(values: Floats, least: float = DEEP) -> list[Episode]:
    """Every fall of so many R below the peak, in order."""
    fall = Path.of(values[None]).fall
    found = runs(fall)
    rows = zip(found.start.tolist(), found.length.tolist(), found.depth.tolist(), strict=True)
    count = len(values)
    return [
        Episode(first, length, depth, first + length < count)
        for first, length, depth in rows
        if depth >= least
    ]


def streaks(values: Floats) -> Longs:
    """How long every run of losses is."""
    lost = np.concatenate(([False], values < 0, [False]))
    return np.diff(np.flatnonzero(np.diff(lost)))[::2].astype(np.int64)


def rolling_falls(values: Floats, window: int) -> Floats:
    """The deepest fall within the last so many trades, at every trade that has as many."""
    count = len(values) - window + 1
    if count < 1:
        return np.zeros(0)
    parts = np.lib.stride_tricks.sliding_window_view(values, window)
    return np.asarray(Path.of(parts).fall.max(axis=1), np.float64)


def recoveries(values: Floats, depth: float) -> Longs:
    """Trades from the first that lay so far below the peak to the one that was back at it."""
    fall = Path.of(values[None]).fall[0]
    found = runs(fall[None])
    spans = []
    for first, length in zip(found.start.tolist(), found.length.tolist(), strict=True):
        deep = np.flatnonzero(fall[first : first + length] >= depth)
        if len(deep) and first + length < len(values):
            spans.append(length - int(deep[0]))
    return np.array(spans, np.int64)


def pause_of(values: Floats) -> Pause | None:
    """Limits a little beyond what this record usually did; none where it is too short to say."""
    falls, lost = rolling_falls(values, WINDOW), streaks(values)
    if not len(falls) or not len(lost):
        return None
    fall = float(np.percentile(falls, USUAL)) * ROOM
    streak = math.ceil(float(np.percentile(lost, USUAL))) + 1
    back = recoveries(values, WEARY)
    rest = max(REST, math.ceil(float(back.mean()) / 2)) if len(back) else REST
    return Pause(fall, streak, rest)
