"""A fold that chooses for each regime: who plays a session is told by its label.

Positions end with their session and features go on over all bars, so that whoever takes over at a
session's edge makes there what it makes in one long play: nothing is started anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.core.bars import Longs
from engine.research.folds import Fold, Folds, Run
from engine.research.ledger import NET, Book, merged
from engine.research.measures import Merged
from engine.research.regimes import Regimes
from engine.research.walk import Choice, Stretch, ranked, walk, worth_of


def switched(
    book: Book, choice: Choice, rules: Folds, regimes: Regimes, near: Longs | None = None
) -> Choice:
    """The same fold with a choice of its own for each regime that traded enough in its training."""
    if choice.combination is None:
        return choice
    train, test = choice.fold.runs
    own: dict[int, int] = {}
    asked = replace(rules, min_trades=rules.regime_trades, ladder=(), top=1)
    for label in range(len(regimes.names)):
        cells = cells_of(book, train, regimes, label)
        part = pieced(book, book.rows[:, cells], cells)
        team, _ = ranked(worth_of(part, rules), part.sum("n"), asked, near)
        own |= {label: team[0]} if team else {}
    parts = [stretches(run, own, choice.combination, regimes) for run in (train, test)]
    sides = [composed(book, part) for part in parts]
    worth = tuple(float(worth_of(side, rules)[0]) for side in sides)
    named = tuple((regimes.names[label], one) for label, one in own.items())
    return choice._replace(
        train=sides[0],
        test=sides[1],
        worth=(worth[0], worth[1]),
        stretches=tuple(parts[1]),
        own=named,
    )


def walk_by(
    book: Book,
    folds: Sequence[Fold],
    rules: Folds,
    regimes: Regimes | None,
    near: Longs | None = None,
) -> list[Choice]:
    """One choice a fold, and within it one a regime where there are any."""
    choices = walk(book, folds, rules, near)
    if regimes is None:
        return choices
    return [switched(book, choice, rules, regimes, near) for choice in choices]


def cells_of(book: Book, run: Run, regimes: Regimes, label: int) -> Longs:
    """The cells of a run of sessions that bear a label."""
    cells = np.arange(len(book.cells))[book.cells.run(*run)]
    begins = np.array(book.cells.edges[:-1])[cells]
    return np.asarray(cells[regimes.of_session[begins] == label], np.int64)


def pieced(book: Book, rows: Longs, cells: Longs) -> Merged:
    """Rows over some cells, one after the other as if they had been neighbours."""
    totals = merged(rows, [slice(0, rows.shape[1])])[:, 0]
    sessions = int(np.diff(np.array(book.cells.edges))[cells].sum())
    days = rows[:, :, NET] if book.cells.single else None
    return Merged(totals, sessions, book.periods, book.trials, days)


def stretches(run: Run, own: Mapping[int, int], usual: int, regimes: Regimes) -> list[Stretch]:
    """Who plays which sessions of a run."""
    return [
        Stretch(first, stop, own.get(label, usual))
        for first, stop, label in regimes.stretches(*run)
    ]


def composed(book: Book, parts: list[Stretch]) -> Merged:
    """What those who played made together, in the order of the sessions."""
    runs = [book.cells.run(part.first, part.stop) for part in parts]
    rows = [book.rows[part.combination, run] for part, run in zip(parts, runs, strict=True)]
    cells = np.arange(runs[0].start, runs[-1].stop)
    return pieced(book, np.concatenate(rows)[None], cells)
