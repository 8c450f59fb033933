"""The spine: a study, its bars, its plan, a sweep, its tables, a stored run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any

import polars as pl

from app.log import COMPILE, Lines, logger, spent, stage
from app.resolve import Experiment
from app.searching import searched
from app.settings import Settings
from app.verdict import shown as with_verdict
from app.versions import versions
from app.weigh import played, weighed
from app.yaml_lines import document_of
from engine.core.bars import Bars
from engine.core.calendars import calendar
from engine.core.jit import source_hash
from engine.research import tables
from engine.research.bench import How
from engine.research.evidence.null import onward
from engine.research.sweep import periods
from engine.research.watch import Progress
from reports.findings import Report
from storage.holdouts import lock_of
from storage.manifest import Manifest
from storage.results import Results, Run
from storage.schema import RUN_TABLES
from storage.trials import Trial


def play(experiment: Experiment, bars: Bars, settings: Settings, progress: Progress) -> Run:
    """Search, walk forward, store; the same bytes for any number of workers."""
    started = now()
    shelf = Results(settings.root).shelf(run_name(experiment, bars))
    weighs = bool(experiment.study.evidence.bootstrap)
    how = How(settings.workers, progress, shelf, daily=weighs)
    with stage("play"):
        told = onward(progress, 0, played(experiment, bars))
        swept = searched(experiment, bars, replace(how, progress=told))
    with stage("tables"):
        made = tables(swept)
    made |= weighed(swept, made["trades"], experiment, how)
    logger().info("%s: %.3f s, inside the stages above", COMPILE, spent().get(COMPILE, 0.0))
    manifest = manifest_of(experiment, bars, settings, started)
    manifest = replace(manifest, combinations=len(swept.plan))
    run = keep(Results(settings.root), made, experiment.resolved(bars), manifest)
    shelf.clear()
    return run


def run_name(experiment: Experiment, bars: Bars) -> str:
    """Named by content: the resolved study, data, instrument, and the sources that play them."""
    made_from = (experiment.resolved(bars), bars.fingerprint, repr(bars.instrument))
    parts = (*made_from, source_hash(), experiment.source)
    return f"{experiment.study.study}-{hashed(*parts, size=6)}"


def hashed(*parts: str, size: int) -> str:
    digest = blake2b(digest_size=size)
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def manifest_of(experiment: Experiment, bars: Bars, settings: Settings, started: str) -> Manifest:
    """What the run is, what it was made from, and on what machine."""
    study = experiment.study
    return Manifest(
        name=run_name(experiment, bars),
        study=study.study,
        strategy=study.strategy,
        code=hashed(experiment.source, size=16),
        folder=experiment.folder,
        combinations=len(experiment.plan),
        settings=settings.plain(),
        started=started,
        **facts_of(bars) | {"seed": experiment.search.seed},
    )


def facts_of(bars: Bars) -> dict[str, Any]:
    """What every run says of its bars and of the code that played them."""
    instrument = bars.instrument
    days = calendar(instrument.calendar)
    return {
        "symbol": instrument.symbol,
        "timeframe": f"{bars.minutes}m",
        "source": bars.origin.source,
        "synthetic": bars.origin.synthetic,
        "data": bars.fingerprint,
        "engine": source_hash(),
        "seed": 0,  # of a search that draws nothing
        "bars": len(bars),
        "sessions": int(bars.session[-1]) - int(bars.session[0]) + 1,
        "zone": days.zone,
        "periods": periods(bars),
        "currency": instrument.currency,
        "tick": f"{instrument.tick:f}",
        "lot": f"{instrument.lot:f}",
        "money_unit": f"{instrument.money_unit:f}",
        "versions": versions(),
        "finished": now(),
    }


def keep(results: Results, made: Mapping[str, pl.DataFrame], study: str, manifest: Manifest) -> Run:
    """Store a run whole, and count what it tried."""
    draft = results.begin(manifest.name)
    with stage("store"):
        for name, frame in made.items():
            draft.write(name, frame.with_columns(run=pl.lit(manifest.name)))
        draft.write_study(study)
    trial = Trial(
        fingerprint=manifest.data,
        run=manifest.name,
        combinations=manifest.combinations,
        time=manifest.finished,
        **read_by(manifest, document_of(study, manifest.name).value, made["equity"]["trade_date"]),
    )
    results.append_trial(trial)
    for handler in logger().handlers:
        for entry in handler.lines if isinstance(handler, Lines) else ():
            for line in entry.splitlines():  # a traceback is one entry of many lines
                draft.log(line)
    return draft.finish(manifest)


def read_by(manifest: Manifest, study: Mapping[str, Any], days: pl.Series) -> dict[str, str]:
    """Which dates of which series a run read, and from which on it read none."""
    held = (study.get("holdout") or {}).get("from")
    place = {"symbol": manifest.symbol, "source": manifest.source}
    return place | {"first": str(days.min()), "last": str(days.max()), "held": str(held or "")}


def report_of(run: Run, trials: int) -> Report:
    """A stored run as it is shown: what was played and what was read are the same report."""
    manifest, study = run.manifest, document_of(run.study, run.name).value
    stored = {name: run.table(name) for name in RUN_TABLES}
    objective = str(study["folds"]["objective"])
    if objective not in stored["combinations"].columns:
        worth = pl.col("objective").alias(objective)
        stored["combinations"] = stored["combinations"].with_columns(worth)
    stored["evidence"] = with_verdict(stored["evidence"], trials, manifest.currency)
    shown = (
        *("study", "strategy", "symbol", "timeframe", "source", "synthetic", "sessions", "bars"),
        *("combinations", "currency", "money_unit", "tick", "zone", "periods", "data", "engine"),
    )
    return Report(
        run.name,
        {name: getattr(manifest, name) for name in shown}
        | {
            "note": study["note"],
            "first": study["data"]["from"],
            "last": study["data"]["to"],
            "holdout": None if study["holdout"] is None else study["holdout"]["from"],
            "objective": objective,
            "min_trades": study["folds"]["min_trades"],
            "costs": costs_text(study["costs"], manifest.currency),
            "trials": trials,
            **seen(run.root, run.name),
        },
        stored,
    )


def seen(root: Path, run: str) -> dict[str, Any]:
    """How often the hold-out of a run was opened, and who else read its dates."""
    lock = lock_of(root, run)
    if lock is None:
        return {"openings": 0, "holdout_read_by": ""}
    return {"openings": lock.openings, "holdout_read_by": ", ".join(lock.readers)}


def costs_text(costs: Mapping[str, Any], currency: str) -> str:
    """The costs of a resolved study as a sentence."""
    own, slips = costs["commission"], costs["slippage"]
    fee = "the instrument's fees" if own is None else f"{own} {currency}"
    ticks = ", ".join(f"{order} {slips[order]}" for order in ("market", "stop", "limit"))
    further = [f"{name} {costs[name]}" for name in ("spread", "funding") if costs.get(name)]
    if slips.get("eth"):
        further.append("other slippage outside regular hours")
    return "; ".join((f"{fee} a side", f"slippage in ticks: {ticks}", *further))
