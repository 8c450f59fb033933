"""Walk-forward by arithmetic: choose on the train cells, judge on the test cells.

Exact because every position and every rule of play ends with its session.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.folds import Fold, Folds
from engine.research.ledger import Book
from engine.research.measures import Floats, Merged
from engine.research.objectives import value_of
from engine.research.plateau import smoothed


class Stretch(NamedTuple):
    """Test sessions side by side, and the combination that plays them."""

    first: int
    stop: int
    combination: int


class Choice(NamedTuple):
    """What one fold chose, and what became of it; `None` when no combination was admissible."""

    fold: Fold
    combination: int | None
    train: Merged
    test: Merged
    team: tuple[int, ...] = ()  # the best of them first, as many as the folds ask for
    floor: int = 0  # the rung of the ladder: trades a combination needed
    worth: tuple[float, float] = (math.nan, math.nan)  # its objective in train and in the test
    stretches: tuple[Stretch, ...] = ()  # where regimes choose: who plays which test sessions
    own: tuple[tuple[str, int], ...] = ()  # regimes that chose for themselves, and whom

    @property
    def played(self) -> tuple[Stretch, ...]:
        """Who plays which test sessions: the one it chose plays all, unless regimes choose."""
        if self.combination is None:
            return ()
        return self.stretches or (Stretch(*self.fold.runs[1], self.combination),)

    def numbered(self, row: Callable[[int], int]) -> Choice:
        """The same with other numbers for the combinations."""
        team = tuple(row(member) for member in self.team)
        parts = (part._replace(combination=row(part.combination)) for part in self.stretches)
        own = tuple((name, row(one)) for name, one in self.own)
        first = team[0] if team else None
        return self._replace(combination=first, team=team, stretches=tuple(parts), own=own)


def worth_of(merged: Merged, rules: Folds) -> Floats:
    """The objective of every combination."""
    return value_of(rules.objective, merged, rules.own)


def best(merged: Merged, rules: Folds) -> int | None:
    """The admissible combination with the highest objective; the earlier one on a tie."""
    team, _ = chosen(merged, rules, None)
    return team[0] if team else None


def chosen(merged: Merged, rules: Folds, near: Longs | None) -> tuple[tuple[int, ...], int]:
    """The best few of a run of sessions, and the rung of the ladder they stand on."""
    return ranked(worth_of(merged, rules), merged.sum("n"), rules, near)


def ranked(
    values: Floats, trades: Longs, rules: Folds, near: Longs | None = None
) -> tuple[tuple[int, ...], int]:
    """The best few, of equals the earlier, on the first rung of the ladder that holds anybody."""
    told = ~np.isnan(values)
    if rules.choose == "plateau" and near is not None:
        values = smoothed(values, near)
    for floor in (rules.min_trades, *rules.ladder):
        rows = np.flatnonzero((trades >= floor) & told)
        if len(rows) and rules.top == 1:
            return (int(rows[np.argmax(values[rows])]),), floor
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
    return judge(fold, (train, book.between(fold.test_start, fold.test_stop)), rules, near)


def judge(
    fold: Fold, sides: tuple[Merged, Merged], rules: Folds, near: Longs | None = None
) -> Choice:
    """The same from what all combinations made of both sides."""
    values = worth_of(sides[0], rules)
    team, floor = ranked(values, sides[0].sum("n"), rules, near)
    train, test = (side.only(team[:1]) for side in sides)
    if not team:
        return Choice(fold, None, train, test, team, floor)
    worth = float(values[team[0]]), float(worth_of(test, rules)[0])
    return Choice(fold, team[0], train, test, team, floor, worth)
