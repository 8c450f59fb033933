"""Scenarios: seven of them, each with bars that are bars and with what its name promises."""

import numpy as np
import pytest

from engine import Bars
from engine.core.bars import checked
from engine.research.evidence.scenarios import SCENARIOS, choppy, drifting, scaled
from engine.synth.mirror import CLOSE, GAP, moves
from tests.research.markets import market


def going_back(bars: Bars) -> float:
    """Share of bars that go against the one before."""
    signs = np.sign(moves(bars)[CLOSE])
    signs = signs[signs != 0]
    return float((signs[1:] != signs[:-1]).mean())


@pytest.mark.covers("A-081")
@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_is_made_of_bars(name: str) -> None:
    bars = market()
    found = SCENARIOS[name](bars)
    assert len(SCENARIOS) == 7
    assert checked(found) is found
    assert (found.low <= np.minimum(found.open, found.close)).all()
    assert (found.high >= np.maximum(found.open, found.close)).all()
    assert (found.time == bars.time).all()
    assert found.close[0] == bars.close[0]
    assert (found.fingerprint == bars.fingerprint) == (name == "as_it_was")
    assert found.origin.synthetic or name == "as_it_was"


@pytest.mark.covers("A-081")
@pytest.mark.parametrize("times", [1.8, 0.5])
def test_moves_are_scaled(times: float) -> None:
    before, after = moves(market())[:, 1:], moves(scaled(market(), times))[:, 1:]
    assert after == pytest.approx(times * before, abs=0.5)


@pytest.mark.covers("A-081")
@pytest.mark.parametrize("share", [0.0005, -0.0005])
def test_a_drift_adds_up_over_a_session_and_keeps_the_bars(share: float) -> None:
    bars = market()
    found = drifting(bars, share)
    assert (moves(found)[1:, 1:] == moves(bars)[1:, 1:]).all()
    added = (moves(found)[GAP] - moves(bars)[GAP]).sum()
    assert added == pytest.approx(40 * share * bars.open.mean(), abs=5)


@pytest.mark.covers("A-081")
def test_a_choppy_market_turns_back_and_keeps_its_sizes() -> None:
    bars = market()
    found = choppy(bars, 0.8)
    near = 4 * 0.5 / np.sqrt(len(bars))
    assert going_back(found) == pytest.approx(0.8, abs=near)
    assert going_back(bars) == pytest.approx(0.5, abs=near)
    assert ((found.high - found.low) == (bars.high - bars.low)).all()
    assert (np.abs(moves(found)[CLOSE]) == np.abs(moves(bars)[CLOSE])).all()
    assert not (choppy(bars, 0.8, seed=1).close == found.close).all()


@pytest.mark.covers("A-081")
def test_a_crash_strikes_the_middle() -> None:
    bars, found = market(), SCENARIOS["flash_crash"](market())
    middle = len(bars) // 2
    assert found.close[middle + 2] / bars.close[middle - 1] == pytest.approx(0.93, abs=0.01)
    assert found.close[middle + 22] / bars.close[middle - 1] == pytest.approx(0.972, abs=0.01)
