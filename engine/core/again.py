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


def goes_back(first: Bools, tries: Tries) -> Longs:
    """The first try that each bar would repeat: the last one `wait` bars ago; -1 out of reach."""
    bars = np.arange(len(first))
    last = np.maximum.accumulate(np.where(first, bars, -1))
    parent = np.where(bars >= tries.wait, last[np.maximum(bars - tries.wait, 0)], -1)
    return np.where(bars - parent < tries.wait + tries.window, parent, -1)


def tried_again(first: tuple[Bools, Bools], ripe: tuple[Bools, Bools], tries: Tries) -> Tried:
    """Second tries of longs and shorts; a bar that is ripe for both sides is for neither.

    `After(bar, "loss")` makes orders of them that are only sent once the first try has lost. What
    was lost when is for play to know, so `most` counts the bars at which one could be sent.
    """
    free = ~(first[0] | first[1])
    back = [goes_back(one, tries) for one in first]
    maybe = [mark & free & (bar >= 0) for mark, bar in zip(ripe, back, strict=True)]
    alone = ~(maybe[0] & maybe[1])
    parents = [numbered(m & alone, bar, tries.most) for m, bar in zip(maybe, back, strict=True)]
    origin = np.arange(len(free))
    for column in parents:
        origin = np.where(column.present, column.values, origin)
    long, short = (one | column.present for one, column in zip(first, parents, strict=True))
    return Tried(long, short, (parents[0], parents[1]), origin)


def numbered(marks: Bools, parent: Longs, most: int) -> Column:
    """The first so many marks of each parent, and which bar that is."""
    counted = np.cumsum(marks)
    begins = np.diff(parent, prepend=-1) != 0
    before = np.maximum.accumulate(np.where(begins, counted - marks, 0))
    kept = marks & (counted - before <= most)
    return Column(np.where(kept, parent, 0), kept)
