"""A plan: the combinations of a study, and what they share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from engine.core.axis import SCALE, Gate, scaled
from engine.core.columns import Bools
from engine.core.errors import StudyError
from engine.core.setups import Floats, Setups
from engine.core.strategy import Strategy
from engine.fills import Costs, Exits, Rules
from engine.research.kernel import FIELDS
from engine.research.measures import OBJECTIVES

COLUMNS = frozenset(  # of the combination table: a parameter of that name would be lost in it
    {"run", "combination", "setups", "gated", "dropped", "sessions", "max_drawdown", "objective"}
    | {*FIELDS, *OBJECTIVES}
)


class Combination(NamedTuple):
    """One row of the grid."""

    strategy: Strategy
    exits: Exits

    def row(self) -> dict[str, Any]:
        """Its parameters, gates and exits as columns of the combination table."""
        return dict(self.strategy.values()) | self.exits.texts()


@dataclass(frozen=True, slots=True)
class Plan:
    """Strategies times exits, in that order, under one set of rules and costs.

    A search that does not play them all picks places of that grid, in ascending order.
    """

    strategies: Sequence[Strategy]
    exits: Sequence[Exits]
    rules: Rules = field(default_factory=Rules)
    costs: Costs = field(default_factory=Costs)
    picks: tuple[int, ...] | None = None

    def __post_init__(self) -> None:
        if not self.strategies or not self.exits or not len(self):
            raise StudyError("a plan needs at least one strategy and one set of exits")
        named = {name for exits in self.exits for name in exits.texts()}
        for taken, what in ((named, "exits"), (COLUMNS, "columns of the combination table")):
            clash = sorted(taken & set(self.strategies[0].space()))
            if clash:
                raise StudyError(f"{clash} name {what}; call the strategy's parameter otherwise")

    def __len__(self) -> int:
        return len(self.strategies) * len(self.exits) if self.picks is None else len(self.picks)

    def __getitem__(self, index: int) -> Combination:
        place = index if self.picks is None else self.picks[index]
        strategy, exits = divmod(place, len(self.exits))
        return Combination(self.strategies[strategy], self.exits[exits])

    @property
    def all(self) -> Iterator[Combination]:
        """Every combination, in order."""
        return (self[c] for c in range(len(self)))


def structure(strategy: Strategy) -> tuple[Any, ...]:
    """What decides the setups: every parameter but the gates."""
    gates = strategy.gates()
    return tuple(value for name, value in strategy.values() if name not in gates)


def passed(strategy: Strategy, setups: Setups) -> dict[str, Bools]:
    """For each closed gate, the setups that pass it; NaN never does."""
    return {
        name: compare(gate, setups.attribute(gate.attribute), scaled(threshold) / SCALE)
        for name, gate in strategy.gates().items()
        if (threshold := getattr(strategy, name)) is not None
    }


def compare(gate: Gate, values: Floats, threshold: float) -> Bools:
    """The threshold was divided once, so that every path compares the same two floats."""
    compared = {
        ">=": np.greater_equal,
        "<=": np.less_equal,
        ">": np.greater,
        "<": np.less,
    }[gate.op](values, threshold)
    return np.asarray(compared, np.bool_)
