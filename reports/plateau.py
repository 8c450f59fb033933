"""The grid further: whether the best stands on a plateau, and what it trades against its fall."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.research.plateau import NOBODY, codes, neighbours, smoothed
from reports.exhibit import ACCENT, LOSS, QUIET, SECOND, Exhibit, dots, line, titled
from reports.findings import Report

POINTS: Final = 3_000


def plateau_exhibits(report: Report) -> list[Exhibit]:
    """Figures of the search as a landscape; a grid of one combination has none."""
    if not report.varied():
        return []
    return [one for one in (plateau(report), pareto(report)) if one is not None]


def plateau(report: Report) -> Exhibit | None:
    """Every combination against the mean of itself and its neighbours in the grid."""
    rows = smooth_rows(report)
    if rows.is_empty():
        return None
    shown, peak = rows.gather_every(max(1, rows.height // POINTS)), rows.row(0, named=True)
    drawn = dots("combinations", shown["value"], shown["smoothed"], ACCENT)
    drawn["text"] = [f"combination {c}" for c in shown["combination"]]
    best = dots("best in sample", rows["value"].head(1), rows["smoothed"].head(1), LOSS)
    ends = pl.Series([rows["value"].min(), rows["value"].max()])
    level = line("as good as its neighbours", ends, ends, QUIET)
    kept = neighbours_say(peak["kept"])
    says = (
        "Dots far below the line are peaks that their neighbours do not share: a step of one "
        f"parameter loses what they promise.{kept}"
    )
    layout = titled(report.objective, "mean with its neighbours")
    return Exhibit("plateau", "Peak or plateau", says, rows, [level, drawn, best], layout)


def neighbours_say(kept: float | None) -> str:
    """What is left of the best one step beside it."""
    if kept is None:
        return ""
    if kept <= 0:
        return " The neighbours of the best keep nothing of it."
    return f" The neighbours of the best keep {kept:.0%} of it."


def smooth_rows(report: Report) -> pl.DataFrame:
    """Objective, its mean with the neighbours, and the share the neighbours keep; best first."""
    table = report.combinations
    enough = (pl.col("n") >= report.facts["min_trades"]) & pl.col(report.objective).is_not_null()
    value = pl.when(enough).then(pl.col(report.objective)).otherwise(None).cast(pl.Float64)
    values = table.select(value).to_series().fill_null(float("nan")).to_numpy()
    near = neighbours([codes(table[name].to_list()) for name in report.varied()])
    around = np.where(near == NOBODY, np.nan, values[near])
    told = ~np.isnan(around)
    count = told.sum(axis=0)
    sums = np.where(told, around, 0.0).sum(axis=0)
    held = (values > 0) & (count > 0)
    kept = np.full(len(values), np.nan)
    kept[held] = sums[held] / count[held] / values[held]
    made = pl.DataFrame(
        {
            "combination": table["combination"],
            "value": values,
            "smoothed": smoothed(values, near),
            "neighbours": count,
            "kept": kept,
        }
    )
    rows = made.with_columns(pl.col(pl.Float64).fill_nan(None)).drop_nulls("value")
    return rows.sort("value", "combination", descending=[True, False])


def front(rows: pl.DataFrame) -> pl.DataFrame:
    """Rows that no other beats in net and in fall at once, by fall."""
    ordered = rows.sort("fall", "net", descending=[False, True])
    higher = pl.col("net") > pl.col("net").cum_max().shift(1).fill_null(-np.inf)
    return ordered.filter(higher)


def pareto(report: Report) -> Exhibit | None:
    """Net against the deepest fall, in sample, and the line of those that none beats in both."""
    table = report.combinations.filter(pl.col("n") >= report.facts["min_trades"])
    if table.is_empty():
        return None
    rows = table.select("combination", "n").with_columns(
        net=report.moneys(table["net"]), fall=report.moneys(table["max_drawdown"])
    )
    best = front(rows)
    rows = rows.with_columns(front=pl.col("combination").is_in(best["combination"].to_list()))
    shown = rows.gather_every(max(1, rows.height // POINTS))
    drawn = dots("combinations", shown["fall"], shown["net"], ACCENT)
    drawn["marker"] = {"color": ACCENT, "size": 5, "opacity": 0.45}
    edge = line("front", best["fall"], best["net"], SECOND, mode="lines+markers")
    edge["text"] = [f"combination {c}" for c in best["combination"]]
    says = (
        f"{best.height} of {rows.height:,} combinations are on the front: to gain more in sample "
        "than one of them, a deeper fall has to be borne."
    )
    unit = report.facts["currency"]
    layout = titled(f"deepest fall, {unit}", f"net, {unit}")
    return Exhibit("pareto", "Net against fall", says, rows, [drawn, edge], layout)
