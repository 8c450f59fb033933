"""What folds choose by beside sums of cells: session rows, utility, and a function of one's own."""

import math

import numpy as np
import pytest

from engine import Folds, sweep
from engine.core.errors import StudyError, UnknownError
from engine.core.jit import kernel
from engine.research.evidence.records import every_row
from engine.research.evidence.sharpe import moments, probable
from engine.research.kernel import FIELDS
from engine.research.measures import Merged
from engine.research.measures.by_session import SESSION_OBJECTIVES
from engine.research.measures.tails import best_of
from engine.research.objectives import (
    AVERSION,
    NAMES,
    OF_SESSIONS,
    deflated,
    needs_days,
    utility,
    value_of,
)
from tests.research.markets import market, plan, swept


@kernel
def without_best(row):
    """What is left without the best session, as a researcher might want it."""
    return row.sum() - row.max()


def rows() -> np.ndarray:
    return every_row(swept())


def worth(name: str, part: np.ndarray, trials: int) -> np.ndarray:
    """By definition, from session results alone."""
    if name == "without_best":
        return part.sum(axis=1) - part.max(axis=1)
    if name == "dsr":
        hurdle = best_of(trials) / math.sqrt(part.shape[1])
        return np.array([probable(moments(row), hurdle) for row in part])
    return SESSION_OBJECTIVES[name](part, 252)


@pytest.mark.covers("QA-005")
@pytest.mark.parametrize("name", [*OF_SESSIONS, "without_best"])
def test_folds_choose_by_session_rows(name: str) -> None:
    own = without_best if name == "without_best" else None
    folds = Folds(train=12, test=5, min_trades=2, objective=name, own=own)
    walked, every = sweep(market(), plan(), folds), rows()
    for choice in walked.choices:
        (first, stop), (begin, end) = choice.fold.runs
        values = worth(name, every[:, first:stop], len(every))
        one = choice.combination
        assert one is not None
        assert values[one] == pytest.approx(np.nanmax(values))
        tested = worth(name, every[[one], begin:end], len(every))
        assert choice.worth == pytest.approx((values[one], tested[0]), nan_ok=True)
    whole = worth(name, every, len(every))
    assert walked.worth == pytest.approx(whole, nan_ok=True)
    assert walked.best == int(np.nanargmax(whole))


@pytest.mark.covers("QA-005")
def test_utility_is_the_mean_less_a_tenth_of_the_deviation() -> None:
    found, every = utility(swept().whole), rows()
    plain = every.mean(axis=1) - AVERSION * every.std(axis=1, ddof=1)
    assert found == pytest.approx(plain)
    assert np.isnan(utility(swept().whole._replace(sessions=1))).all()
    assert {"expectancy", "profit_factor", "sharpe", "sortino", "calmar", "total_r", "dsr"} < {
        *NAMES
    }


@pytest.mark.covers("QA-005")
def test_utility_and_dsr_of_ten_sessions_worked_by_hand() -> None:
    """Mean 30, squares 55,000: the variance is (55,000 - 9,000) / 9 and the ratio 0.4196.

    Third and fourth moments about the mean are 459,000 and 90,520,000, of deviation 67.82: skew
    1.4712, kurtosis 4.2779, so that v = 1 - 1.4712 x 0.4196 + 3.2779 / 4 x 0.4196^2 = 0.5269. Four
    worthless trials are expected to show 1.0521 deviations at best, which over ten sessions is a
    ratio of 0.3327; (0.4196 - 0.3327) x 3 / root of 0.5269 is 0.3592 deviations, 64.03 % of chance.
    """
    row = [0, 100, 0, -50, 0, 200, 0, 0, 0, 50]
    sums = {"n": 4, "net": sum(row), "squares": sum(x * x for x in row)}
    cells = np.array([[sums.get(name, 0) for name in FIELDS]])
    merged = Merged(cells, 10, 252, trials=4, days=np.array([row]))
    assert value_of("utility", merged) == pytest.approx([22.850796470157594], rel=1e-12)
    assert value_of("dsr", merged) == pytest.approx([0.6402800561726295], rel=1e-9)
    assert value_of("dsr", merged._replace(trials=1)) > value_of("dsr", merged)


def test_few_sessions_have_no_deflated_ratio() -> None:
    assert np.isnan(deflated(np.ones((2, 9), np.int64), 5)).all()
    assert np.isnan(deflated(np.zeros((2, 30), np.int64), 5)).all()


def test_what_cannot_be_computed_is_told() -> None:
    cells = Merged(np.zeros((1, 13), np.int64), 10, 252)
    assert needs_days("sortino")
    assert not needs_days("net")
    with pytest.raises(StudyError, match="sortino reads session rows"):
        value_of("sortino", cells)
    with pytest.raises(UnknownError, match="did you mean 'sortino'"):
        Folds(objective="sortina")
    days = cells._replace(days=np.ones((1, 10), np.int64))
    with pytest.raises(StudyError, match="returns one number"):
        value_of("mine", days, lambda _: [1, 2])


def test_blocks_on_a_shelf_keep_what_folds_chose() -> None:
    class Kept(dict):
        put = dict.__setitem__

    shelf, folds = Kept(), Folds(train=12, test=5, min_trades=2, objective="sortino")
    one = sweep(market(), plan(), folds, shelf=shelf)
    two = sweep(market(), plan(), folds, shelf=shelf)
    assert [c.worth for c in one.choices] == [c.worth for c in two.choices]
    assert np.array_equal(one.worth, two.worth, equal_nan=True)
