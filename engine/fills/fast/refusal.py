"""What the fast path knows; whatever else a combination asks for takes the scanning kernel.

Fields are read off the values themselves: one that is added to exits, rules, costs or setups
refuses as soon as it is set, until it is named here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any

import numpy as np

from engine.core.columns import Column
from engine.core.entries import ORDERS, Entries
from engine.core.setups import Setups
from engine.fills.costs import Costs, Slippage
from engine.fills.distances import Dollars, Follow, Level, Percent, Risk, Span, Ticks, Times
from engine.fills.exits import Exits
from engine.fills.fast.codes import MONEY_LIMIT, MOST_BARS
from engine.fills.limits import CALENDAR, COMPATIBLE, Rules
from engine.fills.simulate import Table
from engine.fills.terms import STOP, STOP_LIMIT

KNOWN: dict[type, frozenset[str]] = {
    Exits: frozenset({"stop", "target", "flatten", "hold", "leave"}),
    Ticks: frozenset({"ticks"}),
    Times: frozenset({"times", "of"}),
    Risk: frozenset({"times"}),
    Percent: frozenset({"percent"}),
    Dollars: frozenset({"dollars"}),
    Level: frozenset({"offset"}),
    Follow: frozenset({"column", "until_trail"}),
    Span: frozenset({"unit", "count"}),
    Rules: frozenset({"max_per_session", "entry_window", "cooldown", *COMPATIBLE, *CALENDAR}),
    Costs: frozenset({"commission", "slippage", "spread"}),
    Slippage: frozenset({"market", "stop", "limit"}),
    Setups: frozenset({"bar", "side", "stop", "target", "attributes", "entries", "follow"}),
}


def refusal(table: Table, setups: Setups, exits: Exits) -> str | None:
    """Why a combination must take the scanning kernel; nothing when the fast path plays it."""
    largest = largest_result(table)
    return refused_table(table, largest) or refused_value(setups) or refused_value(exits)


def refused_table(table: Table, largest: int) -> str | None:
    """Why no combination of a study can be played fast, whose largest result is known."""
    if len(table.bars) >= MOST_BARS:
        return f"{len(table.bars)} bars: the fast path numbers fewer than {MOST_BARS}"
    if largest >= MONEY_LIMIT:
        return (
            f"a trade could make or lose {largest:.1e} money units: the fast path holds results "
            f"below {MONEY_LIMIT:.1e}"
        )
    if table.inner.first.size:
        return "bars inside the bars take the scanning kernel"
    return refused_value(table.rules) or refused_value(table.costs)


def largest_result(table: Table) -> int:
    """The most a trade within one session can make or lose with all its lots, in money units."""
    bars = table.bars
    starts = np.flatnonzero(np.diff(bars.session, prepend=-1))
    highest = np.maximum.reduceat(bars.high, starts).astype(np.int64)
    lowest = np.minimum.reduceat(bars.low, starts).astype(np.int64)
    tick = bars.instrument.tick_money
    dearest = max(abs(int(highest.max())), abs(int(lowest.min()))) * tick
    move = int((highest - lowest).max()) * tick
    return table.lots * (move + table.dearest_costs(dearest))


def refused_value(value: Any) -> str | None:
    """The first part of a value that the fast path does not know, by its dotted name."""
    part = next(unknown_parts(type(value).__name__.lower(), value), None)
    return None if part is None else f"{part} takes the scanning kernel"


def unknown_parts(name: str, value: Any) -> Iterator[str]:
    """Dotted names of all that differs from its default and is not known."""
    if isinstance(value, Entries):
        yield from unknown_orders(name, value)
    if not is_dataclass(value):
        return
    known = KNOWN.get(type(value))
    if known is None:
        yield f"{name}: {value}"
    for field in fields(value) if known is not None else ():
        held, dotted = getattr(value, field.name), f"{name}.{field.name}"
        if known and field.name in known:
            yield from unknown_parts(dotted, held)
        elif not unset(held, field):
            yield dotted


def unknown_orders(name: str, entries: Entries) -> Iterator[str]:
    """Orders that wait for anything but a limit, or that outlive their session."""
    for kind in (STOP, STOP_LIMIT):
        if (entries.order == kind).any():
            yield f"{name}: {ORDERS[kind]}"
    if entries.until.present.any():
        yield f"{name}.until"


def unset(held: Any, field: Field[Any]) -> bool:
    """Whether a field says nothing: it is absent, empty, or what it is unless one sets it."""
    if held is None:
        return True
    if isinstance(held, Column):
        return not held.present.any()
    if isinstance(held, np.ndarray) or field.default is MISSING:
        return hasattr(held, "__len__") and len(held) == 0
    return bool(held == field.default)
