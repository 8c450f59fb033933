"""Resampling: which sessions make up each redrawn history."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.core.errors import StudyError, unknown
from engine.research.evidence.chance import Floats, once_in, picks, words

METHODS: Final = ("iid", "moving", "circular", "stationary")
LEAST_LAGS: Final = 5  # correlations in a row that must be small before they count as gone
TINY: Final = 1e-300  # a series that undoes itself has no level to divide by


@dataclass(frozen=True, slots=True)
class Resample:
    """How histories are redrawn: `block` sessions hang together, 0 for their number's cube root."""

    method: str = "stationary"
    draws: int = 1000
    block: int = 0
    seed: int = 0

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise unknown("bootstrap", self.method, METHODS)
        if self.draws < 1 or self.block < 0 or self.seed < 0:
            raise StudyError(
                f"a bootstrap of {self.draws} draws, block {self.block}, seed {self.seed}: "
                "draws are 1 or more, block and seed are 0 or more"
            )

    def length(self, count: int) -> int:
        """Sessions of a block in a history of so many."""
        if self.method == "iid":
            return 1
        return min(count, self.block or math.ceil(math.cbrt(count)))

    def rows(self, count: int) -> Longs:
        """The sessions of every draw, `[draw, place]`; empty where there is no history."""
        if not count:
            return np.zeros((self.draws, 0), np.int64)
        block, place = self.length(count), np.arange(count)
        raw = words(self.seed, f"bootstrap {self.method}", self.draws, count)
        if self.method == "moving":
            return begun(picks(raw, count - block + 1), place % block == 0)
        start = picks(raw, count)
        if self.method == "circular":
            return begun(start, place % block == 0) % count
        return begun(start, once_in(raw, block) | (place == 0)) % count


def begun(start: Longs, fresh: Array) -> Longs:
    """Rows that run on from the start of their block; the first place always begins one."""
    place = np.arange(start.shape[1])
    last = np.maximum.accumulate(np.where(fresh, place, 0) + np.zeros_like(start), axis=1)
    return np.take_along_axis(start, last, axis=1) + place - last


def counts(rows: Longs, count: int) -> Floats:
    """How often each session was drawn, `[draw, session]`: sums of a draw are one product."""
    flat = rows + np.arange(len(rows))[:, None] * count
    told = np.bincount(flat.ravel(), minlength=len(rows) * count)
    return told.reshape(len(rows), count).astype(np.float64)


def best_block(values: Array) -> float:
    """The block a stationary bootstrap of this series should use, by its own correlations.

    Politis and White 2004 with the correction of Patton, Politis and White 2009; at least 1.
    """
    series = np.asarray(values, np.float64)
    count = len(series)
    if count < 2 * LEAST_LAGS or series.min() == series.max():
        return math.nan
    run = max(LEAST_LAGS, math.ceil(math.sqrt(math.log10(count))))
    most = math.ceil(math.sqrt(count)) + run
    own = covariances(series - series.mean(), min(most + run, count - 1))
    lags = last_lag(own / own[0], count, run, most)
    lag = np.arange(1, lags + 1)
    window = np.minimum(1.0, 2 * (1 - lag / lags))
    slope = 2 * float((window * lag * own[1 : lags + 1]).sum())
    level = float(own[0] + 2 * (window * own[1 : lags + 1]).sum())
    length = (count * slope * slope / max(level * level, TINY)) ** (1 / 3)
    return float(np.clip(length, 1, math.ceil(min(3 * math.sqrt(count), count / 3))))


def covariances(centred: Floats, most: int) -> Floats:
    """Covariances of a series with itself, lag by lag."""
    count = len(centred)
    return np.array([centred[: count - k] @ centred[k:] for k in range(most + 1)]) / count


def last_lag(correlation: Floats, count: int, run: int, most: int) -> int:
    """Twice the last lag before a whole run of correlations too small to tell from none."""
    small = np.abs(correlation[1:]) < 2 * math.sqrt(math.log10(count) / count)
    silent = [m for m in range(most) if small[m : m + run].all()]
    lags = 2 * max(silent[0], 1) if silent else most
    return min(lags, most, len(correlation) - 1)
