"""Walk-forward by arithmetic: choose on the train cells, judge on the test cells.

Exact because every position and every rule of play ends with its session.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.folds import Fold, Folds
from engine.research.ledger import Book
from engine.research.measures import OBJECTIVES, Merged
from engine.research.plateau import smoothed


class Choice(NamedTuple):
    """What one fold chose, and what became of it; `None` when no combination was admissible."""

    fold: Fold
    combination: int | None
    train: Merged
    test: Merged
    team: tuple[int, ...] = ()  # the best of them first, as many as the folds ask for
    floor: int = 0  # the rung of the ladder: trades a combination needed


def best(merged: Merged, rules: Folds) -> int | None:
    """The admissible combination with the highest objective; the earlier one on a tie."""
    team, _ = chosen(merged, rules, None)
    return team[0] if team else None


def chosen(merged: Merged, rules: Folds, near: Longs | None) -> tuple[tuple[int, ...], int]:
    """The best few, of equals the earlier, on the first rung of the ladder that holds anybody."""
    values = OBJECTIVES[rules.objective](merged)
    told, trades = ~np.isnan(values), merged.sum("n")
    if rules.choose == "plateau" and near is not None:
        values = smoothed(values, near)
    for floor in (rules.min_trades, *rules.ladder):
        rows = np.flatnonzero((trades >= floor) & told)
        if len(rows):
            order = rows[np.argsort(-values[rows], kind="stable")]
            return tuple(order[: rules.top].tolist()), floor
    return (), rules.min_trades


def walk(
    book: Book, folds: Sequence[Fold], rules: Folds, near: Longs | None = None
) -> list[Choice]:
    """One choice a fold; `near` is who stands beside whom, for a choice by plateau."""
    return [judged(book, fold, rules, near) for fold in folds]


def judged(book: Book, fold: Fold, rules: Folds, near: Longs | None = None) -> Choice:
    """Choose by the train sessions alone, then look at the test sessions of the chosen."""
    train = book.between(fold.train_start, fold.train_stop)
    team, floor = chosen(train, rules, near)
    test = book.between(fold.test_start, fold.test_stop)
    first = team[0] if team else None
    return Choice(fold, first, only(train, team[:1]), only(test, team[:1]), team, floor)


def only(merged: Merged, rows: Sequence[int]) -> Merged:
    """Some combinations of a run of sessions."""
    return merged._replace(rows=merged.rows[list(rows)])
