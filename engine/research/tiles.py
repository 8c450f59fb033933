"""Tiles: exits brought into turns, so that what combinations share is looked up once.

Few stops and few targets make many combinations; a turn is one stop under one timing against
all its targets.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.fills import Exits
from engine.fills.distances import Distance, Risk
from engine.fills.fast.board import kind_and_size
from engine.fills.fast.timing import Timing

WIDE = 64  # stops of a tile, and targets: their ends are held at the same time


class Turn(NamedTuple):
    """One stop under one timing, and its targets with their places in the tile."""

    stop: Distance | None
    timing: Timing
    in_risk: bool  # whether the targets are multiples of what the stop risks
    targets: tuple[Distance | None, ...]
    places: Longs


@dataclass(frozen=True, eq=False)
class Tile:
    """Some rows of a plan's exits, ascending; the fast path plays those without a reason."""

    rows: tuple[int, ...]
    exits: tuple[Exits, ...]
    reasons: tuple[str | None, ...]

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def fast(self) -> list[int]:
        """Places of the exits that the fast path plays."""
        return [k for k, reason in enumerate(self.reasons) if reason is None]

    @cached_property
    def stops(self) -> set[Distance | None]:
        return {self.exits[k].stop for k in self.fast}

    @cached_property
    def targets(self) -> set[Distance | None]:
        """All but the multiples of a risk, which differ from stop to stop."""
        targets = {self.exits[k].target for k in self.fast}
        return {target for target in targets if not isinstance(target, Risk)}

    @cached_property
    def turns(self) -> list[Turn]:
        """The exits of the fast path, each in one turn."""
        keys = [turn_of(exits) for exits in self.exits]
        order = sorted(self.fast, key=keys.__getitem__)
        return [self.turn(list(places)) for _, places in groupby(order, keys.__getitem__)]

    def turn(self, places: list[int]) -> Turn:
        first = self.exits[places[0]]
        targets = tuple(self.exits[place].target for place in places)
        in_risk = isinstance(first.target, Risk)
        return Turn(first.stop, Timing.of(first), in_risk, targets, np.array(places, np.int64))


def turn_of(exits: Exits) -> tuple[Any, ...]:
    """What exits of one turn have in common."""
    return kind_and_size(exits.stop), Timing.of(exits).place, isinstance(exits.target, Risk)


def tiled(exits: Sequence[Exits], reasons: Sequence[str | None], most: int) -> list[Tile]:
    """Exits whose stops and targets are neighbours, few of each and at most `most` together."""
    stops = ranks([kind_and_size(one.stop) for one in exits])
    targets = ranks([kind_and_size(one.target) for one in exits])
    places = [(s // WIDE, t // WIDE, s) for s, t in zip(stops, targets, strict=True)]
    order = sorted(range(len(exits)), key=places.__getitem__)
    groups = (list(rows) for _, rows in groupby(order, lambda row: places[row][:2]))
    made = []
    for group in groups:
        for rows in pieces(group, most):
            some = tuple(exits[row] for row in rows), tuple(reasons[row] for row in rows)
            made.append(Tile(rows, *some))
    return made


def pieces(rows: list[int], most: int) -> Iterator[tuple[int, ...]]:
    """Runs of neighbours, each in the order of the plan."""
    for k in range(0, len(rows), most):
        yield tuple(sorted(rows[k : k + most]))


def ranks(values: Sequence[tuple[Any, ...]]) -> list[int]:
    """The place of each value among the different ones, in order."""
    place = {value: k for k, value in enumerate(sorted(set(values)))}
    return [place[value] for value in values]
