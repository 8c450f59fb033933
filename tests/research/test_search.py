"""Searches that look at no result: the grid, its constraints, and samples of it."""

from collections import Counter
from decimal import Decimal

import numpy as np
import pytest

from engine import Exits, Plan, Strategy, sweep
from engine.core.errors import StudyError, TickgridError, UnknownError
from engine.core.params import choice, param
from engine.research import sobol
from engine.research.constraints import Constraint, Constraints
from engine.research.search import Search, drawn, planned
from engine.research.space import Space
from tests.research.markets import FOLDS, Breakout, market
from tests.research.spaces import everything, rows_in_grid, space


class Cross(Strategy):
    """Many parameters and no market."""

    fast: int = param(default=5, low=1, high=500)
    slow: int = param(default=20, low=1, high=500)
    share: Decimal = param(default="0.5", low="0", high="1", step="0.1")
    trend: bool = choice(default=False)
    depth: int = param(default=1, low=1, high=500, when={"trend": True})


def wide(size: int) -> Space:
    every = list(range(1, size + 1))
    stops = {"stop": every, "target": every}
    return Space(Cross, {"fast": every, "slow": every, "depth": every, "trend": [True]}, stops)


@pytest.mark.parametrize("method", ["random", "sobol"])
def test_a_sample_plays_as_the_grid_does(method: str) -> None:
    found = sweep(market(), planned(space(), Search(method, 17, seed=3)), FOLDS)
    rows = rows_in_grid(found)
    assert len(rows) == 17
    assert rows == sorted(rows)  # of equals the grid's earlier one is chosen here too
    assert np.array_equal(found.book.rows, everything().book.rows[rows])
    assert np.array_equal(found.counts, everything().counts[rows])


@pytest.mark.covers("T30")
@pytest.mark.parametrize("workers", [2, 7])
def test_a_sample_is_the_same_for_any_number_of_workers(workers: int) -> None:
    plan = planned(space(), Search("random", 17, seed=3))
    one, many = sweep(market(), plan, FOLDS), sweep(market(), plan, FOLDS, workers=workers)
    assert np.array_equal(one.book.rows, many.book.rows)
    assert [c.combination for c in one.choices] == [c.combination for c in many.choices]


@pytest.mark.covers("QA-007")
@pytest.mark.parametrize("method", ["random", "sobol"])
def test_samples_are_unique_seeded_and_on_the_lattice_of_the_grid(method: str) -> None:
    lattice = {(one.strategy, one.exits) for one in everything().plan.all}
    first, again = (drawn(space(), Search(method, 40, seed=1)) for _ in range(2))
    assert first == again
    assert len(set(first)) == 40
    assert first[:10] == drawn(space(), Search(method, 10, seed=1))  # more trials add, never change
    assert first != drawn(space(), Search(method, 40, seed=2))
    assert {tuple(space().combination(point)) for point in first} <= lattice
    every = planned(space(), Search(method, 1000))
    assert list(every.all) == list(everything().plan.all)  # more trials than there are: all of it


@pytest.mark.covers("QA-009")
@pytest.mark.parametrize("method", ["random", "sobol"])
def test_every_kind_of_value_is_drawn_evenly(method: str) -> None:
    shares = [Decimal(k) / 10 for k in range(4)]
    axes = {"fast": [5, 10, 20, 40], "share": shares, "trend": [False, True]}
    every = Space(Cross, axes | {"slow": list(range(1, 101))}, {"stop": [8]})
    found = [every.combination(point).strategy for point in drawn(every, Search(method, 800))]
    for name, values in axes.items():
        counts = Counter(getattr(one, name) for one in found)
        assert set(counts) == set(values)
        assert max(counts.values()) - min(counts.values()) < 120


def test_a_space_of_any_size_is_sampled_at_once() -> None:
    assert wide(400).count == 400**5
    plan = planned(wide(400), Search("sobol", 1100))
    assert len(plan) == 1100
    with pytest.raises(StudyError, match=r"10,240,000,000,000 combinations and a full grid plays"):
        planned(wide(400), Search())


def test_what_plays_alike_is_one_combination() -> None:
    axes = {"trend": [False, True], "depth": [1, 2, 3]}
    plan = planned(Space(Cross, axes, {"stop": [8]}), Search("random", 6))
    assert [(one.strategy.trend, one.strategy.depth) for one in plan.all] == [
        *[(False, 1), (True, 1)],
        *[(True, 2), (True, 3)],
    ]


def test_sobol_points_are_a_net() -> None:
    """Of 2**k points of every axis one lies in each 2**-k; of two axes in each elementary box."""
    axes = sobol.MOST_AXES
    for seed in (None, 5):
        points = sobol.points(axes, 0, 256, seed)
        for axis in range(axes):
            assert sorted((points[:, axis] * 256).astype(int)) == list(range(256))
        boxes = {(int(x * 16), int(y * 16)) for x, y in points[:, :2]}
        assert len(boxes) == 256
    assert np.array_equal(sobol.points(4, 100, 28, None), sobol.points(4, 0, 128, None)[100:])


