"""Targets against what was achieved out of sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import polars as pl

from engine.research.measures import definition
from reports.findings import Report
from reports.numbers import measured

LOWER: Final = "lower"  # of two results the lower one is the better


class Target(NamedTuple):
    """A figure that is wished for, and how much it counts; a limit where lower is better."""

    measure: str
    wanted: float
    weight: float = 1.0

    @property
    def limit(self) -> bool:
        return definition(self.measure).better == LOWER

    def met(self, value: float | None) -> bool:
        """An undefined figure is not met."""
        if value is None:
            return False
        return value <= self.wanted if self.limit else value >= self.wanted


TARGETS: Final = (
    Target("sharpe", 1.0),
    Target("calmar", 2.0),
    Target("profit_factor", 1.7),
    Target("win_rate", 0.55),
    Target("payoff", 2.0),
    Target("max_drawdown_capital", 0.15),
)


def targets_of(report: Report) -> tuple[Target, ...]:
    """The targets a reader has set, else those of the house; none of them changes a result."""
    said = report.facts.get("targets")
    return TARGETS if said is None else tuple(Target(*one) for one in said)


def scorecard(report: Report, targets: Sequence[Target] | None = None) -> pl.DataFrame:
    """One row a target: wished, achieved, met."""
    found: Mapping[str, float | None] = measured(report)
    wanted = targets_of(report) if targets is None else targets
    rows = [
        {
            "measure": target.measure,
            "target": target.wanted,
            "achieved": found[target.measure],
            "met": target.met(found[target.measure]),
            "weight": target.weight,
        }
        for target in wanted
    ]
    kinds = {"target": pl.Float64, "achieved": pl.Float64, "met": pl.Boolean, "weight": pl.Float64}
    return pl.DataFrame(rows, schema={"measure": pl.String, **kinds})


def score(card: pl.DataFrame) -> float | None:
    """Share of the weight of all targets that was met."""
    weight = float(card["weight"].sum())
    return float(card.filter("met")["weight"].sum()) / weight if weight > 0 else None
