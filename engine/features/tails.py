"""Tails of distributions, without a statistics library: beta, Student's t, normal."""

from __future__ import annotations

from math import erfc, exp, lgamma, log, sqrt
from typing import Final

from engine.core.jit import kernel

STEPS: Final = 300
SMALL: Final = 1e-300
ENOUGH: Final = 1e-16
HALVINGS: Final = 200


@kernel
def beta_below(a: float, b: float, x: float) -> float:
    """The share of a Beta(a, b) below x, by its continued fraction."""
    if x <= 0 or x >= 1:
        return 0.0 if x <= 0 else 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x))
    if x < (a + 1) / (a + b + 2):
        return front * fraction(a, b, x) / a
    return 1.0 - front * fraction(b, a, 1 - x) / b


@kernel
def fraction(a: float, b: float, x: float) -> float:
    """Lentz' evaluation of the continued fraction of the incomplete beta function."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, STEPS):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        for term in (even, odd):
            d = 1.0 / (1.0 + term * d + SMALL)
            c = 1.0 + term / c
            value *= d * c
        if abs(d * c - 1.0) < ENOUGH:
            break
    return value


@kernel
def student_p(t: float, free: int) -> float:
    """Two-sided p of Student's t."""
    return beta_below(free / 2, 0.5, free / (free + t * t))


@kernel
def normal_p(z: float) -> float:
    """Two-sided p of a standard normal."""
    return erfc(abs(z) / sqrt(2.0))


@kernel
def beta_at(a: float, b: float, share: float) -> float:
    """Below which x so much of a Beta(a, b) lies."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if beta_below(a, b, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2
