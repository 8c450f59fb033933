"""Trades: what was filled, in prices, and what it made, in money; costs are charged here, once."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.columns import Array, Bools
from engine.fills.costs import Schedule, Stake, Tolls
from engine.fills.kernel import (
    BROKE_EVEN,
    DATA_END,
    REACHED,
    SESSION,
    STOPPED,
    Bytes,
    Fills,
    Orders,
)
from engine.fills.rules import NONE
from engine.fills.sales import Held
from engine.fills.terms import LIMIT, MARKET, STOP, STOP_AT, TARGET_AT, Policy, Terms

R_SCALE = 10_000
REASONS = (
    *("stop", "target", "flatten", "session", "data_end"),
    *("hold", "signal", "sideways", "underwater", "reverse", "daily_loss", "daily_profit"),
    *("breakeven", "trail", "decay", "tighten"),
)
LEGS = 3
CROSSES, STOPS, RESTS = range(3)  # rows of the tolls: market, stop and limit orders


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
    funding: Longs
    net: Longs
    r: Longs  # net over the money at risk, in 1/10,000; 0 without a stop
    order: Bytes  # place in engine.core.entries.ORDERS
    lots: Longs  # contracts, of all legs
    leg_bar: npt.NDArray[np.int64]  # [trade, leg]: where a leg was sold before the end
    leg: npt.NDArray[np.int64]  # its price
    sold: npt.NDArray[np.int64]  # its lots, 0 where it left with the rest


class Priced(Protocol):
    """What pricing asks of a table of play."""

    @property
    def bars(self) -> Bars: ...
    @property
    def tolls(self) -> Tolls: ...
    @property
    def schedule(self) -> Schedule: ...
    @property
    def stake(self) -> Stake: ...


class Raw(NamedTuple):
    """What money is made of: the fills of the trades alone."""

    side: Array
    session: Longs
    order: Bytes
    entry_bar: Longs
    exit_bar: Longs
    entry: Longs
    exit: Longs
    reason: Bytes
    has_stop: Bools
    risk: Longs
    lots: Longs
    leg_bar: Array
    leg: Array
    sold: Array


def trades_of(table: Priced, orders: Orders, fills: Fills, taken: tuple[Array, Array]) -> Trades:
    """The trades of the simple kernel: one lot, in by a market order."""
    rows, setup = taken
    entry_bar, exit_bar, none = orders.entry_bar[rows], fills.exit_bar[rows], np.zeros(len(rows))
    bars = table.bars
    raw = Raw(
        side=orders.side[rows],
        session=bars.session[entry_bar].astype(np.int64),
        order=none.astype(np.int8),
        entry_bar=entry_bar,
        exit_bar=exit_bar,
        entry=fills.entry[rows],
        exit=fills.exit[rows],
        reason=ended(bars, exit_bar, fills.reason[rows]),
        has_stop=orders.stop_kind[rows] != NONE,
        risk=fills.risk[rows],
        lots=np.ones(len(rows), np.int64),
        **unsold(len(rows)),
    )
    return joined(table, raw, fills, setup, (rows, orders.target_kind[rows] != NONE))


def detailed_trades(
    table: Priced,
    terms: Terms,
    out: tuple[Fills, Held],
    policy: Policy,
    taken: tuple[Array, Array],
) -> Trades:
    """The trades of the full kernel, with their legs."""
    (fills, held), (rows, setup), bars = out, taken, table.bars
    entry_bar, exit_bar = held.bar[rows], fills.exit_bar[rows]
    bits = (held.sold[rows, None] >> np.arange(LEGS)) & 1
    raw = Raw(
        side=terms.side[rows],
        session=bars.session[entry_bar].astype(np.int64),
        order=terms.order[rows],
        entry_bar=entry_bar,
        exit_bar=exit_bar,
        entry=fills.entry[rows],
        exit=fills.exit[rows],
        reason=ended(bars, exit_bar, fills.reason[rows]),
        has_stop=np.full(len(rows), terms.kind[STOP_AT] != NONE),
        risk=fills.risk[rows],
        lots=np.full(len(rows), policy.all),
        leg_bar=held.leg_bar[rows],
        leg=held.leg[rows],
        sold=bits * np.array(policy.lots),
    )
    has_target = np.full(len(rows), terms.kind[TARGET_AT] != NONE)
    return joined(table, raw, fills, setup, (rows, has_target))


def unsold(count: int) -> dict[str, Any]:
    """No legs."""
    return {name: np.zeros((count, LEGS), np.int64) for name in ("leg_bar", "leg", "sold")}


def joined(
    table: Priced, raw: Raw, fills: Fills, setup: Longs, found: tuple[Array, Bools]
) -> Trades:
    """Price the fills: money is made here, once, from ticks."""
    rows, has_target = found
    tick = table.bars.instrument.tick_money
    gross, slippage, fees = gross_of(raw, tick), slipped(table.tolls, raw), fees_of(table, raw)
    funding = carried(table.tolls, raw)
    net = gross - slippage - fees - funding
    staked = raw.lots * (raw.risk * tick + table.stake.costs(raw.session, raw.entry * tick))
    return Trades(
        setup=setup,
        has_stop=raw.has_stop,
        stop=fills.stop[rows],
        has_target=has_target,
        target=fills.target[rows],
        mfe=fills.mfe[rows],
        mae=fills.mae[rows],
        ambiguous=fills.ambiguous[rows],
        gross=gross,
        slippage=slippage,
        fees=fees,
        funding=funding,
        net=net,
        r=np.where(raw.has_stop, rounded_ratio(net, staked), 0),
        **{name: getattr(raw, name) for name in raw._fields if name != "has_stop"},
    )


def ended(bars: Bars, exit_bar: Longs, reason: Bytes) -> Bytes:
    """F18: a session whose last bars are not in the data did not end, the data did."""
    session = bars.session[exit_bar]
    open_still = bars.sessions.stop[session] > bars.time[exit_bar] + bars.minutes * MINUTE
    cut = (reason == SESSION) & (exit_bar == len(bars) - 1) & open_still
    return np.where(cut, np.int8(DATA_END), reason)


def gross_of(raw: Raw, tick: int) -> Longs:
    """Money before costs, of the legs and of the rest."""
    legs = (raw.leg - raw.entry[:, None]) * raw.sold
    rest = (raw.exit - raw.entry) * (raw.lots - raw.sold.sum(axis=1))
    return np.asarray((legs.sum(axis=1) + rest) * raw.side * tick)


def stops(reason: Bytes) -> Bools:
    """Whether a stop order ended it, wherever a rule had moved it to."""
    return np.asarray((reason == STOPPED) | (reason >= BROKE_EVEN))


def slipped(tolls: Tolls, raw: Raw) -> Longs:
    """F19, F20, F30, F64, F65: money lost at the entry, at each leg and at the exit."""
    money, part = tolls.money, tolls.part
    into = np.select([raw.order == MARKET, raw.order == STOP], [CROSSES, STOPS], RESTS)
    out = np.select([raw.reason == REACHED, stops(raw.reason)], [RESTS, STOPS], CROSSES)
    left = raw.lots - raw.sold.sum(axis=1)
    found = raw.lots * money[into, part[raw.entry_bar]] + left * money[out, part[raw.exit_bar]]
    return np.asarray(found + (raw.sold * money[RESTS, part[raw.leg_bar]]).sum(axis=1))


def carried(tolls: Tolls, raw: Raw) -> Longs:
    """F66: funding of every contract from its entry to where it left."""
    if not tolls.paid.size:
        return np.zeros(len(raw.lots), np.int64)
    way = np.where(raw.side > 0, 0, 1)
    since = tolls.paid[way, raw.entry_bar]
    legs = (tolls.paid[way[:, None], raw.leg_bar] - since[:, None]) * raw.sold
    left = raw.lots - raw.sold.sum(axis=1)
    return np.asarray(left * (tolls.paid[way, raw.exit_bar] - since) + legs.sum(axis=1))


def fees_of(table: Priced, raw: Raw) -> Longs:
    """F21: both sides; a limit order rests in the book and pays the maker's share."""
    schedule, tick = table.schedule, table.bars.instrument.tick_money
    entry, exit_ = raw.entry * tick, raw.exit * tick
    into = resting(schedule, raw.session, entry, raw.order == LIMIT)
    out = resting(schedule, raw.session, exit_, raw.reason == REACHED)
    fees = raw.lots * into + (raw.lots - raw.sold.sum(axis=1)) * out
    for m in range(LEGS):
        fees += raw.sold[:, m] * schedule.side(raw.session, schedule.maker, raw.leg[:, m] * tick)
    return np.asarray(fees)


def resting(schedule: Schedule, session: Longs, value: Longs, rests: Bools) -> Longs:
    """Fees of one contract and side, by whether its order rested in the book."""
    maker = schedule.side(session, schedule.maker, value)
    return np.where(rests, maker, schedule.side(session, schedule.taker, value))


def rounded_ratio(net: Longs, staked: Longs) -> Longs:
    """`net / staked` in 1/10,000, rounded half up; 0 where nothing was at stake."""
    whole = np.maximum(staked, 1)
    return np.where(staked > 0, (2 * net * R_SCALE + whole) // (2 * whole), 0)
