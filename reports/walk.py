"""The walk-forward: what each fold chose, what it promised, what it delivered."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from reports.exhibit import ACCENT, INK, QUIET, Exhibit, bars_of, dots, heat, line, signed, titled
from reports.findings import Report, value_text
from reports.windows import windows_exhibit

LEAST: Final = 3  # folds with trades before a correlation is worth naming


def walk_exhibits(report: Report) -> list[Exhibit]:
    """Figures of the folds; none where no fold had anything to choose."""
    rows = fold_results(report)
    if rows.is_empty():
        return []
    found = [timeline(report, rows), in_and_out(report, rows), windows_exhibit(report)]
    return [*found, stability(report, rows)] if report.varied() else found


def fold_results(report: Report) -> pl.DataFrame:
    """Folds that chose something, money in currency."""
    folds = report.tables["folds"]
    money = [report.moneys(folds[name]).alias(name) for name in ("train_net", "test_net")]
    return folds.with_columns(money).filter(pl.col("combination").is_not_null())


def timeline(report: Report, rows: pl.DataFrame) -> Exhibit:
    """Net of each fold's test sessions, and their running sum."""
    table = rows.select("fold", "test_first", "test_last", "combination", "test_n", "test_net")
    table = table.with_columns(sum=pl.col("test_net").cum_sum())
    drawn = bars_of("test net", table["test_first"], table["test_net"], signed(table["test_net"]))
    drawn["text"] = [
        f"fold {row['fold']}: combination {row['combination']}, {row['test_n']} trades"
        for row in table.iter_rows(named=True)
    ]
    drawn["textposition"] = "none"
    total = line("sum", table["test_first"], table["sum"], INK)
    above = table.filter(pl.col("test_net") > 0).height
    says = f"{above} of {table.height} folds that chose something ended above zero."
    layout = titled("first test session", report.facts["currency"])
    return Exhibit("folds", "Fold by fold", says, table, [drawn, total], layout)


def in_and_out(report: Report, rows: pl.DataFrame) -> Exhibit:
    """Each fold's promise against what came of it."""
    table = rows.select("fold", "train_objective", "test_objective", "test_n").drop_nulls()
    drawn = dots("folds", table["train_objective"], table["test_objective"], ACCENT)
    drawn["text"] = [f"fold {fold}" for fold in table["fold"]]
    says = f"A search that finds something true has points rising to the right. {kept(table)}"
    x, y = (f"{report.objective} in {part}" for part in ("train", "test"))
    zero = {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 0, "y1": 0}
    layout = titled(x, y, showlegend=False, shapes=[zero | {"line": {"color": QUIET, "width": 1}}])
    return Exhibit("in-out", "Promise and delivery", says, table, [drawn], layout)


def kept(table: pl.DataFrame) -> str:
    """How much of the promise was kept, in words that are safe around zero."""
    if table.height < LEAST:
        return "Too few folds traded to say more."
    train, test = table["train_objective"].to_numpy(), table["test_objective"].to_numpy()
    said = f"Mean in train {train.mean():,.2f}, in test {test.mean():,.2f}"
    if train.mean() > 0:
        said += f": {test.mean() / train.mean():.0%} of the promise was kept"
    if train.std() > 0 and test.std() > 0:
        said += f"; correlation {np.corrcoef(train, test)[0, 1]:+.2f}"
    return said + "."


def stability(report: Report, rows: pl.DataFrame) -> Exhibit:
    """Which value of each parameter every fold chose."""
    known = report.combinations.select("combination", *report.varied())
    table = rows.select("fold", "test_first", "combination").join(
        known, on="combination", how="left", maintain_order="left"
    )
    places, labels = [], []
    for name in report.varied():
        values = known[name].unique(maintain_order=True).to_list()
        spread = max(1, len(values) - 1)
        places.append([2 * values.index(value) / spread - 1 for value in table[name]])
        labels.append(name)
    drawn: dict[str, Any] = heat(
        [str(fold) for fold in table["fold"]], labels, np.array(places), "low - high"
    )
    drawn["colorscale"] = [[0, "@band"], [1, ACCENT]]
    drawn["text"] = [[value_text(value) for value in table[name]] for name in report.varied()]
    drawn["hovertemplate"] = "fold %{x}<br>%{y}: %{text}<extra></extra>"
    drawn["showscale"] = False
    changes = changed(table, report.varied())
    says = (
        f"Shade is the place of the chosen value among those tried. From one fold to the next "
        f"{changes:.0%} of the parameters changed: what is true does not change its mind often."
    )
    layout = titled("fold", "", height=90 + 34 * len(labels))
    layout["xaxis"]["type"] = "category"
    layout["yaxis"] = {"automargin": True, "autorange": "reversed"}
    return Exhibit("stability", "What the folds chose", says, table, [drawn], layout)


def changed(table: pl.DataFrame, names: list[str]) -> float:
    """Share of parameters that differ between neighbouring folds."""
    if table.height < 2:
        return 0.0
    moved = [table[name].ne_missing(table[name].shift(1))[1:].mean() for name in names]
    return float(np.mean(np.array(moved, np.float64)))
