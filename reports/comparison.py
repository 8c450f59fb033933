"""Runs beside each other: figures over the sessions all of them tested, and differences by luck."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.columns import Array
from engine.core.errors import ParameterError
from engine.research.evidence.bands import Days, measured
from engine.research.evidence.resample import Resample
from engine.research.measures import definition, measures
from engine.research.measures.definition import MONEY
from engine.research.measures.tails import FEW
from reports.findings import Report
from reports.numbers import basis_of, sessions_of, trades_of

HOW: Final = Resample(draws=1000, seed=0)
LEAST_RUNS: Final = 2
SHOWN: Final = (
    *("trades", "net", "expectancy", "win_rate", "profit_factor", "payoff", "mean_r"),
    *("sharpe", "sortino", "calmar", "max_drawdown", "ulcer", "costs"),
)
LUCK: Final = 0.05
ENDS: Final = (2.5, 97.5)  # percent: the middle 95 %


def common(reports: Sequence[Report]) -> pl.Series:
    """Trade dates that every run tested, in order."""
    if len(reports) < LEAST_RUNS:
        raise ParameterError("name two runs or more to compare")
    units = {(str(r.facts["currency"]), str(r.facts["money_unit"])) for r in reports}
    if len(units) > 1:
        named = ", ".join(sorted(f"{r.name} in {r.facts['currency']}" for r in reports))
        raise ParameterError(f"runs of different money cannot be compared: {named}")
    dates = [set(sessions_of(report)["trade_date"]) for report in reports]
    return pl.Series("trade_date", sorted(set.intersection(*dates)), dtype=pl.Date)


def compared(reports: Sequence[Report]) -> pl.DataFrame:
    """One row a measure and variant: both figures, the difference, and its bootstrap interval."""
    dates = common(reports)
    found = [figures(report, dates) for report in reports]
    drawn = [draws(report, dates) for report in reports]
    rows = [
        difference(name, variant, (found[0], found[k]), (drawn[0], drawn[k]))
        | {"baseline_run": reports[0].name}
        for k, variant in enumerate(reports[1:], 1)
        for name in SHOWN
    ]
    floats = ("baseline", "variant", "difference", "percent", "low", "high", "p_value")
    kinds = {"measure": pl.String, "baseline_run": pl.String, "variant_run": pl.String}
    return pl.DataFrame(rows, schema=kinds | dict.fromkeys(floats, pl.Float64))


def figures(report: Report, dates: pl.Series) -> dict[str, float]:
    """The engine's measures over some trade dates, money in currency."""
    trades = trades_of(report).filter(pl.col("trade_date").is_in(dates.to_list()))
    return measures(trades, dates.to_frame(), basis_of(report)).drop("series").row(0, named=True)


def draws(report: Report, dates: pl.Series) -> dict[str, Array]:
    """Measures of redrawn histories: the same draws for every run, so that days stay paired."""
    if len(dates) < FEW:
        return {}
    trades = trades_of(report).filter(pl.col("trade_date").is_in(dates.to_list()))
    place = dates.search_sorted(trades["trade_date"]).to_numpy().astype(np.int64)
    days = Days.of(trades["net"].to_numpy(), place, len(dates))
    made = measured(days, HOW.rows(len(dates)), int(report.facts["periods"]))
    unit = float(basis_of(report).unit)
    return {
        name: values * unit if definition(name).unit == MONEY else values
        for name, values in made.items()
    }


def difference(
    name: str,
    variant: Report,
    found: tuple[dict[str, float], dict[str, float]],
    drawn: tuple[dict[str, Array], dict[str, Array]],
) -> dict[str, Any]:
    """Variant less baseline; the interval where the bootstrap tells this measure."""
    before, after = (told(side.get(name)) for side in found)
    apart = None if before is None or after is None else after - before
    share = None if apart is None or not before else 100 * apart / abs(before)
    low, high, p = interval(drawn[1][name] - drawn[0][name]) if name in drawn[0] else (None,) * 3
    return {
        "measure": name,
        "variant_run": variant.name,
        "baseline": before,
        "variant": after,
        "difference": apart,
        "percent": share,
        "low": low,
        "high": high,
        "p_value": p,
    }


def told(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def interval(apart: Array) -> tuple[float | None, float | None, float | None]:
    """The middle of the redrawn differences, and the chance of one across zero, either way."""
    known = apart[~np.isnan(apart)]
    if not len(known):
        return None, None, None
    low, high = np.percentile(known, ENDS)
    below, above = int((known <= 0).sum()) + 1, int((known >= 0).sum()) + 1
    return float(low), float(high), min(1.0, 2 * min(below, above) / (len(known) + 1))


def words(rows: pl.DataFrame, sessions: int) -> str:
    """What the comparison says, by rule."""
    if sessions < FEW:
        return (
            f"The runs share {sessions} tested sessions; with fewer than {FEW} nothing can be said "
            "of differences."
        )
    told_of = rows.filter(pl.col("measure") == "expectancy").iter_rows(named=True)
    said = f"Over the {sessions:,} sessions that every run tested:"
    return " ".join([said, *(sentence(row) for row in told_of)])


def sentence(row: dict[str, Any]) -> str:
    name = row["variant_run"]
    if row["difference"] is None or row["p_value"] is None:
        return f"{name} cannot be set against {row['baseline_run']}: one of them did not trade."
    more = "more" if row["difference"] >= 0 else "less"
    luck = "more than luck usually makes" if row["p_value"] < LUCK else "no more than luck makes"
    return (
        f"{name} made {abs(row['difference']):,.2f} {more} a trade than {row['baseline_run']}, "
        f"{luck} (p = {row['p_value']:.3f}, redrawn in blocks)."
    )
