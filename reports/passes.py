"""Fold by fold: which conditions each one passes, and how steady the chosen values are."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from reports.exhibit import GAIN, LOSS, Exhibit, titled
from reports.findings import Report
from reports.walk import fold_results

CONDITIONS: Final = {
    "traded": "a trade in its test sessions",
    "above zero": "test net above zero",
    "kept half": "half of the train objective or more in test",
    "as in train": "the train objective or more in test",
}
HALF: Final = 0.5
STEADY: Final = 0.3  # deviation over mean below which a chosen value counts as steady


def pass_exhibits(report: Report) -> list[Exhibit]:
    """The matrix of conditions; none where no fold had anything to choose."""
    rows = passes(report)
    return [] if rows.is_empty() else [matrix(rows)]


def passes(report: Report) -> pl.DataFrame:
    """One row a fold that chose something, a column a condition; a loss in train keeps nothing."""
    train, test = pl.col("train_objective"), pl.col("test_objective")
    promised = train > 0
    return fold_results(report).select(
        "fold",
        (pl.col("test_n") > 0).fill_null(value=False).alias("traded"),
        (pl.col("test_net") > 0).fill_null(value=False).alias("above zero"),
        (promised & (test >= HALF * train)).fill_null(value=False).alias("kept half"),
        (promised & (test >= train)).fill_null(value=False).alias("as in train"),
    )


def matrix(rows: pl.DataFrame) -> Exhibit:
    """Folds across, conditions down."""
    names = list(CONDITIONS)
    cells = [[1 if value else 0 for value in rows[name]] for name in names]
    words = [[CONDITIONS[name]] * rows.height for name in names]
    drawn: dict[str, Any] = {
        "type": "heatmap",
        "x": [str(fold) for fold in rows["fold"]],
        "y": names,
        "z": cells,
        "text": words,
        "hovertemplate": "fold %{x}: %{text}<extra></extra>",
        "colorscale": [[0, LOSS], [1, GAIN]],
        "zmin": 0,
        "zmax": 1,
        "xgap": 1,
        "ygap": 1,
        "showscale": False,
    }
    shares = ", ".join(f"{name} {float(np.mean(rows[name].to_numpy())):.0%}" for name in names)
    says = f"Passed by so many of {rows.height} folds: {shares}."
    layout = titled("fold", "", height=230)
    layout["xaxis"]["type"] = "category"
    layout["yaxis"] = {"automargin": True, "autorange": "reversed"}
    return Exhibit("passes", "Passed or failed", says, rows, [drawn], layout)


def steadiness(report: Report) -> list[dict[str, str]]:
    """For every parameter of the grid how often each value was chosen, and how far it wanders."""
    chosen = fold_results(report).select("fold", "combination")
    known = report.combinations.select("combination", *report.varied())
    table = chosen.join(known, on="combination", how="left", maintain_order="left")
    return [steady(name, table[name]) for name in report.varied() if table.height]


def steady(name: str, column: pl.Series) -> dict[str, str]:
    """Deviation over mean where a parameter is a number, and the value chosen most often."""
    named = column.cast(pl.String).fill_null("open").alias("value").to_frame()
    counts = named.group_by("value").len().sort("len", "value", descending=[True, False])
    top, often = counts.row(0)
    spread, said = None, "not a number"
    if column.dtype.is_numeric() and not column.null_count():
        values = column.to_numpy().astype(np.float64)
        mean = float(np.abs(values.mean()))
        spread = float(values.std()) / mean if mean > 0 else None
        said = "steady" if spread is not None and spread < STEADY else "wanders"
    return {
        "parameter": name,
        "values chosen": str(counts.height),
        "most often": f"{top} ({often} of {len(column)})",
        "deviation / mean": "" if spread is None else f"{spread:.2f}",
        "reading": said,
    }
