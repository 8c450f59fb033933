"""The board: where the setups of one structure would end under every distance asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np

from engine.core.axis import scaled
from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.core.instrument import RATE_SCALE
from engine.core.setups import Floats, Setups
from engine.fills.chains import Tape, tape
from engine.fills.costs import LIMIT, MARKET, RTH, STOP
from engine.fills.distances import (
    Distance,
    Dollars,
    Follow,
    Level,
    Percent,
    Risk,
    Ticks,
    Times,
)
from engine.fills.fast.begin import Begun, begun
from engine.fills.fast.codes import (
    DROPPED,
    NEVER,
    STOP_INSIDE,
    STOP_OPEN,
    TARGET_INSIDE,
    TARGET_OPEN,
    expired,
)
from engine.fills.fast.followed import followed_ends
from engine.fills.fast.reach import Bill, Starts, in_risk, reach, stay
from engine.fills.fast.timing import Timing, left_at
from engine.fills.measure import Ruler, measure
from engine.fills.orders import sent
from engine.fills.rules import LEVEL
from engine.fills.simulate import R_SCALE, Table


class Ends(NamedTuple):
    """Codes of ends, one row a distance and one column a setup."""

    row: dict[Distance | None, int]
    codes: Longs
    drops: list[bool]  # by row: whether it drops any setup


class Stops(NamedTuple):
    """The ends at stops, the ticks each risks, and what a money unit is worth in 1/10,000 R."""

    ends: Ends
    risk: Longs
    worth: Floats


class End(NamedTuple):
    """The end that comes without stop or target, and the setups that can still be filled."""

    codes: Longs
    usable: Bools


@dataclass(frozen=True, eq=False)
class Board:
    """Setups with their fills and fees at hand; a distance costs a few links of a chain each."""

    table: Table
    setups: Setups

    @cached_property
    def tape(self) -> Tape:
        return tape(self.table.played)

    @cached_property
    def session(self) -> Longs:
        return self.table.bars.session[self.setups.bar].astype(np.int64)

    @cached_property
    def begun(self) -> Begun:
        return begun(self.table, self.setups, self.tape)

    @cached_property
    def entry_costs(self) -> Longs:
        """F19, F21, F30: of an order that rests in the book, or of one that crosses."""
        table, waits = self.table, self.begun.waits
        money = table.tolls.money[:, RTH]  # other hours with slippage of their own are refused
        rate = np.where(
            waits, table.schedule.maker[self.session], table.schedule.taker[self.session]
        )
        share = -((-rate * np.abs(self.begun.starts.price * table.stake.tick)) // RATE_SCALE)
        slip = np.where(waits, money[LIMIT], money[MARKET])
        return np.asarray(table.schedule.fixed[self.session] + share + slip)

    @cached_property
    def ruler(self) -> Ruler:
        table = self.table
        return Ruler(table.bars, self.setups, sent(table.bars, self.setups), table.stake)

    def bill(self, gains: int, kind: int, rate: Longs) -> Bill:
        """F19 to F21, F65: everything a trade pays that leaves by this kind of order."""
        slippage = int(self.table.tolls.money[kind, RTH])
        costs = self.entry_costs + self.table.schedule.fixed[self.session] + slippage
        at_open, inside = (TARGET_OPEN, TARGET_INSIDE) if gains > 0 else (STOP_OPEN, STOP_INSIDE)
        if gains > 0 and self.table.rules.stop_first:  # F69: its open is no moment of its own
            at_open = inside
        return Bill(gains, self.table.stake.tick, costs, rate[self.session], at_open, inside)

    @cached_property
    def target_bill(self) -> Bill:
        """Of an order that rests in the book."""
        return self.bill(1, LIMIT, self.table.schedule.maker)

    def stops(self, distances: Iterable[Distance | None]) -> Stops:
        """Ends at these stops."""
        table = self.table
        bill = self.bill(-1, STOP, table.schedule.taker)
        ends, far = self.ends(distances, bill)
        risk, tick = np.maximum(far, 0), table.stake.tick
        staked = risk * tick + table.stake.costs(self.session, self.begun.starts.price * tick)
        stops = np.array([distance is not None for distance in ends.row])
        counts = (staked > 0) & stops[:, None]
        worth = np.divide(R_SCALE, staked, out=np.zeros(staked.shape), where=counts)
        return Stops(ends, risk, worth)

    def targets(self, distances: Iterable[Distance | None]) -> Ends:
        """Ends at these targets, none of them a multiple of the risk."""
        return self.ends(distances, self.target_bill)[0]

    def targets_in_risk(self, targets: Iterable[Risk], risk: Longs) -> Ends:
        """Ends at multiples of the ticks one stop risks."""
        ordered = sorted(set(targets), key=kind_and_size)
        times = np.array([scaled(target.times) for target in ordered], np.int64)
        distances = np.empty((len(risk), len(times)), np.int64)
        in_risk(times, risk, distances)
        codes = np.empty((len(times), len(risk)), np.int64)
        reach(self.tape, walks(self), distances, self.target_bill, codes)
        row: dict[Distance | None, int] = {target: k for k, target in enumerate(ordered)}
        return Ends(row, codes, [False] * len(ordered))

    def ends(self, distances: Iterable[Distance | None], bill: Bill) -> tuple[Ends, Longs]:
        """Ends at these distances, and the distances in ticks; those of a kind share a walk."""
        ordered = sorted(set(distances), key=kind_and_size)
        codes = np.full((len(ordered), len(self.setups)), NEVER, np.int64)
        far, drops, first = np.zeros(codes.shape, np.int64), [], 0
        for kind, family in groupby(ordered, lambda distance: kind_and_size(distance)[:2]):
            lacks = []
            for row, distance in enumerate(family, first):
                far[row], lack = ticks(self, distance, bill.gains)
                lacks.append(lack)
            part = slice(first, first + len(lacks))
            if kind[0] == FOLLOWED:
                codes[part] = ends_at(self, kind[1], bill)
            elif kind != NOTHING:
                reach(self.tape, walks(self), np.ascontiguousarray(far[part].T), bill, codes[part])
            for row, lack in enumerate(lacks, first):
                codes[row, lack] = DROPPED
                drops.append(bool(lack.any()))
            first = part.stop
        return Ends({d: k for k, d in enumerate(ordered)}, codes, drops), far

    def end(self, timing: Timing) -> End:
        """Ends at a time, at a flag or with the session, and orders that found no fill."""
        facts, begun = self.table.frames[timing.flatten], self.begun
        entry, flat = facts.ahead[self.setups.bar], facts.flatten_bar[self.session]
        leave, lacks = left_at(self.table, self.setups, begun.starts, timing)
        bill = self.bill(1, MARKET, self.table.schedule.taker)
        codes = np.empty(len(self.setups), np.int64)
        stay(self.tape, begun.starts, leave, bill, codes)
        late = begun.waits & (~begun.filled | (begun.starts.bar >= flat))
        codes[late] = expired(begun.until)[late]
        timely = begun.waits | (facts.inside[entry] & (entry < flat))
        return End(codes, timely & (entry <= begun.until) & ~lacks & ~begun.unnamed)


def ends_at(board: Board, column: str, bill: Bill) -> Longs:
    """Ends at a column; of a bar that is spared the close has moved the target already."""
    table, setups = board.table, board.setups
    since = board.begun.starts.bar - (not table.rules.spare_entry_bar)
    begin = walks(board), since
    return followed_ends(table.played, table.still, setups, column, begin, bill)


def walks(board: Board) -> Starts:
    """Where a stop or target can be met first: in the next bar where the fill's is spared."""
    if not board.table.rules.spare_entry_bar:
        return board.begun.starts
    facts = next(iter(board.table.frames.values()))
    whole = np.zeros(len(board.setups), np.bool_)
    return board.begun.starts._replace(bar=facts.ahead[board.begun.starts.bar], inside=whole)


def ticks(board: Board, distance: Distance | None, gains: int) -> tuple[Longs, Bools]:
    """Ticks from the fill, and which setups lack the distance (F04 to F06)."""
    setups, starts = board.setups, board.begun.starts
    found = measure(distance, board.ruler, setups.target if gains > 0 else setups.stop, gains)
    lacks = found.no_distance | found.no_level | found.passed
    if found.kind != LEVEL:
        return found.number, lacks
    return gains * setups.side * (found.number - starts.price), lacks


NOTHING, FOLLOWED = ("none", ""), "follow"
SIZED = {Ticks: "ticks", Risk: "times", Percent: "percent", Dollars: "dollars", Level: "offset"}


def kind_and_size(distance: Distance | None) -> tuple[str, str, Any]:
    """Distances of one kind side by side, shorter first: of such a run every setup's ascend."""
    if distance is None:
        return *NOTHING, 0
    if isinstance(distance, Times):
        return "times", distance.of, distance.times
    if isinstance(distance, Follow):
        return FOLLOWED, distance.column, distance.until_trail
    kind = type(distance)
    return kind.__name__.lower(), "", getattr(distance, SIZED[kind]) if kind in SIZED else 0
