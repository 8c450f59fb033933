"""Walks on chance: how walk-forwards over markets without an edge ran, fold by fold."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from reports.exhibit import CHANCE, QUIET, Trace, between, line
from reports.findings import Report

ENDS: Final = {"chance_low": 0.05, "chance_high": 0.95}
EMPTY: Final = {"trade_date": pl.Date} | dict.fromkeys(ENDS, pl.Float64)


def chance(report: Report) -> pl.DataFrame:
    """Where nine in ten walks on chance stood at the end of each fold; no rows without any."""
    nets = report.tables.get("surrogate_folds", pl.DataFrame())
    if nets.is_empty():
        return pl.DataFrame(schema=EMPTY)
    ordered = nets.sort("surrogate", "fold")
    running = ordered.with_columns(pl.col("net").cum_sum().over("surrogate"))
    reach = [pl.col("net").quantile(share, "linear").alias(name) for name, share in ENDS.items()]
    at_ends = running.group_by("fold").agg(reach).sort("fold")
    dates = report.tables["folds"].select("fold", trade_date="test_last")
    rows = at_ends.join(dates, on="fold", how="inner", maintain_order="left")
    rounded = {name: np.round(rows[name].to_numpy()).astype(np.int64) for name in ENDS}
    money = {name: report.moneys(pl.Series(units)) for name, units in rounded.items()}
    return rows.select("trade_date").with_columns(**money)


def chance_traces(report: Report) -> list[Trace]:
    """The room those walks took, from zero before the first fold; drawn behind all lines."""
    rows = chance(report)
    if rows.is_empty():
        return []
    start = report.tables["folds"]["test_first"].min()
    first = pl.DataFrame({"trade_date": [start], **{name: [0.0] for name in ENDS}}, schema=EMPTY)
    drawn = pl.concat([first, rows])
    count = report.tables["surrogate_folds"]["surrogate"].n_unique()
    name = f"{count} walks on chance, 5 to 95 %"
    x, low, high = drawn["trade_date"], drawn["chance_low"], drawn["chance_high"]
    room = between(name, x, low, high)
    room[1] |= {"fillcolor": CHANCE}
    edge = {"color": QUIET, "width": 1, "dash": "dash"}
    edges = [line(name, x, y, QUIET) | {"line": edge, "showlegend": False} for y in (low, high)]
    return [*room, *edges]
