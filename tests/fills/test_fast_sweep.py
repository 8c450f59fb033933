"""Sweeps on the fast path: the same whatever the blocks, and the same trades for any row alone."""

import dataclasses
from functools import cache
from importlib import import_module

import numpy as np
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, Rules, Setups, sweep
from engine.core.entries import Stop
from engine.core.params import param
from engine.core.strategy import Strategy
from engine.research import Swept, blocks, reduction, tiles
from engine.research.desk import Desks
from engine.research.ledger import row_of
from engine.research.replay import replay
from engine.research.walk import walk
from engine.research.watch import Watch
from tests.research.markets import FOLDS, Breakout, market

AXES = {
    "stop": [4, 9, "none", {"times": "1.5", "of": "height"}],
    "target": [8, {"r": 2}, {"times": "2", "of": "height"}, "none"],
    "flatten": ["none", "14:30"],
}
FOLDINGS = (
    FOLDS,
    dataclasses.replace(FOLDS, objective="sharpe", min_trades=30, ladder=(12, 4), top=3),
    dataclasses.replace(FOLDS, min_trades=9_999),
)


def plan(**more: object) -> Plan:
    """Two structures, three sets of gates, and every kind of stop and target."""
    exits = [one for axes in axes_of(more) for one in Exits.grid(axes)]
    gates = Breakout.grid(back=[3, 8], tallest=[None, 8, 14])
    return Plan(gates, exits, Rules.of({"max_per_session": 2}), Costs.of({"commission": "2.05"}))


def axes_of(more: dict) -> list[dict]:
    """A target in R needs a stop."""
    stops = [stop for stop in AXES["stop"] if stop != "none"]
    targets = [target for target in AXES["target"] if target != {"r": 2}]
    return [AXES | {"stop": stops} | more, AXES | {"stop": "none", "target": targets} | more]


@cache
def whole_sweep(folds: Folds) -> Swept:
    """In one block, with its ledger."""
    return sweep(market(24), plan(), folds)


def same(one: Swept, other: Swept) -> bool:
    """Sums, counts, choices and reasons, to the last."""
    choices = [
        (a.combination, a.team, a.floor, a.train.rows.tolist(), a.test.rows.tolist())
        == (b.combination, b.team, b.floor, b.train.rows.tolist(), b.test.rows.tolist())
        for a, b in zip(one.choices, other.choices, strict=True)
    ]
    sums = np.array_equal(one.whole.rows, other.whole.rows)
    return sums and np.array_equal(one.counts, other.counts) and all(choices)


@pytest.mark.parametrize("folds", FOLDINGS)
@pytest.mark.parametrize(
    ("workers", "rows", "wide", "tracks"), [(1, 1, 1, 1), (2, 5, 2, 2), (3, 40, 64, 1)]
)
def test_any_size_of_block_gives_the_same(
    monkeypatch: pytest.MonkeyPatch, folds: Folds, workers: int, rows: int, wide: int, tracks: int
) -> None:
    whole = whole_sweep(folds)
    assert whole.book is not None
    assert whole.scanned == {}
    monkeypatch.setattr(tiles, "WIDE", wide)
    monkeypatch.setattr(blocks, "TRACKS", tracks)
    size = whole.book.rows[0].nbytes
    monkeypatch.setattr(reduction, "BLOCK_BYTES", rows * size)
    monkeypatch.setattr(reduction, "KEPT_BYTES", 0)
    cut = sweep(market(24), plan(), folds, workers=workers)
    assert cut.book is None
    assert same(whole, cut)
    walked = walk(whole.book, folds.cut(market(24)), folds)
    assert [c.team for c in cut.choices] == [c.team for c in walked]
    assert [c.floor for c in cut.choices] == [c.floor for c in walked]


@pytest.mark.covers("T12")
def test_rows_of_both_paths_replay_to_the_same_trades() -> None:
    """Exits of both kinds: the reasons are counted, and any row played alone agrees."""
    mixed = plan(flatten="14:30", hold=["none", {"bars": 5}], trail=["none", {"by": 6}])
    whole = sweep(market(24), mixed, FOLDS, workers=2)
    assert whole.scanned == {"exits.trail takes the scanning kernel": len(mixed) // 2}
    assert whole.book is not None
    for c in range(0, len(mixed), 7):
        found = replay(whole, c)
        assert np.array_equal(row_of(found.trades, whole.cells), whole.book.rows[c])
        gated = [str(name).startswith("gate:") for name in found.outcome]
        assert whole.counts[c, :2].tolist() == [len(gated), sum(gated)]


def test_setups_with_orders_that_wait_are_scanned() -> None:
    class Patient(Strategy):
        """Waits until the market goes two ticks on."""

        back: int = param(default=5, low=1, high=30)

        def setups(self, bars: Bars) -> Setups:
            found = Breakout(back=self.back).setups(bars)
            mask = np.zeros(len(bars), np.bool_)
            mask[found.bar] = True
            return Setups.where(bars, long=mask, entry=Stop(bars.close + 2, bars.close - 2))

    patient = Plan(Patient.grid(back=[3, 8]), Exits.grid({"stop": [4, 9]}))
    whole = sweep(market(24), patient, FOLDS)
    assert whole.scanned == {"setups.entries: stop takes the scanning kernel": 4}
    assert whole.whole.sum("n").min() > 0


def test_a_desk_is_made_once_and_cleared_away() -> None:
    made: list = []
    desks: Desks = Desks(lambda strategy: made.append(strategy) or strategy, 2)  # type: ignore[arg-type, func-returns-value] # any value is a desk here
    first, second, third = Breakout.grid(back=[3, 8, 20])
    assert desks.of(first) is desks.of(first) is first
    desks.of(second)
    desks.of(third)
    assert made == [first, second, third]
    desks.of(second)
    assert len(made) == 3
    desks.of(first)
    assert made == [first, second, third, first]


def test_a_plateau_looks_at_the_whole_ledger(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reduction, "KEPT_BYTES", 0)
    smooth = dataclasses.replace(FOLDS, choose="plateau")
    assert sweep(market(24), plan(), smooth).book is not None


def test_an_interrupt_stops_the_scanning_kernel_too() -> None:
    seen: list = []

    def interrupt(done: int, _: int) -> None:
        seen.append(done)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sweep(market(24), plan(trail={"by": 5}), FOLDS, workers=2, progress=interrupt)
    assert len(seen) <= 2


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # rows that nobody played hold anything
def test_workers_that_are_told_to_stop_play_no_further_combination(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Watch] = []

    def watch(*arguments: object) -> Watch:
        made.append(Watch(*arguments))
        return made[-1]

    def tell(_done: int, _total: int) -> None:
        made[0].stopped.set()

    monkeypatch.setattr(import_module("engine.research.sweep"), "Watch", watch)
    sweep(market(24), plan(trail={"by": 5}), FOLDS, workers=2, progress=tell)
    assert 1 <= made[0].done <= 2 < made[0].total
