"""The spine of research: play every combination in blocks, walk them forward, keep the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field

import numpy as np

from engine.core.bars import Bars, Longs
from engine.fills.simulate import Table
from engine.research.choices import Candidate, better, nobody
from engine.research.daily import Daily
from engine.research.folds import PLATEAU, Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book, Cells
from engine.research.measures import Floats, Merged
from engine.research.plan import Plan
from engine.research.plateau import beside
from engine.research.reduction import (
    Reduced,
    Study,
    apart_of,
    book_of,
    periods,
    reductions,
    study_of,
)
from engine.research.shelf import NOWHERE, Shelf
from engine.research.switching import walk_by
from engine.research.walk import Choice, ranked
from engine.research.watch import Progress, Watch, unseen

__all__ = ["Swept", "periods", "sweep"]


@dataclass(frozen=True, eq=False, slots=True)
class Swept:
    """All a sweep knows: sums and setups of each combination, and the choices."""

    table: Table
    plan: Plan
    folds: Folds
    whole: Merged  # all combinations over all played sessions
    counts: Longs  # by combination: setups, gated, dropped before play
    worth: Floats  # by combination: the objective over all played sessions
    choices: list[Choice]
    cells: Cells
    book: Book | None  # the same cell by cell, where it is small enough to be kept
    daily: Daily | None  # session rows, where they were asked for
    scanned: Mapping[str, int]  # combinations the fast path refused, by reason
    anew: int = 0  # combinations whose folds were played anew: their orders outlive sessions

    @property
    def first(self) -> int:
        """Row of the first played session; folds and cells count from it."""
        return self.cells.first

    @property
    def best(self) -> int | None:
        """The best combination in sample: what a search without a walk-forward would believe."""
        team, _ = ranked(self.worth, self.whole.sum("n"), self.folds)
        return team[0] if team else None

    def day(self, session: int) -> int:
        """Trade date of a played session, in days since 1970."""
        return int(self.table.bars.sessions.date[self.first + session])

    def days(self, scope: str) -> list[int]:
        """Trade dates a scope covers: every test session, or every session."""
        if scope == "best":
            return [self.day(k) for k in range(self.cells.edges[-1])]
        return [self.day(k) for c in self.choices for k in range(*c.fold[2:])]


def sweep(
    bars: Bars,
    plan: Plan,
    folds: Folds,
    *,
    workers: int = 1,
    progress: Progress = unseen,
    shelf: Shelf = NOWHERE,
) -> Swept:
    """Play the whole plan; the same bytes for any number of workers and any size of block."""
    return play(study_of(bars, plan, folds), workers, progress, shelf)


def play(
    study: Study, workers: int = 1, progress: Progress = unseen, shelf: Shelf = NOWHERE
) -> Swept:
    """The same of a study that is cut already."""
    sums, watch = Sums.room(study), Watch(len(study.plan), progress)
    made = reductions(study, workers, watch, keep=sums.book is not None, shelf=shelf)
    with closing(made) as blocks:
        for block in blocks:
            sums.add(block)
    return sums.swept(study)


@dataclass(eq=False, slots=True)
class Sums:
    """What blocks leave, put together."""

    whole: Longs
    counts: Longs
    worth: Floats
    found: list[Candidate]
    book: Book | None
    daily: Daily
    rules: Folds
    scanned: Counter[str] = field(default_factory=Counter)
    anew: dict[int, Longs] = field(default_factory=dict)  # runs played anew, by combination

    @classmethod
    def room(cls, study: Study) -> Sums:
        """Nothing played yet."""
        size, rules = len(study.plan), study.rules
        whole, counts = (np.zeros((size, width), np.int64) for width in (len(FIELDS), 3))
        found = [nobody(fold, study.periods, rules) for fold in study.cut]
        daily = Daily.room(study.daily, study.days)
        return cls(whole, counts, np.zeros(size), found, book_of(study), daily, rules)

    def add(self, block: Reduced) -> None:
        """One block; blocks may come in any order."""
        rows = block.rows
        self.whole[rows], self.counts[rows] = block.whole, block.counts
        self.worth[rows] = block.worth
        self.daily.put(rows, block.daily)
        if self.book is not None:
            self.book.rows[rows] = block.book
        pairs = zip(self.found, block.candidates, strict=True)
        self.found = [better(one, other, self.rules) for one, other in pairs]
        self.scanned += block.scanned
        self.anew |= dict(zip(block.apart.rows.tolist(), block.apart.totals, strict=True))

    def swept(self, study: Study) -> Swept:
        """All blocks together."""
        book, plan = self.book, study.plan
        choices = [one.choice for one in self.found]
        if book is not None and self.anew:
            book = book._replace(apart=apart_of(study, self.anew))
        if book is not None and self.rules.at_once:
            near = beside(plan) if self.rules.choose == PLATEAU else None
            choices = walk_by(book, study.cut, self.rules, study.regimes, near)
        total = Merged(self.whole, study.cells.edges[-1], study.periods, study.trials)
        reasons = dict(sorted(self.scanned.items()))
        daily = self.daily if len(study.daily) else None
        sums = total, self.counts, self.worth, choices, study.cells, book, daily
        return Swept(study.table, plan, self.rules, *sums, reasons, len(self.anew))
