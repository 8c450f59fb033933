"""A space: what a study lets a search choose from, as places on the axes it names.

Nothing of it is made before it is asked for, so that a sample of a space of any size is quick.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Final

from engine.core.errors import StudyError
from engine.core.strategy import Strategy
from engine.fills import Costs, Exits, Rules
from engine.research.plan import Combination, Plan

MOST: Final = 10_000_000  # combinations of a full grid: its tables must fit into memory

Point = tuple[int, ...]  # a place on every axis
Admits = Callable[[Combination], bool]


def anything(_: Combination) -> bool:
    """No constraint."""
    return True


@dataclass(frozen=True, eq=False)
class Space:
    """Axes of a strategy and of exits; the last of them turns fastest."""

    strategy: type[Strategy]
    params: Mapping[str, Sequence[Any]]
    exits: Mapping[str, Sequence[Any]]  # as they are written
    rules: Rules = field(default_factory=Rules)
    costs: Costs = field(default_factory=Costs)
    admits: Admits = anything

    @cached_property
    def axes(self) -> dict[str, Sequence[Any]]:
        return {**self.params, **self.exits}

    @cached_property
    def sizes(self) -> Point:
        return tuple(map(len, self.axes.values()))

    @property
    def count(self) -> int:
        """Combinations there are, constraints and repeats not looked at."""
        return math.prod(self.sizes)

    def ordered(self, axis: int) -> bool:
        """Whether places beside each other on an axis hold numbers beside each other."""
        values = list(self.axes.values())[axis]
        return all(isinstance(v, (int, Decimal)) and not isinstance(v, bool) for v in values)

    def combination(self, point: Point) -> Combination:
        """What stands at a place."""
        picked = [values[k] for values, k in zip(self.axes.values(), point, strict=True)]
        count = len(self.params)
        strategy = self.strategy(**dict(zip(self.params, picked[:count], strict=True)))
        exits = {name: [v] for name, v in zip(self.exits, picked[count:], strict=True)}
        return Combination(strategy, Exits.grid(exits)[0])

    def point(self, number: int) -> Point:
        """The place of a number, counted as a grid walks."""
        found = []
        for size in reversed(self.sizes):
            number, place = divmod(number, size)
            found.append(place)
        return tuple(reversed(found))

    def grid(self) -> Plan:
        """Every combination that the constraints admit."""
        if self.count > MOST:
            raise StudyError(
                f"the grid has {self.count:,} combinations and a full grid plays at most {MOST:,}; "
                "name fewer values, or search it: search: {method: sobol, trials: 10000}"
            )
        strategies = self.strategy.grid(**self.params)
        exits = Exits.grid({name: list(values) for name, values in self.exits.items()})
        plan = Plan(strategies, exits, self.rules, self.costs)
        if self.admits is anything:
            return plan
        picks = tuple(c for c in range(len(plan)) if self.admits(plan[c]))
        if not picks:
            raise StudyError(f"the constraints admit none of {len(plan):,} combinations")
        return Plan(strategies, exits, self.rules, self.costs, picks)

    def plan(self, points: Iterable[Point]) -> Plan:
        """The combinations at some places, in the order of the grid; what plays alike is one."""
        count, places = len(self.params), sorted(set(points))
        chosen = {point: self.combination(point) for point in places}
        strategies = dict.fromkeys(chosen[point].strategy for point in places)
        by_exits = sorted(places, key=lambda point: point[count:])
        exits = dict.fromkeys(chosen[point].exits for point in by_exits)
        row = {strategy: k for k, strategy in enumerate(strategies)}
        column = {one: k for k, one in enumerate(exits)}
        picks = {row[one.strategy] * len(exits) + column[one.exits] for one in chosen.values()}
        kept = tuple(sorted(picks))
        return Plan(list(strategies), list(exits), self.rules, self.costs, kept)
