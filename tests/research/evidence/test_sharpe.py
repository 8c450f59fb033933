"""Sharpe ratios: published figures, sixty digits, and what is not said of a few sessions."""

import math
from decimal import Decimal

import numpy as np
import pytest

from engine.research.evidence.sharpe import (
    Moments,
    Trials,
    best_of,
    deflated,
    groups,
    hurdle_of,
    moments,
    probable,
    shortest_backtest,
    shortest_record,
)
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import noise


def test_published_probable_ratio() -> None:
    """Bailey and Lopez de Prado 2012: 24 months at 0.458, skewed or not."""
    assert probable(Moments(24, 0.458, -2.448, 10.164)) == pytest.approx(0.913, abs=5e-4)
    assert probable(Moments(24, 0.458, 0, 3)) == pytest.approx(0.982, abs=5e-4)


@pytest.mark.covers("QA-026")
def test_published_deflated_ratio() -> None:
    """Bailey and Lopez de Prado 2014: 2.5 a year over 1,250 days, the best of 100 trials."""
    ratios = np.array([-1, 1]) * math.sqrt(0.5 / 250 / 2)
    assert ratios.var(ddof=1) == pytest.approx(0.5 / 250)
    assert hurdle_of(100, ratios) == pytest.approx(0.1132, abs=5e-5)
    best = Moments(1250, 2.5 / math.sqrt(250), -3, 10)
    assert deflated(best, 100, ratios) == pytest.approx(0.9004, abs=5e-5)


@pytest.mark.covers("QA-029")
def test_published_backtest_length() -> None:
    """Bailey, Borwein, Lopez de Prado and Zhu 2014: 45 trials need five years to promise no 1."""
    assert shortest_backtest(45, 1.0) == pytest.approx(5, abs=0.05)
    assert shortest_backtest(45, 1.0) < 2 * math.log(45)
    assert math.isnan(shortest_backtest(45, 0.0))


def test_kurtosis_is_raw() -> None:
    """A pairing of (kurtosis - 1) with excess kurtosis would move a normal series' spread."""
    normal = Moments(101, 1.0, 0.0, 3.0)
    assert normal.spread == 1.5
    assert probable(normal) == pytest.approx(
        float(oracle.below(Decimal(10) / Decimal("1.5").sqrt()))
    )


@pytest.mark.covers("QA-026")
@pytest.mark.parametrize("seed", range(4))
def test_sixty_digits_agree(seed: int) -> None:
    rows = noise(6, 40, seed, edge=0.3)
    rows[1] = np.abs(rows[1]) ** 2 // 500  # far from normal
    lists = rows.tolist()
    for row in (0, 1):
        m = moments(rows[row])
        told = [float(x) for x in oracle.moments(lists[row])]
        assert m[1:] == pytest.approx(told, rel=1e-12)
        hurdle = Decimal("0.05")
        assert probable(m, 0.05) == pytest.approx(float(oracle.probable(lists[row], hurdle)), 1e-12)
        length = oracle.shortest_record(lists[row], hurdle, Decimal("0.95"))
        assert shortest_record(m, 0.05) == pytest.approx(float(length), rel=1e-12)
    ratios = np.array([moments(row).sharpe for row in rows])
    told = float(oracle.deflated(lists[0], lists))
    assert deflated(moments(rows[0]), 6, ratios) == pytest.approx(told, rel=1e-12)


@pytest.mark.parametrize(("trials", "known"), [(10, 1.5388), (100, 2.5076), (1000, 3.2414)])
def test_the_best_of_many_is_near_its_exact_mean(trials: int, known: float) -> None:
    assert best_of(trials) == pytest.approx(known, rel=0.025)
    assert best_of(trials) == pytest.approx(float(oracle.best_of(trials)), rel=1e-12)


def test_one_trial_sets_no_hurdle() -> None:
    assert best_of(1) == best_of(0) == hurdle_of(1, np.array([0.3])) == 0
    assert math.isnan(hurdle_of(5, np.array([0.3, np.nan])))


def test_a_record_as_long_as_needed_is_just_enough() -> None:
    m = moments(noise(1, 500, 3, edge=0.1)[0])
    length = shortest_record(m, 0.01, 0.9)
    assert probable(m._replace(sessions=length), 0.01) == pytest.approx(0.9)
    assert shortest_record(m, m.sharpe) == math.inf


@pytest.mark.parametrize("values", [[], [5], list(range(9)), [7] * 50, [0] * 50])
def test_few_or_equal_results_say_nothing(values: list) -> None:
    m = moments(np.array(values, np.int64))
    assert m.sessions == len(values)
    assert np.isnan(m[1:]).all()
    assert math.isnan(probable(m))
    assert math.isnan(shortest_record(m))


@pytest.mark.covers("T07")
def test_the_best_of_worthless_searches_is_seldom_believed(sized) -> None:
    """DSR above 0.95 in at most 6 % of searches of 100 trials, and far more by the plain PSR."""
    searches = sized("T07", ci=100, full=2000)
    believed = fooled = 0
    for seed in range(searches):
        rows = noise(100, 250, seed)
        found = [moments(row) for row in rows]
        ratios = np.array([m.sharpe for m in found])
        best = found[int(ratios.argmax())]
        believed += deflated(best, 100, ratios) > 0.95
        fooled += probable(best) > 0.95
    assert believed <= 0.06 * searches
    assert fooled > 0.9 * searches


def test_a_real_edge_survives_deflation() -> None:
    searches = cases(ci=20, full=200)
    found = 0
    for seed in range(searches):
        rows = noise(100, 1000, seed, edge=0.2)
        ratios = np.array([moments(row).sharpe for row in rows])
        found += deflated(moments(rows[0]), 100, ratios) > 0.95
    assert found >= 0.8 * searches


def test_trials_that_move_together_are_one_group() -> None:
    one, other = noise(2, 200, 1)
    rows = np.array([one, one * 3 + 10, other, other + one // 5, -one, one * 0, one * 0 + 4])
    assert groups(rows) == Trials(7, 4)
    assert groups(rows[:5]) == Trials(5, 3)
    assert groups(rows, alike=0.999) == Trials(7, 5)
    assert groups(noise(50, 300, 2)) == Trials(50, 50)
