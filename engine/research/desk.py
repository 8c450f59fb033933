"""Desks: what the combinations of one structure share, made once by whichever worker asks first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np

from engine.core.axis import SCALE, scaled
from engine.core.columns import Bools
from engine.core.errors import RefusedError
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from engine.fills import Table
from engine.fills.distances import Distance
from engine.fills.fast.board import Board, End, Ends, Stops
from engine.fills.fast.refusal import refused_value
from engine.fills.fast.timing import Timing
from engine.research.anew import crosses
from engine.research.lanes import Lane, Rows, gather
from engine.research.ledger import Cells
from engine.research.plan import compare, structure
from engine.research.tiles import Tile

Distances = frozenset[Distance | None]


@dataclass(frozen=True, eq=False)
class Desk:
    """The setups of one structure, and what was found out about them so far."""

    table: Table
    cells: Cells
    setups: Setups
    masks: dict[Any, Bools] = field(default_factory=dict)
    ends: dict[Timing, End] = field(default_factory=dict)
    last_stops: dict[Distances, Stops] = field(default_factory=dict)
    last_targets: dict[Distances, Ends] = field(default_factory=dict)

    @cached_property
    def board(self) -> Board:
        return Board(self.table, self.setups)

    @cached_property
    def crosses(self) -> bool:
        """Whether what a session makes may hang on the one before."""
        return crosses(self.setups)

    @cached_property
    def refused(self) -> str | None:
        """Why these setups take the scanning kernel, whatever the exits."""
        return refused_value(self.setups)

    def reasons(self, tile: Tile) -> Sequence[str | None]:
        """Why each of the exits takes the scanning kernel here, or nothing."""
        return tile.reasons if self.refused is None else (self.refused,) * len(tile)

    def passed(self, strategy: Strategy) -> Bools:
        """The setups that pass all gates of a strategy; each threshold is compared once."""
        keep = np.ones(len(self.setups), np.bool_)
        for name, gate in strategy.gates().items():
            threshold = getattr(strategy, name)
            if threshold is None:
                continue
            if (gate, threshold) not in self.masks:
                values = self.setups.attribute(gate.attribute)
                self.masks[gate, threshold] = compare(gate, values, scaled(threshold) / SCALE)
            keep &= self.masks[gate, threshold]
        return keep

    def end(self, timing: Timing) -> End:
        if timing not in self.ends:
            self.ends[timing] = self.board.end(timing)
        return self.ends[timing]

    def stops(self, tile: Tile) -> Stops:
        """Kept for the next part, which often has the same; so are the targets."""
        key = frozenset(tile.stops)
        found = self.last_stops.get(key)
        if found is None:
            self.last_stops.clear()
            found = self.last_stops[key] = self.board.stops(key)
        return found

    def targets(self, tile: Tile) -> Ends:
        key = frozenset(tile.targets)
        found = self.last_targets.get(key)
        if found is None:
            self.last_targets.clear()
            found = self.last_targets[key] = self.board.targets(key)
        return found

    def lane(self, passed: Bools, timing: Timing) -> Lane:
        """The setups that pass and can be filled, cut at the edges of the cells."""
        setups, size = self.setups, len(self.setups) + 1
        rows = Rows(setups.bar, setups.side, self.board.session)
        row, bar, first, session = np.empty((4, size), np.int64)
        rules = self.table.rules
        blank = Lane(row, bar, first, session, session, rules.max_per_session, rules.cooldown)
        kept = gather(rows, passed, self.end(timing).usable, blank)
        edges = np.array(self.cells.edges) + self.cells.first
        return Lane(
            row[: kept.setups].copy(),
            bar[: kept.setups].copy(),
            first[: kept.sessions + 1].copy(),
            session[: kept.sessions] - self.cells.first,
            np.searchsorted(session[: kept.sessions], edges),
            blank.most,
            blank.cooldown,
        )


class Desks:
    """The desks in use; two workers never make the same one, and old ones are cleared away."""

    def __init__(self, make: Callable[[Strategy], Desk], most: int) -> None:
        self.make, self.most = make, most
        self.places: OrderedDict[Any, tuple[Lock, list[Desk]]] = OrderedDict()
        self.lock = Lock()

    def of(self, strategy: Strategy) -> Desk:
        with self.lock:
            place = self.places.setdefault(structure(strategy), (Lock(), []))
            while len(self.places) > self.most:
                self.places.popitem(last=False)
        made, desk = place
        with made:
            if not desk:
                desk.append(self.make(strategy))
            return desk[0]


def check_range(table: Table, setups: Setups, largest: int) -> None:
    """Refuse what could carry a sum of squares out of int64, before anything is played."""
    bars = table.bars
    most = int(np.bincount(bars.session[setups.bar]).max(initial=0))
    most = min(most, table.rules.max_per_session or most)
    sessions = int(bars.session[-1]) - int(bars.session[0]) + 1
    if (largest * most) ** 2 * sessions >= 2**63:
        raise RefusedError(
            f"the square of a session's result could reach {largest * most:.1e} squared over "
            f"{sessions} sessions, beyond 64 bits; give {bars.instrument.symbol} a coarser "
            "money_unit, or set max_per_session"
        )
