"""How a study searches its space: all of it, a sample of it, or step by step where it paid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np

from engine.core.errors import StudyError, unknown
from engine.research import sobol
from engine.research.objectives import OF_CELLS
from engine.research.plan import Plan
from engine.research.space import Point, Space, anything

GRID, RANDOM, SOBOL, COARSE, OPTUNA = "grid", "random", "sobol", "coarse_to_fine", "optuna"
SAMPLED: Final = (RANDOM, SOBOL)
ADAPTIVE: Final = (COARSE, OPTUNA)  # what they try next hangs on what they found
METHODS: Final = (GRID, *SAMPLED, *ADAPTIVE)
SAMPLERS: Final = ("tpe", "random", "cmaes", "gp", "nsga2", "nsga3", "qmc")
DRAWN: Final = 1024  # points at a time
PATIENCE: Final = 64  # runs of points without a new one, after which a space counts as drawn out


@dataclass(frozen=True, slots=True)
class Search:
    """A method, how much it may try, and the seed it draws by."""

    method: str = GRID
    trials: int = 0  # of a sample; of an adaptive search, for each fold
    seed: int = 0
    sampler: str = SAMPLERS[0]  # of optuna
    objectives: tuple[str, ...] = ()  # what optuna weighs beside that of the folds

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Search:
        """Read the `search` of a study."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise unknown("key", name, known, where=" in search")
        return cls(**{**values, "objectives": tuple(values.get("objectives", ()))})

    def __post_init__(self) -> None:
        for name, known in (("method", METHODS), ("sampler", SAMPLERS)):
            if getattr(self, name) not in known:
                raise unknown(name, str(getattr(self, name)), known, where=" of a search")
        for name in self.objectives:
            if name not in OF_CELLS:
                raise unknown("objective", name, OF_CELLS, where=" in search.objectives")
        whole_number("seed", self.seed, 0)
        whole_number("trials", self.trials, 0 if self.method == GRID else 1)
        self.refuse_idle()

    def refuse_idle(self) -> None:
        """What a method does not look at is not silently passed over."""
        idle = {"trials": self.method == GRID, "objectives": self.method != OPTUNA}
        for name, unused in idle.items():
            if unused and getattr(self, name):
                raise StudyError(f"{name} mean nothing to a {self.method} search; leave them out")

    @property
    def adaptive(self) -> bool:
        """Whether what is tried hangs on what was found."""
        return self.method in ADAPTIVE


def whole_number(name: str, value: Any, low: int) -> None:
    if type(value) is not int or value < low:
        raise StudyError(f"{name} of a search is a whole number from {low} on, not {value}")


def planned(space: Space, search: Search) -> Plan:
    """What a search that looks at no result plays; of an adaptive one, its first place."""
    if search.method == GRID:
        return space.grid()
    if search.adaptive:
        return space.plan([(0,) * len(space.sizes)])
    return space.plan(drawn(space, search))


def drawn(space: Space, search: Search) -> list[Point]:
    """As many different admitted points as the trials ask for, or all there are."""
    if space.count <= search.trials:
        every = dict.fromkeys(space.point(k) for k in range(space.count))
        return some_of(kept(space, every))
    taken: dict[Point, None] = {}
    batches = (sobol_points if search.method == SOBOL else random_points)(space, search.seed)
    idle = 0
    while len(taken) < search.trials and idle < PATIENCE:
        fresh = kept(space, [point for point in dict.fromkeys(next(batches)) if point not in taken])
        taken |= dict.fromkeys(fresh[: search.trials - len(taken)])
        idle = 0 if fresh else idle + 1
    return some_of(list(taken))


def kept(space: Space, points: Iterable[Point]) -> list[Point]:
    """Points that keep the constraints."""
    if space.admits is anything:
        return list(points)
    return [point for point in points if space.admits(space.combination(point))]


def some_of(points: list[Point]) -> list[Point]:
    if not points:
        raise StudyError("the constraints admit nothing that the search drew; widen them")
    return points


def random_points(space: Space, seed: int) -> Iterator[list[Point]]:
    """Every place of an axis is as likely as any other."""
    generator = np.random.default_rng(seed)
    while True:
        places = [generator.integers(0, size, DRAWN).tolist() for size in space.sizes]
        yield list(zip(*places, strict=True))


def sobol_points(space: Space, seed: int) -> Iterator[list[Point]]:
    """Axes with one place take no dimension."""
    wide = [k for k, size in enumerate(space.sizes) if size > 1]
    sizes = np.array(space.sizes)
    first = 0
    while True:
        units = sobol.points(max(1, len(wide)), first, DRAWN, seed)
        places = np.zeros((DRAWN, len(sizes)), np.int64)
        places[:, wide] = np.floor(units[:, : len(wide)] * sizes[wide]).astype(np.int64)
        yield list(map(tuple, places.tolist()))
        first += DRAWN
