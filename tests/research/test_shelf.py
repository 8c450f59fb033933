"""What a shelf holds is not played again, and a search that goes on from it ends the same."""

from collections.abc import Mapping

import numpy as np
import pytest

from engine import sweep
from engine.core.columns import Array
from engine.research import reduction, samplers
from engine.research.bench import How
from engine.research.hunt import hunt
from engine.research.samplers import CoarseToFine
from engine.research.search import Search, planned
from engine.research.space import Point
from tests.research.markets import FOLDS, market
from tests.research.spaces import space

COARSE = Search("coarse_to_fine", trials=24)


class Memory:
    """A shelf that stops whoever puts too much on it."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, {}

    def get(self, name: str) -> Mapping[str, Array] | None:
        return self.held.get(name)

    def put(self, name: str, pack: Mapping[str, Array]) -> None:
        if len(self.held) >= self.most:
            raise KeyboardInterrupt
        self.held[name] = {key: np.array(values) for key, values in pack.items()}


@pytest.mark.parametrize("most", [1, 3, 5])
def test_a_stopped_sweep_goes_on_with_other_workers(most: int, monkeypatch) -> None:
    monkeypatch.setattr(reduction, "BLOCK_BYTES", 40_000)
    strict = FOLDS.__class__(train=10, test=4, purge=1, min_trades=25, ladder=(4,), top=2)
    plan, seen = planned(space(), Search()), []
    whole = sweep(market(), plan, strict)
    shelf = Memory(most)
    with pytest.raises(KeyboardInterrupt):
        sweep(market(), plan, strict, workers=1, shelf=shelf)
    shelf.most = 10_000
    again = sweep(
        market(), plan, strict, workers=3, shelf=shelf, progress=lambda *told: seen.append(told)
    )
    assert np.array_equal(again.whole.rows, whole.whole.rows)
    assert np.array_equal(again.counts, whole.counts)
    assert np.array_equal(again.book.rows, whole.book.rows)
    for one, other in zip(again.choices, whole.choices, strict=True):
        assert (one.fold, one.team, one.floor) == (other.fold, other.team, other.floor)
        assert np.array_equal(one.test.rows, other.test.rows)
        assert np.array_equal(one.train.rows, other.train.rows)
    assert again.scanned == whole.scanned
    assert seen[-1] == (60, 60)


def test_nobody_chosen_is_kept_as_nobody(monkeypatch) -> None:
    monkeypatch.setattr(reduction, "BLOCK_BYTES", 40_000)
    none = FOLDS.__class__(train=10, test=4, purge=1, min_trades=10_000)
    shelf = Memory(10_000)
    for _ in range(2):
        found = sweep(market(), planned(space(), Search()), none, shelf=shelf)
        assert all(choice.combination is None for choice in found.choices)


@pytest.mark.parametrize("most", [1, 2])
def test_a_stopped_hunt_goes_on(most: int) -> None:
    whole, shelf = hunt(market(), space(), COARSE, FOLDS, None, How()), Memory(most)
    with pytest.raises(KeyboardInterrupt):
        hunt(market(), space(), COARSE, FOLDS, None, How(shelf=shelf))
    shelf.most = 10_000
    again = hunt(market(), space(), COARSE, FOLDS, None, How(workers=2, shelf=shelf))
    assert list(again.plan.all) == list(whole.plan.all)
    assert np.array_equal(again.book.rows, whole.book.rows)
    assert [c.combination for c in again.choices] == [c.combination for c in whole.choices]


class Stubborn(CoarseToFine):
    """Proposes what the constraints refuse, before it proposes anything else."""

    def ask(self, count: int) -> list[Point]:
        return [(0, 0, 0, 0, 0)] if not self.known else super().ask(count)


def test_what_is_refused_is_told_as_worth_nothing() -> None:
    def later(one) -> bool:
        return one.strategy.back > 3

    found = hunt(market(), space(later), Search("optuna", trials=20), FOLDS, Stubborn, How())
    assert all(one.strategy.back > 3 for one in found.plan.all)
    assert len(planned(space(), COARSE)) == 1  # an adaptive search plans nothing ahead


def test_a_first_look_is_thinned_out_until_it_can_be_counted(monkeypatch) -> None:
    monkeypatch.setattr(samplers, "LATTICE", 10)
    assert 1 <= len(CoarseToFine(space(), COARSE).waiting) <= 10
