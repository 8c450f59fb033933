"""What an adaptive search asks and is told; and the search that goes from coarse to fine."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import product
from typing import Final, Protocol

from engine.research.search import Search, kept
from engine.research.space import Point, Space

BATCH: Final = 16  # points asked at a time, whatever the number of workers
COARSE: Final = 3  # places of an axis of numbers that the first look takes
BEST: Final = 4  # points whose neighbours the next look takes
FIRST_SHARE: Final = 2  # the first look takes at most one of so many trials

Values = tuple[float, ...]  # an objective each, the more the better; NaN where none is admissible


class Sampler(Protocol):
    """Proposes points, and learns what became of them: for one fold, from its training alone."""

    def ask(self, count: int) -> list[Point]:
        """The next points, at most so many; none when there is nothing left to try."""

    def tell(self, points: Sequence[Point], values: Sequence[Values]) -> None:
        """What those points were worth."""


Make = Callable[[Space, Search], Sampler]


class CoarseToFine:
    """A coarse lattice first, then half the step around the best, down to neighbours."""

    def __init__(self, space: Space, search: Search) -> None:
        self.space = space
        self.steps = [step_of(space, axis) for axis in range(len(space.sizes))]
        self.known: dict[Point, float] = {}
        self.waiting = spread(self.coarse(), max(1, search.trials // FIRST_SHARE))

    def coarse(self) -> list[Point]:
        """Every place on the lattice of the first steps, without those the constraints refuse."""
        axes = [
            range(0, size, step) for size, step in zip(self.space.sizes, self.steps, strict=True)
        ]
        while math.prod(map(len, axes)) > LATTICE:
            widest = max(range(len(axes)), key=lambda k: len(axes[k]))
            axes[widest] = axes[widest][::2]
        return kept(self.space, product(*axes))

    def ask(self, count: int) -> list[Point]:
        while not self.waiting and self.known:
            self.waiting = self.around()
            if not self.waiting and not self.finer():
                break
        asked, self.waiting = self.waiting[:count], self.waiting[count:]
        return asked

    def tell(self, points: Sequence[Point], values: Sequence[Values]) -> None:
        for point, (value, *_) in zip(points, values, strict=True):
            self.known[point] = -math.inf if math.isnan(value) else value

    def around(self) -> list[Point]:
        """New points one step of one axis from the best, the best one's first."""
        best = sorted(self.known, key=lambda point: (-self.known[point], point))[:BEST]
        found = dict.fromkeys(other for point in best for other in self.beside(point))
        return kept(self.space, [point for point in found if point not in self.known])

    def beside(self, point: Point) -> Iterable[Point]:
        for axis, (size, step) in enumerate(zip(self.space.sizes, self.steps, strict=True)):
            for place in (point[axis] - step, point[axis] + step):
                if 0 <= place < size:
                    yield (*point[:axis], place, *point[axis + 1 :])

    def finer(self) -> bool:
        """Halve the steps; false when they cannot be halved any more."""
        if max(self.steps, default=1) == 1:
            return False
        self.steps = [max(1, step // 2) for step in self.steps]
        return True


LATTICE: Final = 100_000  # points of the first look that are counted through


def step_of(space: Space, axis: int) -> int:
    """Numbers are first looked at in a few places; what has no order is looked at whole."""
    size = space.sizes[axis]
    return max(1, (size - 1) // (COARSE - 1)) if space.ordered(axis) else 1


def spread(points: list[Point], most: int) -> list[Point]:
    """At most so many of them, evenly over their order."""
    if len(points) <= most:
        return points
    return [points[k * len(points) // most] for k in range(most)]
