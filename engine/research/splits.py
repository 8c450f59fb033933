"""Purged cross-validation: every session tested, none trained on that a test could have touched."""

from __future__ import annotations

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.errors import StudyError


class Split(NamedTuple):
    """One training and its test: which groups are tested, and every session's part."""

    tested: tuple[int, ...]
    train: Bools
    test: Bools


class Gaps(NamedTuple):
    """Sessions kept out of training: `purge` on both sides of a test, `embargo` more after it."""

    purge: int = 1
    embargo: int = 0


def edges(sessions: int, groups: int) -> Longs:
    """Where the groups begin and end; their lengths differ by at most one session."""
    if not 2 <= groups <= sessions:
        raise StudyError(f"{sessions} sessions cannot be cut into {groups} groups")
    return np.arange(groups + 1, dtype=np.int64) * sessions // groups


def purged_folds(sessions: int, groups: int, gaps: Gaps) -> list[Split]:
    """K-fold: each group is the test once."""
    return combinatorial(sessions, groups, 1, gaps)


def combinatorial(sessions: int, groups: int, tested: int, gaps: Gaps) -> list[Split]:
    """CPCV: every choice of so many groups is the test once (Lopez de Prado 2018, chapter 12)."""
    cut = edges(sessions, groups)
    if not 1 <= tested < groups or min(gaps) < 0:
        raise StudyError(f"{tested} of {groups} groups tested, with a gap of {tuple(gaps)}")
    return [split(cut, chosen, gaps) for chosen in combinations(range(groups), tested)]


def split(cut: Longs, tested: tuple[int, ...], gaps: Gaps) -> Split:
    """Groups that are tested side by side purge only their outer ends."""
    test = np.zeros(cut[-1], np.bool_)
    near = test.copy()
    for group in tested:
        first, stop = int(cut[group]), int(cut[group + 1])
        test[first:stop] = True
        near[max(0, first - gaps.purge) : stop + gaps.purge + gaps.embargo] = True
    return Split(tested, ~near, test)


def paths(groups: int, tested: int) -> Longs:
    """Which split tests each group on each path, `[path, group]`: a path is one whole history."""
    count = comb(groups - 1, tested - 1)
    found = np.full((count, groups), -1, np.int64)
    for number, chosen in enumerate(combinations(range(groups), tested)):
        for group in chosen:
            found[int((found[:, group] < 0).argmax()), group] = number
    return found
