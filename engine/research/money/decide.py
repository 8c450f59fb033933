"""What the trades of one instant are given: each by its rule, then all of them what is left."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from engine.core.axis import SCALE
from engine.core.bars import Longs
from engine.research.money.history import History
from engine.research.money.lane import Lane, Unit
from engine.research.money.position import Position
from engine.research.money.sizes import Case, Kelly, Volatility, Wanted
from engine.research.money.state import State, step
from engine.research.money.terms import Money
from engine.research.money.timeline import Timeline, Track

SUREST = 9_800  # of 1/10,000: what recovery may ask for at most


@dataclass(frozen=True, slots=True)
class Asked:
    """A trade that wants to be taken, and what it is given so far."""

    lane: int
    track: Track
    unit: Unit
    lots: int = 0
    bound: str = ""
    refused: str = ""

    def given(self, lots: int, bound: str) -> Asked:
        """Fewer lots because of a limit; none at all is a refusal that names it."""
        if lots >= self.lots:
            return self
        return replace(self, lots=max(lots, 0), bound=bound, refused=bound if lots <= 0 else "")

    def parted(self) -> Asked:
        """A leg's share of what its trade was given, rounded down."""
        lots = int(self.lots * self.unit.share)
        return replace(self, lots=lots, refused=self.refused or ("" if lots else "too_small"))

    @property
    def key(self) -> tuple[str, int]:
        """The trade it is, or is a leg of."""
        return self.track.lane.symbol, self.unit.trade

    @property
    def stake(self) -> Fraction:
        """Of one lot; only asked for where there is a stop."""
        return (self.unit.stake or 0) * self.track.rate

    @property
    def value(self) -> Fraction:
        """Of one lot at its entry; at a price of 0 that of a tick."""
        tick = self.track.lane.bars.instrument.tick_money
        return max(abs(self.unit.entry), 1) * tick * self.track.rate

    @property
    def tied(self) -> Fraction:
        """Margin of one lot within the day."""
        session = self.track.lane.bars.session[self.unit.entry_bar]
        return int(self.track.tied[0][session]) * self.track.lot

    def lots_of(self, contracts: Decimal) -> int:
        return int(Fraction(contracts) / self.track.lot)


