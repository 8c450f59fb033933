"""Second tries: bars at which a setup that lost may be entered again, and which one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools, Column


class Tries(NamedTuple):
    """How often, how many bars after the first try at the earliest, and for how many bars."""

    most: int
    wait: int
    window: int


class Tried(NamedTuple):
    """First tries and second ones, the bars these wait for, and the bar each one goes back to."""

    long: Bools
    short: Bools
    parents: tuple[Column, Column]
    origin: Longs


def latest(marks: Bools) -> Longs:
    """The last marked bar up to each, 0 before the first."""
    return np.maximum.accumulate(np.where(marks, np.arange(len(marks)), 0))


def tried_again(first: tuple[Bools, Bools], ripe: tuple[Bools, Bools], tries: Tries) -> Tried:
    """Second tries of longs and shorts; a bar that is ripe for both sides is for neither."""
    free = ~(first[0] | first[1])
    found = [second_tries(one, mark & free, tries) for one, mark in zip(first, ripe, strict=True)]
    alone = ~(found[0][0] & found[1][0])
    parents = [Column(column.values, column.present & alone) for _, column in found]
    origin = np.arange(len(free))
    for column in parents:
        origin = np.where(column.present, column.values, origin)
    long, short = (one | column.present for one, column in zip(first, parents, strict=True))
    return Tried(long, short, (parents[0], parents[1]), origin)


def second_tries(first: Bools, ripe: Bools, tries: Tries) -> tuple[Bools, Column]:
    """The ripe bars in reach of the last first try before them, and the bar of that try.

    `After(bar, "loss")` makes orders of them that are only sent once the first try has lost.
    """
    bars = np.arange(len(first))
    last = np.maximum.accumulate(np.where(first, bars, -1))
    parent = np.where(bars >= tries.wait, last[np.maximum(bars - tries.wait, 0)], -1)
    near = (parent >= 0) & (bars - parent <= tries.wait + tries.window)
    again = ripe & ~first & near & (bars > parent)
    counted = np.cumsum(again)
    begins = np.diff(parent, prepend=-1) != 0
    before = np.maximum.accumulate(np.where(begins, counted - again, 0))
    again &= counted - before <= tries.most
    return again, Column(np.where(again, parent, 0), again)
