"""Tests against snooping beside arch, whose SPA gives the reality check's p-value as well.

Draws are each side's own, so p-values agree to what their number can say. arch compares sums that
are not divided by their deviations: the series are scaled to one deviation, where both mean the
same.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np

from benchmarks.pairs import interleaved, shown
from engine.research.evidence.resample import Resample
from engine.research.evidence.snooping import snooped

COMBINATIONS, BLOCK, DRAWS = 200, 5, 1000
NEAR = 0.06  # four deviations of the difference of two shares of a thousand draws
SCALE = 1e6


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    rows = series(sessions)
    ours, theirs = own(rows), arch(rows)
    if np.abs(np.subtract(ours(), theirs())).max() > NEAR:
        raise AssertionError(f"arch has other p-values, {theirs()} and {ours()}: nothing was timed")
    rivals = {f"ours, {DRAWS} draws": ours, f"arch, {DRAWS} draws": theirs}
    title = f"SPA of {COMBINATIONS} combinations, {sessions:,} sessions"
    return shown(title, interleaved(rivals, repetitions), rows.nbytes)


def series(sessions: int) -> np.ndarray:
    """Noise of one deviation, the first row with a slight edge so that p-values are not all one."""
    noise = np.random.default_rng(11).standard_normal((COMBINATIONS, sessions))
    noise[0] += 2.5 / np.sqrt(sessions)
    return np.rint(noise * (SCALE / noise.std(axis=1))[:, None]).astype(np.int64)


def own(rows: np.ndarray) -> Callable[[], list[float]]:
    how = Resample(draws=DRAWS, block=BLOCK, seed=1)

    def run() -> list[float]:
        found = snooped(rows, how)
        return [found.lower, found.consistent, found.upper]

    return run


def arch(rows: np.ndarray) -> Callable[[], list[float]]:
    """Losses of a benchmark that never moves, and of the models."""
    library: Any = import_module("arch.bootstrap")
    losses = np.zeros(rows.shape[1]), -rows.T.astype(np.float64)

    def run() -> list[float]:
        test = library.SPA(*losses, block_size=BLOCK, reps=DRAWS, seed=3)
        test.compute()
        return [float(p) for p in test.pvalues]

    return run
