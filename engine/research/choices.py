"""Choices of folds, joined over the blocks of a sweep as if all combinations had been compared."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.folds import Fold, Folds
from engine.research.kernel import FIELDS
from engine.research.ledger import Book
from engine.research.measures import Floats, Merged
from engine.research.objectives import needs_days
from engine.research.walk import Choice, judge, worth_of

NOBODY: Final = -1


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
    if rules.top == 1 and not needs_days(rules.objective):
        return firsts(book, folds, rules, rows)
    sides = list(book.each([run for fold in folds for run in fold.runs]))
    pairs = zip(folds, sides[::2], sides[1::2], strict=True)
    return [candidate(fold, train, test, rules, rows) for fold, train, test in pairs]


def firsts(book: Book, folds: Sequence[Fold], rules: Folds, rows: Longs) -> list[Candidate]:
    """The same of all folds in one go, where each chooses one and sums are all it needs."""
    runs = np.array(folds, np.int64).reshape(-1, 2)
    totals, lengths = book.totals(runs), np.diff(runs).reshape(-1, 2).T.tolist()
    sides = [many(book, totals[:, k::2], lengths[k]) for k in (0, 1)]
    values = worth_of(sides[0], rules)
    chosen, floors = winners(values, sides[0].sum("n"), rules)
    place = chosen, np.arange(len(folds))
    kept = [many(book, side.rows[place], lengths[k]) for k, side in enumerate(sides)]
    worth = values[place].tolist(), worth_of(kept[1], rules).tolist()
    team = np.where(chosen == NOBODY, NOBODY, rows[chosen]).tolist()
    facts = zip(folds, team, floors.tolist(), *worth, *lengths, strict=True)
    found = []
    for k, (fold, row, floor, seen, unseen, *spans) in enumerate(facts):
        last = k if row == NOBODY else k + 1
        parts = zip(kept, spans, strict=True)
        train, test = (
            Merged(side.rows[k:last], span, book.periods, book.trials) for side, span in parts
        )
        if row == NOBODY:
            found.append(Candidate(Choice(fold, None, train, test, (), floor), ()))
        else:
            choice = Choice(fold, row, train, test, (row,), floor, (seen, unseen))
            found.append(Candidate(choice, (seen,)))
    return found


def many(book: Book, rows: Longs, lengths: Any) -> Merged:
    """Several runs of sessions, each of a length of its own, as objectives of sums take them."""
    sessions: Any = np.array(lengths)
    return Merged(rows, sessions, book.periods, book.trials)


def winners(values: Floats, trades: Longs, rules: Folds) -> tuple[Longs, Longs]:
    """By fold the first of the best, or nobody, and the rung of the ladder it stands on."""
    chosen, floors = (np.full(values.shape[1], fill) for fill in (NOBODY, rules.min_trades))
    told = ~np.isnan(values)
    for floor in (rules.min_trades, *rules.ladder):
        able = told & (trades >= floor)
        fresh = np.flatnonzero((chosen == NOBODY) & able.any(axis=0))
        chosen[fresh] = np.where(able, values, -np.inf)[:, fresh].argmax(axis=0)
        floors[fresh] = floor
    return chosen, floors


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
    if rules.top == 1:
        ahead = (-right.values[0], right.choice.team) < (-left.values[0], left.choice.team)
        return right if ahead else left
    both = [*zip(left.values, left.choice.team, strict=True)]
    both += zip(right.values, right.choice.team, strict=True)
    values, team = zip(*sorted(both, key=lambda one: (-one[0], one[1]))[: rules.top], strict=True)
    winner = left if left.choice.combination == team[0] else right
    return Candidate(winner.choice._replace(team=team), values)
