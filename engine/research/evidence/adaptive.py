"""A choice for each regime: whether trading another combination in other weather pays.

A regime belongs to a session and is known before it opens. Positions end with their session, so a
change of combination at a session's edge carries whatever state there is: none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.research.evidence.chance import Floats
from engine.research.evidence.crossed import sharpes
from engine.research.folds import Fold
from engine.research.measures import ratio
from engine.research.regimes import NAMES

FEWEST: Final = 5  # traded sessions a combination needs in a regime


class Adapted(NamedTuple):
    """Results of unseen sessions, of one choice for all weathers and of one for each."""

    plain: Longs
    adapted: Longs
    own: int  # choices that a regime made for itself


def best_of(rows: Longs, sessions: Bools, fewest: int = FEWEST) -> int | None:
    """The highest Sharpe ratio among those that traded in enough of some sessions."""
    part = rows[:, sessions]
    if not part.shape[1]:
        return None
    values = np.where((part != 0).sum(axis=1) >= fewest, sharpes(part), np.nan)
    return None if np.isnan(values).all() else int(np.nanargmax(values))


def adapted(rows: Longs, folds: Sequence[Fold], regime: Longs) -> Adapted:
    """The same folds and candidates, chosen once for all and once by regime."""
    nets, own = (np.zeros((2, 0), np.int64)), 0
    place = np.arange(rows.shape[1])
    for fold in folds:
        (first, stop), (begin, end) = fold.runs
        train, made = (place >= first) & (place < stop), np.zeros((2, end - begin), np.int64)
        usual = best_of(rows, train)
        for name in NAMES:
            there = begin + np.flatnonzero(regime[begin:end] == name)
            one = best_of(rows, train & (regime == name))
            own += one is not None and len(there) > 0
            for line, chosen in enumerate((usual, usual if one is None else one)):
                if chosen is not None:
                    made[line, there - begin] = rows[chosen, there]
        nets = np.concatenate((nets, made), axis=1)
    return Adapted(nets[0], nets[1], own)


def improvement(found: Adapted) -> Floats:
    """What adapting adds, as a share of what one choice for all makes or loses."""
    plain = int(found.plain.sum())
    return ratio(int(found.adapted.sum()) - plain, abs(plain))
