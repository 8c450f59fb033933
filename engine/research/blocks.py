"""Blocks: a study cut into pieces that workers play alone, each within a bound of bytes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.plan import Plan, structure
from engine.research.tiles import Tile, tiled

TRACKS = 64  # strategies of a part: the lanes of all of them are held at the same time
WAVES = 4  # blocks a worker plays where there are structures enough


class Part(NamedTuple):
    """Strategies of one structure, by row of the plan, against a tile of its exits."""

    strategies: range
    tile: Tile
    first: int | None = None  # its row of a plan that picks; a grid's rows follow from the places

    @property
    def size(self) -> int:
        return len(self.strategies) * len(self.tile)

    def combinations(self, plan: Plan) -> Longs:
        """Rows of the plan, ascending."""
        if self.first is not None:
            return np.arange(self.first, self.first + self.size, dtype=np.int64)
        first = np.array(self.strategies, np.int64) * len(plan.exits)
        return np.add.outer(first, np.array(self.tile.rows, np.int64)).ravel()


Block = tuple[Part, ...]


def cut(plan: Plan, reasons: Sequence[str | None], workers: int, most: int) -> Iterator[Block]:
    """Blocks of at most `most` combinations, enough for all workers; structures whole if they fit.

    Rows of the plan ascend within a block.
    """
    structures = list(runs(plan))
    wanted = max(workers, min(len(structures), WAVES * workers))
    size = min(most, -(-len(plan) // wanted))
    tiles = tiled(plan.exits, reasons, size) if plan.picks is None else []
    block, hand = Filling(size), Hand(plan, reasons, size)
    for strategies in structures:
        made = list(hand.parts(strategies) if not tiles else parts(strategies, tiles, size))
        if block.full(sum(part.size for part in made)):
            yield block.taken()
        for part in made:
            if block.full(part.size):
                yield block.taken()
            block.parts.append(part)
    yield block.taken()


class Filling:
    """The block being filled."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.parts: list[Part] = []

    def full(self, more: int) -> bool:
        """Whether what it holds leaves no room for so many more combinations."""
        held = sum(part.size for part in self.parts)
        return held > 0 and held + more > self.size

    def taken(self) -> Block:
        block, self.parts = tuple(self.parts), []
        return block


def runs(plan: Plan) -> Iterator[range]:
    """Strategies that share their structure and stand side by side."""
    first = 0
    for _, run in groupby(plan.strategies, structure):
        stop = first + sum(1 for _ in run)
        yield range(first, stop)
        first = stop


def parts(strategies: range, tiles: Sequence[Tile], size: int) -> Iterator[Part]:
    """The combinations of one structure, a tile of exits at a time."""
    for tile in tiles:
        step = max(1, min(TRACKS, size // len(tile)))
        for k in range(0, len(strategies), step):
            yield Part(strategies[k : k + step], tile)


class Hand:
    """The parts of a plan that picks: each strategy has exits of its own."""

    def __init__(self, plan: Plan, reasons: Sequence[str | None], size: int) -> None:
        self.exits, self.reasons, self.size = plan.exits, reasons, size
        self.picks = np.array(plan.picks or (), np.int64)

    def parts(self, strategies: range) -> Iterator[Part]:
        """The picked combinations of one structure, in the order of the plan."""
        width = len(self.exits)
        edges = np.searchsorted(self.picks, [s * width for s in (*strategies, strategies.stop)])
        for k, strategy in enumerate(strategies):
            for first in range(edges[k], edges[k + 1], self.size):
                places = self.picks[first : min(first + self.size, edges[k + 1])] % width
                yield Part(range(strategy, strategy + 1), self.tile(places.tolist()), int(first))

    def tile(self, rows: list[int]) -> Tile:
        exits = tuple(self.exits[row] for row in rows)
        return Tile(tuple(rows), exits, tuple(self.reasons[row] for row in rows))
