"""What an account knows of itself from one close to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np

from engine.core.axis import SCALE
from engine.core.bars import Longs
from engine.research.money.position import Position
from engine.research.money.terms import Halts, Steps

NEVER = -1


class Record:
    """The account at the close of every instant, in money units."""

    def __init__(self, size: int) -> None:
        self.gross, self.costs, self.open, self.held = np.zeros((4, size), np.int64)

    def keep(self, first: int, open_money: Longs, state: State) -> None:
        part = slice(first, first + len(open_money))
        self.gross[part], self.costs[part] = state.gross, state.slippage + state.fees
        self.open[part], self.held[part] = open_money, len({p.key for p in state.positions})


@dataclass(slots=True)
class State:
    """Money so far, what is open, and which halts hold."""

    start: int
    unit: Decimal
    halts: Halts
    gross: int = 0
    slippage: int = 0
    fees: int = 0
    positions: list[Position] = field(default_factory=list)
    done: list[Position] = field(default_factory=list)
    legs: dict[tuple[str, int], int] = field(default_factory=dict)  # made so far, by open trade
    equity: int = 0
    peak: int = 0
    streak: int = 0
    halted: str = ""
    halted_on: int = NEVER
    date: int = NEVER
    day: int = 0  # trade dates seen
    day_start: int = 0
    day_over: bool = False

    def __post_init__(self) -> None:
        self.equity = self.peak = self.day_start = self.start

    @property
    def cash(self) -> int:
        return self.start + self.gross - self.slippage - self.fees

    @property
    def calling(self) -> bool:
        """Whether positions are being closed by force."""
        return any(p.forced for p in self.positions)

    def enter(self, position: Position) -> None:
        slippage, fees = position.paid
        self.slippage += slippage
        self.fees += fees
        self.positions.append(position)

    def leave(self, position: Position) -> None:
        """Realise a position at its end; losses in a row are of trades, whatever their legs."""
        slippage, fees = position.left
        self.gross += position.gross
        self.slippage += slippage
        self.fees += fees
        self.positions.remove(position)
        self.done.append(position)
        self.legs[position.key] = self.legs.get(position.key, 0) + net_of(position)
        if any(other.key == position.key for other in self.positions):
            return
        self.streak = self.streak + 1 if self.legs.pop(position.key) < 0 else 0
        if self.halts.losses is not None and self.streak >= self.halts.losses:
            self.halt("losses")

    def halt(self, why: str) -> None:
        if not self.halted:
            self.halted, self.halted_on = why, self.day

    def roll(self, date: int) -> None:
        """A trade date begins; after its rest a halted account counts from where it stands."""
        if date == self.date:
            return
        self.date, self.day, self.day_start, self.day_over = date, self.day + 1, self.equity, False
        rest = self.halts.rest
        if self.halted and rest and self.day - self.halted_on > rest:
            self.halted, self.peak, self.streak = "", self.equity, 0

    def blocked(self) -> str:
        """Why no trade may be taken now."""
        if self.calling:
            return "margin_call"
        if self.halted:
            return self.halted
        if self.day_over:
            return "daily_loss"
        return "ruined" if self.equity <= 0 else ""

    def day_limit(self) -> int:
        """The day's loss limit in money units."""
        if self.halts.daily_loss is not None:
            return int(self.halts.daily_loss / self.unit)
        return max(self.day_start, 0) * (self.halts.daily_share or 0) // SCALE

    def severity(self) -> int:
        """The day's loss as a share of its limit, in 1/10,000."""
        return max(self.day_start - self.equity, 0) * SCALE // max(self.day_limit(), 1)


def net_of(position: Position) -> int:
    """Money a closed position made."""
    return position.gross - sum(position.paid) - sum(position.left)


def step(table: Steps, severity: int, otherwise: int) -> int:
    """The factor of the highest step reached."""
    return next((factor for at, factor in reversed(table) if severity >= at), otherwise)
