"""Targets against what was achieved out of sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from reports.equity import days, traded
from reports.findings import Report


class Target(NamedTuple):
    """A figure that is wished for, and how much it counts."""

    measure: str
    least: float
    weight: float = 1.0


TARGETS: Final = (
    Target("sharpe", 1.0),
    Target("calmar", 2.0),
    Target("profit_factor", 1.7),
    Target("win_rate", 0.55),
    Target("win_loss", 2.0),
)


def achieved(report: Report) -> dict[str, float | None]:
    """The measures of the scorecard; `None` where one is not defined."""
    trades, daily = traded(report)["net"].to_numpy(), days(report)
    won, lost = trades[trades > 0], -trades[trades < 0]
    per_year = float(report.facts["periods"])
    net = daily["net"].to_numpy()
    deviation = float(net.std(ddof=1)) if len(net) > 1 else 0.0
    fall = float(daily["drawdown"].to_numpy().max(initial=0.0))
    return {
        "sharpe": divided(float(net.mean()) * per_year**0.5, deviation) if len(net) else None,
        "calmar": divided(float(net.mean()) * per_year, fall) if len(net) else None,
        "profit_factor": divided(float(won.sum()), float(lost.sum())),
        "win_rate": divided(float(len(won)), float(len(trades))),
        "win_loss": divided(mean(won), mean(lost)),
    }


def mean(values: Any) -> float:
    return float(np.mean(values)) if len(values) else 0.0


def divided(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def scorecard(report: Report, targets: Sequence[Target] = TARGETS) -> pl.DataFrame:
    """One row a target: wished, achieved, met; an undefined figure is not met."""
    found: Mapping[str, float | None] = achieved(report)
    rows = [
        {
            "measure": target.measure,
            "target": target.least,
            "achieved": found[target.measure],
            "met": (value := found[target.measure]) is not None and value >= target.least,
            "weight": target.weight,
        }
        for target in targets
    ]
    kinds = {"target": pl.Float64, "achieved": pl.Float64, "met": pl.Boolean, "weight": pl.Float64}
    return pl.DataFrame(rows, schema={"measure": pl.String, **kinds})


def score(card: pl.DataFrame) -> float | None:
    """Share of the weight of all targets that was met."""
    weight = float(card["weight"].sum())
    return divided(float(card.filter("met")["weight"].sum()), weight)
