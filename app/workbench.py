"""The workbench in Python: bars from a store, sweeps into it, SQL over it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from app.run import facts_of, hashed, keep, now
from app.yaml_lines import dump
from engine.core.bars import Bars
from engine.core.jit import source_hash
from engine.research import Folds, Plan, sweep, tables
from storage.lake import Lake
from storage.manifest import Manifest
from storage.results import Results, Run
from storage.sql import query


@dataclass(frozen=True)
class Workbench:
    """One store, by its root folder."""

    root: Path

    def bars(self, symbol: str, first: str | None = None, last: str | None = None) -> Bars:
        """Minute bars of the trade dates from first to last."""
        return Lake(self.root).bars(symbol, first, last)

    def sweep(self, name: str, bars: Bars, plan: Plan, folds: Folds, workers: int = 1) -> Run:
        """Play a plan and store the run; what is stored already is not played again."""
        results, started = Results(self.root), now()
        source = inspect.getsource(type(plan.strategies[0]))
        study = described(name, plan, folds)
        made_from = (study, bars.fingerprint, repr(bars.instrument), source_hash(), source)
        run = f"{name}-{hashed(*made_from, size=6)}"
        if results.exists(run):
            return results.run(run)
        made = tables(sweep(bars, plan, folds, workers=workers))
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
