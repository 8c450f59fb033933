"""Measures against their definitions on plain lists."""

import statistics

import numpy as np
import pytest

from engine.research.kernel import FIELDS
from engine.research.measures import (
    OBJECTIVES,
    Merged,
    expectancy,
    net,
    profit_factor,
    sharpe,
    win_rate,
)


def row(**values: int) -> np.ndarray:
    return np.array([[values.get(name, 0) for name in FIELDS]], np.int64)


def test_definitions() -> None:
    days = [300, -100, 0, 250, -50]
    squares = sum(day * day for day in days)
    one = row(n=4, wins=2, losses=2, gross_win=550, gross_loss=150, net=400, squares=squares)
    m = Merged(one, sessions=5, periods=252)
    assert expectancy(m)[0] == 100
    assert profit_factor(m)[0] == pytest.approx(550 / 150)
    assert win_rate(m)[0] == 0.5
    assert net(m)[0] == 400
    yearly = statistics.mean(days) / statistics.stdev(days) * 252**0.5
    assert sharpe(m)[0] == pytest.approx(yearly, rel=1e-12)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_nothing_traded_is_undefined_or_zero(name: str) -> None:
    value = OBJECTIVES[name](Merged(row(), sessions=5, periods=252))[0]
    assert value == 0 if name == "net" else np.isnan(value)


def test_one_session_has_no_deviation() -> None:
    assert np.isnan(sharpe(Merged(row(n=1, net=5, squares=25), sessions=1, periods=252))[0])
