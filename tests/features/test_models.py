"""engine.features.garch, engine.features.hidden and engine.features.returns: models of returns.

Likelihoods and filters against a plain oracle, fits against chance and against a library.
"""

from datetime import date

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.features import garch, hidden
from engine.features.garch import fit, forecast, unlikely
from engine.features.returns import session_returns
from engine.synth.market import synthesise
from tests.makers import bars_from, flat
from tests.oracle.features import models as oracle
from tests.proof.sizes import sized as cases

COUNT = cases(ci=1_000, full=3_000, small=120)


def clustered(count: int, seed: int) -> np.ndarray:
    """Returns of a GARCH(1,1) with alpha 0.1 and beta 0.85."""
    rng, variance, out = np.random.default_rng(seed), 1e-4, np.empty(count)
    for k in range(count):
        out[k] = np.sqrt(variance) * rng.normal()
        variance = 5e-6 + 0.1 * out[k] ** 2 + 0.85 * variance
    return out


def test_the_garch_likelihood_and_forecast_equal_the_oracle():
    returns = clustered(50, 1)
    for omega, alpha, beta in ((5e-6, 0.1, 0.85), (1e-4, 0.0, 0.0), (1e-5, 0.3, 0.6)):
        params = np.array([omega, alpha, beta, 1e-4, 1e-4])
        assert unlikely(returns, omega, alpha, beta) == pytest.approx(
            oracle.garch_unlikely(returns.tolist(), omega, alpha, beta), rel=1e-12
        )
        assert forecast(returns, params) == pytest.approx(
            oracle.garch_forecast(returns.tolist(), params.tolist()), rel=1e-12
        )


def test_no_neighbour_of_a_garch_fit_is_likelier():
    returns = clustered(COUNT, 2)
    omega, alpha, beta, mean, _ = fit(returns)
    off, best = returns - mean, unlikely(returns - mean, omega, alpha, beta)
    for factor in (0.98, 1.02):
        assert unlikely(off, omega * factor, alpha, beta) > best - 1e-6
        assert unlikely(off, omega, alpha * factor, beta) > best - 1e-6
        assert unlikely(off, omega, alpha, beta * factor) > best - 1e-6
    assert alpha + beta < 1


def test_garch_is_as_likely_as_the_library_finds_it():
    arch = pytest.importorskip("arch", reason="the second witness is a test-only library")
    returns = clustered(3_000, 3)
    off = returns - returns.mean()
    theirs = arch.arch_model(off * 100, mean="Zero", rescale=False).fit(
        disp="off", backcast=float((off * 100).var())
    )
    omega, alpha, beta, *_ = fit(returns)
    found = (theirs.params["omega"] / 1e4, theirs.params["alpha[1]"], theirs.params["beta[1]"])
    assert unlikely(off, omega, alpha, beta) <= unlikely(off, *found) + 1e-3
    assert (alpha, beta) == pytest.approx(found[1:], abs=0.01)


def switched(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns of two states that last, and which state was on."""
    rng, state, states = np.random.default_rng(seed), 0, np.empty(count, np.int64)
    for k in range(count):
        state = 1 - state if rng.random() < 0.03 else state
        states[k] = state
    return rng.normal(0, np.where(states == 0, 0.005, 0.02)), states


def test_the_filter_equals_the_sum_over_all_paths():
    returns = switched(9, 4)[0]
    params = np.array([0.6, 0.4, 1e-3, -2e-3, 2e-5, 4e-4, 0.9, 0.1, 0.3, 0.7])
    alpha = np.empty((9, 2))
    likelihood, calm = oracle.hidden_likelihood(returns.tolist(), params.tolist())
    assert hidden.forward(returns, params, alpha) == pytest.approx(likelihood, rel=1e-12)
    assert hidden.ahead(returns, params) == pytest.approx(calm, rel=1e-12)


def test_each_round_makes_the_returns_likelier():
    returns = switched(COUNT, 5)[0]
    params, alpha, before = hidden.begin(returns), np.empty((COUNT, 2)), -np.inf
    for _ in range(5):
        now = hidden.forward(returns, params, alpha)
        assert now > before
        before = now
        hidden.improve(returns, params, alpha, 1e-9)


def test_planted_states_are_found():
    returns, states = switched(3 * COUNT, 6)
    params = hidden.fit(returns)
    assert np.sqrt(params[4:6]) == pytest.approx([0.005, 0.02], rel=0.25)
    alpha = np.empty((len(returns), 2))
    hidden.forward(returns, params, alpha)
    assert np.mean((alpha[:, 0] > 0.5) == (states == 0)) > 0.85


def test_returns_without_movement_have_no_model():
    still = np.zeros(20)
    assert np.isnan(fit(still)).all()
    assert np.isnan(hidden.fit(still)).all()


def test_states_are_told_apart_by_their_variance():
    """However the rounds end, the calm state comes first."""
    for seed in range(20):
        returns = np.random.default_rng(seed).normal(0, 0.01, 40) ** 3
        params = hidden.fit(returns)
        assert params[4] <= params[5]


def test_a_session_is_told_what_was_known_before_it():
    bars = synthesise(instrument("ES"), date(2022, 11, 21), 8, 7)
    session, returns = session_returns(bars)
    assert session.tolist() == list(range(1, 8))
    found = garch.garch(bars, sessions=4, refit=2)
    params = fit(returns[:4])
    assert found.deviation.values[5] == forecast(returns[:4], params)
    assert found.deviation.values[6] == forecast(returns[1:5], params)  # no new fit in between
    assert not found.deviation.present[:5].any()


def test_prices_below_zero_have_no_returns():
    bars = bars_from(("2022-11-28 08:30", flat(-5, 2)), ("2022-11-29 08:30", flat(4, 2)))
    assert len(session_returns(bars)[1]) == 0
    assert not garch.garch(bars).deviation.present.any()
    assert not hidden.hidden_state(bars).calm.present.any()
