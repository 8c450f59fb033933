"""Adaptive searches: each fold's sampler sees its training sessions and nothing else."""

import math
from collections.abc import Sequence
from itertools import chain

import numpy as np
import polars as pl
import pytest

from engine import Bars, Folds, bars_of, frame_of, sweep, tables
from engine.core.errors import RefusedError, StudyError
from engine.research import bench
from engine.research.bench import How
from engine.research.constraints import Constraint, Constraints
from engine.research.hunt import hunt
from engine.research.samplers import CoarseToFine, Values
from engine.research.search import Search
from engine.research.space import Point, Space
from engine.research.sweep import Swept
from tests.research.markets import FOLDS, market
from tests.research.spaces import EXITS, everything, rows_in_grid, space

COARSE = Search("coarse_to_fine", trials=24)


class Diary:
    """A coarse-to-fine sampler that remembers what it was asked and told."""

    kept: list["Diary"] = []  # noqa: RUF012 - emptied by each test that reads it

    def __init__(self, space: Space, search: Search) -> None:
        self.inner = CoarseToFine(space, search)
        self.asked: list[list[Point]] = []
        self.told: list[list[Values]] = []
        self.kept.append(self)

    def ask(self, count: int) -> list[Point]:
        self.asked.append(self.inner.ask(count))
        return self.asked[-1]

    def tell(self, points: Sequence[Point], values: Sequence[Values]) -> None:
        self.told.append(list(values))
        self.inner.tell(points, values)


def found(folds: Folds = FOLDS, bars: Bars | None = None, **how: object) -> Swept:
    return hunt(bars or market(), space(), COARSE, folds, None, How(**how))


def test_what_a_hunt_plays_is_what_the_grid_plays() -> None:
    swept = found()
    rows = rows_in_grid(swept)
    assert rows == sorted(rows)
    assert 24 < len(rows) < 60
    assert np.array_equal(swept.book.rows, everything().book.rows[rows])
    assert np.array_equal(swept.whole.rows, everything().whole.rows[rows])
    assert np.array_equal(swept.counts, everything().counts[rows])
    assert tables(swept)["combinations"].height == len(rows)


@pytest.mark.covers("T30")
@pytest.mark.parametrize("workers", [2, 7])
def test_a_hunt_is_the_same_for_any_number_of_workers(workers: int) -> None:
    one, many = found(), found(workers=workers)
    assert list(one.plan.all) == list(many.plan.all)
    assert np.array_equal(one.book.rows, many.book.rows)
    assert [c.combination for c in one.choices] == [c.combination for c in many.choices]


def test_a_fold_chooses_the_best_of_what_its_own_sampler_tried() -> None:
    Diary.kept = []
    search = Search("optuna", trials=24)
    swept = hunt(market(), space(), search, FOLDS, Diary, How())
    assert len(Diary.kept) == len(swept.choices)
    for diary, choice in zip(Diary.kept, swept.choices, strict=True):
        tried = dict(zip(chain(*diary.asked), chain(*diary.told), strict=True))
        best = max(value for (value,) in tried.values() if not math.isnan(value))
        point = min(point for point, (value,) in tried.items() if value == best)
        assert swept.plan[choice.combination] == space().combination(point)
        (own,) = choice.train.sum("net") / choice.train.sum("n")
        assert own == best


def noisy_after(bars: Bars, session: int) -> Bars:
    """The same bars up to a session, and another market from it on."""
    frame = frame_of(bars)
    late = pl.Series(bars.session >= session)
    lift = pl.when(late).then(pl.lit(200)).otherwise(0)
    jolt = pl.Series(np.random.default_rng(1).integers(-30, 31, len(bars)) * late.to_numpy())
    prices = [(pl.col(name) + lift + jolt).alias(name) for name in ("open", "high", "low", "close")]
    return bars_of(frame.with_columns(prices), bars.instrument, minutes=5)


def test_a_sampler_is_told_nothing_of_sessions_after_its_training() -> None:
    """Replace every bar behind a fold's training: what it asks, is told and chooses stays."""
    diaries = []
    first = everything().choices[0].fold
    for bars in (market(), noisy_after(market(), first.train_stop)):
        Diary.kept = []
        swept = hunt(bars, space(), Search("optuna", trials=24), FOLDS, Diary, How())
        diaries.append((Diary.kept, swept.plan[swept.choices[0].combination], swept))
    (before, chosen, one), (after, again, other) = diaries
    assert before[0].asked == after[0].asked
    assert before[0].told == after[0].told
    assert chosen == again
    assert before[-1].told != after[-1].told  # a later fold trains on what was replaced
    assert one.choices[0].test.sum("net") != other.choices[0].test.sum("net")


def planted_after(bars: Bars, session: int) -> Bars:
    """The same bars up to a session; from it on the market climbs and falls six bars at a time."""
    late = bars.session >= session
    step = np.where(np.arange(len(bars)) % 12 < 6, 5, -5)
    climb = np.where(late, 17_000 + np.cumsum(step), bars.close)
    first = np.where(late, climb - step, bars.open)
    frame = frame_of(bars).with_columns(
        pl.Series("open", first).cast(pl.Int32),
        pl.Series("close", climb).cast(pl.Int32),
        pl.Series("high", np.where(late, np.maximum(first, climb), bars.high)).cast(pl.Int32),
        pl.Series("low", np.where(late, np.minimum(first, climb), bars.low)).cast(pl.Int32),
    )
    return bars_of(frame, bars.instrument, minutes=5)


