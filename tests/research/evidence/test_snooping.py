"""Reality check, superior predictive ability and stepwise tests: oracle, arch, size and power."""

import math

import numpy as np
import pytest

from engine.research.evidence.resample import Resample
from engine.research.evidence.snooping import snooped, stepwise
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import evenness, noise


@pytest.mark.parametrize(("seed", "block", "sessions"), [(1, 1, 12), (2, 3, 25), (3, 5, 24)])
def test_p_values_equal_the_oracle(seed: int, block: int, sessions: int) -> None:
    rows = noise(6, sessions, seed) // 10
    rows[2] = 0
    rows[3] -= 200  # far below nothing: only the consistent test forgets it
    how = Resample(draws=60, block=block, seed=seed)
    found = snooped(rows, how)
    told = oracle.snooped(rows.tolist(), how.rows(sessions).tolist())
    assert [found.reality, found.lower, found.consistent, found.upper] == told
    assert found.best == rows.sum(axis=1).argmax()
    assert found.lower <= found.consistent <= found.upper


def test_a_second_implementation_agrees() -> None:
    """Its own draws: p-values agree to what a few thousand draws can say.

    It compares sums that are not divided by a deviation, so all rules are brought to the same.
    """
    other = pytest.importorskip("arch.bootstrap", reason="arch is a second oracle, where it is")
    rows = noise(8, 200, 11, edge=0.1)
    rows[3] -= 300
    rows = np.rint(rows * (1e6 / rows.std(axis=1))[:, None]).astype(np.int64)
    found = snooped(rows, Resample(draws=4000, block=5, seed=1))
    losses = np.zeros(200), -rows.T.astype(np.float64)
    theirs = other.SPA(*losses, block_size=5, reps=4000, seed=3)
    theirs.compute()
    ours = [found.lower, found.consistent, found.upper]
    assert ours == pytest.approx(theirs.pvalues.tolist(), abs=0.04)
    assert found.reality == pytest.approx(theirs.pvalues["upper"], abs=0.04)


@pytest.mark.covers("T07")
def test_p_values_are_even_without_an_edge(sized) -> None:
    """Independent sessions, drawn one by one: the best and the consistent test are even."""
    searches = sized("T07", ci=100, full=2000)
    how = [Resample("iid", draws=200, seed=k) for k in range(searches)]
    found = [snooped(noise(20, 300, k), how[k]) for k in range(searches)]
    for name in ("reality", "consistent", "upper"):
        assert evenness([getattr(one, name) for one in found]) > 0.01, name


@pytest.mark.parametrize("correlation", [0.0, 0.3])
def test_false_alarms_are_as_rare_as_promised(correlation: float) -> None:
    """Blocks of the cube root, with and without results that run on."""
    searches = cases(ci=60, full=1000)
    found = [snooped(running(correlation, k), Resample(draws=99, seed=k)) for k in range(searches)]
    near = 4 * math.sqrt(0.05 * 0.95 / searches)
    for name in ("reality", "consistent", "upper"):
        assert sum(getattr(one, name) <= 0.05 for one in found) / searches <= 0.07 + near, name


def running(correlation: float, seed: int) -> np.ndarray:
    """Ten rules whose results follow those of the session before."""
    rows = noise(10, 500, seed).astype(np.float64)
    for k in range(1, 500):
        rows[:, k] += correlation * rows[:, k - 1]
    return np.rint(rows).astype(np.int64)


def test_an_edge_is_found() -> None:
    searches = cases(ci=20, full=200)
    found = [snooped(noise(20, 500, k, edge=0.25), Resample(draws=200)) for k in range(searches)]
    assert sum(one.consistent <= 0.05 for one in found) >= 0.8 * searches
    assert sum(one.reality <= 0.05 for one in found) >= 0.8 * searches
    assert sum(one.superior == 0 for one in found) >= 0.8 * searches


def test_bad_rules_blind_the_reality_check_and_not_the_consistent_test() -> None:
    rows = np.concatenate([noise(1, 300, 5, edge=0.16), 8 * noise(30, 300, 6) - 4000])
    found = snooped(rows, Resample(draws=500))
    assert found.consistent < 0.1 < found.upper < found.reality


def test_few_sessions_say_nothing() -> None:
    for rows in (noise(3, 9, 1), noise(1, 50, 1)[:0]):
        found = snooped(rows, Resample(draws=10))
        assert found.best == found.superior == -1
        assert all(map(math.isnan, (found.reality, found.lower, found.consistent, found.upper)))
    assert not stepwise(noise(3, 9, 1, edge=9.0), Resample(draws=10)).any()


def test_nothing_but_idle_rules_beats_nothing() -> None:
    found = snooped(np.zeros((3, 50), np.int64), Resample(draws=50))
    assert found.reality == found.lower == found.upper == 1.0


def test_many_combinations_are_taken_some_at_a_time() -> None:
    """More than one chunk: the same figures as each part's maximum would give."""
    rows = noise(600, 20, 9)
    how = Resample(draws=30)
    whole = snooped(rows, how)
    again = snooped(rows[::-1].copy(), how)
    assert (whole.reality, whole.upper) == (again.reality, again.upper)
    assert whole.best == 599 - again.best


def test_steps_find_all_that_are_good_and_seldom_more() -> None:
    searches = cases(ci=20, full=200, small=20)
    false_alarms = missed = 0
    for k in range(searches):
        rows = noise(20, 400, k)
        rows[:5] += 250
        found = stepwise(rows, Resample(draws=200, seed=k))
        missed += not found[:5].all()
        false_alarms += bool(found[5:].any())
    assert missed <= 0.2 * searches
    assert false_alarms <= max(2, 0.08 * searches)
    assert stepwise(noise(2, 100, 1) + 9000, Resample(draws=50)).all()
