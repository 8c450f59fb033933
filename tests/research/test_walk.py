"""Walking: ladder, ties, teams, plateaus, anchored and calendar folds, against plain lists."""

import numpy as np
import pytest

from engine import Exits, Folds, Plan, sweep
from engine.core.errors import StudyError, UnknownError
from engine.research.folds import Fold
from engine.research.kernel import FIELDS
from engine.research.measures import Merged
from engine.research.plateau import (
    NOBODY,
    beside,
    codes,
    fragility,
    neighbours,
    smoothed,
    stability,
)
from engine.research.walk import best, chosen
from tests.research.markets import FOLDS, Breakout, market, plan, swept


def merged(nets: list[int], trades: list[int]) -> Merged:
    rows = np.zeros((len(nets), len(FIELDS)), np.int64)
    rows[:, FIELDS.index("net")], rows[:, FIELDS.index("n")] = nets, trades
    return Merged(rows, sessions=10, periods=252)


@pytest.mark.covers("QA-001", "A-118")
def test_an_anchored_train_grows_from_the_first_session() -> None:
    folds = Folds(train=4, test=2, purge=1, window="anchored").split(12)
    assert folds == [Fold(0, 4, 5, 7), Fold(0, 6, 7, 9), Fold(0, 8, 9, 11)]


def test_a_longer_step_leaves_sessions_untested() -> None:
    folds = Folds(train=4, test=2, purge=0, step=3).split(12)
    assert folds == [Fold(0, 4, 4, 6), Fold(3, 7, 7, 9), Fold(6, 10, 10, 12)]


def days(*ends: str) -> np.ndarray:
    """Every weekday from the first to the last."""
    first, last = (np.datetime64(end) for end in ends)
    every = np.arange(first, last + 1)
    return every[np.is_busday(every)].astype("datetime64[D]").astype(np.int64)


@pytest.mark.covers("QA-001")
def test_months_train_and_test_by_the_calendar() -> None:
    dates = days("2023-01-16", "2023-05-10")
    found = Folds(train=2, test=1, purge=3, unit="months").split(len(dates), dates)
    text = dates.astype("datetime64[D]").astype(str)
    ends = [
        (text[f.train_start], text[f.train_stop - 1], text[f.test_start], text[f.test_stop - 1])
        for f in found
    ]
    assert ends == [
        ("2023-01-16", "2023-02-23", "2023-03-01", "2023-03-31"),
        ("2023-02-01", "2023-03-28", "2023-04-03", "2023-04-28"),
        ("2023-03-01", "2023-04-25", "2023-05-01", "2023-05-10"),
    ]
    grown = Folds(train=2, test=1, purge=3, unit="months", window="anchored").split(
        len(dates), dates
    )
    assert [fold.train_start for fold in grown] == [0, 0, 0]
    assert [fold[1:] for fold in grown] == [fold[1:] for fold in found]


@pytest.mark.parametrize(
    ("unit", "count"), [("weeks", 17), ("months", 5), ("quarters", 2), ("years", 1)]
)
def test_every_calendar_unit_counts_its_own(unit: str, count: int) -> None:
    dates = days("2023-01-16", "2023-05-10")
    with pytest.raises(StudyError, match=f"needs 99 {unit} .* but the data holds {count}"):
        Folds(train=98, test=1, unit=unit).split(len(dates), dates)


