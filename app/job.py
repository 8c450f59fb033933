"""A job: a study as a command line asked for it, and the machine it runs on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import adapters
from app.console import notice
from app.log import logger, stage
from app.market import FIRST, SEED, SESSIONS, SYMBOL, bars_of, lacks, make
from app.options import Changes, Machine
from app.pages import Kept
from app.progress import bar
from app.resolve import Experiment, change, experiment_of
from app.run import play, report_of, run_name
from app.setting_up import settings_of
from app.settings import Settings
from app.study import find
from app.yaml_lines import Document
from engine.core.bars import Bars
from storage.lake import Lake
from storage.results import Results

EXPERIMENTS: Final = Path("experiments")


@dataclass(frozen=True, eq=False)
class Job:
    """What is to be played, and where."""

    experiment: Experiment
    settings: Settings
    lake: Lake
    days: int | None


def as_written(_: Document) -> None:
    """The whole grid."""


def job_of(
    study: str,
    changes: Changes,
    machine: Machine,
    narrowed: Callable[[Document], None] = as_written,
) -> Job:
    """Flags over environment over file over defaults; nothing has been read from the store yet."""
    settings = settings_of(machine)
    document = find(study, EXPERIMENTS, adapters.names())
    if changes.symbol is not None:
        document.put(("data", "symbol"), changes.symbol, f"--symbol {changes.symbol}")
    change(document, os.environ, changes.set_ or [])
    narrowed(document)
    logger().info("study %s from %s", study, document.name)
    return Job(experiment_of(document), settings, Lake(settings.root), changes.days)


def bars_for(job: Job) -> Bars:
    """The bars of a job; where nothing is stored yet, synthetic ones, said aloud."""
    study = job.experiment.study
    if lacks(job.lake, study.data):
        notice(
            f"no bars are stored: making SYNTHETIC {SYMBOL}, {SESSIONS:,} sessions from {FIRST}, "
            f"seed {SEED} (kept in {job.settings.root})"
        )
        with stage("make synthetic bars"):
            make(job.lake, SYMBOL, FIRST, SESSIONS, SEED)
    with stage("read bars"):
        return bars_of(job.lake, study, job.days)


def perform(job: Job) -> Kept:
    """Play a job and store it; what is stored already is not played again."""
    bars, results = bars_for(job), Results(job.settings.root)
    name = run_name(job.experiment, bars)
    if results.exists(name):
        notice(f"{name} is stored already: same study, data and code; it is not played again")
    else:
        with bar(job.experiment.study.study, len(job.experiment.plan)) as told:
            play(job.experiment, bars, job.settings, told)
    run = results.run(name)
    return Kept(run, report_of(run, results.trials(bars.fingerprint)), bars)


def preview(job: Job) -> dict[str, Any]:
    """What a sweep would do, without playing it or writing anything."""
    experiment = job.experiment
    found: dict[str, Any] = {
        "study": experiment.sections,
        "settings": job.settings.plain(),
        "combinations": len(experiment.plan),
        "strategies": len(experiment.plan.strategies),
        "exits": len(experiment.plan.exits),
    }
    if lacks(job.lake, experiment.study.data):
        return found | {"data": f"none stored; SYNTHETIC {SYMBOL} would be made"}
    bars = bars_of(job.lake, experiment.study, job.days)
    first, last = int(bars.session[0]), int(bars.session[-1])
    setups = len(experiment.plan[0].strategy.setups(bars))
    return found | {
        "data": repr(bars),
        "run": run_name(experiment, bars),
        "sessions": last - first + 1,
        "folds": len(experiment.folds.cut(bars)),
        "setups_of_the_first": setups,
    }
