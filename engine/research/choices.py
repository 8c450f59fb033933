"""Choices of folds, joined over the blocks of a sweep as if all combinations had been compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.folds import Fold, Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book
from engine.research.measures import Merged
from engine.research.walk import Choice, judge, worth_of


class Candidate(NamedTuple):
    """Whom a fold would choose of some combinations, and the objective of each of the team."""

    choice: Choice
    values: tuple[float, ...]


def nobody(fold: Fold, periods: int, rules: Folds) -> Candidate:
    """What a fold has chosen before any combination was seen."""
    rows = np.zeros((0, len(FIELDS)), np.int64)
    train, test = (Merged(rows, last - first, periods) for first, last in (fold[:2], fold[2:]))
    return Candidate(Choice(fold, None, train, test, (), rules.min_trades), ())


def candidates(book: Book, folds: Sequence[Fold], rules: Folds, rows: Longs) -> list[Candidate]:
    """Every fold's candidate among the combinations of a block, by their rows in the plan."""
    sides = list(book.each([run for fold in folds for run in fold.runs]))
    pairs = zip(folds, sides[::2], sides[1::2], strict=True)
    return [candidate(fold, train, test, rules, rows) for fold, train, test in pairs]


def candidate(fold: Fold, train: Merged, test: Merged, rules: Folds, rows: Longs) -> Candidate:
    """Choose by the train sessions alone, then look at the test sessions of the chosen."""
    choice = judge(fold, (train, test), rules)
    values = worth_of(train.only(choice.team), rules)
    named = tuple(int(rows[member]) for member in choice.team)
    first = named[0] if named else None
    return Candidate(choice._replace(combination=first, team=named), tuple(values.tolist()))


def better(left: Candidate, right: Candidate, rules: Folds) -> Candidate:
    """Both blocks' candidates as one; of equals the earlier combination comes first."""
    if not left.values or not right.values:
        return left if left.values else right
    if left.choice.floor != right.choice.floor:  # of the ladder, the first rung that holds anybody
        return max(left, right, key=lambda one: one.choice.floor)
    both = [*zip(left.values, left.choice.team, strict=True)]
    both += zip(right.values, right.choice.team, strict=True)
    values, team = zip(*sorted(both, key=lambda one: (-one[0], one[1]))[: rules.top], strict=True)
    winner = left if left.choice.combination == team[0] else right
    return Candidate(winner.choice._replace(team=team), values)
