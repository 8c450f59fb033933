"""A position held through rolls: what each contract earned, and what passing it on cost."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.errors import ParameterError
from engine.core.rolls.table import Rolls, days_of


class Position(NamedTuple):
    """Bought (side +1) or sold (-1) at one bar, closed at another; prices are raw ticks."""

    side: int
    quantity: int
    entry_bar: int
    entry: int
    exit_bar: int
    exit: int


class RollCosts(NamedTuple):
    """Of one contract: ticks that passing it on costs, money units of one side of a trade."""

    spread: int
    commission: int


class Leg(NamedTuple):
    """What was earned in one contract, in money units."""

    contract: str
    entry: int
    exit: int
    gross: int


class Held(NamedTuple):
    """The whole of it in money units; net = gross - spread - commissions."""

    legs: tuple[Leg, ...]
    gross: int
    spread: int
    commissions: int
    net: int


def held(bars: Bars, rolls: Rolls, position: Position, costs: RollCosts) -> Held:
    """Profit and loss of a position on raw continuous bars, through the rolls it lives through.

    At each roll the old contract is closed at its last close in front, the new one opened above
    it by the gap of the roll table. That costs a spread and two commissions, beside the two
    commissions of the position itself.
    """
    if not 0 <= position.entry_bar <= position.exit_bar < len(bars) or position.side not in (1, -1):
        raise ParameterError(f"{position} is no position on {bars!r}")
    legs = legs_of(bars, rolls, position)
    gross = sum(leg.gross for leg in legs)
    passed = (len(legs) - 1) * position.quantity
    spread = passed * costs.spread * bars.instrument.tick_money
    commissions = 2 * (passed + position.quantity) * costs.commission
    return Held(legs, gross, spread, commissions, gross - spread - commissions)


def legs_of(bars: Bars, rolls: Rolls, position: Position) -> tuple[Leg, ...]:
    """One leg a contract, each closed where the next is opened."""
    contract = rolls.front(days_of(bars)[position.entry_bar : position.exit_bar + 1])
    low, high = int(contract[0]), int(contract[-1])
    gaps = rolls.gaps(low, high).tolist()
    turns = np.searchsorted(contract, np.arange(low + 1, high + 1)) + position.entry_bar
    closes = bars.close[turns - 1].tolist()
    entries = [position.entry, *(price + gap for price, gap in zip(closes, gaps, strict=True))]
    worth = position.side * position.quantity * bars.instrument.tick_money
    names = rolls.contracts[low : high + 1]
    return tuple(
        Leg(name, entry, exit_, worth * (exit_ - entry))
        for name, entry, exit_ in zip(names, entries, [*closes, position.exit], strict=True)
    )
