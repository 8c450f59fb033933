"""Tails: closed forms, tables, exact fractions, and scipy where it is."""

import math
from decimal import Decimal
from fractions import Fraction
from math import comb

import pytest

from engine.research.measures.tails import (
    below,
    beta_share,
    binomial_at_least,
    quantile,
    student_above,
    student_quantile,
)
from tests.oracle import evidence as oracle


@pytest.mark.parametrize("z", ["-6.5", "-2", "0", "0.3", "1.96", "5"])
def test_the_normal_distribution_to_twelve_digits(z: str) -> None:
    told = float(oracle.below(Decimal(z)))
    assert below(float(z)) == pytest.approx(told, rel=1e-12)
    assert quantile(told) == pytest.approx(float(z), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("t", [-3.0, -0.5, 0.0, 0.7, 2.0, 40.0])
def test_student_has_closed_forms_for_one_and_two_degrees(t: float) -> None:
    assert student_above(t, 1) == pytest.approx(0.5 - math.atan(t) / math.pi, rel=1e-12)
    told = 0.5 - t / (2 * math.sqrt(2 + t * t))
    assert student_above(t, 2) == pytest.approx(told, rel=1e-11)


@pytest.mark.parametrize(
    ("share", "freedom", "table"),
    [(0.975, 1, 12.7062), (0.975, 10, 2.2281), (0.95, 30, 1.6973), (0.025, 10, -2.2281)],
)
def test_student_quantiles_are_those_of_the_tables(
    share: float, freedom: int, table: float
) -> None:
    assert student_quantile(share, freedom) == pytest.approx(table, abs=5e-5)


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (1, 5), (5, 5), (30, 50), (700, 1000)])
@pytest.mark.parametrize("chance", [Fraction(1, 2), Fraction(1, 5)])
def test_the_binomial_tail_is_a_sum_of_fractions(hits: int, trials: int, chance: Fraction) -> None:
    terms = [
        comb(trials, k) * chance**k * (1 - chance) ** (trials - k) for k in range(hits, trials + 1)
    ]
    told = float(sum(terms))
    assert binomial_at_least(hits, trials, float(chance)) == pytest.approx(told, rel=1e-10)


def test_ends_are_exact() -> None:
    assert beta_share(2, 3, 0) == 0
    assert beta_share(2, 3, 1) == 1


def test_large_arguments_end() -> None:
    assert binomial_at_least(500_500, 1_000_000, 0.5) == pytest.approx(0.158897, abs=1e-6)


def test_scipy_agrees() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is a second oracle, where it is")
    for freedom in (1, 3, 7, 29, 400):
        for t in (-4.0, -0.1, 0.4, 3.3, 12.0):
            told = stats.t.sf(t, freedom)
            assert student_above(t, freedom) == pytest.approx(told, rel=1e-11)
    for a, b, x in ((0.5, 0.5, 0.3), (20, 3, 0.8), (300, 400, 0.41)):
        assert beta_share(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), rel=1e-11)
