"""A stored run in a screen: its dates, its market, its setups by kind, the last of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from app.console import plain
from app.pages import Kept
from engine.core.bars import Bars
from engine.features.migration import poc_trend
from reports.migration import gap_rows
from storage.atomic import write_text

FILES: Final = ("trade_summary.json", "daily_summary.json", "summary.txt")
SIDES: Final = {1: "long", -1: "short"}
TREND: Final = 20  # sessions of the line through the points of control


def summary(found: Kept) -> dict[str, Any]:
    """All there is to say in a screen; of the market only while the store holds its bars."""
    run, facts = found.run, found.report.facts
    one, setups = latest(found)
    trades = run.table("trades").filter(pl.col("scope") == "oos")
    return {
        "run": run.name,
        "strategy": facts["strategy"],
        "symbol": facts["symbol"],
        "timeframe": facts["timeframe"],
        "synthetic": facts["synthetic"],
        "first": facts["first"],
        "last": facts["last"],
        "sessions": facts["sessions"],
        "contracts": contracts(found.bars),
        "gaps": None if found.bars is None else gap_facts(found.bars),
        "trend": None if found.bars is None else trend(found.bars),
        "combination": one,
        "setups": counted(setups),
        "last_setup": last_setup(setups, float(facts["tick"])),
        "trades": traded(trades, float(facts["money_unit"])),
    }


def latest(found: Kept) -> tuple[int | None, pl.DataFrame]:
    """Whom the latest fold that chose anybody chose, and its setups."""
    setups = found.run.table("setups")
    chosen = found.run.table("folds")["combination"].drop_nulls()
    if chosen.is_empty():
        return None, setups.clear()
    one = int(chosen[-1])
    return one, setups.filter(pl.col("combination") == one).sort("ts", "setup")


def contracts(bars: Bars | None) -> list[str]:
    """Names of the delivery months played, where the bars are of contracts."""
    if bars is None or bars.contract is None:
        return []
    return [str(bars.origin.contracts[k]) for k in dict.fromkeys(bars.contract.tolist())]


def gap_facts(bars: Bars) -> dict[str, Any]:
    """Regular opens away from the regular close before, in points, and how many were filled."""
    rows = gap_rows(bars)
    up = rows.filter(pl.col("gap") > 0).height
    median = rows["gap"].abs().median()
    return {
        "sessions": rows.height,
        "up": up,
        "down": rows.height - up,
        "median": None if median is None else points(median, bars),
        "filled": (rows["filled"] >= 1).mean(),
    }


def trend(bars: Bars) -> dict[str, Any]:
    """The line through the latest points of control, in points a session, and the net move."""
    line = poc_trend(bars, sessions=TREND)
    end = np.array([len(bars) - 1])
    slope, fit = (float(column.floats(end)[0]) for column in (line.slope, line.r2))
    moved = int(bars.close[-1]) - int(bars.open[0])
    return {"moved": points(moved, bars), "poc_slope": points(slope, bars), "poc_r2": fit}


def points(ticks: Any, bars: Bars) -> float:
    return float(ticks) * float(bars.instrument.tick)


def counted(setups: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Setups by side and by what became of them."""
    found: dict[str, dict[str, int]] = {}
    for side, outcome, count in setups.group_by("side", "outcome").len().sort(pl.all()).rows():
        found.setdefault(SIDES[side], {})[outcome] = count
    return found


def last_setup(setups: pl.DataFrame, tick: float) -> dict[str, Any] | None:
    """When it was seen, which way, its levels, and what became of it."""
    if setups.is_empty():
        return None
    row = setups.row(-1, named=True)
    levels = {
        name: None if row[name] is None else row[name] * tick
        for name in ("entry", "stop", "target")
    }
    return {
        "time": row["ts"].isoformat(),
        "side": SIDES[row["side"]],
        "order": row["order"],
        **levels,
        "outcome": row["outcome"],
    }


def traded(trades: pl.DataFrame, unit: float) -> dict[str, Any]:
    """The walk-forward in five figures."""
    count, net = trades.height, float(trades["net"].sum()) * unit
    won = int((trades["net"] > 0).sum())
    return {
        "count": count,
        "won": won,
        "win_rate": won / count if count else None,
        "net": net,
        "expectancy": net / count if count else None,
    }


def daily(found: Kept) -> list[dict[str, Any]]:
    """Every unseen trade date with trades, net, running net and its fall, in currency."""
    unit = float(found.run.manifest.money_unit)
    rows = found.run.table("equity").filter(pl.col("scope") == "oos").sort("trade_date")
    money = [pl.col(name) * unit for name in ("net", "equity", "drawdown")]
    return rows.select("trade_date", "n", *money).to_dicts()


def handed_over(found: Kept, folder: Path) -> list[Path]:
    """Write what other programs read: the run, its days, and the same as text."""
    told = summary(found)
    texts = (as_json(told), as_json(daily(found)), "\n".join(lines(told)) + "\n")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in zip(FILES, texts, strict=True):
        write_text(folder / name, text)
    return [folder / name for name in FILES]


def as_json(value: Any) -> str:
    return json.dumps(plain(value), indent=2, allow_nan=False) + "\n"


def lines(told: Any, before: str = "") -> Iterator[str]:
    """One line a figure, by its dotted name; what is not known is left out."""
    for name, value in plain(told).items():
        if isinstance(value, dict):
            yield from lines(value, f"{before}{name}.")
        elif value not in (None, []):
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            yield f"{before}{name}: {round(shown, 4) if isinstance(shown, float) else shown}"
