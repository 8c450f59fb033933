"""Bands: every figure against plain sums, and how often a band holds the truth."""

import math
import statistics

import numpy as np
import pytest

from engine.research.evidence.bands import (
    MEASURES,
    Days,
    band,
    bands,
    chance_of_loss,
    falls,
    measured,
)
from engine.research.evidence.resample import Resample
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases


def days(seed: int, sessions: int = 60, mean: float = 0.0) -> Days:
    """None to three trades a session."""
    chance = np.random.default_rng(seed)
    session = np.repeat(np.arange(sessions), chance.integers(0, 4, sessions))
    return Days.of(chance.normal(mean, 100, len(session)).round().astype(int), session, sessions)


def test_days_gather_trades() -> None:
    found = Days.of(np.array([5, -3, 0, 7]), np.array([0, 0, 2, 2]), 4)
    assert [column.tolist() for column in found] == [
        *([2, 0, 7, 0], [2, 0, 2, 0], [1, 0, 1, 0], [5, 0, 7, 0], [3, 0, 0, 0]),
    ]


def test_every_measure_is_that_of_its_sessions() -> None:
    table, rows = days(1), Resample(draws=5).rows(60)
    found = measured(table, rows, 252)
    for k, draw in enumerate(rows.tolist()):
        net, trades, wins, won, lost = ([column.tolist()[t] for t in draw] for column in table)
        assert found["net"][k] == sum(net)
        assert found["expectancy"][k] == sum(net) / sum(trades)
        assert found["win_rate"][k] == sum(wins) / sum(trades)
        assert found["profit_factor"][k] == sum(won) / sum(lost)
        sharpe = statistics.mean(net) / statistics.stdev(net) * math.sqrt(252)
        assert found["sharpe"][k] == pytest.approx(sharpe, rel=1e-12)
        assert found["max_drawdown"][k] == oracle.fall(net)


def test_the_deepest_fall_counts_from_the_start() -> None:
    rows = np.array([[-5, 3, -4, 1], [1, 2, 3, 4], [4, -1, -1, 9]])
    assert falls(rows).tolist() == [6, 0, 2] == [oracle.fall(row) for row in rows.tolist()]
    assert falls(rows[:, :0]).tolist() == [0, 0, 0]


@pytest.mark.covers("QA-032", "A-050")
def test_bands_are_the_quantiles_of_the_draws() -> None:
    table, how = days(2), Resample(draws=200, seed=4)
    found, drawn = bands(table, how, level=0.9), measured(table, how.rows(60), 252)
    assert tuple(found) == MEASURES
    for name, one in found.items():
        told = np.quantile(drawn[name], [0.05, 0.95])
        assert (one.low, one.high) == pytest.approx(told)
        assert one.told == 200
    assert found["net"].value == table.net.sum()


@pytest.mark.parametrize("table", [days(1, sessions=9), Days.of(np.ones(5, int), np.arange(5), 50)])
def test_few_sessions_or_trades_have_no_band(table: Days) -> None:
    for one in bands(table, Resample(draws=10)).values():
        assert np.isnan(one[:3]).all()
        assert one.told == 0


def test_draws_that_are_undefined_are_counted_out() -> None:
    drawn = np.array([1.0, np.nan, 3.0])
    assert band(2.0, drawn, 0.5) == (1.5, 2.0, 2.5, 2)
    assert band(2.0, drawn[1:2], 0.5).told == 0
    assert math.isnan(band(math.nan, drawn, 0.5).low)
    only_wins = Days.of(np.ones(30, int), np.arange(30), 30)
    found = bands(only_wins, Resample(draws=10))
    assert found["profit_factor"].told == found["sharpe"].told == 0
    assert found["win_rate"][:3] == (1, 1, 1)


@pytest.mark.covers("QA-032", "A-050")
@pytest.mark.parametrize("method", ["iid", "moving", "stationary"])
def test_bands_hold_the_truth_as_often_as_they_say(method: str) -> None:
    studies = cases(ci=150, full=2000)
    held = 0
    for seed in range(studies):
        one = bands(days(seed, 200, mean=20), Resample(method, draws=200, seed=seed))
        held += one["expectancy"].low <= 20 <= one["expectancy"].high
    near = 4 * math.sqrt(0.95 * 0.05 / studies)
    assert held / studies == pytest.approx(0.94, abs=0.02 + near)


def test_the_chance_of_loss_follows_the_mean() -> None:
    how = Resample(draws=500)
    table = days(3, 400)
    sessions = table.net.astype(float)
    z = sessions.mean() / (sessions.std() / math.sqrt(400))
    told = statistics.NormalDist().cdf(-z)
    assert chance_of_loss(table, how) == pytest.approx(told, abs=0.12)
    assert chance_of_loss(days(3, 400, mean=60), how) == 0
    assert math.isnan(chance_of_loss(days(3, 9), how))
    assert math.isnan(chance_of_loss(Days.of(*np.zeros((2, 0), np.int64), 40), how))
