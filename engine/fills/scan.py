"""The order of play under every rule: which setups are taken, and what each of them made."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs, Ticks
from engine.core.jit import lean_kernel
from engine.fills.calm import NEVER
from engine.fills.close import Account
from engine.fills.hold import hold, write
from engine.fills.kernel import (
    BROKE_EVEN,
    BUSY,
    COOLDOWN,
    DAILY_LOSS,
    DAILY_PROFIT,
    EXPIRED,
    LOSSES,
    MAX,
    PARENT,
    REACHED,
    REVERSED,
    STOPPED,
    TAKEN,
    Bytes,
    Fills,
)
from engine.fills.plan import Plan, Spot, planned
from engine.fills.price import Costing, entry_costs, net_of
from engine.fills.rules import BEST, WORST
from engine.fills.sales import Held
from engine.fills.terms import Fill, Market, Policy, Terms
from engine.fills.waiting import Sent, wait

ENDED, AFTER_STOP, AFTER_LOSS, AFTER_WIN, AFTER_TARGET = 0, 1, 2, 3, 4

# A slot: whether something is in it, its last bar, whether and where it filled, in which session,
# what it made, whether it is reversed, and its order.
LIVE, UNTIL, FILLED, AT, IN, NET, REVERSES, OWNER = 0, 1, 2, 3, 4, 5, 6, 7
PARTS = 8
# The day: its session, realised money, losses in a row, fills, and the bar of the last exit.
NOW, MADE, ROW, COUNT, QUIET = 0, 1, 2, 3, 4


Slots = npt.NDArray[np.int64]


class Limits(NamedTuple):
    """Rules of the session; 0 means no limit."""

    most: int
    cooldown: int
    loss: int  # money units
    profit: int
    with_open: bool
    losses: int
    positions: int
    reverse: bool


class Book(NamedTuple):
    """What is open or works, and the day so far."""

    slots: Slots
    day: npt.NDArray[np.int64]


def blank_book(positions: int) -> Book:
    """An empty book; there is always one slot more than positions."""
    return Book(np.zeros((positions + 1, PARTS), np.int64), np.array([-1, 0, 0, 0, -1]))


@lean_kernel
def scan(
    market: Market,
    terms: Terms,
    policy: Policy,
    limits: Limits,
    costing: Costing,
    out: tuple[Fills, Held, Book],
) -> None:
    """Play all orders in the order of their setups, under the worst reading."""
    fills, held, book = out
    session = market.bars.session
    for k in range(len(terms.bar)):
        i = terms.bar[k]
        settle(book, i, int(np.int64(session[i])))
        refused = refusal(limits, book, i, terms.first[k])
        if refused == TAKEN and terms.bound[k]:
            refused = followed(session, terms, k, fills, held.net, policy.after)
        fills.outcome[k] = refused
        if refused == TAKEN:
            sent = sent_of(terms, k)
            fill = wait(market.bars, market.enter, sent, policy)
            slot = taken(book, k, fill, int(np.int64(session[fill.bar])))
            fills.outcome[k] = TAKEN if fill.filled else EXPIRED
            if fill.filled:
                money = opened(costing, policy, limits, sent.order, (fill, slot), book)
                plan = plan_of(market, terms, policy, limits, k, fill)
                found = hold(market, plan, policy, money, WORST, (k, held))
                write(fills, k, plan, found)
                held.bar[k], held.sold[k], held.made[k] = fill.bar, found.sold, money.made
                now = book.slots[slot, IN]
                paid = entry_costs(costing, sent.order, fill.bar, now, fill.price)
                held.net[k] = net_of(costing, plan, policy, found, (k, now, held), paid)
                book.slots[slot, UNTIL], book.slots[slot, NET] = found.bar, held.net[k]
                book.slots[slot, REVERSES] = found.ending.reason == REVERSED


@lean_kernel
def hold_best(
    market: Market,
    terms: Terms,
    policy: Policy,
    limits: Limits,
    rows: Longs,
    out: tuple[Fills, Held, int],
) -> None:
    """Hold the named orders once more, each alone, under the best reading."""
    fills, held, tick = out
    loss, profit = (limits.loss, limits.profit) if limits.with_open else (0, 0)
    for k in rows:
        fill = wait(market.bars, market.enter, sent_of(terms, k), policy)
        plan = plan_of(market, terms, policy, limits, k, fill)
        money = Account(held.made[k], tick, loss, profit)
        found = hold(market, plan, policy, money, BEST, (k, held))
        write(fills, k, plan, found)
        held.sold[k] = found.sold


@lean_kernel
def sent_of(terms: Terms, k: int) -> Sent:
    """The order in row `k`, turned so that it buys."""
    side = int(np.int64(terms.side[k]))
    level, limit = side * terms.level[k], side * terms.limit[k]
    order = int(np.int64(terms.order[k]))
    return Sent(side, order, level, limit, terms.first[k], terms.until[k])


@lean_kernel
def plan_of(
    market: Market, terms: Terms, policy: Policy, limits: Limits, k: int, fill: Fill
) -> Plan:
    """The order in row `k` at its fill."""
    session, side = market.bars.session[fill.bar], int(np.int64(terms.side[k]))
    last, stands = market.last_bar[session], 0
    if market.followed.target.size > 0:
        stands = market.followed.target[0 if side > 0 else 1, fill.bar - 1]
    reverse = opposite(terms.bar, terms.side, k, fill.bar, last) if limits.reverse else NEVER
    flatten = market.flatten_bar[session]
    spot = Spot(side, fill, last, flatten, reverse, market.length, stands)
    return planned(market.bars.time, spot, terms.kind, terms.number[k], policy)


@lean_kernel
def taken(book: Book, k: int, fill: Fill, session: int) -> int:
    """Put an order into a slot, for as long as it works; which slot."""
    slot = vacant(book)
    for part in range(PARTS):
        book.slots[slot, part] = 0
    book.slots[slot, LIVE], book.slots[slot, UNTIL], book.slots[slot, OWNER] = 1, fill.bar, k
    book.slots[slot, FILLED], book.slots[slot, AT] = fill.filled, fill.bar
    book.slots[slot, IN] = session
    return slot


@lean_kernel
def vacant(book: Book) -> int:
    """A free slot; there is always one more than positions."""
    slot = 0
    while book.slots[slot, LIVE] == 1:
        slot += 1
    return slot


@lean_kernel
def settle(book: Book, i: int, session: int) -> None:
    """Count what ended by the close of bar `i`, in its order; a new session counts anew."""
    slots, day = book
    if session != day[NOW]:
        day[NOW], day[MADE], day[ROW], day[COUNT], day[QUIET] = session, 0, 0, 0, -1
    while True:
        first = next_over(slots, i)
        if first < 0:
            return
        slots[first, LIVE] = 0
        if slots[first, FILLED] == 1 and slots[first, IN] == session:
            day[MADE] += slots[first, NET]
            day[ROW] = day[ROW] + 1 if slots[first, NET] < 0 else 0
            day[COUNT] += 1
            day[QUIET] = slots[first, UNTIL]


@lean_kernel
def next_over(slots: Slots, i: int) -> int:
    """The slot that was over first among those over by the close of bar `i`, or -1."""
    first = -1
    for s in range(len(slots)):
        if slots[s, LIVE] == 1 and slots[s, UNTIL] <= i:
            earlier = slots[s, UNTIL] - slots[first, UNTIL]
            if first < 0 or earlier < 0 or (earlier == 0 and slots[s, OWNER] < slots[first, OWNER]):
                first = s
    return first


@lean_kernel
def refusal(limits: Limits, book: Book, i: int, ahead: int) -> int:
    """F09, F10, F47 to F49: why a setup is not taken, or TAKEN."""
    day = book.day
    busy, used = occupied(book, i, ahead)
    if busy >= limits.positions:
        return BUSY
    if limits.most > 0 and day[COUNT] + used >= limits.most:
        return MAX
    if day[QUIET] >= 0 and i - day[QUIET] < limits.cooldown:
        return COOLDOWN
    return spent(limits, day)


@lean_kernel
def spent(limits: Limits, day: Longs) -> int:
    """F48, F49: whether the session has lost or won enough."""
    if limits.losses > 0 and day[ROW] >= limits.losses:
        return LOSSES
    if limits.loss > 0 and day[MADE] <= -limits.loss:
        return DAILY_LOSS
    if limits.profit > 0 and day[MADE] >= limits.profit:
        return DAILY_PROFIT
    return TAKEN


@lean_kernel
def occupied(book: Book, i: int, ahead: int) -> tuple[int, int]:
    """Slots taken at the close of bar `i`, and those of them that count as fills of the session."""
    busy, used = 0, 0
    for s in range(len(book.slots)):
        if book.slots[s, LIVE] == 1:
            # A reversal that empties the slot in the next bar that trades leaves it to this setup.
            leaves = book.slots[s, REVERSES] == 1 and book.slots[s, UNTIL] == ahead
            busy += 0 if leaves else 1
            works = book.slots[s, AT] > i
            used += 1 if works or book.slots[s, IN] == book.day[NOW] else 0
    return busy, used


@lean_kernel
def followed(session: Ticks, terms: Terms, k: int, fills: Fills, nets: Longs, after: int) -> int:
    """F54: whether the parent of a setup ended in time, in the same session, and as asked."""
    p, i = terms.parent[k], terms.bar[k]
    if fills.outcome[p] != TAKEN or fills.exit_bar[p] > i or p == k:
        return PARENT
    if session[fills.exit_bar[p]] != session[i]:
        return PARENT
    reason, net = fills.reason[p], nets[p]
    stopped = reason == STOPPED or reason >= BROKE_EVEN
    fits = (
        after == ENDED
        or (after == AFTER_STOP and stopped)
        or (after == AFTER_TARGET and reason == REACHED)
        or (after == AFTER_LOSS and net < 0)
        or (after == AFTER_WIN and net > 0)
    )
    return TAKEN if fits else PARENT


@lean_kernel
def opposite(bars: Longs, sides: Bytes, k: int, first: int, last: int) -> int:
    """F53: the bar after the first setup of the other side, from the fill to the session's end."""
    m = k + 1
    while m < len(bars) and bars[m] < last:
        if bars[m] >= first and sides[m] != sides[k]:
            return int(bars[m]) + 1
        m += 1
    return NEVER


@lean_kernel
def opened(
    costing: Costing,
    policy: Policy,
    limits: Limits,
    order: int,
    at: tuple[Fill, int],
    book: Book,
) -> Account:
    """F50: what the session made before this trade, less what getting in cost."""
    if not limits.with_open:
        return Account(0, costing.tick, 0, 0)
    fill, slot = at
    session = book.slots[slot, IN]
    made = book.day[MADE] if session == book.day[NOW] else 0
    made -= policy.all * entry_costs(costing, order, fill.bar, session, fill.price)
    return Account(made, costing.tick, limits.loss, limits.profit)
