"""Trades by what they share: how they ended, which way, when, how long, in which regime."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.features.regimes import SEVEN, regime
from engine.research.measures.breakdown import breakdown
from reports.exhibit import Exhibit, bars_of, heat, menu, signed, titled
from reports.findings import Report
from reports.numbers import basis_of, trades_of

KEYS: Final = {
    "reason": "exit",
    "side": "side",
    "part": "part of the day",
    "hour": "hour",
    "weekday": "weekday",
    "duration": "duration",
    "ambiguous": "ambiguous",
}
UNKNOWN: Final = "not known yet"


def groups(report: Report, bars: Bars | None) -> Exhibit:
    """Net by each thing trades share; regimes only where the bars are at hand."""
    trades, keys = trades_of(report), dict(KEYS)
    if bars is not None:
        trades = with_regime(trades, bars)
        keys["regime"] = "regime at the signal"
    parts = [grouped(report, trades, key).with_columns(by=pl.lit(keys[key])) for key in keys]
    table = pl.concat(parts).select("by", pl.exclude("by"))
    traces = []
    for k, name in enumerate(keys.values()):
        some = table.filter(pl.col("by") == name)
        drawn = bars_of(name, some["value"], some["net"], signed(some["net"]))
        counts = zip(some["trades"], some["win_rate"], strict=True)
        drawn["text"] = [f"{n:,} trades, {won:.0%} won" for n, won in counts]
        traces.append(drawn | {"visible": k == 0, "textposition": "auto"})
    buttons = menu([f"by {name}" for name in keys.values()])
    layout = titled("", report.facts["currency"], updatemenus=[buttons], showlegend=False)
    layout["xaxis"]["type"] = "category"
    says = "Sums of net by what the trades share; splits made after the fact prove nothing."
    return Exhibit("groups", "What they have in common", says, table, traces, layout)


def grouped(report: Report, trades: pl.DataFrame, key: str) -> pl.DataFrame:
    """The engine's figures of every group, its name as text."""
    made = breakdown(trades, (key,), basis_of(report), str(report.facts["zone"]))
    shown = pl.col(key).cast(pl.String)
    if key == "hour":
        shown = pl.format("{}:00", pl.col(key).cast(pl.String).str.zfill(2))
    if key == "ambiguous":
        shown = pl.when(pl.col(key)).then(pl.lit("yes")).otherwise(pl.lit("no"))
    named = made.with_columns(value=shown.fill_null(UNKNOWN))
    return named.select("value", pl.exclude(key, "value"))


def with_regime(trades: pl.DataFrame, bars: Bars) -> pl.DataFrame:
    """The regime of each trade at the close of its signal's bar."""
    signal = trades["signal_ts"].to_physical().to_numpy()
    row = np.searchsorted(bars.time, signal, side="right") - 1
    value, there = regime(bars).seven.at(np.maximum(row, 0))
    named = [SEVEN[v] if p else None for v, p in zip(value, there & (row >= 0), strict=True)]
    return trades.with_columns(regime=pl.Series(named, dtype=pl.String))


def side_hours(report: Report) -> Exhibit:
    """Net by side and hour of entry."""
    trades, zone = trades_of(report), str(report.facts["zone"])
    rows = breakdown(trades, ("side", "hour"), basis_of(report), zone)
    hours, sides = sorted(set(rows["hour"])), sorted(set(rows["side"]))
    cells = np.full((len(sides), len(hours)), np.nan)
    for row in rows.iter_rows(named=True):
        cells[sides.index(row["side"]), hours.index(row["hour"])] = row["net"]
    labels = [f"{hour:02d}:00" for hour in hours]
    traces: list[dict[str, Any]] = [heat(labels, sides, cells, report.facts["currency"])]
    layout = {"xaxis": {"type": "category"}, "yaxis": {"automargin": True}}
    says = f"By the clock of {zone} at the entry."
    return Exhibit("side-hour", "Side and hour", says, rows, traces, layout)
