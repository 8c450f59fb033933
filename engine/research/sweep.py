"""The spine of research: play every combination in blocks, keep the ledger, walk it forward."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.calendars import calendar
from engine.core.errors import RefusedError
from engine.core.setups import Setups
from engine.fills.orders import OUTCOMES
from engine.fills.simulate import Played, Table, simulate
from engine.research.folds import Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book, Cells, row_of
from engine.research.measures import Merged
from engine.research.plan import Combination, Plan, passed, structure
from engine.research.walk import Choice, best, walk
from engine.research.watch import Progress, Watch, unseen

FIRST_DROP = OUTCOMES.index("no_bar")


class Block(NamedTuple):
    """The combinations of one structure: they share their setups."""

    first: int
    stop: int


@dataclass(frozen=True, eq=False, slots=True)
class Swept:
    """All a sweep knows: its ledger, how many setups each combination had, and the choices."""

    table: Table
    plan: Plan
    folds: Folds
    book: Book
    counts: Longs  # by combination: setups, gated, dropped before play
    choices: list[Choice]
    first: int  # row of the first played session; folds and cells count from it

    @property
    def whole(self) -> Merged:
        """All combinations over all played sessions."""
        return self.book.between(0, self.book.cells.edges[-1])

    @property
    def best(self) -> int | None:
        """The best combination in sample: what a search without a walk-forward would believe."""
        return best(self.whole, self.folds)

    def day(self, session: int) -> int:
        """Trade date of a played session, in days since 1970."""
        return int(self.table.bars.sessions.date[self.first + session])

    def days(self, scope: str) -> list[int]:
        """Trade dates a scope covers: every test session, or every session."""
        if scope == "best":
            return [self.day(k) for k in range(self.book.cells.edges[-1])]
        return [self.day(k) for c in self.choices for k in range(*c.fold[2:])]


def sweep(
    bars: Bars, plan: Plan, folds: Folds, *, workers: int = 1, progress: Progress = unseen
) -> Swept:
    """Play the whole plan; the same bytes for any number of workers."""
    first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
    cut = folds.split(stop - first)
    cells = Cells.cut(first, stop, cut)
    table = Table.of(bars, plan.rules, plan.costs, plan.exits)
    book = Book(np.zeros((len(plan), len(cells), len(FIELDS)), np.int64), cells, periods(bars))
    counts = np.zeros((len(plan), 3), np.int64)
    watch = Watch(len(plan), progress)
    pool = ThreadPoolExecutor(workers)
    try:
        parts = [
            pool.submit(play_block, table, plan, b, (book, counts), watch) for b in blocks(plan)
        ]
        for part in as_completed(parts):
            part.result()
    finally:  # an error or Ctrl-C: no worker goes on beyond the combination it is at
        watch.stopped.set()
        pool.shutdown(cancel_futures=True)
    return Swept(table, plan, folds, book, counts, walk(book, cut, folds), first)


def periods(bars: Bars) -> int:
    """Sessions a year: five days a week less holidays, or every day."""
    return 365 if calendar(bars.instrument.calendar).weekdays == 7 else 252


def blocks(plan: Plan) -> Iterator[Block]:
    """Runs of combinations whose strategies share their structure."""
    per, first = len(plan.exits), 0
    for _, run in groupby(plan.strategies, structure):
        stop = first + per * sum(1 for _ in run)
        yield Block(first, stop)
        first = stop


def play_block(
    table: Table, plan: Plan, block: Block, out: tuple[Book, Longs], watch: Watch
) -> None:
    """Play one block into its rows of the ledger and of the counts, and forget the trades."""
    book, counts = out
    setups = plan[block.first].strategy.setups(table.bars)
    check_range(table, setups)
    for c in range(block.first, block.stop):
        if watch.stopped.is_set():
            return
        rows, played = play_one(table, setups, plan[c])
        dropped = int((played.outcome >= FIRST_DROP).sum())
        book.rows[c] = row_of(played.trades, book.cells)
        counts[c] = len(setups), len(setups) - len(rows), dropped
        watch.played()


def play_one(table: Table, setups: Setups, combination: Combination) -> tuple[Longs, Played]:
    """Play one combination: the rows that pass its gates, and what became of them."""
    keep = np.ones(len(setups), np.bool_)
    for mask in passed(combination.strategy, setups).values():
        keep &= mask
    rows = np.flatnonzero(keep)
    return rows, simulate(table, setups.take(rows), combination.exits)


def check_range(table: Table, setups: Setups) -> None:
    """Refuse what could carry a sum of squares out of int64, before anything is played."""
    bars = table.bars
    starts = np.flatnonzero(np.diff(bars.session, prepend=-1))
    highest = np.maximum.reduceat(bars.high, starts).astype(np.int64)
    lowest = np.minimum.reduceat(bars.low, starts).astype(np.int64)
    dearest = max(abs(int(highest.max())), abs(int(lowest.min())))
    move = int((highest - lowest).max()) * bars.instrument.tick_money
    largest = move + table.dearest_costs(dearest * bars.instrument.tick_money)
    most = int(np.bincount(bars.session[setups.bar]).max(initial=0))
    worst = (largest * most) ** 2 * len(starts)
    if worst >= 2**63:
        raise RefusedError(
            f"the square of a session's result could reach {largest * most:.1e} squared over "
            f"{len(starts)} sessions, beyond 64 bits; give {bars.instrument.symbol} a coarser "
            "money_unit, or set max_per_session"
        )
