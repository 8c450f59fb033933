"""Walk-forward by arithmetic: choose on the train cells, judge on the test cells.

Exact because every position and every rule of play ends with its session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.research.folds import Fold, Folds
from engine.research.ledger import Book
from engine.research.measures import OBJECTIVES, Floats, Merged


class Choice(NamedTuple):
    """What one fold chose, and what became of it; `None` when no combination was admissible."""

    fold: Fold
    combination: int | None
    train: Merged
    test: Merged


def best(merged: Merged, rules: Folds) -> int | None:
    """The admissible combination with the highest objective; the earlier one on a tie."""
    values: Floats = OBJECTIVES[rules.objective](merged)
    admissible = (merged.sum("n") >= rules.min_trades) & ~np.isnan(values)
    if not admissible.any():
        return None
    return int(np.argmax(np.where(admissible, values, -np.inf)))


def walk(book: Book, folds: Sequence[Fold], rules: Folds) -> list[Choice]:
    """One choice a fold."""
    return [judged(book, fold, rules) for fold in folds]


def judged(book: Book, fold: Fold, rules: Folds) -> Choice:
    train = book.between(fold.train_start, fold.train_stop)
    chosen = best(train, rules)
    row = [] if chosen is None else [chosen]
    test = book.between(fold.test_start, fold.test_stop)
    picked = (Merged(m.rows[row], m.sessions, m.periods) for m in (train, test))
    return Choice(fold, chosen, *picked)
