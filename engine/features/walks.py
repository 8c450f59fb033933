"""Statistics of the last values of a series, window by window, and what chance makes of them."""

from __future__ import annotations

from functools import lru_cache
from math import exp, sqrt
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import frozen
from engine.core.jit import kernel
from engine.features.fold import Floats
from engine.features.tails import normal_p, student_p

SEED: Final = 20_250_227
NULL_WALKS: Final = 4_000
STEP: Final = 1_000.0  # deviation of a walk's step, in ticks: ties are rare, as in real levels


class Line(NamedTuple):
    """Rows of the table of statistics."""

    slope: Floats
    r2: Floats
    p: Floats
    error: Floats
    runs: Floats
    runs_p: Floats
    up_weighed: Floats
    ups: Floats
    downs: Floats
    deviation: Floats
    level: Floats
    streak_up: Floats  # a move of nothing ends these
    streak_down: Floats
    held_up: Floats  # and leaves these as they are
    held_down: Floats


def statistics(values: Longs, n: int, least: int) -> Line:
    """Of the last n values up to each, once there are `least`; NaN where undefined."""
    out = np.full((len(Line._fields), len(values)), np.nan)
    fill(values, n, least, out)
    return Line._make(frozen(row) for row in out)


@kernel
def fill(values: Longs, n: int, least: int, out: Floats) -> None:
    for k in range(least - 1, len(values)):
        part = values[max(0, k + 1 - n) : k + 1]
        out[0, k], out[1, k], out[2, k], out[3, k] = line(part)
        out[9, k], out[10, k] = spread_of(part)
        out[4, k], out[5, k] = runs(part)
        out[6, k], out[7, k], out[8, k] = ups(part)
        out[11, k], out[12, k] = streaks(part, True)  # noqa: FBT003 - kernels take no keywords
        out[13, k], out[14, k] = streaks(part, False)  # noqa: FBT003 - kernels take no keywords


@kernel
def spread_of(part: Longs) -> tuple[float, float]:
    """Deviation (divided by n - 1) and mean; sums are exact."""
    n, first, total, square = len(part), int(part[0]), 0, 0
    for j in range(n):
        off = int(part[j]) - first
        total, square = total + off, square + off * off
    return sqrt(float(n * square - total * total) / (n * (n - 1.0))), first + total / n


@kernel
def line(part: Longs) -> tuple[float, float, float, float]:
    """Slope, R2, p and standard error of least squares on 0, 1, 2 ...; sums are exact."""
    n, first = len(part), int(part[0])
    x, y, xy, yy = n * (n - 1) // 2, 0, 0, 0
    for j in range(n):
        off = int(part[j]) - first
        y, xy, yy = y + off, xy + j * off, yy + off * off
    sxx = float(n * (n * (n - 1) * (2 * n - 1) // 6) - x * x)
    sxy, syy = float(n * xy - x * y), float(n * yy - y * y)
    if syy <= 0:
        return 0.0, 0.0, 1.0, 0.0
    slope, r2 = sxy / sxx, min(sxy * sxy / (sxx * syy), 1.0)
    rest = (1.0 - r2) / (n - 2)
    error = sqrt(rest * syy / sxx)
    p = 0.0 if rest <= 0 else student_p(sqrt(r2 / rest), n - 2)
    return slope, r2, p, error


@kernel
def runs(part: Longs) -> tuple[float, float]:
    """Runs above and not above the median, and the p of so many or so few."""
    ranked, n = part.copy(), len(part)
    for j in range(1, n):  # a library's sort takes seconds to compile
        k, now = j, ranked[j]
        while k > 0 and ranked[k - 1] > now:
            ranked[k] = ranked[k - 1]
            k -= 1
        ranked[k] = now
    middle = ranked[(n - 1) // 2] + ranked[n // 2]  # twice the median
    above, count = 0, 1
    for j in range(n):
        above += 2 * part[j] > middle
        count += j > 0 and (2 * part[j] > middle) != (2 * part[j - 1] > middle)
    both = 2.0 * above * (n - above)
    if both <= n:
        return float(count), np.nan
    variance = both * (both - n) / (float(n) * n * (n - 1))
    return float(count), normal_p((count - both / n - 1) / sqrt(variance))


@kernel
def ups(part: Longs) -> tuple[float, float, float]:
    """Share of movement that went up, later moves weighing up to e times more; counts."""
    moves = len(part) - 1
    up, all_, rises, falls = 0.0, 0.0, 0, 0
    for j in range(moves):
        move = part[j + 1] - part[j]
        weighed = exp(-1.0 + (j / (moves - 1) if moves > 1 else 0.0)) * abs(move)
        all_ += weighed
        if move > 0:
            up, rises = up + weighed, rises + 1
        elif move < 0:
            falls += 1
    return (up / all_ if all_ > 0 else np.nan), float(rises), float(falls)


@kernel
def streaks(part: Longs, ends: bool) -> tuple[float, float]:  # noqa: FBT001 - as above
    """Longest runs of rises and of falls; whether a move of nothing ends one."""
    most_up, most_down, up, down = 0, 0, 0, 0
    for j in range(1, len(part)):
        move = part[j] - part[j - 1]
        if move > 0:
            up, down = up + 1, 0
        elif move < 0:
            up, down = 0, down + 1
        elif ends:
            up, down = 0, 0
        most_up, most_down = max(most_up, up), max(most_down, down)
    return float(most_up), float(most_down)


def driftless(walks: int, points: int, seed: int = SEED) -> Longs:
    """Random walks in whole ticks, one a row, without drift."""
    steps = np.random.default_rng(seed).normal(0.0, STEP, (walks, points))
    return np.rint(np.cumsum(steps, axis=1)).astype(np.int64)


@lru_cache(maxsize=32)
def null_r2(points: int) -> Floats:
    """R2 of straight lines through driftless walks, sorted."""
    walks = driftless(NULL_WALKS, points)
    return frozen(np.sort([line(walk)[1] for walk in walks]))


def walk_p(r2: Floats, points: int) -> Floats:
    """How often a driftless walk has as straight a line: the p that a regression's p is not."""
    null = null_r2(points)
    above = len(null) - np.searchsorted(null, r2, side="left")
    return np.where(np.isnan(r2), np.nan, (above + 1) / (len(null) + 1))
