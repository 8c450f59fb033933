"""What lies between train and test, where a search begins, and that nothing is lost at the end."""

import numpy as np
import pytest

from engine import Bars, Exits, Folds, Plan, Strategy, sweep
from engine.core.errors import StudyError
from engine.core.params import param
from engine.core.setups import Setups, became
from engine.features.averages import sma
from engine.research.replay import replay, replay_run
from engine.research.sweep import Swept
from engine.research.tables import tables
from tests.research.markets import market, plan
from tests.research.test_walk_anew import study as patient_study


class Grown(Strategy):
    """Speaks once: at the first bar whose average of `span` closes is known."""

    span: int = param(default=20, low=2, high=200)

    def setups(self, bars: Bars) -> Setups:
        known = sma(bars, n=self.span)
        return Setups.where(bars, long=became(known > 0), short=known < 0)


class Late(Strategy):
    """Speaks at the last bar but one of every session."""

    ticks: int = param(default=1, low=1, high=9)

    def setups(self, bars: Bars) -> Setups:
        last = np.append(bars.session[1:] != bars.session[:-1], [True])
        before = np.append(last[1:], [False])
        return Setups.where(bars, long=before, short=np.zeros(len(bars), np.bool_))


def ends_of_training(swept: Swept) -> list[tuple[int, int]]:
    """For each fold the session in which the last trade of its training ended, and its test."""
    found = []
    for choice in swept.choices:
        one = replay(swept, choice.combination)
        trades = replay_run(swept, one, choice.fold.runs[0]).trades
        last = int(swept.table.bars.session[trades.exit_bar].max()) - swept.first
        found.append((last, choice.fold.test_start))
    return found


@pytest.mark.covers("QA-003")
@pytest.mark.parametrize(("purge", "grid"), [(0, plan()), (4, plan()), (1, patient_study(0)[0])])
def test_no_trade_of_the_training_reaches_the_test(purge: int, grid: Plan) -> None:
    """The horizon of a position is its session, of an order the day it works until."""
    swept = sweep(market(30), grid, Folds(train=10, test=8, purge=purge, min_trades=2))
    assert all(c.fold.test_start - c.fold.train_stop == purge for c in swept.choices)
    told = ends_of_training(swept)
    assert told
    assert all(last < test - purge for last, test in told)


@pytest.mark.covers("QA-004")
@pytest.mark.parametrize("span", [2, 20, 150])
def test_the_first_admissible_bar_is_the_first_that_knows_enough(span: int) -> None:
    found = Grown(span=span).setups(market())
    assert found.bar.tolist() == [span - 1]


@pytest.mark.covers("QA-004")
def test_nothing_is_lost_at_either_end_of_a_run_of_sessions() -> None:
    """A trade every session: train and test hold as many as they have sessions, to the last bar."""
    bars = market()
    for train, test, window in ((10, 15, "rolling"), (10, 5, "anchored")):
        rules = Folds(train=train, test=test, purge=0, min_trades=1, window=window)
        swept = sweep(bars, Plan([Late()], Exits.grid({"stop": [8]})), rules)
        for choice in swept.choices:
            (first, stop), (begin, end) = choice.fold.runs
            assert choice.train.sum("n").tolist() == [stop - first]
            assert choice.test.sum("n").tolist() == [end - begin]
            assert first == 0 if window == "anchored" else stop - first == train
        assert swept.choices[-1].fold.test_stop == 40
        late = tables(swept)["trades"].filter(scope="oos")["entry_bar"]
        assert late[-1] == len(bars) - 1


@pytest.mark.covers("QA-004")
def test_a_training_has_its_least_length() -> None:
    assert len(Folds(train=30, test=10, purge=0).split(40)) == 1
    with pytest.raises(StudyError, match=r"a fold needs 40 sessions .* but the data holds 39"):
        Folds(train=30, test=10, purge=0).split(39)
