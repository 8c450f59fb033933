"""Folds: where they begin and end, and what they refuse."""

from itertools import pairwise

import pytest

from engine.core.errors import StudyError, UnknownError
from engine.research import Folds
from engine.research.folds import Fold


@pytest.mark.covers("QA-001", "A-118")
def test_folds_step_by_their_test_run() -> None:
    folds = Folds(train=4, test=2, purge=1).split(12)
    assert folds == [Fold(0, 4, 5, 7), Fold(2, 6, 7, 9), Fold(4, 8, 9, 11)]


def test_tests_never_overlap_and_never_touch_their_train() -> None:
    folds = Folds(train=30, test=7, purge=2).split(365)
    assert len(folds) == (365 - 39) // 7 + 1
    for one, other in pairwise(folds):
        assert one.test_stop == other.test_start
    assert all(fold.test_start - fold.train_stop == 2 for fold in folds)


def test_too_little_history_says_how_much_is_missing() -> None:
    with pytest.raises(StudyError, match=r"a fold needs 141 sessions .* but the data holds 140"):
        Folds().split(140)


def test_a_study_is_read() -> None:
    read = Folds.of({"train": 60, "test": 10, "unit": "sessions", "objective": "sharpe"})
    assert read == Folds(train=60, test=10, objective="sharpe")


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"trian": 60}, UnknownError, "no key 'trian' in folds; did you mean 'train'?"),
        ({"unit": "session"}, UnknownError, "no unit 'session' of folds; did you mean 'sessions'?"),
        ({"objective": "sharp"}, UnknownError, "no objective 'sharp'; did you mean 'sharpe'?"),
        ({"train": 0}, StudyError, "folds.train is a whole number from 1 on, not 0"),
        ({"purge": -1}, StudyError, "folds.purge is a whole number from 0 on, not -1"),
        ({"test": 2.5}, StudyError, "folds.test is a whole number from 1 on, not 2.5"),
        ({"test": True}, StudyError, "folds.test is a whole number from 1 on, not True"),
    ],
)
def test_what_is_refused(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Folds.of(values)
    assert message in str(caught.value)
