"""A job: a study as a command line asked for it, and the machine it runs on."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import adapters
from adapters.own.table import left_out
from app.console import notice
from app.log import logger, stage
from app.market import FIRST, SEED, SESSIONS, SYMBOL, bars_of, lacks, make
from app.markets import markets_of
from app.options import Changes, Machine
from app.pages import Kept
from app.plan_ahead import told
from app.progress import bar
from app.resolve import Experiment, change, experiment_of
from app.run import play, report_of, run_name
from app.searching import tries
from app.setting_up import settings_of
from app.settings import Settings
from app.study import find
from app.weigh import played
from app.yaml_lines import Document
from engine.core.bars import Bars
from engine.core.errors import StudyError
from storage.holdouts import broken_by, lock_of
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


def jobs_of(
    study: str,
    changes: Changes,
    machine: Machine,
    narrowed: Callable[[Document], None] = as_written,
) -> list[Job]:
    """Flags over environment over file over defaults, a job for each market of the study.

    Nothing has been read from the store yet.
    """
    settings = settings_of(machine)
    document = find(study, EXPERIMENTS, adapters.names())
    if changes.symbol is not None:
        document.put(("data", "symbol"), changes.symbol, f"--symbol {changes.symbol}")
    change(document, os.environ, changes.set_ or [])
    narrowed(document)
    logger().info("study %s from %s", study, document.name)
    lake = Lake(settings.root)
    each = markets_of(document)
    return [Job(experiment_of(one), settings, lake, changes.days) for one in each]


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


def perform(job: Job, *, resume: bool = False) -> Kept:
    """Play a job and store it; what is stored already, or was before a kill, is not played again.

    Asked to resume, it refuses to begin: the study, the data or the code are not what they were.
    """
    bars, results = bars_for(job), Results(job.settings.root)
    if lost := left_out(job.experiment.plan[0].strategy, bars):
        notice(lost)
    name = run_name(job.experiment, bars)
    if results.exists(name):
        results.shelf(name).clear()  # a kill may have come between storing and clearing
        notice(f"{name} is stored already: same study, data and code; it is not played again")
    else:
        going_on(results, name, job.experiment.study.study, resume=resume)
        with bar(job.experiment.study.study, played(job.experiment, bars)) as watched:
            play(job.experiment, bars, job.settings, watched)
    tell_locks(results, name)
    run = results.run(name)
    return Kept(run, report_of(run, results.trials(bars.fingerprint)), bars)


def tell_locks(results: Results, name: str) -> None:
    """Say whose locked sessions a run read, and who read those it locked."""
    for lock in broken_by(results.root, name):
        notice(
            f"this study reads sessions from {lock.held} on, the locked hold-out of {lock.run}: "
            "they are not unseen any more, and its pages say so"
        )
    own = lock_of(results.root, name)
    if own is not None and own.readers:
        notice(f"the hold-out from {own.held} on is not unseen: read by {', '.join(own.readers)}")


def going_on(results: Results, name: str, study: str, *, resume: bool) -> None:
    """Say what is there of a run that was stopped, and of others of the same study."""
    shelf = results.shelf(name)
    if shelf.begun:
        notice(f"going on with {name}: {len(shelf)} parts of it were played before it was stopped")
    elif resume:
        raise StudyError(
            f"nothing to resume: no run of exactly this study, data and code ({name}) was stopped; "
            "without --resume it begins"
        )
    for other in results.stopped():
        if other != name and other.rpartition("-")[0] == study and len(results.shelf(other)):
            notice(
                f"{other} was stopped too, with another study, data or code; "
                f"its parts are kept until: tickgrid runs rm {other}"
            )


def preview(job: Job) -> dict[str, Any]:
    """What a sweep would do, without playing it or writing anything."""
    experiment = job.experiment
    found: dict[str, Any] = {
        "study": experiment.sections,
        "settings": job.settings.plain(),
        "search": experiment.search.method,
    }
    if not experiment.search.adaptive:
        found |= {
            "combinations": len(experiment.plan),
            "strategies": len(experiment.plan.strategies),
            "exits": len(experiment.plan.exits),
        }
    if lacks(job.lake, experiment.study.data):
        return found | {"data": f"none stored; SYNTHETIC {SYMBOL} would be made"}
    bars = bars_of(job.lake, experiment.study, job.days)
    if experiment.search.adaptive:
        found["combinations"] = f"at most {tries(experiment, bars):,}"
    ahead = told(experiment, bars, job.settings.workers)
    return found | {"data": repr(bars), "run": run_name(experiment, bars)} | ahead
