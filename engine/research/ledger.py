"""The ledger: per combination and cell, integer sums that merge exactly.

A cell is a run of sessions between two neighbouring fold edges. Ranking and walk-forward read only
this table; a trade belongs to the cell of its session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import frozen
from engine.fills.simulate import Trades
from engine.research.folds import Fold
from engine.research.kernel import FIELDS, reduce_trades
from engine.research.measures import Merged

ADDED = FIELDS.index("peak")  # the fields before this one are plain sums
PEAK, TROUGH, FALL = ADDED, ADDED + 1, ADDED + 2
NET = FIELDS.index("net")


@dataclass(frozen=True, slots=True)
class Cells:
    """Sessions cut at every fold edge: `of_session` is -1 outside the played sessions."""

    edges: tuple[int, ...]
    of_session: Longs

    @classmethod
    def cut(cls, first: int, stop: int, folds: Sequence[Fold]) -> Cells:
        """Cut sessions `first` to `stop` at the edges of folds, which count from `first`."""
        inner = {edge for fold in folds for edge in fold}
        edges = tuple(sorted({0, stop - first} | inner))
        numbers = np.searchsorted(np.array(edges[1:]), np.arange(stop - first), side="right")
        return cls(edges, frozen(np.concatenate((np.full(first, -1), numbers)).astype(np.int64)))

    def __len__(self) -> int:
        return len(self.edges) - 1

    def run(self, start: int, stop: int) -> slice:
        """The cells that make up the sessions from one edge to another."""
        return slice(self.edges.index(start), self.edges.index(stop))


class Book(NamedTuple):
    """The ledger of a study: `rows[combination, cell, field]`, and how its cells were cut."""

    rows: Longs
    cells: Cells
    periods: int

    def between(self, start: int, stop: int) -> Merged:
        """All combinations over the sessions from one edge to another."""
        return Merged(merged(self.rows[:, self.cells.run(start, stop)]), stop - start, self.periods)


def row_of(trades: Trades, cells: Cells) -> Longs:
    """One combination's cells, from its trades."""
    row = np.zeros((len(cells), len(FIELDS)), np.int64)
    money = np.column_stack((trades.session, trades.net, trades.r, trades.ambiguous))
    reduce_trades(money.astype(np.int64), cells.of_session, row)
    return row


def merged(cells: Longs) -> Longs:
    """Sum cells (axis 1) of many combinations; drawdown merges by its peak, trough and fall."""
    total = np.zeros((cells.shape[0], len(FIELDS)), np.int64)
    for k in range(cells.shape[1]):
        part = cells[:, k]
        level = total[:, NET].copy()
        fall_between = total[:, PEAK] - (level + part[:, TROUGH])
        total[:, FALL] = np.maximum(np.maximum(total[:, FALL], part[:, FALL]), fall_between)
        total[:, PEAK] = np.maximum(total[:, PEAK], level + part[:, PEAK])
        total[:, TROUGH] = np.minimum(total[:, TROUGH], level + part[:, TROUGH])
        total[:, :ADDED] += part[:, :ADDED]
    return total
