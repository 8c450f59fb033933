"""From setups to the orders of the full kernel: every number it plays by, looked up before play."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.core.axis import scaled
from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools
from engine.core.follow import ENDS, Moving
from engine.core.setups import Setups
from engine.fills.distances import Follow, Percent, Risk, Span
from engine.fills.exits import Exits
from engine.fills.frame import Frame
from engine.fills.kernel import Bytes
from engine.fills.limits import Rules
from engine.fills.measure import Ruler, span_of, ticks_of
from engine.fills.moves import Measured
from engine.fills.orders import WAITING, Judged, judge
from engine.fills.rules import DISTANCE, NONE, TIMES_RISK
from engine.fills.terms import (
    BREAK_AFTER,
    BREAK_NEEDED,
    BREAK_OFFSET,
    DECAY,
    HOLD,
    LEG,
    MARKET,
    NEAREST,
    NUMBERS,
    SIDEWAYS,
    STOP_AT,
    STOP_LEVEL,
    TARGET_AT,
    TIGHTEN,
    TRAIL_AFTER,
    TRAIL_BY,
    TRAIL_STEP,
    UNDERWATER,
    Followed,
    Policy,
    Terms,
)


class Numbers:
    """The columns of Terms.number as they fill, and the setups that lack one."""

    def __init__(self, ruler: Ruler) -> None:
        count = len(ruler.setups)
        self.ruler = ruler
        self.values = np.zeros((count, NUMBERS), np.int64)
        self.kinds = np.full(NUMBERS, NONE, np.int8)
        self.missing = np.zeros(count, np.bool_)

    def put(self, column: int, kind: int, values: Longs) -> None:
        self.kinds[column], self.values[:, column] = kind, values

    def distance(self, column: int, said: Measured | None) -> None:
        """A distance from the fill, in ticks or as a multiple of the risk."""
        if isinstance(said, Risk):
            self.put(column, TIMES_RISK, np.full(len(self.values), scaled(said.times)))
        elif said is not None:
            ticks, missing = ticks_of(said, self.ruler)
            self.put(column, DISTANCE, ticks)
            self.missing |= missing

    def span(self, column: int, said: Span | None) -> None:
        """A time after the fill."""
        kind, counts, missing = span_of(said, self.ruler.setups)
        self.put(column, kind, counts)
        self.missing |= missing


class Detailed(NamedTuple):
    """Orders of the full kernel, the setups they came from, and the outcome of all setups."""

    terms: Terms
    rows: Longs
    outcome: Bytes


def detail(ruler: Ruler, exits: Exits, rules: Rules, facts: Frame) -> Detailed:
    """Judge every setup, and write down all that its exits come to."""
    setups, numbers = ruler.setups, numbered(ruler, exits)
    found = judge(ruler, exits, rules, facts, numbers.missing)
    placed(numbers, found)
    rows = np.flatnonzero(found.outcome == WAITING)
    columns = (setups.bar, setups.side, *entries_of(setups), facts.ahead[setups.bar], found.until)
    parent, waits = parents_of(setups, rows)
    kept = (np.ascontiguousarray(column[rows]) for column in (*columns, numbers.values))
    terms = Terms._make((*kept, numbers.kinds, parent, waits))
    return Detailed(terms, rows, found.outcome)


def entries_of(setups: Setups) -> tuple[Array, Array, Array]:
    """Kind of order, level and limit of every setup."""
    if setups.entries is None:
        none = np.zeros(len(setups), np.int64)
        return np.full(len(setups), MARKET, np.int8), none, none
    order, level, limit = setups.entries[:3]
    return order, level.values, limit.values


def parents_of(setups: Setups, rows: Longs) -> tuple[Longs, Bools]:
    """By order: the order it waits for, and whether it waits at all."""
    own = np.arange(len(rows))
    if setups.parents is None:
        return own, np.zeros(len(rows), np.bool_)
    waits, parent = setups.parents.waits[rows], setups.parents.row
    place = np.full(len(setups), -1, np.int64)
    place[rows] = own
    found = np.where(parent.present[rows], place[parent.values[rows]], -1)
    # One that waits for what is never played waits for itself: it is never taken either.
    return np.where(found >= 0, found, own), np.ascontiguousarray(waits)


def placed(numbers: Numbers, found: Judged) -> None:
    """Stop and target beside the numbers of what moves them."""
    numbers.put(STOP_AT, found.stop.kind, found.stop.number)
    beside = found.stop.level if found.stop.kind == NEAREST else found.stop.number
    numbers.put(STOP_LEVEL, found.stop.kind, beside)
    numbers.put(TARGET_AT, found.target.kind, found.target.number)


def numbered(ruler: Ruler, exits: Exits) -> Numbers:
    """Every number of every setup, its stop and target apart."""
    numbers = Numbers(ruler)
    stopping(numbers, exits)
    numbers.span(HOLD, exits.hold)
    for column, idle in ((SIDEWAYS, exits.sideways), (UNDERWATER, exits.underwater)):
        numbers.span(column, None if idle is None else idle.after)
    if exits.decay is not None:
        for k, at in enumerate(exits.decay.at):
            numbers.span(DECAY + k, at)
    if exits.legs is not None:
        for k, leg in enumerate(exits.legs.at):
            numbers.distance(LEG + k, leg)
    return numbers


def stopping(numbers: Numbers, exits: Exits) -> None:
    """What moves the stop."""
    count = len(numbers.values)
    if exits.breakeven is not None:
        numbers.distance(BREAK_AFTER, exits.breakeven.after)
        offset = exits.breakeven.offset
        if isinstance(offset, Percent):
            numbers.distance(BREAK_OFFSET, offset)
        else:
            numbers.put(BREAK_OFFSET, DISTANCE, np.full(count, offset, np.int64))
    if exits.trail is not None:
        numbers.distance(TRAIL_BY, exits.trail.by)
        numbers.distance(TRAIL_AFTER, exits.trail.after)
        numbers.distance(TRAIL_STEP, exits.trail.step)
        needed = np.full(count, exits.trail.needs_breakeven, np.int64)
        numbers.put(BREAK_NEEDED, DISTANCE, needed)
    if exits.tighten is not None:
        numbers.distance(TIGHTEN, exits.tighten.to)


def policy_of(exits: Exits, rules: Rules, setups: Setups) -> Policy:
    """What is the same for all orders."""
    decay, tighten = exits.decay, exits.tighten
    shares = [scaled(by) for by in decay.by] if decay else []
    lots = exits.legs.lots if exits.legs else (1,)
    after = ENDS.index(setups.parents.ended) if setups.parents else 0
    return Policy(
        through=rules.through,
        luck=scaled(rules.fill_probability),
        seed=rules.fill_seed,
        share=0 if rules.fill_share is None else scaled(rules.fill_share),
        legs=len(lots) - 1,
        lots=padded(lots[:-1], 3),
        all=sum(lots),
        decay=padded(shares, 4),
        steps=len(shares),
        in_profit=bool(decay and decay.in_profit),
        tighten=scaled(tighten.by) if tighten and tighten.by else 0,
        quiet=exits.sideways.ticks if exits.sideways else 0,
        below=exits.underwater.ticks if exits.underwater else 0,
        until_trail=isinstance(exits.target, Follow) and exits.target.until_trail,
        after=after,
        spares=rules.spare_entry_bar,
        stop_first=rules.stop_first,
    )


def padded(values: Sequence[int], count: int) -> Any:
    """As many numbers as a kernel's tuple has, the rest 0."""
    return tuple(values) + (0,) * (count - len(values))


