"""Opening a locked hold-out: the choice of a stored run, on sessions that it never read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from app.console import notice
from app.log import stage
from app.market import dressed
from app.resolve import Experiment, experiment_of
from app.run import hashed, now
from app.searching import searched
from app.yaml_lines import document_of
from engine.core.bars import Bars
from engine.core.errors import StudyError
from engine.core.jit import source_hash
from engine.fills import Table
from engine.fills.trades import Trades
from engine.research.bench import How
from engine.research.grid import play_one
from engine.research.plan import Combination
from storage.holdouts import Lock, lock_of
from storage.lake import Lake
from storage.results import Results, Run
from storage.trials import HOLDOUT, Trial


@dataclass(frozen=True, eq=False)
class Opened:
    """What the chosen combination made of the locked sessions."""

    run: Run
    lock: Lock
    combination: int
    sessions: int
    last: date
    net: pl.Series  # of each trade, in money units


def opened(results: Results, lake: Lake, name: str, workers: int) -> Opened:
    """Play the hold-out of a run, and log that it was looked at before anybody sees a figure."""
    run = results.run(name)
    lock = lock_of(results.root, name)
    if lock is None:
        raise StudyError(
            f"run '{name}' locked no hold-out: its study has no holdout: {{from: ...}}"
        )
    experiment = experiment_of(document_of(run.study, str(Path(run.manifest.folder) / name)))
    bars = every_bar(lake, run, experiment)
    number = chosen(run)
    one = combination(experiment, searched_bars(lake, run, experiment), number, workers)
    with stage("play the hold-out"):
        trades = played(bars, experiment, one)
    first = int(np.searchsorted(bars.sessions.date, days(date.fromisoformat(lock.held))))
    late = np.asarray(trades.session >= first)
    stop = int(bars.session[-1]) + 1
    last = bars.sessions.trade_date(stop - 1)
    look = Trial(fingerprint=bars.fingerprint, run=name, combinations=1, time=now(), kind=HOLDOUT)
    place = replace(look, symbol=lock.symbol, source=lock.source)
    results.append_trial(replace(place, first=lock.held, last=last.isoformat()))
    after = lock_of(results.root, name) or lock
    return Opened(run, after, number, stop - first, last, pl.Series(trades.net[late]))


def days(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def every_bar(lake: Lake, run: Run, experiment: Experiment) -> Bars:
    """From the study's first date to the last that is stored: features need what came before."""
    manifest, data = run.manifest, experiment.study.data
    refuse_other_rules(run, experiment)
    held = experiment.study.holdout
    bars = dressed(lake, data, (data.first, None), manifest.source)
    if held is None or int(bars.sessions.date[int(bars.session[-1])]) < days(held.first):
        raise StudyError(f"no session of the hold-out of '{run.name}' is stored yet")
    return bars


def refuse_other_rules(run: Run, experiment: Experiment) -> None:
    """An edited strategy is another one; an edited engine is said."""
    if run.manifest.code != hashed(experiment.source, size=16):
        raise StudyError(f"the strategy of '{run.name}' is not the one it was played with")
    if run.manifest.engine != source_hash():
        notice("the engine is not the one that played this run; it is played by today's")


def chosen(run: Run) -> int:
    """The best combination in sample, by the study's objective."""
    best = run.table("trades").filter(pl.col("scope") == "best")
    if best.is_empty():
        raise StudyError(f"run '{run.name}' chose no combination: none had enough trades")
    return int(best["combination"][0])


def searched_bars(lake: Lake, run: Run, experiment: Experiment) -> Bars:
    """The bars the run searched; a choice that was made on others is not opened on these."""
    manifest, data = run.manifest, experiment.study.data
    bars = dressed(lake, data, (data.first, data.last), manifest.source)
    if bars.fingerprint != manifest.data:
        raise StudyError(f"the bars of '{run.name}' are not the stored ones any more; sweep again")
    return bars


def combination(experiment: Experiment, seen: Bars, number: int, workers: int) -> Combination:
    """The combination of that number; an adaptive search is repeated to tell which it was."""
    if not experiment.search.adaptive:
        return experiment.plan[number]
    return searched(experiment, seen, How(workers)).plan[number]


def played(bars: Bars, experiment: Experiment, one: Combination) -> Trades:
    """All trades of one combination."""
    plan = experiment.plan
    table = Table.of(bars, plan.rules, plan.costs, [one.exits])
    return play_one(table, one.strategy.setups(bars), one)[1].trades


def told(found: Opened) -> dict[str, Any]:
    """The figures of an opening, as a person or a program reads them."""
    unit, net = float(found.run.manifest.money_unit), found.net
    before = found.run.table("trades").filter(pl.col("scope") == "best")["net"]
    count = len(net)
    return {
        "run": found.run.name,
        "combination": found.combination,
        "from": found.lock.held,
        "to": found.last.isoformat(),
        "sessions": found.sessions,
        "trades": count,
        "net": float(net.sum()) * unit,
        "expectancy": mean(net, unit),
        "win_rate": int((net > 0).sum()) / count if count else None,
        "expectancy_in_sample": mean(before, unit),
        "opened": found.lock.openings,
        "first_opened": found.lock.opened,
        "read_by": list(found.lock.readers),
    }


def mean(net: pl.Series, unit: float) -> float | None:
    return float(net.sum()) * unit / len(net) if len(net) else None
