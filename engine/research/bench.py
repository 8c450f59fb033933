"""The bench of an adaptive search: plays each combination once, and remembers its ledger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.errors import RefusedError
from engine.fills import Exits, Table
from engine.research.desk import Desks
from engine.research.folds import Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book
from engine.research.measures import Merged
from engine.research.pack import fits, packed_words, words
from engine.research.plan import Combination, Plan
from engine.research.reduction import (
    KEPT_BYTES,
    MOST_BYTES,
    Study,
    apart_of,
    desk_maker,
    reductions,
    study_of,
)
from engine.research.shelf import NOWHERE, Pack, Shelf
from engine.research.space import Point, Space
from engine.research.sweep import Swept
from engine.research.walk import Choice, worth_of
from engine.research.watch import Progress, Watch, unseen

DESKS = 16  # structures whose setups and paths are remembered
SHARED = ("flatten", "legs")  # exits of which all combinations share what is looked up once


@dataclass(frozen=True, slots=True)
class How:
    """What plays a search, and where it keeps what it played; nothing of it changes a result."""

    workers: int = 1
    progress: Progress = unseen
    shelf: Shelf = NOWHERE
    daily: bool = False  # whether session rows are kept for the evidence


@dataclass(eq=False)
class Bench:
    """The ledger rows of everything tried so far, and where each combination has its own."""

    space: Space
    study: Study
    how: How
    desks: Desks
    place: dict[Combination, int] = field(default_factory=dict)
    rows: list[Longs] = field(default_factory=list)
    counts: list[Longs] = field(default_factory=list)
    apart: dict[int, Longs] = field(default_factory=dict)  # by place: runs that were played anew
    scanned: Counter[str] = field(default_factory=Counter)
    batches: int = 0
    total: int = 0

    @classmethod
    def of(cls, bars: Bars, space: Space, folds: Folds, how: How) -> Bench:
        """Cut the sessions and look up what all combinations share."""
        origin = space.plan([(0,) * len(space.sizes)])
        study = study_of(bars, origin, folds)
        shared = {name: list(space.exits.get(name, ["none"])) for name in SHARED}
        every = Exits.grid({"stop": 1} | shared)  # legs may be counted in what a stop risks
        table = Table.of(bars, space.rules, space.costs, every)
        study = study._replace(table=table, trials=0)
        return cls(space, study, how, Desks(desk_maker(study), max(DESKS, 2 * how.workers)))

    def expect(self, trials: int) -> None:
        """How much will be tried; refused where its ledger could not be remembered."""
        self.total, need = trials, trials * self.study.row_bytes
        self.study = self.study._replace(trials=trials)
        if need > MOST_BYTES:
            raise RefusedError(
                f"an adaptive search of {trials:,} trials over all folds would remember "
                f"{need / 2**30:.1f} GiB; ask for fewer trials or folds (at most "
                f"{MOST_BYTES // self.study.row_bytes:,} trials in all)"
            )

    def play(self, points: Sequence[Point]) -> None:
        """Play what was not played before."""
        ones = {point: self.space.combination(point) for point in points}
        fresh = [point for point, one in ones.items() if one not in self.place]
        if not fresh:
            return
        plan, name = self.space.plan(fresh), f"batch-{self.batches:06d}"
        key = np.array(sorted(fresh), np.int64)
        pack = self.how.shelf.get(name)
        if pack is None or not fits(pack, key):
            pack = self.played(plan, key)
            self.how.shelf.put(name, pack)
        begun = len(self.place)
        for one in plan.all:
            self.place[one] = len(self.place)
        pairs = zip(pack["apart_rows"].tolist(), pack["apart"], strict=True)
        self.apart |= {begun + row: totals for row, totals in pairs}
        self.batches += 1
        self.rows.extend(pack["rows"])
        self.counts.extend(pack["counts"])
        self.scanned += words(pack)
        self.how.progress(min(len(self.place), self.total), self.total)

    def played(self, plan: Plan, key: Longs) -> Pack:
        """One batch, as it is kept."""
        study = self.study._replace(plan=plan, cut=())
        rows = np.zeros((len(plan), len(study.cells), len(FIELDS)), np.int64)
        counts, scanned = np.zeros((len(plan), 3), np.int64), Counter[str]()
        watch = Watch(len(plan))
        anew: dict[int, Longs] = {}
        blocks = reductions(study, self.how.workers, watch, keep=True, desks=self.desks)
        for block in blocks:
            counts[block.rows] = block.counts
            rows[block.rows] = block.book
            scanned += block.scanned
            anew |= dict(zip(block.apart.rows.tolist(), block.apart.totals, strict=True))
        apart = apart_of(study, anew)
        anew_too = {"apart_rows": apart.rows, "apart": apart.totals}
        return {**anew_too, "key": key, "rows": rows, "counts": counts, **packed_words(scanned)}

    def book(self, plan: Plan) -> Book:
        """The ledger of combinations that were played, in the order of a plan."""
        return self.booked([self.place[one] for one in plan.all])

    def booked(self, chosen: Sequence[int]) -> Book:
        """The ledger of some places."""
        study, rows = self.study, np.stack([self.rows[k] for k in chosen])
        anew = {k: self.apart[place] for k, place in enumerate(chosen) if place in self.apart}
        apart = apart_of(study, anew)
        return Book(rows, study.cells, study.periods, study.trials, apart)

    def between(self, points: Sequence[Point], ends: tuple[int, int]) -> Merged:
        """Points over the sessions from one edge to another, in their own order."""
        chosen = [self.place[self.space.combination(point)] for point in points]
        return self.booked(chosen).between(*ends)

    def swept(self, plan: Plan, choices: list[Choice]) -> Swept:
        """All that was tried, as a sweep leaves it."""
        book, study = self.book(plan), self.study
        counts = np.stack([self.counts[self.place[one]] for one in plan.all])
        kept = book if len(plan) * study.row_bytes <= KEPT_BYTES else None
        scanned = dict(sorted(self.scanned.items()))
        whole = book.whole
        sums = whole._replace(days=None), counts, worth_of(whole, study.rules)
        parts = *sums, choices, study.cells, kept, None, scanned, len(self.apart)
        return Swept(study.table, plan, study.rules, *parts)
