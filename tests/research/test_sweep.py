"""Sweeps: the same for any number of workers, for any row alone, and for every fold re-played."""

import numpy as np
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, Rules, Setups, Strategy, sweep
from engine.core.errors import RefusedError, StudyError
from engine.core.params import param
from engine.fills import Table, simulate
from engine.research.folds import Fold
from engine.research.ledger import row_of
from engine.research.plan import COLUMNS
from engine.research.replay import replay
from engine.research.walk import best
from storage.schema import COMBINATIONS
from tests.research.markets import FOLDS, Breakout, market, plan, swept


@pytest.mark.covers("T30")
@pytest.mark.parametrize("workers", [2, 7, 16])
def test_any_number_of_workers_gives_the_same_ledger(workers: int) -> None:
    again = sweep(market(), plan(), FOLDS, workers=workers)
    assert np.array_equal(again.book.rows, swept().book.rows)
    assert np.array_equal(again.counts, swept().counts)
    assert [c.combination for c in again.choices] == [c.combination for c in swept().choices]


@pytest.mark.covers("T12")
def test_any_row_played_alone_gives_the_same_trades() -> None:
    whole = swept()
    assert whole.book.rows[:, :, 0].sum() > 500
    for c in range(len(plan())):
        one = plan()[c]
        alone = sweep(market(), Plan([one.strategy], [one.exits], costs=plan().costs), FOLDS)
        assert np.array_equal(alone.book.rows[0], whole.book.rows[c])
        assert np.array_equal(row_of(replay(whole, c).trades, whole.book.cells), whole.book.rows[c])


def test_walk_forward_by_arithmetic_equals_playing_each_fold() -> None:
    """Play only a fold's own setups, flat from its edge: the same choice and the same net."""
    whole, checked = swept(), 0
    for choice in whole.choices:
        train, test = ([nets(c, *ends) for c in range(len(plan()))] for ends in runs(choice.fold))
        means = [np.mean(n) if len(n) >= FOLDS.min_trades else -np.inf for n in train]
        assert choice.combination == int(np.argmax(means))
        assert choice.test.sum("net")[0] == test[choice.combination].sum()
        checked += len(test[choice.combination])
    assert len(whole.choices) == (40 - 15) // 4 + 1
    assert checked > 20


def runs(fold: Fold) -> tuple[tuple[int, int], tuple[int, int]]:
    return (fold.train_start, fold.train_stop), (fold.test_start, fold.test_stop)


def nets(c: int, start: int, stop: int) -> np.ndarray:
    """Net of each trade of one combination, from the setups of some sessions alone."""
    one, bars = plan()[c], market()
    setups = one.strategy.setups(bars)
    session = bars.session[setups.bar]
    keep = (session >= start) & (session < stop)
    if one.strategy.tallest is not None:
        keep &= setups.attribute("height") <= float(one.strategy.tallest)
    table = Table.of(bars, Rules(), plan().costs, plan().exits)
    return simulate(table, setups.take(np.flatnonzero(keep)), one.exits).trades.net


def test_progress_counts_up_to_all() -> None:
    seen: list = []
    sweep(market(), plan(), FOLDS, workers=3, progress=lambda *told: seen.append(told))
    assert seen == [(done, 12) for done in range(1, 13)]


def test_an_interrupt_stops_the_workers_between_two_combinations() -> None:
    """Ctrl-C arrives while the progress is told: no block is played to its end."""
    seen: list = []

    def interrupt(done: int, _: int) -> None:
        seen.append(done)
        if done >= 2:  # in every worker, as if each were interrupted
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(market(), plan(), FOLDS, workers=2, progress=interrupt)
    assert len(seen) < 12


def test_nothing_admissible_chooses_nothing() -> None:
    strict = Folds(train=10, test=4, purge=1, min_trades=10_000)
    none = sweep(market(), plan(), strict)
    assert none.best is None
    assert all(choice.combination is None for choice in none.choices)


def test_ties_go_to_the_earlier_combination() -> None:
    twice = Plan(Breakout.grid(back=[3]), Exits.grid({"stop": [8], "target": ["none", 100_000]}))
    assert best(sweep(market(), twice, FOLDS).whole, FOLDS) == 0


def test_a_strategy_that_raises_stops_the_sweep() -> None:
    class Broken(Strategy):
        """Always fails."""

        few: int = param(default=1, low=1, high=3)

        def setups(self, bars: Bars) -> Setups:
            raise ZeroDivisionError(f"no setups on {bars}")

    with pytest.raises(ZeroDivisionError, match="no setups"):
        sweep(market(), Plan(Broken.grid(few=[1, 2, 3]), Exits.grid({"stop": 8})), FOLDS, workers=2)


def test_a_strategy_must_say_its_setups() -> None:
    with pytest.raises(NotImplementedError, match=r"Strategy must define setups\(self, bars\)"):
        Strategy().setups(market())


def test_sums_that_could_overflow_are_refused_before_play() -> None:
    costs = Costs.of({"commission": "900000000000"})
    with pytest.raises(RefusedError, match=r"beyond 64 bits; give ES a coarser money_unit"):
        sweep(market(), Plan([Breakout()], Exits.grid({"stop": 8}), costs=costs), FOLDS)


def test_an_empty_plan_and_a_clash_of_names_are_refused() -> None:
    class Clash(Strategy):
        """Its parameter is called like an exit."""

        stop: int = param(default=1, low=1, high=3)

    with pytest.raises(StudyError, match="needs at least one strategy and one set of exits"):
        Plan([], Exits.grid({"stop": 8}))
    with pytest.raises(StudyError, match=r"\['stop'\] name exits"):
        Plan([Clash()], Exits.grid({"stop": 8}))


def test_a_parameter_called_like_a_column_of_the_table_is_refused() -> None:
    class Lost(Strategy):
        """Its parameter would be overwritten by a count."""

        sessions: int = param(default=1, low=1, high=3)

    with pytest.raises(StudyError, match=r"\['sessions'\] name columns of the combination table"):
        Plan([Lost()], Exits.grid({"stop": 8}))
    assert {*COMBINATIONS.head, *COMBINATIONS.tail} <= COLUMNS
