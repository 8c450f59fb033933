"""Optuna as the sampler of a fold: asked in batches, told the training's objectives.

Nothing of it is stored: asked again from its seed and told the same, it proposes the same, so that
the results that a run keeps are all its journal needs to hold.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from importlib.util import find_spec
from math import isnan
from typing import Any, Final

import optuna
from optuna.exceptions import ExperimentalWarning
from optuna.trial import Trial, TrialState

from engine.core.errors import RefusedError, StudyError
from engine.research.samplers import Values
from engine.research.search import Search
from engine.research.space import Point, Space

MADE: Final[Mapping[str, Callable[[int], Any]]] = {
    "tpe": lambda seed: optuna.samplers.TPESampler(seed=seed, constant_liar=True),
    "random": lambda seed: optuna.samplers.RandomSampler(seed=seed),
    "cmaes": lambda seed: optuna.samplers.CmaEsSampler(seed=seed),
    "gp": lambda seed: optuna.samplers.GPSampler(seed=seed),
    "nsga2": lambda seed: optuna.samplers.NSGAIISampler(seed=seed),
    "nsga3": lambda seed: optuna.samplers.NSGAIIISampler(seed=seed),
    "qmc": lambda seed: optuna.samplers.QMCSampler(seed=seed),
}
ALONE: Final = ("cmaes",)  # weigh one objective only
NEEDS: Final[Mapping[str, tuple[str, ...]]] = {
    "cmaes": ("cmaes",),
    "gp": ("scipy", "torch"),
    "qmc": ("scipy",),
}


class OptunaSampler:
    """One Optuna study in memory."""

    def __init__(self, space: Space, search: Search) -> None:
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        goals = 1 + len(search.objectives)
        if goals > 1 and search.sampler in ALONE:
            raise StudyError(f"the sampler {search.sampler} weighs one objective, not {goals}")
        refuse_lacking(search.sampler)
        self.space = space
        self.study = self.quietly(
            lambda: optuna.create_study(
                directions=["maximize"] * goals, sampler=MADE[search.sampler](search.seed)
            )
        )
        self.asked: dict[Point, list[Trial]] = {}

    def ask(self, count: int) -> list[Point]:
        """The next points; the same one may come twice."""
        asked: list[Point] = self.quietly(lambda: [self.next() for _ in range(count)])
        return asked

    def next(self) -> Point:
        trial = self.study.ask()
        point = tuple(self.place(trial, axis) for axis in range(len(self.space.sizes)))
        self.asked.setdefault(point, []).append(trial)
        return point

    def place(self, trial: Trial, axis: int) -> int:
        """Numbers are a line to walk along, anything else a choice."""
        name, size = list(self.space.axes)[axis], self.space.sizes[axis]
        if size == 1:
            return 0
        if self.space.ordered(axis):
            return trial.suggest_int(name, 0, size - 1)
        return int(trial.suggest_categorical(name, list(range(size))))

    def tell(self, points: Sequence[Point], values: Sequence[Values]) -> None:
        """What they were worth; what was not admissible is told as a failure."""
        for point, worth in zip(points, values, strict=True):
            trial = self.asked[point].pop(0)
            if any(map(isnan, worth)):
                self.study.tell(trial, state=TrialState.FAIL)
            else:
                self.study.tell(trial, list(worth))

    def quietly(self, make: Callable[[], Any]) -> Any:
        """Optuna calls half of its samplers experimental, each time one is made."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            return make()


def refuse_lacking(name: str) -> None:
    """A sampler that needs packages which are not there is refused before anything plays."""
    lacks = [package for package in NEEDS.get(name, ()) if find_spec(package) is None]
    if lacks:
        raise RefusedError(
            f"the sampler {name} of optuna needs the package {' and '.join(lacks)}, which is not "
            "installed; tpe, random, nsga2 and nsga3 need nothing more"
        )
