"""The grid: where in the parameters the results lie, and whether the best stands alone."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final

import numpy as np
import polars as pl

from reports.exhibit import ACCENT, QUIET, Exhibit, dots, heat, titled
from reports.findings import Report, value_text

SLICES: Final = 6  # pairs of parameters drawn
DOTS: Final = 3_000  # a page can draw and an eye can bear
LINES: Final = 400  # across all axes: more of them hide where the best run


def grid_exhibits(report: Report) -> list[Exhibit]:
    """Figures of the search; a grid of one combination has none."""
    if not report.varied() or judged(report).is_empty():
        return []
    found = [effects(report), everyone(report)]
    if len(report.varied()) > 1:
        found += [surfaces(report), parallel(report)]
    return found


def judged(report: Report) -> pl.DataFrame:
    """Combinations with enough trades and a defined objective, parameters as text."""
    rows, objective = report.combinations, pl.col(report.objective)
    kept = rows.filter((pl.col("n") >= report.facts["min_trades"]) & objective.is_not_null())
    texts = [texts_of(kept[name]) for name in report.varied()]
    value = kept[report.objective].alias("value")
    return kept.select("combination", "n").with_columns(*texts, value)


def texts_of(column: pl.Series) -> pl.Series:
    """Values as people read them; each of the few that there are is written once."""
    known = {value: value_text(value) for value in column.unique()}
    return pl.Series(column.name, [known[value] for value in column], dtype=pl.String)


def levels(report: Report, name: str) -> list[str]:
    """The values of one parameter in the order in which they were tried."""
    return [value_text(value) for value in report.combinations[name].unique(maintain_order=True)]


def effects(report: Report) -> Exhibit:
    """For every value of every parameter: the middle and the spread of its combinations."""
    rows = judged(report)
    parts = [
        rows.group_by(value_of=pl.col(name))
        .agg(
            combinations=pl.len(),
            low=pl.col("value").quantile(0.25, "linear"),
            median=pl.col("value").median(),
            high=pl.col("value").quantile(0.75, "linear"),
        )
        .with_columns(parameter=pl.lit(name), order=order_of(report, name))
        for name in report.varied()
    ]
    table = pl.concat(parts).sort("parameter", "order").drop("order")
    traces = []
    for name in report.varied():
        some = table.filter(pl.col("parameter") == name)
        labels = [f"{name} {value}" for value in some["value_of"]]
        error = {
            "type": "data",
            "symmetric": False,
            "array": (some["high"] - some["median"]).to_list(),
            "arrayminus": (some["median"] - some["low"]).to_list(),
            "color": QUIET,
            "thickness": 1.2,
        }
        traces.append(dots(name, some["median"], pl.Series(labels), ACCENT, error_x=error))
    height = 120 + 18 * table.height
    layout = titled(report.objective, "", height=height, showlegend=False)
    layout["yaxis"] = {"autorange": "reversed", "type": "category", "automargin": True}
    says = (
        "Median and middle half of all combinations with that value: a parameter that matters "
        "moves the whole group, one that does not has dots in a column."
    )
    return Exhibit("effects", "Effect of each parameter", says, table, traces, layout)


def order_of(report: Report, name: str) -> pl.Expr:
    known = levels(report, name)
    return pl.col("value_of").replace_strict(known, list(range(len(known))), return_dtype=pl.Int64)


def everyone(report: Report) -> Exhibit:
    """All combinations in order of their result: is the best a peak or the end of a slope."""
    rows = judged(report).sort("value", descending=True).with_columns(rank=pl.int_range(pl.len()))
    table = rows.select("rank", "combination", "value", "n")
    step = max(1, table.height // DOTS)
    shown = table.gather_every(step)
    named = zip(shown["combination"], shown["n"], strict=True)
    text = [f"combination {combination}, {n} trades" for combination, n in named]
    drawn = dots("combinations", shown["rank"], shown["value"], ACCENT, text=text)
    above = table.filter(pl.col("value") > 0).height
    says = (
        f"{above:,} of {table.height:,} combinations with enough trades are above zero in sample; "
        "a lone spike on the left is what luck looks like."
    )
    layout = titled("rank", report.objective, showlegend=False)
    return Exhibit("everyone", "Every combination", says, table, [drawn], layout)


def surfaces(report: Report) -> Exhibit:
    """The median result over pairs of parameters."""
    rows, parts, traces, buttons = judged(report), [], [], []
    pairs = list(combinations(report.varied(), 2))[:SLICES]
    for k, (x, y) in enumerate(pairs):
        part = rows.group_by(x=pl.col(x), y=pl.col(y)).agg(
            median=pl.col("value").median(), combinations=pl.len()
        )
        parts.append(part.with_columns(across=pl.lit(x), down=pl.lit(y)))
        traces.append(matrix(report, part, x, y) | {"visible": k == 0})
        shown = [j == k for j in range(len(pairs))]
        axes = {"xaxis.title.text": x, "yaxis.title.text": y}
        words = {"label": f"{x} x {y}", "method": "update", "args": [{"visible": shown}, axes]}
        buttons.append(words)
    table = pl.concat(parts).sort("across", "down", "x", "y")
    menu = {"buttons": buttons, "x": 0, "xanchor": "left", "y": 1.16, "yanchor": "top"}
    layout = titled(pairs[0][0], pairs[0][1], updatemenus=[menu], margin={"t": 60})
    for axis in ("xaxis", "yaxis"):
        layout[axis] |= {"type": "category", "automargin": True}
    says = (
        "Each cell is the median over everything else: a plateau of one colour is believable, a "
        "single bright cell is not."
    )
    return Exhibit("surface", "Two parameters at a time", says, table, traces, layout)


def matrix(report: Report, part: pl.DataFrame, x: str, y: str) -> dict[str, Any]:
    across, down = levels(report, x), levels(report, y)
    cells = np.full((len(down), len(across)), np.nan)
    for row in part.iter_rows(named=True):
        cells[down.index(row["y"]), across.index(row["x"])] = row["median"]
    return heat(across, down, cells, report.objective)


def parallel(report: Report) -> Exhibit:
    """Every combination as a line across its parameters."""
    rows = judged(report).sort("value", descending=True)
    half = LINES // 2
    shown = rows if rows.height <= LINES else pl.concat([rows.head(half), rows.tail(half)])
    shown = shown.reverse()  # the best are drawn last, on top
    axes = []
    for name in report.varied():
        known = levels(report, name)
        at = [known.index(value) for value in shown[name]]
        ticks = {"tickvals": list(range(len(known))), "ticktext": known}
        axes.append({"label": name, "values": at, **ticks})
    axes.append({"label": report.objective, "values": shown["value"].to_list()})
    reach = float(np.median(np.abs(shown["value"].to_numpy()))) or 1.0
    colours = {"color": shown["value"].to_list(), "cmin": -reach, "cmax": reach}
    scale = [[0, "@loss"], [0.5, "@quiet"], [1, "@gain"]]
    drawn = {"type": "parcoords", "dimensions": axes, "line": colours | {"colorscale": scale}}
    cut = "" if shown.height == rows.height else f" Drawn are the {half} best and {half} worst."
    says = f"Drag along an axis to keep only the lines that pass there.{cut}"
    layout = {"margin": {"l": 70, "r": 60, "t": 56, "b": 30}, "height": 420}
    layout["meta"] = {"least": 80 * len(axes)}  # names of axes need room on the narrowest paper
    return Exhibit("parallel", "All parameters at once", says, shown, [drawn], layout)