@dataclass(frozen=True, eq=False, slots=True)
class Desk:
    """What decisions are made from: the rules, the clock, and the past."""

    money: Money
    timeline: Timeline
    history: History
    closed: tuple[tuple[list[int], list[int]], ...]  # by lane: instants of exits, and R

    @classmethod
    def of(cls, money: Money, timeline: Timeline) -> Desk:
        past = tuple(results(track.lane, track.at) for track in timeline.tracks)
        return cls(money, timeline, History.of(timeline), past)

    def decide(self, state: State, asked: list[Asked], instant: int) -> list[Asked]:
        """Sizes by what was known at the close before; the order of the trades changes nothing."""
        blocked = state.blocked()
        if blocked:
            return [replace(one, refused=blocked) for one in asked]
        lanes = {p.track.lane.symbol for p in state.positions} | {
            a.track.lane.symbol for a in asked
        }
        sized = [self.alone(state, one, instant, lanes) for one in asked]
        return self.shared(state, sized, instant)

    def alone(self, state: State, one: Asked, instant: int, lanes: set[str]) -> Asked:
        """The rule of size, what scales it, and the limits of a single position."""
        money, unit = self.money, one.unit
        wanted = money.size.wanted(self.case(state, one, instant))
        if wanted.refused:
            return replace(one, refused=wanted.refused)
        weighed = self.weighed(state, unit, wanted.lots)
        if weighed.refused:
            return replace(one, refused=weighed.refused)
        lots = weighed.lots
        if money.recovery is not None:
            lots = lots * step(money.recovery.size, state.severity(), SCALE) // SCALE
        lots = lots * self.alike(one, instant, lanes) // SCALE
        lots = max(lots, one.lots_of(money.least))
        sized = replace(one, lots=lots, refused="" if lots else "too_small")
        return self.capped(sized, state.equity).parted()

    def weighed(self, state: State, unit: Unit, lots: int) -> Wanted:
        """What the trade's own attributes leave of a size."""
        sure = self.money.confidence
        if sure is not None:
            if unit.confidence is None:
                return Wanted(0, "no_confidence")
            if unit.confidence < self.asked_for(state):
                return Wanted(0, "confidence")
            share = sure.floor * SCALE + (SCALE - sure.floor) * unit.confidence
            lots = lots * share // (SCALE * SCALE)
        if self.money.multiplier is None:
            return Wanted(lots)
        if unit.multiplier is None:
            return Wanted(0, "no_multiplier")
        return Wanted(lots * unit.multiplier // SCALE)

    def case(self, state: State, one: Asked, instant: int) -> Case:
        size, unit, lane = self.money.size, one.unit, one.lane
        swing: Fraction | None = None
        closed: tuple[int, ...] = ()
        if isinstance(size, Volatility):
            swing = self.history.swing(lane, int(self.timeline.date[instant]), size.sessions)
        if isinstance(size, Kelly):
            exits, made = self.closed[lane]
            closed = tuple(made[: bisect_left(exits, instant)])
        stake = None if unit.stake is None else one.stake
        lot = one.track.lane.bars.instrument.lot
        return Case(state.equity, stake, swing, closed, state.unit, lot)

    def asked_for(self, state: State) -> int:
        """The confidence a trade needs; more of it as the day's loss nears its limit."""
        base = self.money.confidence.base if self.money.confidence else 0
        if self.money.recovery is None:
            return base
        lift = step(self.money.recovery.lift, state.severity(), 0)
        return base if not lift else min(base + (SCALE - base) * lift // SCALE, SUREST)

    def alike(self, one: Asked, instant: int, lanes: set[str]) -> int:
        """What mean correlation with the other symbols leaves of the size, in 1/10,000."""
        rule = self.money.correlation
        tracks = self.timeline.tracks
        others = [k for k, t in enumerate(tracks) if k != one.lane and t.lane.symbol in lanes]
        if rule is None or not others:
            return SCALE
        date = int(self.timeline.date[instant])
        total = sum(self.history.together((one.lane, k), date, rule.sessions) for k in others)
        return max(rule.floor, SCALE - rule.strength * total // (len(others) * SCALE))

    def capped(self, one: Asked, equity: int) -> Asked:
        """Contracts, value and loss of one position."""
        limits, unit = self.money.limits, self.timeline.unit
        one = one.given(one.lots_of(limits.contracts), "contracts")
        if limits.dollars is not None:
            one = one.given(int(int(limits.dollars / unit) // one.value), "dollars")
        if limits.exposure is not None:
            one = one.given(int(equity * limits.exposure // SCALE // one.value), "exposure")
        if limits.max_loss is not None:
            if one.unit.stake is None:
                return replace(one, lots=0, refused=one.refused or "no_stop")
            one = one.given(int(int(limits.max_loss / unit) // one.stake), "max_loss")
        return one

    def shared(self, state: State, asked: list[Asked], instant: int) -> list[Asked]:
        """Places, heat and margin; what is short is shared out in proportion, rounded down."""
        limits = self.money.limits
        asked = self.seated(state, asked)
        if limits.heat is not None:
            asked = [
                replace(a, lots=0, refused=a.refused or "no_stop") if a.unit.stake is None else a
                for a in asked
            ]
            room = state.equity * limits.heat // SCALE - sum(p.stake for p in state.positions)
            asked = spread(asked, [a.stake for a in asked], room, "heat")
        before = instant - 1
        used = sum(int(p.tied(before, instant)[0]) for p in state.positions)
        return spread(
            asked, [a.tied for a in asked], state.equity * limits.margin // SCALE - used, "margin"
        )

    def seated(self, state: State, asked: list[Asked]) -> list[Asked]:
        """First come, first served; of those that come together, by symbol."""
        most = self.money.limits.positions
        if most is None:
            return asked
        seats = {position.key for position in state.positions}
        found = []
        for one in asked:
            seat = one.key
            if one.lots and seat not in seats and len(seats) >= most:
                found.append(one.given(0, "positions"))
                continue
            if one.lots:
                seats.add(seat)
            found.append(one)
        return found


def spread(asked: list[Asked], each: list[Fraction], room: int, name: str) -> list[Asked]:
    """Cut all sizes by one factor, so that together they fit."""
    total = sum(a.lots * cost for a, cost in zip(asked, each, strict=True))
    if total <= max(room, 0):
        return asked
    part = max(room, 0) / total
    return [
        a.given(int(a.lots * part), name) if cost else a
        for a, cost in zip(asked, each, strict=True)
    ]


def results(lane: Lane, at: Longs) -> tuple[list[int], list[int]]:
    """Exits of the unit trades and their R, in order of exit; those without a stop say nothing."""
    rows = [(int(at[u.exit_bar]), u.row, u.r) for u in lane.units if u.r is not None]
    ordered = sorted(rows)
    return [exit_ for exit_, _, _ in ordered], [r for _, _, r in ordered]


def opened(one: Asked) -> Position:
    return Position.of(one.track, one.unit, one.lots, one.bound)
