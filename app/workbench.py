"""The workbench in Python: bars from a store, sweeps into it, SQL over it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from app.run import facts_of, hashed, keep, now
from app.verdict import shown, verdict_row
from app.weigh import AT_ONCE
from app.yaml_lines import dump
from engine.core.bars import Bars
from engine.core.jit import source_hash
from engine.research import Folds, Plan, Swept, tables
from engine.research.evidence.frames import evidence_tables
from engine.research.evidence.line import Weighing
from engine.research.evidence.null import Surrogates, null, null_lines, plain
from engine.research.evidence.records import recorded
from engine.research.evidence.resample import Resample
from engine.research.evidence.weigh import weigh
from engine.research.reduction import study_of
from engine.research.sweep import play
from engine.research.tables import SCOPES
from storage.lake import Lake
from storage.manifest import Manifest
from storage.results import Results, Run
from storage.sql import query


@dataclass(frozen=True)
class Workbench:
    """One store, by its root folder."""

    root: Path
    workers: int = 1
    surrogates: int = 19  # markets without edge that every sweep is held against
    draws: int = 1000  # of redrawn histories; without any nothing is weighed

    def bars(self, symbol: str, first: str | None = None, last: str | None = None) -> Bars:
        """Minute bars of the trade dates from first to last."""
        return Lake(self.root).bars(symbol, first, last)

    def sweep(self, name: str, bars: Bars, plan: Plan, folds: Folds) -> Run:
        """Play a plan, weigh it, store the run; what is stored already is not played again."""
        results, started = Results(self.root), now()
        source = inspect.getsource(type(plan.strategies[0]))
        study = described(name, plan, folds) + dump({"evidence": self.asked})
        made_from = (study, bars.fingerprint, repr(bars.instrument), source_hash(), source)
        run = f"{name}-{hashed(*made_from, size=6)}"
        if results.exists(run):
            return results.run(run)
        swept = play(study_of(bars, plan, folds).read, self.workers)
        made = tables(swept)
        made |= self.weighed(swept, made["trades"])
        manifest = Manifest(
            name=run,
            study=name,
            strategy=type(plan.strategies[0]).__name__,
            code=hashed(source, size=16),
            combinations=len(plan),
            started=started,
            **facts_of(bars),
        )
        return keep(results, made, study, manifest)

    @property
    def asked(self) -> dict[str, int]:
        """What a study would say under `evidence`."""
        return {"surrogates": self.surrogates, "bootstrap": self.draws, "seed": 0}

    def weighed(self, swept: Swept, trades: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """The tables of evidence; a market whose bars have finer ones inside is not mirrored."""
        if not self.draws:
            return {}
        bars, redrawn = swept.table.bars, Resample(draws=self.draws)
        records = {scope: recorded(swept, trades, scope) for scope in SCOPES}
        found = weigh(swept, Weighing(len(swept.plan), redrawn, workers=self.workers), records)
        if not self.surrogates or bars.inner is not None:
            return evidence_tables(swept, found, [], [])
        how, at_once = Surrogates(self.surrogates), min(self.workers, AT_ONCE)
        search = plain(swept.plan, swept.folds, self.workers // at_once)
        scores = null(bars, search, how, together=at_once)
        return evidence_tables(swept, found, null_lines(swept, scores, how), scores)

    def verdict(self, run: Run) -> str:
        """The class of a run and its paragraph, with all combinations ever tried on its data."""
        evidence, trials = run.table("evidence"), Results(self.root).trials(run.manifest.data)
        said = verdict_row(shown(evidence, trials, run.manifest.currency))
        return f"{said['class']}: {said['text']}" if said else "nothing was weighed"

    def sql(self, text: str) -> pl.DataFrame:
        """Ask the whole store."""
        return query(self.root, text)


def described(name: str, plan: Plan, folds: Folds) -> str:
    """The plan as text: what a study would be to a run made in Python."""
    return dump(
        {
            "study": name,
            "made_in": "Python",
            "strategies": [str(strategy) for strategy in plan.strategies],
            "exits": [exits.texts() for exits in plan.exits],
            "rules": str(plan.rules),
            "costs": str(plan.costs),
            "folds": str(folds),
        }
    )
