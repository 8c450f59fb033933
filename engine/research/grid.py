"""Playing a part of a block: the fast path where it may, the scanning kernel where it must."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.setups import Setups
from engine.fills import Table
from engine.fills.distances import Risk
from engine.fills.fast.board import Ends, Stops
from engine.fills.fast.timing import Timing
from engine.fills.orders import OUTCOMES
from engine.fills.simulate import Played, simulate
from engine.research.blocks import Part
from engine.research.desk import Desk
from engine.research.kernel import FIELDS
from engine.research.lanes import Lane, Until, lacking, play_lane
from engine.research.ledger import row_of
from engine.research.plan import Combination, Plan, passed
from engine.research.tiles import Tile, Turn
from engine.research.watch import Watch

FIRST_DROP = OUTCOMES.index("no_bar")


class Out(NamedTuple):
    """Where the combinations of a part are written, one row each."""

    ledger: Longs
    counts: Longs  # setups, gated, dropped before play
    days: Longs  # net by session, where there is room for it

    @classmethod
    def room(cls, count: int, cells: int, sessions: int = 0) -> Out:
        """Rows for so many combinations; session rows only where sessions are named."""
        shape = count, cells, len(FIELDS)
        counts = np.zeros((count, 3), np.int64)
        return cls(np.zeros(shape, np.int64), counts, np.zeros((count, sessions), np.int64))


class Track(NamedTuple):
    """A strategy of a part: how many setups pass its gates, its lanes, and its first row."""

    passed: int
    lanes: dict[Timing, Lane]
    first: int


class Looked(NamedTuple):
    """A turn with its ends looked up; pairs are (row of the targets' codes, place in the tile)."""

    until: Until
    targets: Longs
    pairs: Longs
    drops: bool


def play_part(desk: Desk, plan: Plan, part: Part, out: Out, watch: Watch) -> None:
    """Write the ledger and the counts of one part; stops between two turns when told to."""
    scanned = [k for k, reason in enumerate(desk.reasons(part.tile)) if reason is not None]
    if len(scanned) < len(part.tile):
        play_fast(desk, part.tile, tracks_of(desk, plan, part), out, watch)
    for j, row in enumerate(part.strategies):
        for k in scanned:
            if watch.stopped.is_set():
                return
            one = Combination(plan.strategies[row], part.tile.exits[k])
            scan(desk, one, Out(*(column[j * len(part.tile) + k] for column in out)))
            watch.played()


def scan(desk: Desk, one: Combination, out: Out) -> None:
    """One combination by the scanning kernel."""
    rows, played = play_one(desk.table, desk.setups, one)
    trades = played.trades
    out.ledger[:] = row_of(trades, desk.cells)
    if len(out.days):
        np.add.at(out.days, trades.session - desk.cells.first, trades.net)
    count, dropped = len(desk.setups), int((played.outcome >= FIRST_DROP).sum())
    out.counts[:] = count, count - len(rows), dropped


def play_one(table: Table, setups: Setups, combination: Combination) -> tuple[Longs, Played]:
    """One combination for its trades: the rows that pass its gates, and what became of them."""
    keep = np.ones(len(setups), np.bool_)
    for mask in passed(combination.strategy, setups).values():
        keep &= mask
    rows = np.flatnonzero(keep)
    return rows, simulate(table, setups.take(rows), combination.exits)


def tracks_of(desk: Desk, plan: Plan, part: Part) -> list[Track]:
    """The lanes of every strategy of a part."""
    timings = {turn.timing for turn in part.tile.turns}
    tracks = []
    for j, row in enumerate(part.strategies):
        mask = desk.passed(plan.strategies[row])
        lanes = {timing: desk.lane(mask, timing) for timing in timings}
        tracks.append(Track(int(mask.sum()), lanes, j * len(part.tile)))
    return tracks


def play_fast(desk: Desk, tile: Tile, tracks: list[Track], out: Out, watch: Watch) -> None:
    """Every turn on every track."""
    stops, targets = desk.stops(tile), desk.targets(tile)
    for turn in tile.turns:
        looked = look_up(desk, turn, stops, targets)
        for track in tracks:
            if watch.stopped.is_set():
                return
            play_turn(looked, track, track.lanes[turn.timing], out)
            for _ in turn.places:
                watch.played()


def play_turn(looked: Looked, track: Track, lane: Lane, out: Out) -> None:
    """The combinations of one turn under one set of gates."""
    pairs = looked.pairs + np.array((0, track.first))
    play_lane(lane, looked.until, looked.targets, pairs, out.ledger, out.days)
    setups = len(looked.until.code)
    for target, row in pairs:
        lacks = lacking(lane, looked.until, looked.targets[target]) if looked.drops else 0
        dropped = track.passed - len(lane.row) + lacks
        out.counts[row] = setups, setups - track.passed, dropped


def look_up(desk: Desk, turn: Turn, stops: Stops, plain: Ends) -> Looked:
    """The ends of one turn."""
    row, targets = stops.ends.row[turn.stop], plain
    if turn.in_risk:
        multiples = {target for target in turn.targets if isinstance(target, Risk)}
        targets = desk.board.targets_in_risk(multiples, stops.risk[row])
    code = np.minimum(stops.ends.codes[row], desk.end(turn.timing).codes)
    rows = [targets.row[target] for target in turn.targets]
    drops = stops.ends.drops[row] or any(targets.drops[k] for k in rows)
    pairs = np.column_stack((np.array(rows, np.int64), turn.places))
    return Looked(Until(code, stops.worth[row]), targets.codes, pairs, drops)
