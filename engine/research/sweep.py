"""The spine of research: play every combination in blocks, walk them forward, keep the sums."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from engine.core.bars import Bars, Longs
from engine.fills.simulate import Table
from engine.research.choices import better, nobody
from engine.research.folds import Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book, Cells
from engine.research.measures import Floats, Merged
from engine.research.plan import Plan
from engine.research.plateau import beside
from engine.research.reduction import (
    PLATEAU,
    apart_of,
    book_of,
    periods,
    reductions,
    study_of,
)
from engine.research.shelf import NOWHERE, Shelf
from engine.research.walk import Choice, ranked, walk
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
    study = study_of(bars, plan, folds)
    book = book_of(study)
    whole, counts = np.zeros((len(plan), len(FIELDS)), np.int64), np.zeros((len(plan), 3), np.int64)
    worth = np.zeros(len(plan))
    found = [nobody(fold, study.periods, folds) for fold in study.cut]
    scanned: Counter[str] = Counter()
    watch = Watch(len(plan), progress)
    made = reductions(study, workers, watch, keep=book is not None, shelf=shelf)
    anew: dict[int, Longs] = {}
    with closing(made) as blocks:
        for block in blocks:
            whole[block.rows], counts[block.rows] = block.whole, block.counts
            worth[block.rows] = block.worth
            if book is not None:
                book.rows[block.rows] = block.book
            pairs = zip(found, block.candidates, strict=True)
            found = [better(one, other, folds) for one, other in pairs]
            scanned += block.scanned
            anew |= dict(zip(block.apart.rows.tolist(), block.apart.totals, strict=True))
    choices = [one.choice for one in found]
    if book is not None and anew:
        book = book._replace(apart=apart_of(study, anew))
    if book is not None and folds.choose == PLATEAU:
        choices = walk(book, study.cut, folds, beside(plan))
    total = Merged(whole, study.cells.edges[-1], study.periods, study.trials)
    reasons = dict(sorted(scanned.items()))
    sums = total, counts, worth
    return Swept(study.table, plan, folds, *sums, choices, study.cells, book, reasons, len(anew))
