"""The live scorer: verdicts, and weights that are learnt from what is over."""

import numpy as np
import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.research import scorer
from engine.research.scorer import (
    BASELINES,
    LONG_ONLY,
    PASS,
    SHORT_ONLY,
    SKIP,
    Record,
    Scorer,
    forward,
    learn,
)

PARTS = {"depth": 1.0, "structure": 1.0, "above": 0.0, "sure": 0.0}
NAMES = ("a", "b", "c")
EVEN = {"a": 1.0, "b": 1.0, "c": 1.0}


@pytest.mark.covers("QA-060")
@pytest.mark.parametrize(
    ("gates", "long", "short"),
    [
        ([], PASS, PASS),
        ([PASS, PASS], PASS, PASS),
        ([SKIP], SKIP, SKIP),
        ([PASS, LONG_ONLY], PASS, SKIP),
        ([SHORT_ONLY], SKIP, PASS),
        ([LONG_ONLY, SHORT_ONLY], SKIP, SKIP),
    ],
)
def test_the_strictest_gate_decides(gates, long, short):
    one = Scorer(BASELINES["liquidity_raid"], 0.25, {str(k): gate for k, gate in enumerate(gates)})
    assert (one.verdict(1, PARTS), one.verdict(-1, PARTS)) == (long, short)


@pytest.mark.covers("QA-060")
def test_then_the_score_does():
    one = Scorer.of("liquidity_raid")
    assert one.score(PARTS) == pytest.approx(0.7)
    assert one.verdict(1, {**PARTS, "structure": 0.0, "depth": 0.4}) == SKIP
    assert one.verdict(1, {"depth": 1.0}) == SKIP  # unknown parts: no score, no trade
    for name, weights in BASELINES.items():
        assert sum(weights.values()) == pytest.approx(1.0), name
        assert Scorer.of(name).score(dict.fromkeys(weights, 1.0)) == pytest.approx(1.0)
    with pytest.raises(UnknownError, match="did you mean 'fvg'"):
        Scorer.of("fvgs")
    with pytest.raises(UnknownError, match="no verdict 'MAYBE'"):
        Scorer({"a": 1.0}, 0.5, {"x": "MAYBE"})
    with pytest.raises(ParameterError, match="above zero"):
        Scorer({}, 0.5).score({})


def record(count, strength, span=1, seed=0):
    """Part a speaks for a win, part b against one, part c says nothing."""
    draw = np.random.default_rng(seed)
    parts = draw.random((count, 3))
    won = strength * (parts[:, 0] - parts[:, 1]) + draw.normal(size=count) * 0.3 > 0
    begun = np.arange(count)
    return Record(parts, won, begun, begun + span)


@pytest.mark.covers("QA-061")
def test_weights_keep_the_sign_of_what_they_were_learnt_from():
    """QF-42: what speaks against a trade is not weighed as if it spoke for it."""
    found = learn(NAMES, record(400, 3.0), EVEN)
    assert found.adopted
    assert found.accuracy > found.without + 0.2
    assert found.weights["a"] == pytest.approx(2.0, abs=1e-6)
    assert found.weights["b"] == pytest.approx(0.5, abs=1e-6)
    assert sum(found.weights.values()) == pytest.approx(3.0)  # bounds hold after adding up, too


@pytest.mark.covers("QA-061")
def test_noise_and_too_few_trades_teach_nothing():
    noise = [learn(NAMES, record(400, 0.0, seed=k), EVEN) for k in range(20)]
    assert sum(found.adopted for found in noise) <= 4
    assert all(found.weights == EVEN for found in noise if not found.adopted)
    few = learn(NAMES, record(99, 3.0), EVEN)
    assert not few.adopted
    assert np.isnan(few.accuracy)
    assert not learn(NAMES, record(400, 3.0)._replace(won=np.ones(400, np.bool_)), EVEN).adopted


@pytest.mark.covers("QA-061")
def test_trades_still_open_are_not_known_yet():
    """Where the outcome is only known after all is over, nothing can have been learnt."""
    assert forward(record(400, 3.0, span=1)).accuracy > 0.8
    assert np.isnan(forward(record(400, 3.0, span=1_000)).accuracy)
    assert not learn(NAMES, record(400, 3.0, span=1_000), EVEN).adopted


def test_where_nothing_speaks_for_a_trade_the_shares_stay():
    draw = np.random.default_rng(1)
    parts = draw.random((400, 3))
    made = Record(parts, parts.sum(axis=1) < 1.5, np.arange(400), np.arange(400) + 1)
    found = learn(NAMES, made, EVEN)
    assert found.adopted
    assert found.weights == pytest.approx(EVEN)


def test_a_fit_ends_when_its_rounds_are_over(monkeypatch):
    one = record(200, 2.0)
    settled = scorer.fitted(one.parts, one.won)
    monkeypatch.setattr(scorer, "ROUNDS", 1)
    assert np.abs(scorer.fitted(one.parts, one.won)).max() < np.abs(settled).max()
