"""Weighing a sweep before it is stored: its evidence, and its search where no edge is."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Final

import polars as pl

from app.log import stage
from app.resolve import Experiment
from app.searching import searched, tries
from engine.core.bars import Bars
from engine.research.bench import How
from engine.research.evidence.asked import Bench, further_lines
from engine.research.evidence.frames import evidence_tables
from engine.research.evidence.further import PERMUTATION
from engine.research.evidence.line import Line, Weighing
from engine.research.evidence.null import Score, Surrogates, null, null_lines, onward
from engine.research.evidence.records import recorded
from engine.research.evidence.resample import Resample
from engine.research.evidence.weigh import weigh
from engine.research.shelf import NOWHERE
from engine.research.sweep import Swept
from engine.research.tables import SCOPES
from engine.research.watch import Progress

MIRROR: Final = "mirror"
AT_ONCE: Final = 4  # markets without edge, at most
INSIDE: Final = "bars turned over have no finer bars inside them that add up to them"
STAGES: Final = {MIRROR: "null", PERMUTATION: "permutation"}


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
        bench = Bench(
            swept, found.rows, redrawn, capital(experiment, swept.table.bars), how.workers
        )
        found.lines.extend(further_lines(bench, experiment.further))
    lines, scores = benchmark(swept, experiment, how)
    return evidence_tables(swept, found, lines, scores)


def capital(experiment: Experiment, bars: Bars) -> float:
    """What the account begins with, in money units, where the study has one."""
    money = experiment.money
    return math.nan if money is None else float(money.capital / bars.instrument.money_unit)


def benchmark(swept: Swept, experiment: Experiment, how: How) -> tuple[list[Line], list[Score]]:
    """The same search on markets without edge, where the study asks for any."""
    asked, bars = experiment.study.evidence, swept.table.bars

    def search(made: Bars, told: Progress) -> Swept:
        alone = replace(how, progress=told, shelf=NOWHERE, daily=False, workers=each_workers)
        return searched(experiment, made, alone)

    at_once = together(experiment, how.workers)
    each_workers = how.workers // at_once
    each, total = tries(experiment, bars), played(experiment, bars)
    lines: list[Line] = []
    scores: list[Score] = []
    for turn, (kind, count) in enumerate(markets(experiment).items()):
        how_many = Surrogates(count, asked.seed, kind)
        with stage(STAGES[kind]):
            told = onward(how.progress, each * (1 + turn * count), total)
            made = null(bars, search, how_many, told, how.shelf, at_once)
        lines += null_lines(swept, made, how_many)
        scores = made if kind == MIRROR else scores
    if experiment.study.data.inside and asked.surrogates:
        lines = [Line("study", "null_walk", math.nan, INSIDE)]
    return lines, scores


def together(experiment: Experiment, workers: int) -> int:
    """How many markets without edge are searched at a time: each needs the memory of a search."""
    return 1 if experiment.search.adaptive else min(workers, AT_ONCE)


def played(experiment: Experiment, bars: Bars) -> int:
    """How many combinations a sweep plays, those on markets without edge among them."""
    more = sum(markets(experiment).values()) if experiment.study.evidence.bootstrap else 0
    return tries(experiment, bars) * (1 + more)


def markets(experiment: Experiment) -> dict[str, int]:
    """How many markets of which kind the search is repeated on."""
    count = surrogates(experiment)
    kinds = [MIRROR, *(kind for kind in experiment.further.also if kind == PERMUTATION)]
    return dict.fromkeys(kinds, count) if count else {}


def surrogates(experiment: Experiment) -> int:
    """How many markets without edge are searched; none where finer bars settle doubts.

    A bar that is turned over has no finer bars that add up to it, so that doubts which are settled
    in the real market would cost the worst reading there: the null would be too easily beaten.
    """
    return 0 if experiment.study.data.inside else experiment.study.evidence.surrogates
