"""Session results without an edge, and how far p-values are from even."""

from math import exp, sqrt

import numpy as np


def noise(rows: int, sessions: int, seed: int, edge: float = 0.0) -> np.ndarray:
    """Independent results of deviation 1,000; the first row earns `edge` deviations a session."""
    drawn = np.random.default_rng(seed).standard_normal((rows, sessions))
    drawn[0] += edge
    return np.rint(1000 * drawn).astype(np.int64)


def evenness(p: list[float]) -> float:
    """Kolmogorov and Smirnov: the chance that even p-values stray so far from the diagonal."""
    ordered, n = np.sort(p), len(p)
    steps = np.arange(n + 1) / n
    gap = max((steps[1:] - ordered).max(), (ordered - steps[:-1]).max())
    z = gap * (sqrt(n) + 0.12 + 0.11 / sqrt(n))
    return min(1.0, 2 * sum((-1) ** (k - 1) * exp(-2 * k * k * z * z) for k in range(1, 100)))
