"""Tapes on which features break: flat, a single bar, jumps, prices below zero; and rare turns."""

import numpy as np
import pytest
from numba import config

from engine.features import garch, hidden
from engine.features.bands import bollinger
from engine.features.declare import declared
from engine.features.direction import adx
from engine.features.fold import columns
from engine.features.migration import poc_posterior, poc_runs, poc_trend
from engine.features.tails import beta_at, beta_below
from tests.features.declared import FEATURES
from tests.makers import bars_from, flat

DAYS = ("2022-11-21", "2022-11-22", "2022-11-23", "2022-11-28", "2022-11-29", "2022-11-30")
TAPES = {
    "flat": bars_from(*((f"{day} 09:00", flat(400, 30)) for day in DAYS)),
    "one bar": bars_from(("2022-11-28 09:00", flat(7, 1))),
    "one bar a day": bars_from(*((f"{day} 09:00", flat(400 + len(day), 1)) for day in DAYS)),
    "below zero": bars_from(*((f"{day} 09:00", [(-3, -1, -9, -4)] * 20) for day in DAYS)),
    "through zero": bars_from(("2022-11-28 09:00", [(k, k + 2, k - 2, k) for k in range(-30, 30)])),
    "jumps": bars_from(
        ("2022-11-28 09:00", [*flat(0, 30), *flat(900_000_000, 30), *flat(-900_000_000, 30)])
    ),
}


@pytest.mark.parametrize("tape", TAPES)
@pytest.mark.parametrize("name", FEATURES)
def test_no_tape_breaks_a_feature(name, tape):
    for params in ({}, declared(FEATURES[name]).trial):
        for column in columns(FEATURES[name](TAPES[tape][:], **params)):
            values, there = column.dense()
            assert len(values) == len(TAPES[tape])
            assert np.isfinite(values[there]).all()


def test_an_empty_tape_says_nothing():
    for name in ("atr", "macd", "donchian", "clock", "opening_gap"):
        for column in columns(FEATURES[name](TAPES["flat"][:0])):
            assert len(column) == 0


def test_where_nothing_moves_adx_stays_where_it_was():
    rising = [(k, k + 2, k - 1, k + 1) for k in range(0, 60, 2)]
    bars = bars_from(("2022-11-28 09:00", [*rising, *flat(60, 300)]))
    found = adx(bars, n=4).adx
    assert found.values[-1] == pytest.approx(found.values[-2])
    assert not adx(TAPES["flat"], n=4).plus.present.any()


def test_a_window_that_jumps_too_far_has_no_deviation():
    found = bollinger(TAPES["jumps"], n=20).middle.present
    assert found[19:30].all()
    assert not found[30:49].any()
    assert found[49:60].all()


def test_pocs_that_do_not_move_have_no_direction():
    flat_days = TAPES["flat"]
    found = poc_trend(flat_days, sessions=3)
    last = int(flat_days.session[-1])
    assert (found.slope.values[last], found.r2.values[last], found.p.values[last]) == (0, 0, 1)
    assert not poc_posterior(flat_days).mean.present.any()
    assert not poc_runs(flat_days, sessions=3).p.present.any()


def test_tails_far_out_still_end():
    assert beta_below(1e7, 1e7, 0.5) == pytest.approx(0.5, abs=0.05)
    assert beta_at(1.0, 1.0, 1e-80) < 1e-50


def test_a_simplex_that_finds_nothing_better_shrinks():
    """The best corner stands on the summit: only shrinking is left."""
    returns = np.random.default_rng(1).normal(0, 0.01, 300)
    best = garch.descend(returns, float((returns**2).mean()))
    scale = float((returns**2).mean())
    corners = np.array([best, *(best + np.eye(3)[k] * 1e-7 for k in range(3))])
    heights = np.array([garch.value(returns, scale, c) for c in corners])
    heights[0], heights[1:] = -1e9, (-1e9 + 1, -1e9 + 2, -1e9 + 3)
    before = corners.copy()
    garch.step(returns, scale, corners, heights, 3)
    np.testing.assert_allclose(corners[1], (before[0] + before[1]) / 2)


# A kernel compiled here would be kept, changed as it is, for all that come after.
interpreted = pytest.mark.skipif(not config.DISABLE_JIT, reason="compiled kernels keep constants")


@interpreted
def test_fits_end_when_their_rounds_are_over(monkeypatch):
    monkeypatch.setattr(garch, "STEPS", 1)
    monkeypatch.setattr(hidden, "ROUNDS", 1)
    returns = np.random.default_rng(2).normal(0, 0.01, 100)
    assert np.isfinite(garch.fit(returns)).all()
    assert np.isfinite(hidden.fit(returns)).all()


@interpreted
def test_states_that_end_up_exchanged_are_put_right(monkeypatch):
    usual = hidden.begin

    def reversed_(returns):
        params = usual(returns)
        params[4], params[5] = params[5], params[4]
        return params

    monkeypatch.setattr(hidden, "begin", reversed_)
    monkeypatch.setattr(hidden, "ROUNDS", 2)
    rng = np.random.default_rng(3)
    returns = np.concatenate((rng.normal(0, 0.02, 60), rng.normal(0, 0.004, 60)))
    params = hidden.fit(returns)
    assert params[4] < params[5]
