"""Means, shares and families against tables, closed forms and second implementations."""

import math

import numpy as np
import pytest

from engine.research.evidence.families import bonferroni, false_discovery, holm
from engine.research.evidence.means import (
    hit_rate,
    independence,
    power,
    t_test,
    trades_needed,
)
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import evenness, noise

SLEEP = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]  # Student 1908, soporific one
OTHER = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


@pytest.mark.covers("QA-025")
def test_students_own_example() -> None:
    """The differences of the two drugs: t = 4.0621, p = 0.002833 on both sides, 0.70 to 2.46."""
    found = t_test(np.array(OTHER) - np.array(SLEEP))
    assert found.mean == pytest.approx(1.58)
    assert found.t == pytest.approx(4.0621, abs=5e-5)
    assert found.p_apart == pytest.approx(0.002833, abs=5e-7)
    assert found.p_above == found.p_apart / 2
    assert (found.low, found.high) == pytest.approx((0.7001, 2.4599), abs=5e-5)


@pytest.mark.parametrize("values", [[], [1, 2, 3, 4], [5] * 30])
def test_few_or_equal_values_are_not_tested(values: list) -> None:
    found = t_test(np.array(values))
    assert found.size == len(values)
    assert np.isnan(found[2:]).all()
    assert math.isnan(found.mean) == (not values)


@pytest.mark.covers("QA-025")
def test_a_share_has_wilsons_interval() -> None:
    """15 of 20: 0.5313 to 0.8881 in the tables; 20.7 thousandths by fair coins."""
    found = hit_rate(15, 20)
    assert (found.low, found.high) == pytest.approx((0.5313, 0.8881), abs=5e-5)
    assert found.p_above == pytest.approx(0.020695, abs=5e-7)
    assert hit_rate(0, 20).low == pytest.approx(0, abs=1e-15)
    assert hit_rate(20, 20).high == 1
    assert hit_rate(3, 4)[1] == 0.75
    assert math.isnan(hit_rate(3, 4).low)
    assert math.isnan(hit_rate(0, 0).share)


@pytest.mark.covers("QA-025", "QA-030")
def test_power_and_the_trades_it_takes() -> None:
    """An effect of 0.2 at 5 % and 80 %: 197 trades, near the rule of thumb (2.8 / 0.2)**2."""
    assert trades_needed(0.2) == 197
    assert power(0.2, 197) == pytest.approx(0.8, abs=0.003)
    assert power(-0.2, 197) == power(0.2, 197)
    assert power(0.0, 50) == pytest.approx(0.05)
    assert trades_needed(0.0) == math.inf
    assert trades_needed(-0.2, wanted=0.95) > trades_needed(0.2, wanted=0.9) > 197


@pytest.mark.covers("QA-030")
def test_power_is_how_often_the_test_finds_it() -> None:
    studies = cases(ci=300, full=5000)
    found = sum(t_test(noise(1, 100, k, edge=0.25)[0]).p_apart < 0.05 for k in range(studies))
    near = 4 * math.sqrt(0.25 / studies)
    assert found / studies == pytest.approx(power(0.25, 100), abs=0.02 + near)


def test_p_values_are_even_without_an_edge() -> None:
    studies = cases(ci=300, full=2000)
    p = [t_test(noise(1, 30, k)[0]).p_above for k in range(studies)]
    assert evenness(p) > 0.01


@pytest.mark.covers("QA-025")
def test_outcomes_that_follow_each_other_are_seen() -> None:
    runs = np.repeat([5, -5], [40, 40])
    assert independence(runs).correlation == pytest.approx(77 / 80)
    assert independence(runs).p_apart < 1e-6
    assert independence(np.tile([5, -5], 40)).correlation == pytest.approx(-79 / 80)
    assert independence(noise(1, 500, 1)[0]).p_apart > 0.01
    for none in ([], [1, -1] * 5, [1] * 50):
        assert np.isnan(independence(np.array(none))).all()


@pytest.mark.covers("QA-031")
def test_families_equal_their_definitions() -> None:
    chance = np.random.default_rng(5)
    for size in (1, 2, 5, 30):
        p = np.round(chance.random(size) ** 3, 2)  # with ties
        assert bonferroni(p).tolist() == [min(1.0, x * size) for x in p]
        assert holm(p) == pytest.approx(oracle.holm(p.tolist()), rel=1e-14)
        assert false_discovery(p) == pytest.approx(oracle.false_discovery(p.tolist()), rel=1e-14)
        assert (false_discovery(p) <= holm(p)).all()
        assert (holm(p) <= bonferroni(p)).all()


@pytest.mark.covers("QA-031")
def test_published_families() -> None:
    """Benjamini and Hochberg 1995: fifteen p-values, of which four are discoveries at 5 %."""
    p = np.array(
        [
            *(0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344),
            *(0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000),
        ]
    )
    assert (false_discovery(p) <= 0.05).sum() == 4
    assert (bonferroni(p) <= 0.05).sum() == (holm(p) <= 0.05).sum() == 3


@pytest.mark.covers("QA-031")
def test_real_families_keep_their_promise() -> None:
    """Twenty strategies without an edge: hardly any family has one false alarm."""
    families = cases(ci=100, full=2000)
    alarms = {bonferroni: 0, holm: 0, false_discovery: 0}
    raw = 0
    for seed in range(families):
        p = np.array([t_test(row).p_above for row in noise(20, 60, seed)])
        raw += (p <= 0.05).any()
        for correct in alarms:
            alarms[correct] += int((correct(p) <= 0.05).any())
    near = 4 * math.sqrt(0.05 * 0.95 / families)
    assert raw > families / 2
    assert max(alarms.values()) <= families * (0.05 + near)


def test_an_undefined_p_value_is_no_test() -> None:
    p = np.array([0.02, np.nan, 0.03])
    assert bonferroni(p).tolist()[::2] == [0.04, 0.06]
    assert holm(p).tolist()[::2] == [0.04, 0.04]
    assert false_discovery(p).tolist()[::2] == [0.03, 0.03]
    for correct in (bonferroni, holm, false_discovery):
        assert math.isnan(correct(p)[1])
        assert len(correct(p[:0])) == 0


def test_second_implementations_agree() -> None:
    stats = pytest.importorskip("scipy.stats", reason="scipy is a second oracle, where it is")
    series = noise(1, 40, 2, edge=0.2)[0]
    told = stats.ttest_1samp(series, 0)
    assert t_test(series).t == pytest.approx(told.statistic, rel=1e-12)
    assert t_test(series).p_apart == pytest.approx(told.pvalue, rel=1e-11)
    interval = stats.binomtest(13, 40).proportion_ci(method="wilson")
    assert hit_rate(13, 40)[2:4] == pytest.approx((interval.low, interval.high), rel=1e-12)
    families = pytest.importorskip("statsmodels.stats.multitest", reason="a second oracle")
    p = np.random.default_rng(1).random(25) ** 2
    assert holm(p) == pytest.approx(families.multipletests(p, method="holm")[1], rel=1e-12)
    discoveries = families.multipletests(p, method="fdr_bh")[1]
    assert false_discovery(p) == pytest.approx(discoveries, rel=1e-12)
