"""The test windows of the folds: the engine's measures of each, by the sessions of that fold."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.research.measures.breakdown import breakdown
from engine.research.measures.catalogue import in_currency
from engine.research.measures.days import day_measures
from reports.exhibit import GAIN, LOSS, QUIET, Exhibit, Trace, bars_of, menu, titled
from reports.findings import Report
from reports.numbers import basis_of, sessions_of, trades_of

SHOWN: Final = {
    "sharpe": ("Sharpe", 1.0),
    "net": ("net", 0.0),
    "trades": ("trades", 0.0),
    "win_rate": ("win rate", 0.5),
    "max_drawdown": ("deepest fall", 0.0),
}
OF_SESSIONS: Final = ("sharpe", "max_drawdown")
KINDS: Final = {"fold": pl.UInt32, "test_first": pl.Date} | dict.fromkeys(SHOWN, pl.Float64)


def window_rows(report: Report) -> pl.DataFrame:
    """A row a fold that chose something; what a window without trades leaves open is null."""
    folds = report.tables["folds"].filter(pl.col("combination").is_not_null())
    if folds.is_empty():
        return pl.DataFrame(schema=KINDS)
    zone = str(report.facts["zone"])
    groups = breakdown(trades_of(report), ("fold",), basis_of(report), zone)
    known = folds.select("fold", "test_first", "test_last").join(
        groups.select("fold", "net", "trades", "win_rate"),
        on="fold",
        how="left",
        maintain_order="left",
    )
    rows = known.with_columns(pl.col("net", "trades").cast(pl.Float64).fill_null(0.0))
    made = rows.join(of_sessions(report, known), on="fold", how="left", maintain_order="left")
    return made.select([pl.col(name).cast(kind) for name, kind in KINDS.items()])


def of_sessions(report: Report, folds: pl.DataFrame) -> pl.DataFrame:
    """Sharpe ratio and deepest fall of each window; windows of equal length in one call."""
    daily, basis = sessions_of(report), basis_of(report)
    dates, net = daily["trade_date"], daily["net"].to_numpy()
    first = dates.search_sorted(folds["test_first"], side="left").to_numpy()
    length = dates.search_sorted(folds["test_last"], side="right").to_numpy() - first
    parts = []
    for many in np.unique(length).tolist():
        own = np.flatnonzero(length == many)
        results = net[first[own][:, None] + np.arange(many)]
        found = in_currency(day_measures(results, np.zeros(many, np.int64), basis), basis)
        named = {name: pl.Series(found[name]).fill_nan(None) for name in OF_SESSIONS}
        parts.append(folds.select("fold")[own].with_columns(**named))
    return pl.concat(parts)


def windows_exhibit(report: Report) -> Exhibit:
    """One measure at a time, a bar a window."""
    rows = window_rows(report)
    traces: list[Trace] = []
    for name, (title, level) in SHOWN.items():
        good = [GAIN if value is not None and value >= level else LOSS for value in rows[name]]
        if name in ("trades", "max_drawdown"):
            good = [QUIET] * rows.height
        drawn = bars_of(title, rows["test_first"], rows[name], good)
        traces.append(drawn | {"visible": name == "sharpe"})
    above = rows.filter(pl.col("sharpe") >= 1).height
    says = (
        f"A Sharpe ratio of 1 or more in {above} of {rows.height} windows; of so few sessions it "
        "is mostly noise, and only its middle over all windows tells something: "
        f"{middle(rows['sharpe'])}."
    )
    names = [title for title, _ in SHOWN.values()]
    layout = titled("first test session", "", showlegend=False, updatemenus=[menu(names)])
    return Exhibit("windows", "Window by window", says, rows, traces, layout)


def middle(values: pl.Series) -> str:
    """The median in words."""
    known = values.drop_nulls().to_numpy()
    return f"{np.median(known):.2f}" if len(known) else "no window has one"
