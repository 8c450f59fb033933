"""PBO by `engine.research.evidence.kernel` against its oracle, on noise, and with an edge."""

import math
from itertools import combinations

import numpy as np
import pytest

from engine.core.errors import StudyError, UnknownError
from engine.research.evidence.overfit import Blocks, edges, overfit
from tests.oracle import evidence as oracle
from tests.proof.sizes import sized as cases
from tests.research.evidence.noise import noise


@pytest.mark.covers("QA-027")
@pytest.mark.parametrize("by", ["sharpe", "net"])
@pytest.mark.parametrize("seed", range(5))
def test_every_split_equals_the_oracle(seed: int, by: str) -> None:
    rows = noise(7, 26, seed) // 300
    rows[3] = 0
    rows[5] = rows[4]
    found = overfit(Blocks.of(rows, 6), by)
    share, logits = oracle.pbo(rows.tolist(), 6, by)
    assert found.pbo == float(share)
    assert in_order(found.logit, 6) == pytest.approx(logits, rel=1e-12, abs=1e-12)


def in_order(logit: np.ndarray, blocks: int) -> list[float]:
    """The splits sorted by the blocks they train on, as the oracle lists them."""
    halves = [(0, *rest) for rest in combinations(range(1, blocks), blocks // 2 - 1)]
    every = set(range(blocks))
    pairs = [(half, tuple(sorted(every - set(half)))) for half in halves]
    keys = [half for pair in pairs for half in pair]
    return [value for _, value in sorted(zip(keys, logit.tolist(), strict=True))]


@pytest.mark.covers("QA-027")
def test_sixteen_blocks_make_12870_splits() -> None:
    found = overfit(Blocks.of(noise(3, 64, 1)))
    assert len(found.logit) == math.comb(16, 8) == 12870
    counts = found.histogram(np.array([-9.0, -0.5, 0.5, 9.0]))
    assert counts.sum() == 12870
    assert (counts > 0).all()


def test_train_and_test_figures_are_those_of_the_chosen() -> None:
    rows = noise(4, 20, 2)
    found = overfit(Blocks.of(rows, 4))
    cut = edges(20, 4)
    inside = np.r_[cut[0] : cut[2]]  # the first split trains on the first two blocks
    outside = np.r_[cut[2] : cut[4]]
    for part, told in ((inside, found.train[0]), (outside, found.test[0])):
        values = rows[found.chosen[0], part]
        assert told == pytest.approx(values.mean() / values.std(ddof=1))
    by_net = overfit(Blocks.of(rows, 4), "net")
    assert by_net.test[1] == pytest.approx(rows[by_net.chosen[1], inside].mean())


def test_losses_are_counted_in_the_test_half() -> None:
    rows = np.array([[3] * 10 + [-1] * 10, [1] * 20], np.int64)
    found = overfit(Blocks.of(rows, 2), "net")
    assert found.chosen.tolist() == [0, 1]
    assert found.loss == 0.5


def test_blocks_differ_by_at_most_a_session_and_leave_none_out() -> None:
    rows = noise(2, 103, 1)
    blocks = Blocks.of(rows)
    assert set(blocks.sessions.tolist()) == {6, 7}
    assert blocks.net.sum(axis=1).tolist() == rows.sum(axis=1).tolist()
    assert blocks.squares.sum(axis=1).tolist() == (rows * rows).sum(axis=1).tolist()


@pytest.mark.parametrize(("sessions", "blocks"), [(15, 16), (40, 5), (40, 0)])
def test_what_cannot_be_cut_is_refused(sessions: int, blocks: int) -> None:
    with pytest.raises(StudyError, match=f"{sessions} sessions cannot be cut into {blocks} blocks"):
        edges(sessions, blocks)


def test_an_unknown_rank_is_refused() -> None:
    with pytest.raises(UnknownError, match="no rank 'sharp'; did you mean 'sharpe'"):
        overfit(Blocks.of(noise(2, 20, 1), 4), "sharp")


def test_one_combination_has_no_rank() -> None:
    assert math.isnan(overfit(Blocks.of(noise(1, 40, 1), 4)).pbo)


def test_idle_combinations_are_undefined_and_have_no_slope() -> None:
    found = overfit(Blocks.of(np.zeros((3, 40), np.int64), 4))
    assert math.isnan(found.pbo)  # there is nothing to rank
    alike = overfit(Blocks.of(np.tile(noise(1, 40, 1), (3, 1)), 4))
    assert alike.pbo == 1.0  # all tie: the middle rank is at zero
    assert np.isnan(found.train).all()
    assert math.isnan(found.slope)


@pytest.mark.covers("T07")
def test_noise_is_overfit_half_the_time_and_an_edge_never(sized) -> None:
    searches = sized("T07", ci=60, full=2000)
    blocks = 6
    plain = [overfit(Blocks.of(noise(20, 120, k), blocks)).pbo for k in range(searches)]
    tolerance = max(0.03, 4 * np.std(plain) / math.sqrt(searches))
    assert np.mean(plain) == pytest.approx(0.5, abs=tolerance)
    for k in range(min(searches, 50)):
        assert overfit(Blocks.of(noise(20, 240, k, edge=0.8), blocks)).pbo < 0.05


def test_an_overfit_search_falls_as_it_looks_better() -> None:
    slopes = [overfit(Blocks.of(noise(20, 120, k), 8)).slope for k in range(cases(ci=10, full=100))]
    assert np.mean(slopes) < 0