def followed_by(exits: Exits, setups: Setups) -> Followed:
    """The columns these exits follow; a level stays where it was last known."""
    target = leave = tighten = np.zeros((2, 0), np.int64)
    if isinstance(exits.target, Follow):
        target = last_known(setups.followed(exits.target.column))
    if exits.leave is not None:
        leave = raised(setups, exits.leave)
    if exits.tighten is not None:
        tighten = raised(setups, exits.tighten.when)
    return Followed(target, leave, tighten)


def last_known(column: Moving) -> Longs:
    """By side and bar: where a column stands after a close, or stood when it was last known."""
    if column.present.all():
        return np.ascontiguousarray(column.values)
    sides = zip(*column, strict=True)
    return np.stack([held_on(values, np.flatnonzero(there)) for values, there in sides])


def held_on(values: Longs, known: Longs) -> Longs:
    """A value from each bar in which it is known to the next such bar."""
    since = np.concatenate(([0], known))
    return np.repeat(values[since], np.diff(since, append=len(values)))


def raised(setups: Setups, name: str) -> Array:
    """By side and bar: the next bar at which a flag is up, or one past the last."""
    values, present = setups.followed(name)
    count = values.shape[1]
    found = np.empty(values.shape, np.int64)
    for row, up in enumerate((values != 0) & present):
        bars = np.append(np.flatnonzero(up), count)
        found[row] = np.repeat(bars, np.diff(bars, prepend=-1))[:count]
    return found


def doors(bars: Bars, facts: Frame, still: Bools) -> Bools:
    """By bar: whether an order that waits may fill in it."""
    early = np.arange(len(bars)) < facts.flatten_bar[bars.session]
    return facts.inside[:-1] & early & ~still
