"""Walk-forward figures by hand, and what is undefined."""

import math

import numpy as np
import pytest

from engine.research.evidence.forward import (
    Record,
    consistency,
    drift,
    efficiency,
    overfitting,
    passes,
)
from tests.research.markets import swept


def record(train: list[int], test: list[int], trades: int = 10, fall: int = 30) -> Record:
    """Folds of 100 train and 20 test sessions."""
    each = np.full(len(test), 1, np.int64)
    return Record(
        *(np.array(train, np.int64), 5 * trades * each, 100 * each),
        *(np.array(test, np.int64), trades * each, 20 * each, fall * each),
    )


def test_a_record_is_read_from_the_choices() -> None:
    found = Record.of(swept().choices)
    assert found.test_net.tolist() == [int(c.test.sum("net")[0]) for c in swept().choices]
    assert found.train_sessions.tolist() == [10] * len(swept().choices)
    none = [choice._replace(combination=None) for choice in swept().choices]
    assert [len(column) for column in Record.of(none)] == [0] * 7


def test_efficiency_pools_all_folds() -> None:
    assert efficiency(record([500, 300], [80, 80])) == pytest.approx(1.0)
    assert efficiency(record([500, 300], [90, -50])) == pytest.approx(0.25)
    for undefined in (record([500, -500], [1, 1]), record([-1], [-9]), record([], [])):
        assert math.isnan(efficiency(undefined))


@pytest.mark.covers("QA-024")
def test_overfitting_is_safe_for_any_sign() -> None:
    """A loss in training and a smaller one in the test is no 'ratio of 0.5'."""
    assert overfitting(record([500], [50])) == (10, 5, 5, 0.5)
    both = overfitting(record([-500], [-50]))
    assert both[:3] == (-10, -5, -5)
    assert math.isnan(both.kept)
    assert overfitting(record([500], [-50])) == (10, -5, 15, -0.5)
    better = overfitting(record([-500], [50]))
    assert better.lost < 0
    assert math.isnan(better.kept)
    assert np.isnan(overfitting(record([], []))).all()


def test_consistency_by_hand() -> None:
    found = consistency(record([1] * 6, [50, -10, -20, 0, -5, 85]))
    assert found == (6, 2 / 6, 0.85, -20, 2)
    assert math.isnan(consistency(record([1], [-5])).largest)
    none = consistency(record([], []))
    assert none.folds == none.streak == 0
    assert np.isnan(none[1:4]).all()


def test_drift_by_hand() -> None:
    chosen = [{"stop": "8", "mode": "a"}, {"stop": "8", "mode": "b"}, {"stop": "24", "mode": "b"}]
    tried = {"stop": ["8", "16", "24", "none"], "mode": ["a", "b"]}
    found = drift(chosen, tried)
    assert found["stop"] == (2, 0.5, "8", 2 / 3, 1.0)
    assert found["mode"][:4] == (2, 0.5, "b", 2 / 3)
    assert math.isnan(found["mode"].step)
    one = drift(chosen[:1], tried)["stop"]
    assert one[:1] + one[2:4] == (1, "8", 1)
    assert np.isnan([one.changes, one.step]).all()
    assert drift([], tried) == {}


def test_the_table_of_passes() -> None:
    found = {row.name: row for row in passes(record([100] * 5, [50, 30, 40, -10, 60]), capital=100)}
    assert found["net"].passed
    assert found["net"].distinguished
    assert (found["efficiency"].value, found["efficiency"].passed) == (pytest.approx(1.7), True)
    assert (found["profitable_folds"].value, found["profitable_folds"].distinguished) == (0.8, True)
    assert (found["largest_fold"].value, found["largest_fold"].passed) == (60 / 170, True)
    assert (found["deepest_fall"].value, found["deepest_fall"].passed) == (0.3, True)
    poor = passes(record([400] * 4, [-50, 120, -40, -20], fall=50), capital=100)
    told = {row.name: row.passed for row in poor}
    assert told == {
        "net": True,
        "efficiency": False,
        "profitable_folds": False,
        "largest_fold": False,
        "deepest_fall": False,
    }
    assert not any(row.passed for row in passes(record([], [])))
