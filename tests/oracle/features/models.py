"""Likelihoods and filters of the fitted models, in plain Python."""

from math import exp, log, pi, sqrt


def garch_unlikely(returns: list, omega: float, alpha: float, beta: float) -> float:
    """Negative log likelihood without constants, begun with the mean square."""
    variance, total = sum(r * r for r in returns) / len(returns), 0.0
    for r in returns:
        total += log(variance) + r * r / variance
        variance = omega + alpha * r * r + beta * variance
    return total / 2


def garch_forecast(returns: list, params: list) -> float:
    omega, alpha, beta, mean, variance = params
    for r in returns:
        variance = omega + alpha * (r - mean) ** 2 + beta * variance
    return sqrt(variance)


def hidden_likelihood(returns: list, params: list) -> tuple[float, float]:
    """Log likelihood by summing over every path of states, and the filtered step ahead."""
    start, means, variances = params[:2], params[2:4], params[4:6]
    moves = (params[6:8], params[8:10])
    paths = {}
    for code in range(2 ** len(returns)):
        states = [code >> t & 1 for t in range(len(returns))]
        chance = 1.0
        for t, (s, r) in enumerate(zip(states, returns, strict=True)):
            chance *= start[s] if t == 0 else moves[states[t - 1]][s]
            spread = 2 * variances[s]
            chance *= exp(-((r - means[s]) ** 2) / spread) / sqrt(pi * spread)
        paths[states[-1]] = paths.get(states[-1], 0.0) + chance
    total = paths[0] + paths[1]
    return log(total), (paths[0] * moves[0][0] + paths[1] * moves[1][0]) / total
