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
from engine.core.setups import Floats, Setups
from engine.fills.costs import LIMIT, MARKET, RTH, STOP
from engine.fills.distances import Distance, Dollars, Level, Percent, Risk, Ticks, Times
from engine.fills.fast.chains import Tape, tape
from engine.fills.fast.codes import (
    DROPPED,
    NEVER,
    STOP_INSIDE,
    STOP_OPEN,
    TARGET_INSIDE,
    TARGET_OPEN,
)
from engine.fills.fast.reach import Bill, Starts, in_risk, reach, stay
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
    def starts(self) -> Starts:
        """F01; a setup of the last bar of all is never filled and stands at that bar."""
        bars, facts = self.table.played, next(iter(self.table.frames.values()))
        bar = np.minimum(facts.ahead[self.setups.bar], len(bars) - 1)
        last = facts.last_bar[self.session]
        return Starts(bar, last, self.setups.side, bars.open[bar].astype(np.int64))

    @cached_property
    def entry_fee(self) -> Longs:
        schedule = self.table.schedule
        return schedule.side(
            self.session, schedule.taker, self.starts.price * self.table.stake.tick
        )

    @cached_property
    def ruler(self) -> Ruler:
        table = self.table
        return Ruler(table.bars, self.setups, sent(table.bars, self.setups), table.stake)

    def bill(self, gains: int, kind: int, rate: Longs) -> Bill:
        """F19 to F21, F65: everything a trade pays that leaves by this kind of order."""
        money = self.table.tolls.money[:, RTH]  # other hours with slippage of their own are refused
        slippage = int(money[MARKET] + money[kind])
        costs = self.entry_fee + self.table.schedule.fixed[self.session] + slippage
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
        staked = risk * tick + table.stake.costs(self.session, self.starts.price * tick)
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
            if kind != NOTHING:
                reach(self.tape, walks(self), np.ascontiguousarray(far[part].T), bill, codes[part])
            for row, lack in enumerate(lacks, first):
                codes[row, lack] = DROPPED
                drops.append(bool(lack.any()))
            first = part.stop
        return Ends({d: k for k, d in enumerate(ordered)}, codes, drops), far

    def end(self, flatten: int | None) -> End:
        """Ends at the flatten time or at the session's end."""
        facts, last = self.table.frames[flatten], self.starts.last_bar
        entry = facts.ahead[self.setups.bar]
        flat = facts.flatten_bar[self.session]
        bill = self.bill(1, MARKET, self.table.schedule.taker)
        codes = np.empty(len(self.setups), np.int64)
        stay(self.tape, self.starts, flat, bill, codes)
        return End(codes, facts.inside[entry] & (entry <= last) & (entry < flat))


def walks(board: Board) -> Starts:
    """Where a stop or target can be met first: in the next bar where the fill's is spared."""
    if not board.table.rules.spare_entry_bar:
        return board.starts
    facts = next(iter(board.table.frames.values()))
    return board.starts._replace(bar=facts.ahead[board.starts.bar])


def ticks(board: Board, distance: Distance | None, gains: int) -> tuple[Longs, Bools]:
    """Ticks from the fill, and which setups lack the distance (F04 to F06)."""
    setups, starts = board.setups, board.starts
    found = measure(distance, board.ruler, setups.target if gains > 0 else setups.stop, gains)
    lacks = found.no_distance | found.no_level | found.passed
    if found.kind != LEVEL:
        return found.number, lacks
    return gains * setups.side * (found.number - starts.price), lacks


NOTHING = ("none", "")
SIZED = {Ticks: "ticks", Risk: "times", Percent: "percent", Dollars: "dollars", Level: "offset"}


def kind_and_size(distance: Distance | None) -> tuple[str, str, Any]:
    """Distances of one kind side by side, shorter first: of such a run every setup's ascend."""
    if distance is None:
        return *NOTHING, 0
    if isinstance(distance, Times):
        return "times", distance.of, distance.times
    kind = type(distance)
    return kind.__name__.lower(), "", getattr(distance, SIZED[kind]) if kind in SIZED else 0
