"""Costs: fees and slippage as whole money units and ticks, charged once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from engine.core.axis import decimal_of
from engine.core.bars import Bars, Longs
from engine.core.errors import ParameterError, unknown
from engine.core.instrument import RATE_SCALE

ORDER_TYPES = ("market", "stop", "limit")


@dataclass(frozen=True, slots=True)
class Slippage:
    """Ticks lost by each kind of order."""

    market: int = 1
    stop: int = 1
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Costs:
    """What a side of a trade costs; a commission given here is all-in for fixed fees."""

    commission: Decimal | None = None
    slippage: Slippage = field(default_factory=Slippage)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Costs:
        """Read the `costs` of a study."""
        for name in values:
            if name not in ("commission", "slippage"):
                raise unknown("cost", name, ("commission", "slippage"))
        slips = values.get("slippage", {})
        if not isinstance(slips, Mapping):
            raise ParameterError(f"slippage names ticks by order type: {', '.join(ORDER_TYPES)}")
        for name in slips:
            if name not in ORDER_TYPES:
                raise unknown("order type", name, ORDER_TYPES, where=" in costs.slippage")
        commission = values.get("commission")
        paid = None if commission is None else not_negative("commission", commission)
        ticks = {name: whole(f"slippage.{name}", value) for name, value in slips.items()}
        return cls(paid, Slippage(**ticks))

    def schedule(self, bars: Bars) -> Schedule:
        """What a side costs in each session of the bars; a commission given here is all-in."""
        instrument, sessions = bars.instrument, bars.sessions
        days = [sessions.trade_date(row) for row in range(len(sessions))]
        if self.commission is None:
            fixed = [instrument.fee_money(day) for day in days]
        else:
            fixed = [math.ceil(self.commission / instrument.money_unit)] * len(days)
        rates = np.array([instrument.fee_rates(day) for day in days], np.int64).reshape(-1, 2)
        return Schedule(np.array(fixed, np.int64), rates[:, 0], rates[:, 1])


class Schedule(NamedTuple):
    """One side of one contract, by session: money units, and shares of the value over 10^9."""

    fixed: Longs
    maker: Longs
    taker: Longs

    def side(self, session: Longs, rate: Longs, value: Longs) -> Longs:
        """Money units of one fill each; a share of the value is rounded up, against the trader."""
        return self.fixed[session] - (-rate[session] * np.abs(value)) // RATE_SCALE


class Stake(NamedTuple):
    """What a contract loses beside the move when its stop is hit."""

    schedule: Schedule
    slippage: Slippage
    tick: int  # money units
    unit: Decimal  # currency

    def costs(self, session: Longs, value: Longs) -> Longs:
        """Slippage and fees of a trade that ends at its stop: part of the money at risk."""
        slip = self.slippage.market + self.slippage.stop
        return 2 * self.schedule.side(session, self.schedule.taker, value) + slip * self.tick

    def ticks(self, dollars: Decimal, session: Longs, price: Longs) -> Longs:
        """The widest stop whose loss, costs included, stays within a budget."""
        budget = int(dollars / self.unit)
        return (budget - self.costs(session, price * self.tick)) // self.tick


def not_negative(name: str, value: Any) -> Decimal:
    number = decimal_of(value)
    if number < 0:
        raise ParameterError(f"{name} must not be negative, not {value}")
    return number


def whole(name: str, value: Any) -> int:
    number = not_negative(name, value)
    if number != int(number):
        raise ParameterError(f"{name} is a whole number of ticks, not {value}")
    return int(number)
