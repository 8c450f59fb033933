"""Folds: where they begin and end, and what they refuse."""

from itertools import pairwise

import pytest

from engine.core.errors import StudyError, UnknownError
from engine.research import Folds, sweep
from engine.research.folds import Fold
from tests.research.markets import market, plan


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


@pytest.mark.covers("QA-001")
def test_bars_are_counted_and_edges_move_on_to_the_next_session() -> None:
    """The market has 78 bars a session: 200 end in the third, 300 in the fourth."""
    found = Folds(train=200, test=100, purge=0, unit="bars").cut(market())
    assert found[:3] == [Fold(0, 3, 3, 4), Fold(2, 4, 4, 6), Fold(3, 6, 6, 7)]
    for one, other in pairwise(found):
        assert one.test_stop == other.test_start
    assert found[-1].test_stop <= 40
    anchored = Folds(train=200, test=100, purge=1, unit="bars", window="anchored").cut(market())
    assert anchored[2] == Fold(0, 5, 6, 7)
    walked = sweep(market(), plan(), Folds(train=900, test=300, unit="bars", min_trades=2))
    assert [choice.fold for choice in walked.choices] == walked.folds.cut(market())


@pytest.mark.covers("QA-002")
@pytest.mark.parametrize(
    ("minutes", "times"), [(5, 48), (15, 16), (30, 8), (60, 4), (120, 2), (240, 1)]
)
def test_bars_of_four_hours_are_counted_in_every_timeframe(minutes: int, times: int) -> None:
    folds = Folds(train=500, test=100, unit="bars", for_timeframe="4h")
    assert folds.times(minutes) == times
    assert Folds().times(minutes) == 1


def test_scaled_folds_are_those_of_so_many_bars() -> None:
    scaled = Folds(train=20, test=10, unit="bars", for_timeframe="1h").cut(market())
    assert scaled == Folds(train=240, test=120, unit="bars").cut(market())


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"train": 90, "test": 20}, "is shorter than a session of 78"),
        ({"train": 4000, "test": 900}, "needs 4900 bars .4000 train . 900 test. but .* 3120"),
        ({"train": 90, "test": 90, "purge": 2}, "a purge of 2 sessions leaves no train"),
        ({"for_timeframe": "4x"}, "a timeframe such as 4h or 15m, not 4x"),
        ({"for_timeframe": "4h", "unit": "weeks"}, "it needs unit: bars"),
        ({"for_timeframe": "7m"}, "a bar of 7m is no whole number of bars of 5 minutes"),
        ({"for_timeframe": "1m"}, "a bar of 1m is no whole number of bars of 5 minutes"),
    ],
)
def test_folds_in_bars_that_cannot_be_cut(values: dict, message: str) -> None:
    with pytest.raises(StudyError, match=message):
        Folds.of({"unit": "bars", **values}).cut(market())


@pytest.mark.covers("A-083")
def test_a_model_is_trained_anew_at_every_interval_from_an_initial_window_on() -> None:
    """Anchored: the first training is the initial window, each later one an interval longer."""
    initial, interval = 60, 15
    folds = Folds(train=initial, test=interval, purge=0, window="anchored").split(150)
    assert folds[0] == Fold(0, initial, initial, initial + interval)
    assert [fold.train_stop for fold in folds] == [*range(initial, 136, interval)]
    assert all(fold.train_start == 0 for fold in folds)
    assert [fold.test_start for fold in folds] == [fold.train_stop for fold in folds]
