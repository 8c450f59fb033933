"""Walk-forward by arithmetic equals playing every fold anew, flat from its edge."""

import numpy as np
import pytest

from engine import Costs, Exits, Folds, Plan, Rules, sweep
from engine.fills import Table, simulate
from engine.research.folds import Fold
from engine.research.plan import passed
from engine.research.walk import Choice
from tests.proof.sizes import sized as cases
from tests.research.markets import Breakout, market

STUDIES = cases(ci=8, full=50, small=3)


def study(seed: int) -> tuple[Plan, Folds]:
    """A few combinations under rules that count within a session, cut one way or another."""
    chance = np.random.default_rng(seed)
    plan = Plan(
        Breakout.grid(
            back=sorted(chance.choice(range(2, 25), 2, replace=False).tolist()), tallest=[None, 9]
        ),
        Exits.grid({"stop": [int(chance.integers(5, 12)), 14], "target": ["none", {"r": 2}]}),
        Rules.of(
            {"max_per_session": int(chance.integers(0, 3)), "entry_window": ["08:40", "13:30"]}
        ),
        Costs.of({"commission": "2.05"}),
    )
    folds = Folds.of(
        {
            "train": int(chance.integers(5, 15)),
            "test": int(chance.integers(2, 6)),
            "purge": int(chance.integers(0, 3)),
            "objective": str(chance.choice(["expectancy", "net"])),
            "min_trades": int(chance.integers(4, 40)),
            "ladder": [2],
            "window": str(chance.choice(["rolling", "anchored"])),
            "top": int(chance.integers(1, 4)),
        }
    )
    return plan, folds


@pytest.mark.parametrize("seed", range(STUDIES))
def test_every_fold_played_alone_gives_the_same_choice_and_result(seed: int) -> None:
    plan, folds = study(seed)
    walked = sweep(market(), plan, folds)
    table = Table.of(market(), plan.rules, plan.costs, plan.exits)
    for choice in walked.choices:
        train, test = (
            [alone(table, plan, c, run) for c in range(len(plan))] for run in runs(choice.fold)
        )
        team, floor = best(train, folds)
        assert (list(choice.team), choice.floor) == (team, floor)
        same(choice, team, train, test)


def runs(fold: Fold) -> tuple[tuple[int, int], tuple[int, int]]:
    return (fold.train_start, fold.train_stop), (fold.test_start, fold.test_stop)


def alone(table: Table, plan: Plan, combination: int, run: tuple[int, int]) -> np.ndarray:
    """Net of each trade from the setups of some sessions alone."""
    one = plan[combination]
    setups = one.strategy.setups(table.bars)
    session = table.bars.session[setups.bar]
    keep = (session >= run[0]) & (session < run[1])
    for mask in passed(one.strategy, setups).values():
        keep &= mask
    return simulate(table, setups.take(np.flatnonzero(keep)), one.exits).trades.net


def best(train: list[np.ndarray], folds: Folds) -> tuple[list[int], int]:
    """The team and the rung, by plain sorting: ties to the earlier."""
    for floor in (folds.min_trades, *folds.ladder):
        able = [c for c, nets in enumerate(train) if len(nets) >= floor]
        if able:
            worth = {
                c: train[c].mean() if folds.objective == "expectancy" else train[c].sum()
                for c in able
            }
            return sorted(able, key=lambda c: (-worth[c], c))[: folds.top], floor
    return [], folds.min_trades


def same(choice: Choice, team: list[int], train: list, test: list) -> None:
    """What the ledger says of the chosen is what its trades say."""
    if not team:
        assert choice.combination is None
        return
    for merged, nets in ((choice.train, train[team[0]]), (choice.test, test[team[0]])):
        assert merged.sum("n").tolist() == [len(nets)]
        assert merged.sum("net").tolist() == [int(nets.sum())]
        path = np.concatenate(([0], nets.cumsum()))
        assert merged.sum("fall").tolist() == [int((np.maximum.accumulate(path) - path).max())]