def test_calendar_folds_of_bars() -> None:
    """The market has 40 sessions from 3 January 2023: January, February and a day of March."""
    found = Folds(train=1, test=1, purge=0, unit="months", min_trades=2)
    assert found.cut(market()) == [Fold(0, 20, 20, 39), Fold(20, 39, 39, 40)]
    walked = sweep(market(), plan(), found)
    assert [choice.fold for choice in walked.choices] == found.cut(market())
    assert all(choice.combination is not None for choice in walked.choices)


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        (
            {"window": "anchor"},
            UnknownError,
            "no window 'anchor' of folds; did you mean 'anchored'",
        ),
        ({"unit": "month"}, UnknownError, "no unit 'month' of folds; did you mean 'months'?"),
        ({"choose": "plato"}, UnknownError, "no choose 'plato' of folds; did you mean 'plateau'"),
        ({"wndow": "rolling"}, UnknownError, "no key 'wndow' in folds; did you mean 'window'?"),
        ({"step": 5}, StudyError, "folds.step is 5 but a test is 20 long: tests would overlap"),
        ({"top": 0}, StudyError, "folds.top is a whole number from 1 on, not 0"),
        ({"ladder": [30]}, StudyError, "folds.ladder goes down: 30 does not lie below 30"),
        ({"ladder": [10, 12]}, StudyError, "12 does not lie below 10"),
        ({"ladder": [2.5]}, StudyError, "folds.ladder is a whole number from 1 on, not 2.5"),
    ],
)
def test_what_is_refused(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Folds.of(values)
    assert message in str(caught.value)


def test_calendar_folds_that_cannot_be_cut() -> None:
    with pytest.raises(StudyError, match="folds in months need the trade dates"):
        Folds(unit="months").split(100)
    with pytest.raises(StudyError, match="a purge of 30 sessions leaves no train"):
        Folds(train=1, test=1, purge=30, unit="months").cut(market())


def test_the_ladder_asks_less_only_where_nobody_has_more() -> None:
    rules = Folds(min_trades=30, ladder=(10, 3))
    assert chosen(merged([900, 90], [9, 30]), rules, None) == ((1,), 30)
    assert chosen(merged([900, 90], [9, 10]), rules, None) == ((1,), 10)
    assert chosen(merged([900, 90], [9, 9]), rules, None) == ((0,), 3)
    assert chosen(merged([900, 90], [2, 1]), rules, None) == ((), 30)
    assert best(merged([900, 90], [2, 1]), rules) is None


def test_a_team_is_the_best_few_with_ties_to_the_earlier() -> None:
    rules = Folds(objective="net", min_trades=1, top=3)
    assert chosen(merged([5, 9, 9, 7, 9], [1] * 5), rules, None)[0] == (1, 2, 4)
    assert chosen(merged([5, 9], [1, 1]), rules, None)[0] == (1, 0)
    team = sweep(market(), plan(), Folds(train=10, test=4, purge=1, min_trades=2, top=3))
    for choice, alone in zip(team.choices, swept().choices, strict=True):
        assert len(choice.team) == 3
        assert choice.team[0] == choice.combination == alone.combination
        assert choice.test.rows.tolist() == alone.test.rows.tolist()
        assert choice.floor == 2


def test_numbers_have_neighbours_and_words_have_none() -> None:
    """A grid of 2, 5, 9 by a word: only steps of the number are beside each other."""
    numbers = codes(["9", 2, 5, "9", 2, 5])
    words = codes(["a", "a", "a", True, True, True])
    found = neighbours([numbers, words])
    assert set(found[:, 0].tolist()) == {2, NOBODY}
    assert set(found[:, 2].tolist()) == {0, 1, NOBODY}
    assert set(found[:, 3].tolist()) == {5, NOBODY}


@pytest.mark.covers("QA-010")
def test_neighbours_equal_a_plain_search() -> None:
    grid = Plan(
        Breakout.grid(back=[3, 8, 20], tallest=[None, 8, 12]),
        Exits.grid({"stop": [8, 12, 16], "target": ["none", {"r": 2}]}),
    )
    rows = [grid[c].row() for c in range(len(grid))]
    found = beside(grid)
    steps = {"back": [3, 8, 20], "tallest": [8, 12], "stop": [8.0, 12.0, 16.0]}
    for c, row in enumerate(rows):
        told = {d for d, other in enumerate(rows) if one_step(row, other, steps)}
        assert set(found[:, c].tolist()) - {NOBODY} == told


def one_step(row: dict, other: dict, steps: dict) -> bool:
    apart = [name for name in row if row[name] != other[name]]
    if len(apart) != 1 or apart[0] not in steps:
        return False
    ladder, pair = steps[apart[0]], (row[apart[0]], other[apart[0]])
    if not all(value is not None and float(value) in ladder for value in pair):
        return False
    return abs(ladder.index(float(pair[0])) - ladder.index(float(pair[1]))) == 1


def test_a_plateau_beats_a_peak() -> None:
    values = np.array([0.0, 10.0, 0.0, 6.0, 7.0, 6.0, np.nan])
    near = np.array([[1, 2, 3, 4, 5, 6, NOBODY], [NOBODY, 0, 1, 2, 3, 4, 5]])
    told = smoothed(values, near)
    assert told[:6] == pytest.approx([5, 10 / 3, 16 / 3, 13 / 3, 19 / 3, 6.5])
    assert np.isnan(told[6])
    flat = merged([0, 10, 0, 6, 7, 6], [1] * 6)
    near = np.array([[1, 2, 3, 4, 5, NOBODY], [NOBODY, 0, 1, 2, 3, 4]])
    rules = Folds(objective="net", min_trades=1, choose="plateau")
    assert chosen(flat, rules, near)[0] == (5,)
    assert chosen(flat, Folds(objective="net", min_trades=1), near)[0] == (1,)
    assert best(flat, rules) == 1


@pytest.mark.covers("QA-010")
def test_stability_is_what_the_neighbours_keep() -> None:
    values = np.array([4.0, 8.0, np.nan, -1.0])
    near = np.array([[1, 0, 1, 2], [NOBODY, 2, 3, NOBODY]])
    assert stability(values, near, 1) == 0.5
    assert stability(values, near, 0) == 2
    assert np.isnan(stability(values, near, 3))
    assert np.isnan(stability(values, np.full((2, 4), NOBODY), 1))
    found = fragility([0.5, 0.25, float("nan"), 1.5])
    assert found == (0.75, 0.25, 1, 3)
    assert np.isnan(fragility([float("nan")])[:2]).all()


def test_a_sweep_may_choose_by_plateau() -> None:
    grid = Plan(Breakout.grid(back=[3, 5, 8, 13, 20]), Exits.grid({"stop": [8, 12, 16]}))
    smooth = sweep(market(), grid, Folds(train=10, test=4, purge=1, min_trades=2, choose="plateau"))
    plain = sweep(market(), grid, FOLDS)
    near = beside(grid)
    for one, other in zip(smooth.choices, plain.choices, strict=True):
        train = smooth.book.between(one.fold.train_start, one.fold.train_stop)
        means = smoothed(train.sum("net") / train.sum("n"), near)
        assert one.combination == int(np.argmax(means))
        assert one.fold == other.fold
    assert [c.combination for c in smooth.choices] != [c.combination for c in plain.choices]
