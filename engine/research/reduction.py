"""A block is played and reduced to what is kept of it; the trades and the cells are forgotten."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice, takewhile
from threading import local
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.calendars import calendar
from engine.core.errors import RefusedError
from engine.core.strategy import Strategy
from engine.fills.fast.refusal import largest_result, refused_table, refused_value
from engine.fills.simulate import Table
from engine.research.anew import Apart, play_run
from engine.research.asked import asked
from engine.research.blocks import Block, Part, cut
from engine.research.choices import Candidate, candidates
from engine.research.daily import NOBODY, WIDTH, places, whom
from engine.research.desk import Desk, Desks, check_range
from engine.research.folds import Fold, Folds, Run
from engine.research.grid import Out, play_part
from engine.research.kernel import FIELDS
from engine.research.ledger import Book, Cells, merged, row_of
from engine.research.measures import Floats
from engine.research.objectives import needs_days
from engine.research.pack import fits, packed, packed_words, unpacked, words
from engine.research.plan import Plan
from engine.research.regimes import Regimes, regimes_of
from engine.research.shelf import NOWHERE, Pack, Shelf
from engine.research.walk import worth_of
from engine.research.watch import Watch

BLOCK_BYTES = 16 << 20  # of ledger and session rows, for each worker
BLOCK_ROWS = 1024  # combinations of a block, at most
KEPT_BYTES = 64 << 20  # a smaller ledger is kept cell by cell
MOST_BYTES = 4 << 30  # of a ledger that has to be kept


class Study(NamedTuple):
    """What every block is played from."""

    table: Table
    plan: Plan
    rules: Folds
    cut: Sequence[Fold]
    cells: Cells
    periods: int  # sessions a year
    trials: int  # combinations that will be looked at
    runs: tuple[Run, ...] = ()  # of sessions that are played anew where cells cannot be added
    daily: Longs = NOBODY  # combinations whose session rows are kept
    regimes: Regimes | None = None  # that folds choose by

    @property
    def row_bytes(self) -> int:
        """Of the ledger, for one combination."""
        return len(self.cells) * len(FIELDS) * WIDTH

    @property
    def read(self) -> Study:
        """The same, keeping the session rows that the evidence will read."""
        return self._replace(daily=whom(len(self.plan), self.cells.edges[-1]))

    @property
    def days(self) -> int:
        """Sessions of a session row; none where nobody's are kept."""
        return self.cells.edges[-1] if len(self.daily) else 0

    @property
    def most(self) -> int:
        """Combinations of a block: as few where cells are few, so that any study fills it."""
        return max(1, min(BLOCK_ROWS, BLOCK_BYTES // (self.row_bytes + self.days * WIDTH)))


class Reduced(NamedTuple):
    """What is left of a block: combinations, their sums and counts, whom folds would choose."""

    rows: Longs
    whole: Longs
    counts: Longs
    candidates: list[Candidate]
    worth: Floats  # the objective over all sessions
    book: Longs  # cell by cell; without rows where it is not kept
    daily: Longs  # session rows of those of them that are read
    apart: Apart  # runs that were played anew, by row in the plan
    scanned: Counter[str]


def study_of(bars: Bars, plan: Plan, folds: Folds) -> Study:
    """Cut the sessions, look up what all combinations share."""
    first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
    parts = folds.cut(bars)
    table = Table.of(bars, plan.rules, plan.costs, plan.exits)
    daily = needs_days(folds.objective)
    regimes = regimes_of(bars, folds.regime)
    inner = [Fold(k, k, k, k) for k in regimes.changes] if regimes else []
    cells = Cells.each(first, stop) if daily else Cells.cut(first, stop, [*parts, *inner])
    runs = tuple(dict.fromkeys(run for fold in parts for run in fold.runs))
    found = Study(table, plan, folds, parts, cells, periods(bars), len(plan), runs)
    return found._replace(regimes=regimes)


def periods(bars: Bars) -> int:
    """Sessions a year: five days a week less holidays, or every day."""
    return 365 if calendar(bars.instrument.calendar).weekdays == 7 else 252


def book_of(study: Study) -> Book | None:
    """Room for the ledger cell by cell: where it is small, or where choices compare all of it."""
    size = len(study.plan), len(study.cells), len(FIELDS)
    need = len(study.plan) * study.row_bytes
    if need > KEPT_BYTES and not study.rules.at_once:
        return None
    if need > MOST_BYTES:
        raise RefusedError(
            f"a choice by plateau or regime keeps the ledger of all combinations, here "
            f"{need / 2**30:.1f} GiB; name fewer values, or fewer folds"
        )
    return Book(np.zeros(size, np.int64), study.cells, study.periods, study.trials)


def reasons(study: Study, largest: int) -> list[str | None]:
    """Why each of the exits takes the scanning kernel, as far as it is known without setups."""
    whole = refused_table(study.table, largest)
    return [whole or refused_value(exits) for exits in study.plan.exits]


def reductions(
    study: Study,
    workers: int,
    watch: Watch,
    *,
    keep: bool,
    desks: Desks | None = None,
    shelf: Shelf = NOWHERE,
) -> Generator[Reduced, None, None]:
    """Play all blocks; few wait at a time, so memory does not grow with the study.

    What the shelf holds of them is not played again; they are cut as they were when it was empty.
    """
    made = desks or Desks(desk_maker(study), 2 * workers)
    player = Player(study, watch, made, shelf, keep=keep)
    blocks = enumerate(cut(study.plan, player.reasons, cut_for(shelf, workers), study.most))
    pool = ThreadPoolExecutor(workers)
    try:
        waiting: set[Future[Reduced]] = set()
        while True:
            more = islice(blocks, 2 * workers - len(waiting))
            waiting |= {pool.submit(player.once, *block) for block in more}
            if not waiting:
                break
            done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for part in done:
                yield part.result()
    finally:  # an error or Ctrl-C: no worker goes on beyond the turn it is at
        watch.stopped.set()
        pool.shutdown(cancel_futures=True)


def cut_for(shelf: Shelf, workers: int) -> int:
    """For how many workers a study is cut: for those that began it."""
    begun = shelf.get("cut")
    if begun is None:
        shelf.put("cut", {"workers": np.array([workers])})
        return workers
    return int(begun["workers"][0])


def desk_maker(study: Study) -> Callable[[Strategy], Desk]:
    """How a desk is laid for one structure of a study."""
    largest = largest_result(study.table)

    def made(strategy: Strategy) -> Desk:
        setups = asked(strategy, study.table.bars)
        check_range(study.table, setups, largest)
        return Desk(study.table, study.cells, setups)

    return made


class Player:
    """Plays blocks of one study; every worker writes into rows of its own, again and again."""

    def __init__(
        self, study: Study, watch: Watch, desks: Desks, shelf: Shelf, *, keep: bool
    ) -> None:
        self.study, self.watch, self.keep = study, watch, keep
        self.reasons = reasons(study, largest_result(study.table))
        self.desks, self.shelf = desks, shelf
        self.own = local()

    def room(self, count: int) -> Out:
        """Rows for a block, of the worker that asks."""
        study, kept = self.study, getattr(self.own, "out", None)
        if kept is None:  # for the largest block there may be: nothing is made again later
            most = min(study.most, len(study.plan))
            self.own.out = kept = Out.room(most, len(study.cells), study.days)
        kept.days[:count] = 0  # a session without setups is not written
        return Out(kept.ledger[:count], np.zeros((count, 3), np.int64), kept.days[:count])

    def once(self, number: int, block: Block) -> Reduced:
        """One block: from the shelf, or played and put there."""
        name = f"block-{number:06d}"
        rows = np.concatenate([part.combinations(self.study.plan) for part in block])
        pack = self.shelf.get(name)
        if pack is not None and fits(pack, rows):
            for _ in rows:
                self.watch.played()
            return self.taken(pack)
        made = self.play(block, rows)
        if not self.watch.stopped.is_set():  # or it may have been left half played
            self.shelf.put(name, self.pack(rows, made))
        return made

    def pack(self, key: Longs, made: Reduced) -> Pack:
        """A reduction as it is kept."""
        names = ("rows", "whole", "counts", "worth", "book", "daily")
        sums = {"key": key} | {name: getattr(made, name) for name in names}
        sums |= {"apart_rows": made.apart.rows, "apart": made.apart.totals}
        return {**sums, **packed(made.candidates), **packed_words(made.scanned)}

    def taken(self, pack: Pack) -> Reduced:
        """A reduction as it was kept."""
        study = self.study
        found = unpacked(pack, study.cut, study.periods, study.rules)
        sums = pack["rows"], pack["whole"], pack["counts"]
        apart = Apart(pack["apart_rows"], study.runs, pack["apart"])
        kept = pack["worth"], pack["book"], pack["daily"]
        return Reduced(*sums, found, *kept, apart, words(pack))

    def play(self, block: Block, rows: Longs) -> Reduced:
        """One block, from its combinations to what is left of them, in the order of the plan."""
        study = self.study
        out, first = self.room(len(rows)), 0
        scanned: Counter[str] = Counter()
        anew: dict[int, Longs] = {}
        for part in block:
            desk = self.desks.of(study.plan.strategies[part.strategies[0]])
            slot = slice(first, first + part.size)
            play_part(desk, study.plan, part, Out(*(o[slot] for o in out)), self.watch)
            if desk.crosses and study.runs:
                anew |= runs_anew(desk, study, part, self.watch)
            for reason in filter(None, desk.reasons(part.tile)):
                scanned[reason] += len(part.strategies)
            first += part.size
        order = np.argsort(rows, kind="stable")
        if (np.diff(rows) < 0).any():  # of equals the plan's earlier one is chosen
            rows, out = rows[order], Out(*(o[order] for o in out))
        apart = apart_of(study, anew)
        own = apart._replace(rows=np.searchsorted(rows, apart.rows))
        book = Book(out.ledger, study.cells, study.periods, study.trials, own)
        chosen = candidates(book, study.cut, study.rules, rows)
        whole = book.whole
        worth = worth_of(whole, study.rules)
        kept = out.ledger.copy() if self.keep else out.ledger[:0]
        daily = out.days[places(rows, study.daily)]
        return Reduced(rows, whole.rows, out.counts, chosen, worth, kept, daily, apart, scanned)


def apart_of(study: Study, anew: Mapping[int, Longs]) -> Apart:
    """What was played anew, by row in the plan."""
    size = len(anew), len(study.runs), len(FIELDS)
    rows = sorted(anew)
    totals = np.array([anew[row] for row in rows], np.int64).reshape(size)
    return Apart(np.array(rows, np.int64), study.runs, totals)


def runs_anew(desk: Desk, study: Study, part: Part, watch: Watch) -> dict[int, Longs]:
    """Every train and test of a part's combinations, flat from its edge, by row in the plan."""
    if study.regimes is not None:
        raise RefusedError(
            "a choice by regime joins sessions of one long play, but orders that work `until` a "
            "date make every fold's play its own; leave folds.regime out"
        )
    if study.cells.single:
        raise RefusedError(
            f"the objective {study.rules.objective} reads sessions of one long play, but orders "
            "that work `until` a date make every fold's play its own; choose one of cells"
        )
    found, first = {}, study.cells.first
    going_on = takewhile(
        lambda _: not watch.stopped.is_set(), part.combinations(study.plan).tolist()
    )
    for row in going_on:
        totals = np.zeros((len(study.runs), len(FIELDS)), np.int64)
        for k, run in enumerate(study.runs):
            at = first + run[0], first + run[1]
            trades = play_run(study.table, desk.setups, study.plan[row], at).trades
            cells = row_of(trades, study.cells)
            totals[k] = merged(cells[None], [study.cells.run(*run)])[0, 0]
        found[row] = totals
    return found
