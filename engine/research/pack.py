"""Packs: what is left of a block as plain arrays, and back; nothing of it is code."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.research.choices import Candidate, nobody
from engine.research.folds import Fold, Folds
from engine.research.kernel import FIELDS
from engine.research.measures import Merged
from engine.research.shelf import Pack
from engine.research.walk import Choice


def fits(pack: Pack, key: Longs) -> bool:
    """Whether a pack is of these combinations."""
    return np.array_equal(pack["key"], key)


def packed_words(counted: Counter[str]) -> dict[str, Array]:
    """Reasons and how often each was met."""
    names = sorted(counted)
    return {
        "reasons": np.array(names, np.str_),
        "met": np.array([counted[name] for name in names], np.int64),
    }


def words(pack: Pack) -> Counter[str]:
    return Counter(dict(zip(pack["reasons"].tolist(), pack["met"].tolist(), strict=True)))


def packed(candidates: Sequence[Candidate]) -> dict[str, Array]:
    """Whom each fold would choose; teams stand one behind the other."""
    choices = [one.choice for one in candidates]
    teams = [one.choice.team for one in candidates]
    return {
        "team": np.array([member for team in teams for member in team], np.int64),
        "value": np.array([value for one in candidates for value in one.values], np.float64),
        "length": np.array([len(team) for team in teams], np.int64),
        "floor": np.array([choice.floor for choice in choices], np.int64),
        "judged": np.array([choice.worth for choice in choices], np.float64).reshape(-1, 2),
        "train": stacked([choice.train for choice in choices]),
        "test": stacked([choice.test for choice in choices]),
    }


def stacked(sides: Sequence[Merged]) -> Longs:
    """The row of each fold that chose anybody, in order."""
    nobody_yet = np.zeros((0, len(FIELDS)), np.int64)
    return np.concatenate([nobody_yet, *(side.rows for side in sides)])


def unpacked(pack: Pack, cut: Sequence[Fold], periods: int, rules: Folds) -> list[Candidate]:
    """The candidates that were packed, fold by fold."""
    found, first, row = [], 0, 0
    facts = (pack[name].tolist() for name in ("length", "floor", "judged"))
    for fold, length, floor, worth in zip(cut, *facts, strict=True):
        none = nobody(fold, periods, rules)
        if not length:
            found.append(none._replace(choice=none.choice._replace(floor=floor)))
            continue
        team = tuple(pack["team"][first : first + length].tolist())
        values = tuple(pack["value"][first : first + length].tolist())
        train, test = none.choice.train, none.choice.test
        train = train._replace(rows=pack["train"][row : row + 1])
        test = test._replace(rows=pack["test"][row : row + 1])
        choice = Choice(fold, team[0], train, test, team, floor, (worth[0], worth[1]))
        found.append(Candidate(choice, values))
        first, row = first + length, row + 1
    return found
