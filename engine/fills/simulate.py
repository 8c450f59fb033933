"""The face of play: setups in, trades out, in whole ticks and money units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.columns import Bools, frozen
from engine.core.instrument import RATE_SCALE
from engine.core.setups import Setups
from engine.fills.chains import tape
from engine.fills.costs import MARKET, STOP, Costs, Schedule, Stake, Tolls, tolls
from engine.fills.details import Detailed, detail, doors, followed_by, policy_of
from engine.fills.exits import Exits
from engine.fills.frame import Frame, frame, idle, stilled
from engine.fills.inner import inner_of
from engine.fills.kernel import TAKEN, Bytes, Fills, hold_each, play
from engine.fills.limits import Rules
from engine.fills.measure import Ruler
from engine.fills.orders import Prepared, prepare, sent
from engine.fills.price import Costing
from engine.fills.rules import BEST, WORST
from engine.fills.sales import Held
from engine.fills.scan import Limits, blank_book, hold_best, scan
from engine.fills.terms import Inner, Market
from engine.fills.trades import R_SCALE, REASONS, Trades, detailed_trades, trades_of

__all__ = ["REASONS", "R_SCALE", "Played", "Table", "Trades", "best_net", "blank", "simulate"]

LEG_COLUMNS = 3


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
    played: Bars  # as play sees them: those that fill nothing stand still
    still: Bools  # by bar; of length 0 where none is so
    inner: Inner
    tolls: Tolls
    lots: int  # most contracts of a position
    frames: Mapping[int | None, Frame]  # by flatten time
    doors: Mapping[int | None, Bools]  # by flatten time: where an order that waits may fill

    @classmethod
    def of(cls, bars: Bars, rules: Rules, costs: Costs, exits: Iterable[Exits]) -> Table:
        still, kept = idle(bars, rules), list(exits)
        times = {one.flatten for one in kept}
        frames = {flatten: frame(bars, rules, flatten, still) for flatten in times}
        open_at = {flatten: doors(bars, facts, still) for flatten, facts in frames.items()}
        lots = max((sum(one.legs.lots) for one in kept if one.legs), default=1)
        named = still if still.any() else still[:0]
        facts = (stilled(bars, still), named, inner_of(bars), tolls(bars, costs), lots)
        return cls(bars, rules, costs, costs.schedule(bars), *facts, frames, open_at)

    def prepare(self, setups: Setups, exits: Exits) -> Prepared:
        facts = self.frames[exits.flatten]
        return prepare(self.bars, setups, exits, self.rules, facts, self.stake)

    @property
    def stake(self) -> Stake:
        """What a stopped contract costs."""
        it, money = self.bars.instrument, self.tolls.money
        dearest = int((money[MARKET] + money[STOP]).max())
        return Stake(self.schedule, dearest, it.tick_money, it.money_unit)

    def dearest_costs(self, value: int) -> int:
        """The most a trade between prices of this value can cost a contract, in money units."""
        fixed, maker, taker = (int(column.max()) for column in self.schedule)
        share = -(-max(maker, taker) * value // RATE_SCALE)
        carried = int(np.ptp(self.tolls.paid)) if self.tolls.paid.size else 0
        return 2 * (fixed + share) + 2 * int(self.tolls.money.max()) + carried


def simple(table: Table, setups: Setups, exits: Exits) -> bool:
    """Whether market orders, a stop, a target and the session are all that is played."""
    plain = setups.entries is None and setups.parents is None
    return plain and exits.simple and table.rules.simple and table.inner.first.size == 0


def simulate(table: Table, setups: Setups, exits: Exits) -> Played:
    """Play the setups under the worst reading of what a bar cannot know."""
    if not simple(table, setups, exits):
        return scanned(table, setups, exits)
    orders, rows, outcome = table.prepare(setups, exits)
    fills = blank(len(rows))
    play(table.played.arrays, orders, table.rules.max_per_session, WORST, fills)
    outcome[rows] = fills.outcome
    taken = np.flatnonzero(fills.outcome == TAKEN)
    return Played(frozen(outcome), trades_of(table, orders, fills, (taken, rows[taken])))


def best_net(table: Table, setups: Setups, exits: Exits, trades: Trades) -> Longs:
    """Net of each trade alone, had its ambiguous bars gone the best way."""
    if not simple(table, setups, exits):
        return scanned_best(table, setups, exits, trades)
    orders, rows, _ = table.prepare(setups, exits)
    taken = np.searchsorted(rows, trades.setup)
    fills = blank(len(rows))
    hold_each(table.played.arrays, orders, taken, BEST, fills)
    return trades_of(table, orders, fills, (taken, trades.setup)).net


def blank(count: int) -> Fills:
    types = (np.int8, *(np.int64,) * 8, np.int8, np.bool_)
    return Fills._make(np.zeros(count, dtype) for dtype in types)


def blank_held(count: int) -> Held:
    legs = np.zeros((2, count, LEG_COLUMNS), np.int64)
    bar, sold, net, made = np.zeros((4, count), np.int64)
    return Held(bar, legs[0], legs[1], sold, net, made)


def scanned(table: Table, setups: Setups, exits: Exits) -> Played:
    """Play under every rule there is."""
    found = detailed(table, setups, exits)
    fills, held = blank(len(found.rows)), blank_held(len(found.rows))
    policy, market = policy_of(exits, table.rules, setups), market_of(table, setups, exits)
    limits, prices = limits_of(table), prices_of(table)
    scan(market, found.terms, policy, limits, prices, (fills, held, blank_book(limits.positions)))
    found.outcome[found.rows] = fills.outcome
    taken = np.flatnonzero(fills.outcome == TAKEN)
    made = detailed_trades(table, found.terms, (fills, held), policy, (taken, found.rows[taken]))
    return Played(frozen(found.outcome), made)


def scanned_best(table: Table, setups: Setups, exits: Exits, trades: Trades) -> Longs:
    """F28: of a doubt about the entry bar either reading may be the better one."""
    found = detailed(table, setups, exits)
    fills, held = blank(len(found.rows)), blank_held(len(found.rows))
    policy, market = policy_of(exits, table.rules, setups), market_of(table, setups, exits)
    limits, prices = limits_of(table), prices_of(table)
    scan(market, found.terms, policy, limits, prices, (fills, held, blank_book(limits.positions)))
    taken = np.searchsorted(found.rows, trades.setup)
    hold_best(market, found.terms, policy, limits, taken, (fills, held, prices.tick))
    made = detailed_trades(table, found.terms, (fills, held), policy, (taken, trades.setup))
    return np.maximum(made.net, trades.net)


def detailed(table: Table, setups: Setups, exits: Exits) -> Detailed:
    ruler = Ruler(table.bars, setups, sent(table.bars, setups), table.stake)
    return detail(ruler, exits, table.rules, table.frames[exits.flatten])


def market_of(table: Table, setups: Setups, exits: Exits) -> Market:
    """The bars as the full kernel sees them."""
    bars, facts = table.bars, table.frames[exits.flatten]
    links = tape(table.played)
    return Market(
        bars=table.played.arrays,
        up=links.up,
        down=links.down,
        length=bars.minutes * MINUTE,
        last_bar=facts.last_bar,
        flatten_bar=facts.flatten_bar,
        enter=table.doors[exits.flatten],
        still=table.still,
        followed=followed_by(exits, setups),
        inner=table.inner,
    )


def limits_of(table: Table) -> Limits:
    """The rules of the session in money units."""
    rules, unit = table.rules, table.bars.instrument.money_unit
    return Limits(
        most=rules.max_per_session,
        cooldown=rules.cooldown,
        loss=0 if rules.daily_loss is None else int(rules.daily_loss / unit),
        profit=0 if rules.daily_profit is None else int(rules.daily_profit / unit),
        with_open=rules.with_open,
        losses=rules.max_losses,
        positions=rules.positions,
        reverse=rules.reverse,
    )


def prices_of(table: Table) -> Costing:
    """What each kind of order costs a contract, by bar and session."""
    return Costing(table.bars.instrument.tick_money, *table.tolls, *table.schedule)
