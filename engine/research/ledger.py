"""The ledger: per combination and cell, integer sums that merge exactly.

A cell is a run of sessions between two neighbouring fold edges. Ranking and walk-forward read only
this table; a trade belongs to the cell of its session.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import frozen
from engine.fills.simulate import Trades
from engine.research.anew import Apart
from engine.research.folds import Fold
from engine.research.kernel import FIELDS, merge_cells, reduce_trades
from engine.research.measures import Merged

NET = FIELDS.index("net")


@dataclass(frozen=True, slots=True)
class Cells:
    """Sessions cut at every fold edge: `of_session` is -1 outside the played sessions."""

    edges: tuple[int, ...]
    of_session: Longs
    first: int  # row of the session that the edges count from

    @classmethod
    def cut(cls, first: int, stop: int, folds: Sequence[Fold]) -> Cells:
        """Cut sessions `first` to `stop` at the edges of folds, which count from `first`."""
        inner = {edge for fold in folds for edge in fold}
        edges = tuple(sorted({0, stop - first} | inner))
        numbers = np.searchsorted(np.array(edges[1:]), np.arange(stop - first), side="right")
        of_session = np.concatenate((np.full(first, -1), numbers)).astype(np.int64)
        return cls(edges, frozen(of_session), first)

    @classmethod
    def each(cls, first: int, stop: int) -> Cells:
        """A cell for every session."""
        return cls.cut(first, stop, [Fold(k, k, k, k) for k in range(stop - first)])

    def __len__(self) -> int:
        return len(self.edges) - 1

    @property
    def single(self) -> bool:
        """Whether every cell is one session."""
        return len(self) == self.edges[-1]

    def run(self, start: int, stop: int) -> slice:
        """The cells that make up the sessions from one edge to another."""
        return slice(bisect_left(self.edges, start), bisect_left(self.edges, stop))


class Book(NamedTuple):
    """The ledger of some combinations: `rows[combination, cell, field]`, and how cells were cut."""

    rows: Longs
    cells: Cells
    periods: int
    trials: int = 1
    apart: Apart | None = None  # runs of sessions that cells cannot add up to

    def between(self, start: int, stop: int) -> Merged:
        """All combinations over the sessions from one edge to another."""
        return next(self.each([(start, stop)]))

    def each(self, runs: Sequence[tuple[int, int]]) -> Iterator[Merged]:
        """All combinations over several runs of sessions, read in one go."""
        totals = self.totals(np.array(runs, np.int64).reshape(-1, 2))
        nets = self.rows[:, :, NET] if self.cells.single else None
        for k, (start, stop) in enumerate(runs):
            days = None if nets is None else nets[:, start:stop]
            yield Merged(totals[:, k], stop - start, self.periods, self.trials, days)

    def totals(self, runs: Longs) -> Longs:
        """Sums of several runs of sessions, `[combination, run, field]`."""
        totals = np.empty((len(self.rows), len(runs), len(FIELDS)), np.int64)
        merge_cells(self.rows, np.searchsorted(np.array(self.cells.edges), runs), totals)
        if self.apart is not None and len(self.apart.rows):
            self.apart.lay(totals, [(first, stop) for first, stop in runs.tolist()])
        return totals

    @property
    def whole(self) -> Merged:
        """All combinations over all played sessions."""
        return self.between(0, self.cells.edges[-1])


def row_of(trades: Trades, cells: Cells) -> Longs:
    """One combination's cells, from its trades."""
    row = np.zeros((len(cells), len(FIELDS)), np.int64)
    money = np.column_stack((trades.session, trades.net, trades.r, trades.ambiguous))
    reduce_trades(money.astype(np.int64), cells.of_session, row)
    return row


def merged(rows: Longs, runs: Sequence[slice]) -> Longs:
    """Sums of runs of cells, by combination and run."""
    totals = np.empty((len(rows), len(runs), len(FIELDS)), np.int64)
    ends = np.array([(run.start, run.stop) for run in runs], np.int64).reshape(-1, 2)
    merge_cells(rows, ends, totals)
    return totals
