"""The hunt: an adaptive search of every fold, each by a sampler of its own that sees its training.

A fold chooses among what its own sampler tried: what a later fold tried was found with sessions
that this one is tested on.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engine.core.bars import Bars
from engine.core.errors import StudyError
from engine.research.bench import Bench, How
from engine.research.folds import PLATEAU, Fold, Folds
from engine.research.measures import Floats, Merged
from engine.research.objectives import value_of
from engine.research.plan import Combination
from engine.research.plateau import beside
from engine.research.samplers import BATCH, CoarseToFine, Make, Sampler, Values
from engine.research.search import COARSE, Search
from engine.research.space import Point, Space
from engine.research.sweep import Swept
from engine.research.switching import walk_by
from engine.research.walk import Choice, worth_of


def hunt(
    bars: Bars, space: Space, search: Search, folds: Folds, make: Make | None, how: How
) -> Swept:
    """Search every fold; the same bytes for any number of workers."""
    maker: Make | None = CoarseToFine if search.method == COARSE else make
    if maker is None:
        raise StudyError(f"search method {search.method}: nobody makes its samplers")
    bench = Bench.of(bars, space, folds, how)
    bench.expect(search.trials * len(bench.study.cut))
    tried = [searched(bench, maker(space, search), search, fold) for fold in bench.study.cut]
    plan = space.plan(point for points in tried for point in points)
    row = {one: c for c, one in enumerate(plan.all)}
    pairs = zip(bench.study.cut, tried, strict=True)
    choices = [choice(bench, row, fold, points) for fold, points in pairs]
    return bench.swept(plan, choices)


def searched(bench: Bench, sampler: Sampler, search: Search, fold: Fold) -> list[Point]:
    """All that one fold's sampler tried; it is told of the training sessions and nothing else."""
    found: dict[Point, None] = {}
    asked = 0
    while asked < search.trials:
        points = sampler.ask(min(BATCH, search.trials - asked))
        if not points:
            break
        admitted = [p for p in points if bench.space.admits(bench.space.combination(p))]
        worth = dict(zip(admitted, told(bench, admitted, search, fold), strict=True))
        nothing = (float("nan"),) * (1 + len(search.objectives))
        sampler.tell(points, [worth.get(point, nothing) for point in points])
        found |= dict.fromkeys(admitted)
        asked += len(points)
    if not found:
        raise StudyError("the constraints admit nothing that the search tried; widen them")
    return list(found)


def told(bench: Bench, points: list[Point], search: Search, fold: Fold) -> list[Values]:
    """The objectives of the training; nothing for fewer trades than the last rung asks for."""
    if not points:
        return []
    bench.play(points)
    rules = bench.study.rules
    train = bench.between(points, fold[:2])
    others = [value_of(name, train) for name in search.objectives]
    floor = min((rules.min_trades, *rules.ladder))
    columns = [admissible(values, train, floor) for values in (worth_of(train, rules), *others)]
    return [tuple(row) for row in np.column_stack(columns).tolist()]


def admissible(values: Floats, train: Merged, floor: int) -> Floats:
    return np.where(train.sum("n") >= floor, values, np.nan)


def choice(bench: Bench, row: Mapping[Combination, int], fold: Fold, points: list[Point]) -> Choice:
    """What a fold chooses among what its own sampler tried; of equals the grid's earlier one."""
    own, study = bench.space.plan(points), bench.study
    near = beside(own) if study.rules.choose == PLATEAU else None
    (found,) = walk_by(bench.book(own), [fold], study.rules, study.regimes, near)
    return found.numbered(lambda member: row[own[member]])