def test_the_first_sobol_points_are_the_published_ones() -> None:
    first = [[0, 0, 0], [4, 4, 4], [6, 2, 2], [2, 6, 6], [3, 3, 5], [7, 7, 1], [5, 1, 7], [1, 5, 3]]
    assert (sobol.points(3, 0, 8, None) * 8).tolist() == first


def test_the_polynomials_of_sobol_are_primitive() -> None:
    """Their powers run through every remainder, and the first numbers are odd and small."""
    for degree, inner, first in sobol.POLYNOMIALS:
        whole = (1 << degree) | (inner << 1) | 1
        seen, state = set(), 1
        while state not in seen:
            seen.add(state)
            state <<= 1
            state ^= whole if state >> degree else 0
        assert len(seen) == 2**degree - 1
        assert all(m % 2 == 1 and m < 2 ** (k + 1) for k, m in enumerate(first))


def test_too_many_axes_for_sobol_are_refused() -> None:
    with pytest.raises(StudyError, match="sobol searches up to 21 axes"):
        sobol.points(sobol.MOST_AXES + 1, 0, 1, None)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("fast < slow", True),
        ("fast > slow", False),
        ("fast * 4 == slow", True),
        ("fast / 2 <= 2.5", True),
        ("share == 0.5", True),
        ("-fast + 6 == 1", True),
        ("slow - fast >= 15 and not trend == True", True),
        ("fast > 9 or share < 0.4", False),
        ("1 < fast <= 5 != slow", True),
        ("stop < target", True),  # a target in multiples of the risk is no number of ticks
        ("fast < stop", True),
    ],
)
def test_a_constraint_means_what_it_says(text: str, *, holds: bool) -> None:
    one = Plan([Cross()], Exits.grid({"stop": 8, "target": {"r": 2}}))[0]
    names = [*Cross.space(), "stop", "target"]
    assert Constraints((Constraint.of(text, names),))(one) == holds


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("fast < sloow", UnknownError, "for the constraint 'fast < sloow'; did you mean 'slow'"),
        ("fast <", StudyError, "'fast <' is no condition"),
        ("fast", StudyError, "'fast' compares no parameter"),
        ("1 < 2", StudyError, "compares no parameter"),
        ("fast in slow", StudyError, "a constraint compares by"),
        ("fast.real < 3", StudyError, "a constraint compares by"),
        ("fast ** 99 < 3", StudyError, "a constraint compares by"),
        ("print(fast) < 3", UnknownError, "no parameter 'print'"),
        ("fast < 'a'", StudyError, "cannot be told for fast=5"),
        ("fast / 0 < 3", StudyError, "cannot be told for fast=5"),
        (3, StudyError, "a constraint is a text"),
        ("fast < 3" + " " * 500, StudyError, "a constraint is a text"),
    ],
)
def test_a_constraint_that_cannot_be_read_is_refused(text: object, error: type, said: str) -> None:
    with pytest.raises(error) as caught:
        Constraint.of(text, Cross.space()).holds(dict(Cross().values()))
    assert said in str(caught.value)


def test_constraints_thin_out_the_grid_and_the_samples() -> None:
    only = Constraints((Constraint.of("back + stop < 16", [*space().axes]),))
    grid = planned(space(only), Search())
    assert {(one.strategy.back, one.exits.stop.ticks) for one in grid.all} == {
        *[(3, 4), (5, 4), (8, 4), (3, 8), (5, 8)],
        *[(3, 12)],
    }
    assert list(planned(space(only), Search("sobol", 99)).all) == list(grid.all)
    some = planned(space(only), Search("random", 9))
    assert len(some) == 9
    assert set(some.all) <= set(grid.all)
    found = sweep(market(), grid, FOLDS)
    assert np.array_equal(found.book.rows, everything().book.rows[rows_in_grid(found)])


def test_constraints_that_admit_nothing_are_refused() -> None:
    never = Constraints((Constraint.of("back < 0", ["back"]),))
    for search in (Search(), Search("random", 9), Search("sobol", 100)):
        with pytest.raises(StudyError, match="the constraints admit no"):
            planned(space(never), search)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"method": "gird"}, "no method 'gird' of a search; did you mean 'grid'"),
        ({"trails": 3}, "no key 'trails' in search; did you mean 'trials'"),
        ({"method": "sobol"}, "trials of a search is a whole number from 1 on"),
        ({"trials": 9}, "trials mean nothing to a grid search"),
        ({"method": "sobol", "trials": 9, "seed": -1}, "seed of a search is a whole number"),
        ({"method": "sobol", "trials": 9, "objectives": ["net"]}, "objectives mean nothing to"),
        ({"method": "optuna", "trials": 9, "objectives": ["nt"]}, "no objective 'nt' in search"),
    ],
)
def test_a_search_that_means_nothing_is_refused(values: dict, said: str) -> None:
    with pytest.raises(TickgridError) as caught:
        Search.of(values)
    assert said in str(caught.value)


def test_of_equals_the_earlier_is_chosen_however_exits_are_written() -> None:
    """Stops written from far to near are looked up from near to far; those beyond reach tie."""
    stops = list(range(100_130, 100_000, -1))
    plan = Plan([Breakout(back=5)], Exits.grid({"stop": stops}))
    found = sweep(market(), plan, FOLDS)
    assert found.best == 0
    assert [choice.combination for choice in found.choices] == [0] * len(found.choices)
