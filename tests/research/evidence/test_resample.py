"""Resampling: which sessions are drawn, how they hang together, and how evenly chance falls."""

import math
from collections import Counter

import numpy as np
import pytest

from engine.core.errors import StudyError, UnknownError
from engine.research.evidence.chance import bells, coins, once_in, orders, picks, uniforms, words
from engine.research.evidence.resample import METHODS, Resample, best_block, counts
from tests.proof.sizes import sized as cases

DRAWS = cases(ci=2000, full=50_000)


@pytest.mark.covers("QA-032", "A-050")
@pytest.mark.parametrize("method", METHODS)
def test_seeds_decide_everything(method: str) -> None:
    one = Resample(method, draws=20, block=4, seed=5).rows(30)
    assert one.shape == (20, 30)
    assert one.min() >= 0
    assert one.max() < 30
    assert np.array_equal(one, Resample(method, draws=20, block=4, seed=5).rows(30))
    assert not np.array_equal(one, Resample(method, draws=20, block=4, seed=6).rows(30))
    assert np.array_equal(one[:5], Resample(method, draws=5, block=4, seed=5).rows(30))


@pytest.mark.parametrize("method", ["iid", "circular", "stationary"])
def test_every_session_is_drawn_as_often(method: str) -> None:
    told = counts(Resample(method, draws=DRAWS, block=4).rows(12), 12).sum(axis=0)
    assert told == pytest.approx(DRAWS, rel=0.15 * math.sqrt(2000 / DRAWS))
    assert told.sum() == DRAWS * 12


def test_moving_blocks_under_sample_the_ends() -> None:
    rows = Resample("moving", draws=DRAWS, block=5).rows(20)
    told = counts(rows, 20).sum(axis=0)
    assert told[0] < told[10] / 3
    assert (np.diff(rows.reshape(-1, 5), axis=1) == 1).all()


def test_circular_blocks_wrap() -> None:
    rows = Resample("circular", draws=50, block=5).rows(20)
    assert (np.diff(rows.reshape(-1, 5), axis=1) % 20 == 1).all()
    assert (rows == 0).any()


@pytest.mark.covers("QA-032")
def test_stationary_blocks_last_as_long_as_asked_on_average() -> None:
    rows = Resample("stationary", draws=DRAWS, block=7).rows(60)
    joined = (np.diff(rows, axis=1) % 60 == 1).mean()
    assert joined == pytest.approx(1 - 1 / 7 + 1 / 7 / 60, abs=0.01)


def test_a_block_is_the_cube_root_unless_said_and_never_longer_than_history() -> None:
    assert Resample().length(1740) == 13
    assert Resample(block=50).length(30) == 30
    assert Resample("iid", block=9).length(30) == 1
    assert Resample(block=1).rows(10).shape == (1000, 10)


def test_no_history_is_no_draw() -> None:
    assert Resample(draws=3).rows(0).shape == (3, 0)


def test_what_is_refused() -> None:
    with pytest.raises(UnknownError, match="no bootstrap 'stationery'; did you mean 'stationary'"):
        Resample("stationery")
    for wrong in ({"draws": 0}, {"block": -1}, {"seed": -1}):
        with pytest.raises(StudyError, match="draws are 1 or more, block and seed are 0 or more"):
            Resample(**wrong)


def autoregressive(rho: float, count: int, seed: int) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(count)
    for k in range(1, count):
        noise[k] += rho * noise[k - 1]
    return noise


def test_the_best_block_grows_with_correlation() -> None:
    """Known for an AR(1): b = (2 rho / (1 - rho**2))**(2/3) * n**(1/3) for this bootstrap."""
    for rho in (0.3, 0.6):
        told = (2 * rho / (1 - rho * rho)) ** (2 / 3) * 2000 ** (1 / 3)
        found = np.median([best_block(autoregressive(rho, 2000, k)) for k in range(15)])
        assert found == pytest.approx(told, rel=0.35)
    assert np.median([best_block(autoregressive(0, 2000, k)) for k in range(15)]) < 4


def test_the_best_block_has_bounds() -> None:
    assert math.isnan(best_block(np.arange(9)))
    assert math.isnan(best_block(np.full(50, 3)))
    assert best_block(np.tile([1, -1], 50)) >= 1
    assert best_block(np.arange(40)) <= math.ceil(40 / 3)


def test_a_second_implementation_chooses_nearly_the_same_block() -> None:
    """It counts the last large correlation one lag later than the paper does."""
    other = pytest.importorskip("arch.bootstrap", reason="arch is a second oracle, where it is")
    for rho in (0.0, 0.4, 0.8):
        series = autoregressive(rho, 1500, 3)
        told = float(other.optimal_block_length(series)["stationary"].iloc[0])
        assert best_block(series) == pytest.approx(max(1, told), rel=0.2, abs=0.5)


def test_words_differ_by_use_and_by_seed() -> None:
    kinds = {words(seed, use, 4).tobytes() for seed in (0, 1) for use in ("a", "b")}
    assert len(kinds) == 4
    assert words(0, "a", 2, 3).shape == (2, 3)


def test_chance_is_fair() -> None:
    raw = words(1, "fair", DRAWS * 10)
    near = 4 / math.sqrt(len(raw))
    assert picks(raw, 6).mean() == pytest.approx(2.5, abs=2 * near)
    assert Counter(picks(raw, 6).tolist()).keys() == set(range(6))
    assert coins(raw).mean() == pytest.approx(0, abs=near)
    assert once_in(raw, 5).mean() == pytest.approx(0.2, abs=near)
    assert uniforms(raw).mean() == pytest.approx(0.5, abs=near)
    assert uniforms(raw).max() < 1


def test_bells_are_normal() -> None:
    drawn = bells(3, "bells", 10 * DRAWS + 1)
    assert len(drawn) == 10 * DRAWS + 1
    near = 4 / math.sqrt(len(drawn))
    assert drawn.mean() == pytest.approx(0, abs=near)
    assert drawn.std() == pytest.approx(1, abs=near)
    assert (drawn < 1.959964).mean() == pytest.approx(0.975, abs=near)


def test_orders_are_permutations_and_all_of_them() -> None:
    found = orders(words(2, "orders", DRAWS, 3))
    told = Counter(map(tuple, found.tolist()))
    assert len(told) == 6
    assert min(told.values()) > DRAWS / 6 - 4 * math.sqrt(DRAWS / 6)
