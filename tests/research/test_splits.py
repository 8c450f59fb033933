"""Purged splits: every session tested, none trained on beside a test, every path whole."""

from math import comb

import numpy as np
import pytest

from engine.core.errors import StudyError
from engine.research.splits import Gaps, combinatorial, edges, paths, purged_folds


@pytest.mark.covers("QA-028", "A-118")
def test_six_groups_two_at_a_time_are_fifteen_splits_and_five_paths() -> None:
    found = combinatorial(60, 6, 2, Gaps(purge=2, embargo=3))
    assert len(found) == comb(6, 2) == 15
    assert sum(split.test for split in found).tolist() == [5] * 60
    routes = paths(6, 2)
    assert routes.shape == (5, 6)
    for route in routes.tolist():
        assert all(group in found[number].tested for group, number in enumerate(route))
    for group in range(6):
        assert len(set(routes[:, group].tolist())) == 5


@pytest.mark.covers("QA-028", "A-118")
@pytest.mark.parametrize("gaps", [Gaps(0, 0), Gaps(2, 0), Gaps(1, 4), Gaps(0, 3)])
def test_nothing_is_trained_on_that_a_test_could_touch(gaps: Gaps) -> None:
    """A label that spans `purge` sessions and reaches a test is not in training, on either side."""
    for split in combinatorial(50, 5, 2, gaps):
        tested, trained = np.flatnonzero(split.test), np.flatnonzero(split.train)
        for session in range(50):
            before = (tested - session >= 0) & (tested - session <= gaps.purge)
            after = (session - tested >= 0) & (session - tested <= gaps.purge + gaps.embargo)
            assert (session in trained) == (not before.any() and not after.any())


@pytest.mark.covers("A-118")
def test_folds_test_each_group_once() -> None:
    found = purged_folds(23, 4, Gaps(1, 1))
    assert np.diff(edges(23, 4)).tolist() == [5, 6, 6, 6]
    assert sum(split.test for split in found).tolist() == [1] * 23
    assert np.flatnonzero(found[1].train).tolist() == [0, 1, 2, 3, *range(13, 23)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((10, 1, 1, Gaps()), "10 sessions cannot be cut into 1 groups"),
        ((3, 4, 1, Gaps()), "3 sessions cannot be cut into 4 groups"),
        ((10, 5, 5, Gaps()), "5 of 5 groups tested"),
        ((10, 5, 0, Gaps()), "0 of 5 groups tested"),
        ((10, 5, 1, Gaps(-1)), r"with a gap of \(-1, 0\)"),
    ],
)
def test_what_is_refused(arguments: tuple, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        combinatorial(*arguments)


def test_a_second_implementation_makes_the_same_splits() -> None:
    model = pytest.importorskip("skfolio.model_selection", reason="a second oracle, where it is")
    other = model.CombinatorialPurgedCV(n_folds=5, n_test_folds=2, purged_size=1, embargo_size=2)
    ours = combinatorial(50, 5, 2, Gaps(1, 2))
    for split, (train, tests) in zip(ours, other.split(np.zeros((50, 1))), strict=True):
        assert np.flatnonzero(split.train).tolist() == train.tolist()
        assert np.flatnonzero(split.test).tolist() == np.concatenate(tests).tolist()
