"""Choices of all folds in one go, against each fold alone, and of blocks that are joined."""

from functools import reduce

import numpy as np
import pytest

from engine import Folds
from engine.research.choices import Candidate, better, candidate, candidates
from engine.research.folds import Fold
from engine.research.kernel import FIELDS
from engine.research.ledger import Book, Cells
from engine.research.objectives import OF_CELLS

SESSIONS, COUNT = 24, 40
CUT = [Fold(0, 5, 6, 9), Fold(3, 8, 9, 12), Fold(0, 11, 12, 13), Fold(12, 13, 14, 24)]


def book(seed: int = 5) -> Book:
    """Cells as trades could leave them: few, alike, and many of them idle."""
    noise, cells = np.random.default_rng(seed), Cells.cut(0, SESSIONS, CUT)
    size = COUNT, len(cells)
    trades = noise.integers(0, 4, size) * (noise.random(size) < 0.6)
    won, lost = (noise.integers(0, 3, size) * 100 * (trades > 0) for _ in range(2))
    parts = {"n": trades, "wins": trades // 2, "losses": trades - trades // 2, "sum_r": won - lost}
    parts |= {"gross_win": won, "gross_loss": lost, "net": won - lost, "fall": lost}
    parts |= {"squares": (won - lost) ** 2 + won}
    rows = np.zeros((*size, len(FIELDS)), np.int64)
    for name, values in parts.items():
        rows[:, :, FIELDS.index(name)] = values
    rows[1::7] = rows[::7][: len(rows[1::7])]  # equals, of which the earlier is chosen
    return Book(rows, cells, 252, COUNT)


def in_turn(whole: Book, rules: Folds, rows: np.ndarray) -> list[Candidate]:
    sides = list(whole.each([run for fold in CUT for run in fold.runs]))
    pairs = zip(CUT, sides[::2], sides[1::2], strict=True)
    return [candidate(fold, train, test, rules, rows) for fold, train, test in pairs]


@pytest.mark.parametrize("objective", OF_CELLS)
def test_all_folds_in_one_go_choose_what_each_chooses(objective: str) -> None:
    whole, rows = book(), np.arange(COUNT) * 3
    for least, ladder in ((1, ()), (30, (16, 9, 2)), (99, ())):
        rules = Folds(objective=objective, min_trades=least, ladder=ladder)
        found = candidates(whole, CUT, rules, rows)
        assert repr(found) == repr(in_turn(whole, rules, rows))
        assert any(one.choice.team for one in found) == (least < 99)


@pytest.mark.parametrize("top", [1, 3])
def test_blocks_join_to_what_all_of_them_would_choose(top: int) -> None:
    whole, rows = book(9), np.arange(COUNT)
    rules = Folds(min_trades=12, ladder=(8, 3), top=top)
    for size in (1, 7, 40):
        blocks = [
            candidates(
                whole._replace(rows=whole.rows[k : k + size]), CUT, rules, rows[k : k + size]
            )
            for k in range(0, COUNT, size)
        ]
        joined = [
            reduce(lambda a, b: better(a, b, rules), each) for each in zip(*blocks, strict=True)
        ]
        backwards = [
            reduce(lambda a, b: better(b, a, rules), each) for each in zip(*blocks, strict=True)
        ]
        assert repr(joined) == repr(backwards) == repr(candidates(whole, CUT, rules, rows))
