"""How firmly a stored run stands: its choice one step aside, at other costs, in other weather."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import polars as pl

from app.holdout import chosen, combination, played, refuse_other_rules
from app.log import stage
from app.pages import Kept
from app.resolve import Experiment, experiment_of
from app.yaml_lines import document_of
from engine.core.bars import Bars
from engine.core.errors import StudyError
from engine.fills.trades import Trades
from engine.research.evidence.scenarios import SCENARIOS
from engine.research.plan import Combination
from engine.research.sensitivity import bearable, one_way, priced, two_way
from reports.findings import Report

LOOKS: Final = ("daily_loss", "daily_profit", "max_losses", "min_reward")  # rules that see money


def moved(kept: Kept, number: int | None, pair: tuple[str, str] | None) -> dict[str, Any]:
    """What the stored tables say of the choice of a run, or of another of its combinations."""
    report, run = kept.report, kept.run
    row = chosen(run) if number is None else number
    axes, table = report.varied(), report.combinations
    if "objective" not in table.columns:  # of an older run
        table = table.with_columns(objective=pl.col(report.objective))
    if not axes:
        raise StudyError(f"run '{run.name}' played one combination: nothing was varied")
    found: dict[str, Any] = {
        "run": run.name,
        "combination": row,
        "objective": report.objective,
        "one_way": in_money(report, one_way(table, axes, row)),
    }
    if pair is not None:
        found["two_way"] = two_way(table, axes, row, pair).to_dicts()
    if number is None:
        found |= {"costs": costs(report), "same_trades": not looks(kept)}
    return found


def in_money(report: Report, rows: pl.DataFrame) -> list[dict[str, Any]]:
    names = ("net", "max_drawdown")
    return rows.with_columns(report.moneys(rows[name]).alias(name) for name in names).to_dicts()


def costs(report: Report) -> list[dict[str, Any]]:
    """The trades of both scopes at other costs, and how much of them each would bear."""
    rows: list[dict[str, Any]] = []
    for scope in ("oos", "best"):
        trades = report.tables["trades"].filter(pl.col("scope") == scope)
        found = priced(trades)
        told = found.with_columns(report.moneys(found[n]).alias(n) for n in ("net", "expectancy"))
        bears = bearable(trades)
        rows += [{"scope": scope, **row, "bears": bears} for row in told.to_dicts()]
    return rows


def looks(kept: Kept) -> list[str]:
    """Rules of the study that look at money: at other costs they would make other trades."""
    rules = document_of(kept.run.study, kept.run.name).value["rules"]
    return [name for name in LOOKS if rules.get(name)]


def weather(kept: Kept, number: int | None, workers: int) -> list[dict[str, Any]]:
    """The same combination on its own bars made louder, quieter, drifting, choppy or struck."""
    run, bars = kept.run, kept.bars
    if bars is None:
        raise StudyError(f"the bars of '{run.name}' are not the stored ones any more; sweep again")
    study = document_of(run.study, str(Path(run.manifest.folder) / run.name))
    experiment = experiment_of(study)
    refuse_other_rules(run, experiment)
    row = chosen(run) if number is None else number
    one, plain = combination(experiment, bars, row, workers), replace(bars, inner=None)
    rows = []
    for name, made in SCENARIOS.items():
        with stage(f"scenario {name}"):
            rows.append(lived(name, made(plain), experiment, one))
    return rows


def lived(name: str, bars: Bars, experiment: Experiment, one: Combination) -> dict[str, Any]:
    """One scenario: what the combination made of it."""
    trades: Trades = played(bars, experiment, one)
    unit, count = float(bars.instrument.money_unit), len(trades.net)
    net = int(trades.net.sum())
    return {
        "scenario": name,
        "trades": count,
        "net": net * unit,
        "expectancy": net * unit / count if count else None,
        "win_rate": int((trades.net > 0).sum()) / count if count else None,
        "worst": int(trades.net.min()) * unit if count else None,
    }