def test_an_edge_that_only_the_test_holds_is_not_found() -> None:
    rules = Folds(train=30, test=9, purge=1, min_trades=2)
    plain, planted = found(rules), found(rules, planted_after(market(), 30))
    (honest,) = planted.choices
    assert planted.plan[honest.combination] == plain.plan[plain.choices[0].combination]
    assert list(planted.plan.all) == list(plain.plan.all)  # nor did it look where the edge is
    believed = planted.book.between(*honest.fold[2:]).sum("net")
    assert planted.best != honest.combination  # whoever had seen the test would have found it
    assert believed[planted.best] > max(believed[honest.combination], 100_000)


def test_coarse_to_fine_walks_to_the_top_of_a_hill() -> None:
    axes = {"back": list(range(1, 31)), "tallest": list(range(1, 41))}
    hill = Space(space().strategy, axes, {"stop": list(range(1, 33)), "flatten": ["14:30"]})
    top = (21, 7, 12, 0)
    sampler, seen = CoarseToFine(hill, Search("coarse_to_fine", trials=400)), []
    while len(seen) < 400 and (asked := sampler.ask(16)):
        seen += asked
        height = [(-float(sum(abs(a - b) for a, b in zip(p, top, strict=True))),) for p in asked]
        sampler.tell(asked, height)
    assert top in seen
    assert len(set(seen)) == len(seen)
    assert len(seen) < 400  # 38,400 combinations; it stops by itself


def test_coarse_to_fine_goes_on_where_nothing_was_admissible() -> None:
    sampler = CoarseToFine(space(), COARSE)
    seen = 0
    while asked := sampler.ask(16):
        sampler.tell(asked, [(float("nan"),)] * len(asked))
        seen += len(asked)
    assert 12 <= seen <= 60


def test_the_first_look_at_a_huge_space_is_bounded() -> None:
    every = list(range(1, 40))
    wide = dict.fromkeys(("stop", "target", "hold"), every)
    wide["hold"] = [{"bars": k} for k in every]
    huge = Space(space().strategy, {"back": every[:30], "tallest": every}, wide)
    sampler = CoarseToFine(huge, Search("coarse_to_fine", trials=100))
    assert 1 <= len(sampler.waiting) <= 50


def test_constraints_hold_in_a_hunt() -> None:
    only = Constraints((Constraint.of("back + stop < 16", [*space().axes]),))
    swept = hunt(market(), space(only), COARSE, FOLDS, None, How())
    assert all(one.strategy.back + one.exits.stop.ticks < 16 for one in swept.plan.all)
    never = Constraints((Constraint.of("back < 0", ["back"]),))
    with pytest.raises(StudyError, match="the constraints admit nothing that the search tried"):
        hunt(market(), space(never), COARSE, FOLDS, None, How())


def test_a_plateau_is_chosen_among_what_the_fold_tried() -> None:
    rules = Folds(train=10, test=4, purge=1, min_trades=2, choose="plateau")
    swept = found(rules)
    assert all(choice.combination is not None for choice in swept.choices)


def test_nothing_admissible_chooses_nothing() -> None:
    swept = found(Folds(train=10, test=4, purge=1, min_trades=10_000))
    assert swept.best is None
    assert all(choice.combination is None for choice in swept.choices)


def test_progress_never_passes_the_total() -> None:
    seen: list = []
    found(progress=lambda *told: seen.append(told))
    assert seen == sorted(seen)
    assert seen[-1][0] <= seen[-1][1] == 24 * len(everything().choices)


def test_a_hunt_too_large_to_remember_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "MOST_BYTES", 1 << 16)
    with pytest.raises(RefusedError, match=r"would remember .* ask for fewer trials or folds"):
        found()


def test_an_optuna_search_needs_a_sampler() -> None:
    with pytest.raises(StudyError, match="search method optuna: nobody makes"):
        hunt(market(), space(), Search("optuna", trials=9), FOLDS, None, How())


def test_the_lots_of_legs_count_before_anything_is_played() -> None:
    """A sum of squares that could leave 64 bits is refused whether a grid or a hunt plays it."""
    legs = [{"at": [{"r": 1}], "lots": [2_000_000, 1_000_000]}]
    heavy = Space(space().strategy, space().params, {**EXITS, "legs": ["none", *legs]})
    for tried in (
        lambda: sweep(market(), heavy.grid(), FOLDS),
        lambda: hunt(market(), heavy, COARSE, FOLDS, None, How()),
    ):
        with pytest.raises(RefusedError, match="beyond 64 bits"):
            tried()
    light = Space(space().strategy, space().params, {**EXITS, "legs": ["none"]})
    for given, lots in ((heavy, 3_000_000), (light, 1)):
        assert bench.Bench.of(market(), given, FOLDS, How()).study.table.lots == lots
