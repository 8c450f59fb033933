"""A hidden Markov model of session returns: fitted on the past, filtered, never smoothed."""

from __future__ import annotations

from math import exp, log, pi, sqrt
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.jit import kernel
from engine.features.declare import NEVER, Says, Takes, told
from engine.features.fold import Floats
from engine.features.returns import per_session, session_returns, walked

STATES: Final = 2
ROUNDS: Final = 100
DONE: Final = 1e-4
LEAST: Final = 1e-18
STAY: Final = 0.95
SIZE: Final = 3 * STATES + STATES * STATES  # start, means, variances, moves


class Hidden(NamedTuple):
    """Probability of the calm state before the session, and the deviations of both states."""

    calm: Column
    calm_deviation: Column
    wild_deviation: Column


@told(
    Says(
        formula="two states with normal returns; Baum-Welch on the last `sessions` log returns "
        "(100 rounds or 1e-4 of likelihood), anew every `refit` sessions; then the forward "
        "filter alone, one step ahead; calm is the state of the smaller variance",
        unit="probability; return of a session",
        per="session",
        absent="until so many returns are known, while all are equal, and for prices not above 0",
        settles=NEVER,
    ),
    sessions=Takes("returns fitted on", low=2, trial=2),
    refit=Takes("sessions between two fits", low=1, trial=1),
)
def hidden_state(bars: Bars, *, sessions: int = 500, refit: int = 20) -> Hidden:
    """How calm the market is, as a Gaussian HMM has it."""
    params, before = walked(bars, sessions, refit, fit)
    returns = session_returns(bars)[1]
    out = np.full((3, len(returns)), np.nan)
    for k in range(sessions - 1, len(returns)):
        if np.isfinite(params[k]).all():
            out[0, k] = ahead(returns[k + 1 - sessions : k + 1], params[k])
            out[1:, k] = np.sqrt(params[k, 2 * STATES : 3 * STATES])
    return Hidden(*(per_session(bars, row, before) for row in out))


@kernel
def density(x: float, mean: float, variance: float) -> float:
    return exp(-(x - mean) * (x - mean) / (2 * variance)) / sqrt(2 * pi * variance)


@kernel
def forward(returns: Floats, params: Floats, alpha: Floats) -> float:
    """Filtered probabilities after each return, and the log likelihood."""
    total, start, means, variances = 0.0, params[:2], params[2:4], params[4:6]
    moves = params[6:].reshape((STATES, STATES))
    for t in range(len(returns)):
        scale = 0.0
        for s in range(STATES):
            into = start[s]
            if t > 0:
                into = alpha[t - 1, 0] * moves[0, s] + alpha[t - 1, 1] * moves[1, s]
            alpha[t, s] = into * (density(returns[t], means[s], variances[s]) + 1e-300)
            scale += alpha[t, s]
        alpha[t] /= scale
        total += log(scale)
    return total


@kernel
def ahead(returns: Floats, params: Floats) -> float:
    """Probability of the first state one step after the last return."""
    alpha = np.empty((len(returns), STATES))
    forward(returns, params, alpha)
    moves = params[6:].reshape((STATES, STATES))
    return float(alpha[-1, 0] * moves[0, 0] + alpha[-1, 1] * moves[1, 0])


@kernel
def begin(returns: Floats) -> Floats:
    """One calm state and one wild, both about the mean."""
    mean = returns.sum() / len(returns)
    variance = ((returns - mean) * (returns - mean)).sum() / len(returns)
    params = np.empty(SIZE)
    params[0] = params[1] = 0.5
    params[2] = params[3] = mean
    params[4], params[5] = 0.5 * variance, 2.0 * variance
    params[6] = params[9] = STAY
    params[7] = params[8] = 1 - STAY
    return params


@kernel
def fit(returns: Floats) -> Floats:
    """Parameters of a greatest likelihood, the state of the smaller variance first."""
    params = begin(returns)
    if params[5] < 2 * LEAST:
        return np.full(SIZE, np.nan)
    floor = params[5] / 2e4
    alpha, before = np.empty((len(returns), STATES)), -np.inf
    for _ in range(ROUNDS):
        now = forward(returns, params, alpha)
        if now - before < DONE:
            break
        before = now
        improve(returns, params, alpha, floor)
    if params[4] > params[5]:
        params = params[np.array([1, 0, 3, 2, 5, 4, 9, 8, 7, 6])]
    return params


@kernel
def improve(returns: Floats, params: Floats, alpha: Floats, floor: float) -> None:
    """One round of Baum and Welch: expected visits and moves, then the parameters they make."""
    count = len(returns)
    moves, seen = params[6:].reshape((STATES, STATES)).copy(), np.zeros((STATES, STATES))
    later, weight = np.ones(STATES), np.empty((count, STATES))
    for t in range(count - 1, -1, -1):
        weight[t] = alpha[t] * later
        weight[t] /= weight[t].sum()
        if t > 0:
            into = np.empty(STATES)
            for s in range(STATES):
                into[s] = (density(returns[t], params[2 + s], params[4 + s]) + 1e-300) * later[s]
            pair = np.empty((STATES, STATES))
            for s in range(STATES):
                pair[s] = alpha[t - 1, s] * moves[s] * into
            seen += pair / pair.sum()
            later = np.array([(moves[0] * into).sum(), (moves[1] * into).sum()])
            later /= later.sum()
    update(returns, params, weight, seen, floor)


@kernel
def update(returns: Floats, params: Floats, weight: Floats, seen: Floats, floor: float) -> None:
    """Parameters from expected visits and moves."""
    for s in range(STATES):
        part = weight[:, s]
        total = part.sum() + 1e-300
        mean = (part * returns).sum() / total
        params[s], params[2 + s] = weight[0, s], mean
        params[4 + s] = max((part * (returns - mean) * (returns - mean)).sum() / total, floor)
        for k in range(STATES):
            params[6 + STATES * s + k] = seen[s, k] / (seen[s].sum() + 1e-300)
