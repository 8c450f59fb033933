"""Tails of the normal, Student's and binomial distributions, to about twelve digits."""

from __future__ import annotations

import math
from statistics import NormalDist

NORMAL = NormalDist()
SMALL = 1e-300  # keeps a continued fraction from dividing by nothing
EXACT = 1e-15
EULER = 0.5772156649015329  # the mean of a standard Gumbel variable
FEW = 10  # sessions below which nothing is said of the shape of results


def below(z: float) -> float:
    """Share of a normal distribution below z, exact far into the lower tail."""
    return 0.5 * math.erfc(-z / math.sqrt(2))


def quantile(share: float) -> float:
    """Where the normal distribution has this share below."""
    return NORMAL.inv_cdf(share)


def beta_share(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, from which the other two tails follow."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):  # the fraction converges fast on one side only
        return 1 - beta_share(b, a, 1 - x)
    weight = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b)
    front = math.exp(weight + a * math.log(x) + b * math.log1p(-x)) / a
    return front / fraction(a, b, x)


def fraction(a: float, b: float, x: float) -> float:
    """The continued fraction of the incomplete beta function, by Lentz's method."""
    value = above = 1.0
    under = moved = 0.0
    step = 0
    while abs(moved - 1) > EXACT:
        step += 1
        m = step // 2
        top = m * (b - m) if step % 2 == 0 else -(a + m) * (a + b + m)
        term = top * x / ((a + step - 1) * (a + step))
        under = 1 / nonzero(1 + term * under)
        above = nonzero(1 + term / above)
        moved = above * under
        value *= moved
    return value


def nonzero(value: float) -> float:
    return value or SMALL


def student_above(t: float, freedom: int) -> float:
    """Chance that Student's t is at least t."""
    share = 0.5 * beta_share(freedom / 2, 0.5, freedom / (freedom + t * t))
    return share if t >= 0 else 1 - share


def student_quantile(share: float, freedom: int) -> float:
    """Where Student's t has this share below; Newton's steps never pass a convex tail's root."""
    upper, t = min(share, 1 - share), 0.0
    half = freedom / 2
    peak = math.exp(math.lgamma(half + 0.5) - math.lgamma(half)) / math.sqrt(freedom * math.pi)
    while True:
        density = peak * (1 + t * t / freedom) ** (-half - 0.5)
        further = t + (student_above(t, freedom) - upper) / density
        if further <= t * (1 + EXACT):
            return t if share > 0.5 else -t
        t = further


def binomial_at_least(hits: int, trials: int, chance: float) -> float:
    """Chance of so many hits or more."""
    return 1.0 if hits <= 0 else beta_share(hits, trials - hits + 1, chance)


def best_of(trials: int) -> float:
    """The expected highest of so many independent standard normal numbers."""
    if trials < 2:
        return 0.0
    upper, further = quantile(1 - 1 / trials), quantile(1 - 1 / (trials * math.e))
    return (1 - EULER) * upper + EULER * further
