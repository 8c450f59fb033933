"""GARCH(1,1) of session returns: fitted on the past, forecasting the session to come."""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.jit import kernel
from engine.features.declare import NEVER, Says, Takes, told
from engine.features.fold import Floats
from engine.features.returns import per_session, session_returns, walked

STEPS: Final = 400
SIZE: Final = 3  # parameters
DONE: Final = 1e-10
LEAST: Final = 1e-18  # a variance below the square of any real return


class Garch(NamedTuple):
    """Forecast deviation of the session's return, and the parameters it was made with."""

    deviation: Column
    omega: Column
    alpha: Column
    beta: Column


@told(
    Says(
        formula="v = omega + alpha r^2 + beta v; r = log return of sessions less its mean in the "
        "window; parameters of the greatest normal likelihood over the last `sessions` returns, "
        "found anew every `refit` sessions; the recursion begins with the window's variance",
        unit="return of a session",
        per="session",
        absent="until so many returns are known, while all are equal, and for prices not above 0",
        settles=NEVER,
    ),
    sessions=Takes("returns fitted on", low=2, trial=2),
    refit=Takes("sessions between two fits", low=1, trial=1),
)
def garch(bars: Bars, *, sessions: int = 500, refit: int = 20) -> Garch:
    """Conditional volatility of the session to come."""
    params, before = walked(bars, sessions, refit, fit)
    returns = session_returns(bars)[1]
    params = params if params.shape[1] == SIZE + 2 else np.full((len(returns), SIZE + 2), np.nan)
    deviation = np.full(len(returns), np.nan)
    for k in range(sessions - 1, len(returns)):
        deviation[k] = forecast(returns[k + 1 - sessions : k + 1], params[k])
    rows = (deviation, *params[:, :SIZE].T)
    return Garch(*(per_session(bars, row, before) for row in rows))


@kernel
def forecast(returns: Floats, params: Floats) -> float:
    """Deviation after the last return: omega, alpha, beta, mean and first variance are given."""
    variance = params[SIZE + 1]
    for k in range(len(returns)):
        off = returns[k] - params[SIZE]
        variance = params[0] + params[1] * off * off + params[2] * variance
    return sqrt(variance)


@kernel
def unbound(point: Floats, scale: float) -> tuple[float, float, float]:
    """Parameters of a point without bounds: omega > 0, alpha, beta >= 0, their sum below 1."""
    total = 1.0 / (1.0 + exp(-point[1]))
    share = 1.0 / (1.0 + exp(-point[2]))
    return scale * exp(point[0]), total * share, total * (1.0 - share)


@kernel
def unlikely(returns: Floats, omega: float, alpha: float, beta: float) -> float:
    """Negative log likelihood, constants left out; the returns have no mean."""
    variance, total = 0.0, 0.0
    for k in range(len(returns)):
        variance += returns[k] * returns[k] / len(returns)
    for k in range(len(returns)):
        square = returns[k] * returns[k]
        total += log(variance) + square / variance
        variance = omega + alpha * square + beta * variance
    return total / 2


@kernel
def fit(returns: Floats) -> Floats:
    """Omega, alpha, beta, the mean and the variance of the window, by a simplex that walks."""
    mean = returns.sum() / len(returns)
    off = returns - mean
    scale = (off * off).sum() / len(off)
    out = np.full(SIZE + 2, np.nan)
    if scale < LEAST:
        return out
    best = descend(off, scale)
    out[0], out[1], out[2] = unbound(best, scale)
    out[SIZE], out[SIZE + 1] = mean, scale
    return out


@kernel
def value(off: Floats, scale: float, point: Floats) -> float:
    omega, alpha, beta = unbound(point, scale)
    return unlikely(off, omega, alpha, beta)


@kernel
def descend(off: Floats, scale: float) -> Floats:
    """Nelder and Mead: reflect the worst corner, stretch, pull in, or shrink."""
    corners, heights = np.empty((SIZE + 1, SIZE)), np.empty(SIZE + 1)
    for c in range(SIZE + 1):
        corners[c, 0], corners[c, 1], corners[c, 2] = log(0.05), log(0.95 / 0.05), log(0.08 / 0.92)
        if c > 0:
            corners[c, c - 1] += 0.7
        heights[c] = value(off, scale, corners[c])
    for _ in range(STEPS):
        best, worst = int(heights.argmin()), int(heights.argmax())
        if heights[worst] - heights[best] < DONE:
            break
        step(off, scale, corners, heights, worst)
    found: Floats = corners[heights.argmin()].copy()
    return found


@kernel
def step(off: Floats, scale: float, corners: Floats, heights: Floats, worst: int) -> None:
    """One step of the simplex."""
    best, middle, second = heights.argmin(), np.zeros(SIZE), -np.inf
    for c in range(SIZE + 1):
        if c != worst:
            middle += corners[c] / SIZE
            second = max(second, heights[c])
    away = middle + (middle - corners[worst])
    height = value(off, scale, away)
    if height < heights[best]:
        farther = middle + 2.0 * (middle - corners[worst])
        there = value(off, scale, farther)
        away, height = (farther, there) if there < height else (away, height)
    elif height >= second:
        away = middle + 0.5 * (corners[worst] - middle)
        height = value(off, scale, away)
    if height < heights[worst]:
        corners[worst], heights[worst] = away, height
        return
    for c in range(SIZE + 1):
        if c != best:
            corners[c] = corners[best] + 0.5 * (corners[c] - corners[best])
            heights[c] = value(off, scale, corners[c])
