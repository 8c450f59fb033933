"""Weighing a sweep before it is stored: its evidence, and its search where no edge is."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from app.log import stage
from app.resolve import Experiment
from app.searching import searched, tries
from engine.core.bars import Bars
from engine.research.bench import How
from engine.research.evidence.frames import evidence_tables
from engine.research.evidence.line import Line, Weighing
from engine.research.evidence.null import Score, Surrogates, null, null_lines, onward
from engine.research.evidence.records import recorded
from engine.research.evidence.resample import Resample
from engine.research.evidence.weigh import weigh
from engine.research.shelf import NOWHERE
from engine.research.sweep import Swept
from engine.research.tables import SCOPES
from engine.research.watch import Progress


def weighed(
    swept: Swept, trades: pl.DataFrame, experiment: Experiment, how: How
) -> dict[str, pl.DataFrame]:
    """The tables of evidence; none where the study asks for no draws, as for a single run."""
    asked = experiment.study.evidence
    if not asked.bootstrap:
        return {}
    with stage("evidence"):
        records = {scope: recorded(swept, trades, scope) for scope in SCOPES}
        redrawn = Resample(draws=asked.bootstrap, seed=asked.seed)
        found = weigh(swept, Weighing(len(swept.plan), redrawn, workers=how.workers), records)
    lines, scores = benchmark(swept, experiment, how)
    return evidence_tables(swept, found, lines, scores)


def benchmark(swept: Swept, experiment: Experiment, how: How) -> tuple[list[Line], list[Score]]:
    """The same search on markets without edge, where the study asks for any."""
    asked, bars = experiment.study.evidence, swept.table.bars
    if not surrogates(experiment):
        return [], []
    kind = Surrogates(asked.surrogates, asked.seed)

    def search(made: Bars, told: Progress) -> Swept:
        return searched(experiment, made, replace(how, progress=told, shelf=NOWHERE))

    with stage("null"):
        each = tries(experiment, bars)
        told = onward(how.progress, each, each * (1 + asked.surrogates))
        scores = null(bars, search, kind, told, how.shelf)
    return null_lines(swept, scores, kind), scores


def played(experiment: Experiment, bars: Bars) -> int:
    """How many combinations a sweep plays, those on markets without edge among them."""
    asked = experiment.study.evidence
    return tries(experiment, bars) * (1 + (surrogates(experiment) if asked.bootstrap else 0))


def surrogates(experiment: Experiment) -> int:
    """How many markets without edge are searched; none where finer bars settle doubts.

    A bar that is turned over has no finer bars that add up to it, so that doubts which are settled
    in the real market would cost the worst reading there: the null would be too easily beaten.
    """
    return 0 if experiment.study.data.inside else experiment.study.evidence.surrogates
