"""The face of play: setups in, trades out, in whole ticks and money units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.columns import Array, frozen
from engine.core.instrument import RATE_SCALE
from engine.core.setups import Setups
from engine.fills.costs import Costs, Schedule
from engine.fills.exits import Exits
from engine.fills.kernel import (
    DATA_END,
    REACHED,
    SESSION,
    STOPPED,
    TAKEN,
    Bytes,
    Fills,
    Orders,
    hold_each,
    play,
)
from engine.fills.orders import Frame, Prepared, Rules, frame, prepare
from engine.fills.rules import BEST, NONE, WORST

R_SCALE = 10_000
REASONS = ("stop", "target", "flatten", "session", "data_end")


class Trades(NamedTuple):
    """One row a trade, in order of entry; prices in ticks, money in money units."""

    setup: Longs  # row of the setups it came from
    side: Bytes
    session: Longs
    entry_bar: Longs
    exit_bar: Longs
    entry: Longs
    exit: Longs
    has_stop: npt.NDArray[np.bool_]
    stop: Longs
    has_target: npt.NDArray[np.bool_]
    target: Longs
    risk: Longs
    mfe: Longs
    mae: Longs
    reason: Bytes
    ambiguous: npt.NDArray[np.bool_]
    gross: Longs
    slippage: Longs
    fees: Longs
    net: Longs
    r: Longs  # net over the money at risk, in 1/10,000; 0 without a stop


class Played(NamedTuple):
    """What play made of every setup: its outcome, and the trades among them."""

    outcome: Bytes
    trades: Trades


class Table(NamedTuple):
    """What all combinations of one study share: bars, rules, costs, and facts looked up once."""

    bars: Bars
    rules: Rules
    costs: Costs
    schedule: Schedule
    frames: Mapping[int | None, Frame]  # by flatten time

    @classmethod
    def of(cls, bars: Bars, rules: Rules, costs: Costs, exits: Iterable[Exits]) -> Table:
        frames = {flatten: frame(bars, flatten) for flatten in {e.flatten for e in exits}}
        return cls(bars, rules, costs, costs.schedule(bars), frames)

    def prepare(self, setups: Setups, exits: Exits) -> Prepared:
        return prepare(self.bars, setups, exits, self.rules, self.frames[exits.flatten])

    def dearest_costs(self, value: int) -> int:
        """The most a trade between prices of this value can cost, in money units."""
        fixed, maker, taker = (int(column.max()) for column in self.schedule)
        share = -(-max(maker, taker) * value // RATE_SCALE)
        slip = self.costs.slippage
        ticks = slip.market + max(slip.market, slip.stop, slip.limit)
        return 2 * (fixed + share) + ticks * self.bars.instrument.tick_money


def simulate(table: Table, setups: Setups, exits: Exits) -> Played:
    """Play the setups under the worst reading of what a bar cannot know."""
    orders, rows, outcome = table.prepare(setups, exits)
    fills = blank(len(rows))
    play(table.bars.arrays, orders, table.rules.max_per_session, WORST, fills)
    outcome[rows] = fills.outcome
    taken = np.flatnonzero(fills.outcome == TAKEN)
    return Played(frozen(outcome), trades_of(table, orders, fills, (taken, rows[taken])))


def best_net(table: Table, setups: Setups, exits: Exits, trades: Trades) -> Longs:
    """Net of each trade alone, had its ambiguous bars gone the best way."""
    orders, rows, _ = table.prepare(setups, exits)
    taken = np.searchsorted(rows, trades.setup)
    fills = blank(len(rows))
    hold_each(table.bars.arrays, orders, taken, BEST, fills)
    return trades_of(table, orders, fills, (taken, trades.setup)).net


def blank(count: int) -> Fills:
    types = (np.int8, *(np.int64,) * 8, np.int8, np.bool_)
    return Fills._make(np.zeros(count, dtype) for dtype in types)


def trades_of(table: Table, orders: Orders, fills: Fills, taken: tuple[Array, Array]) -> Trades:
    """Price the fills: money is made here, once, from ticks."""
    rows, setup = taken
    side, entry, exit_ = orders.side[rows], fills.entry[rows], fills.exit[rows]
    bars = table.bars
    tick = bars.instrument.tick_money
    entry_bar, exit_bar = orders.entry_bar[rows], fills.exit_bar[rows]
    session = bars.session[entry_bar].astype(np.int64)
    reason = ended(bars, exit_bar, fills.reason[rows])
    gross = (exit_ - entry) * side * tick
    slippage = slipped(table.costs, reason) * tick
    fees = fees_of(table, session, reason, (entry * tick, exit_ * tick))
    net = gross - slippage - fees
    has_stop, risk = orders.stop_kind[rows] != NONE, fills.risk[rows]
    staked = risk * tick + stopped_costs(table, session, entry * tick)
    return Trades(
        setup=setup,
        side=side,
        session=session,
        entry_bar=entry_bar,
        exit_bar=exit_bar,
        entry=entry,
        exit=exit_,
        has_stop=has_stop,
        stop=fills.stop[rows],
        has_target=orders.target_kind[rows] != NONE,
        target=fills.target[rows],
        risk=risk,
        mfe=fills.mfe[rows],
        mae=fills.mae[rows],
        reason=reason,
        ambiguous=fills.ambiguous[rows],
        gross=gross,
        slippage=slippage,
        fees=fees,
        net=net,
        r=np.where(has_stop, rounded_ratio(net, staked), 0),
    )


def ended(bars: Bars, exit_bar: Longs, reason: Bytes) -> Bytes:
    """F18: a session whose last bars are not in the data did not end, the data did."""
    session = bars.session[exit_bar]
    open_still = bars.sessions.stop[session] > bars.time[exit_bar] + bars.minutes * MINUTE
    cut = (reason == SESSION) & (exit_bar == len(bars) - 1) & open_still
    return np.where(cut, np.int8(DATA_END), reason)


def slipped(costs: Costs, reason: Bytes) -> Longs:
    """F19, F20: ticks lost at the entry and at the exit."""
    slip = costs.slippage
    out = np.full(len(reason), slip.market, np.int64)
    out[reason == STOPPED], out[reason == REACHED] = slip.stop, slip.limit
    return out + slip.market


def fees_of(table: Table, session: Longs, reason: Bytes, values: tuple[Longs, Longs]) -> Longs:
    """F21: both sides; a target rests in the book and pays the maker's share."""
    schedule = table.schedule
    rests = schedule.side(session, schedule.maker, values[1])
    crosses = schedule.side(session, schedule.taker, values[1])
    exits = np.where(reason == REACHED, rests, crosses)
    return schedule.side(session, schedule.taker, values[0]) + exits


def stopped_costs(table: Table, session: Longs, value: Longs) -> Longs:
    """Slippage and fees of a trade that ends at its stop: part of the money at risk."""
    slip, tick = table.costs.slippage, table.bars.instrument.tick_money
    return (
        2 * table.schedule.side(session, table.schedule.taker, value)
        + (slip.market + slip.stop) * tick
    )


def rounded_ratio(net: Longs, staked: Longs) -> Longs:
    """`net / staked` in 1/10,000, rounded half up; 0 where nothing was at stake."""
    whole = np.maximum(staked, 1)
    return np.where(staked > 0, (2 * net * R_SCALE + whole) // (2 * whole), 0)
