"""Costs: fees, slippage, spread and funding as whole money units, charged once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.axis import decimal_of
from engine.core.bars import Bars, Longs
from engine.core.errors import ParameterError, unknown
from engine.core.instrument import RATE_SCALE
from engine.fills.funding import Funding, funding

ORDER_TYPES: Final = ("market", "stop", "limit")
MARKET, STOP, LIMIT = range(3)
RTH, ETH = range(2)


@dataclass(frozen=True, slots=True)
class Slippage:
    """Ticks lost by each kind of order, and outside the regular hours where that differs."""

    market: int = 1
    stop: int = 1
    limit: int = 0
    eth: Slippage | None = None

    def ticks(self) -> list[int]:
        return [getattr(self, name) for name in ORDER_TYPES]


@dataclass(frozen=True, slots=True)
class Costs:
    """What a side of a trade costs; a commission given here is all-in for fixed fees."""

    commission: Decimal | None = None
    slippage: Slippage = field(default_factory=Slippage)
    spread: Decimal = Decimal(0)  # ticks between bid and ask
    funding: Funding | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Costs:
        """Read the `costs` of a study."""
        for name in values:
            if name not in READERS:
                raise unknown("cost", name, READERS)
        read: dict[str, Any] = {name: READERS[name](value) for name, value in values.items()}
        return cls(**read)

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

    def tolls(self, tick: int) -> Longs:
        """F19, F64, F65: money one contract loses beside its fee, by kind of order and hours."""
        half = math.ceil(self.spread * tick / 2)
        parts = [self.slippage.ticks(), (self.slippage.eth or self.slippage).ticks()]
        crossed = np.array([[half], [half], [0]], np.int64)
        return np.ascontiguousarray(np.array(parts, np.int64).T * tick + crossed)


class Tolls(NamedTuple):
    """What a contract pays beside its fees."""

    money: npt.NDArray[np.int64]  # by kind of order, and by regular hours or not
    part: npt.NDArray[np.int8]  # by bar: which of the two holds
    paid: npt.NDArray[np.int64]  # funding by side and bar since the first; of length 0 without any


def tolls(bars: Bars, costs: Costs) -> Tolls:
    """Look the hours and the funding of all bars up once."""
    part = np.zeros(len(bars), np.int8)
    if costs.slippage.eth is not None:
        part = np.where(bars.rth, np.int8(RTH), np.int8(ETH))
    paid = np.zeros((2, 0), np.int64) if costs.funding is None else costs.funding.paid(bars)
    return Tolls(costs.tolls(bars.instrument.tick_money), part, paid)


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
    slippage: int  # money units, of both sides, at the dearer hours
    tick: int  # money units
    unit: Decimal  # currency

    def costs(self, session: Longs, value: Longs) -> Longs:
        """Slippage and fees of a trade that ends at its stop: part of the money at risk."""
        return 2 * self.schedule.side(session, self.schedule.taker, value) + self.slippage

    def ticks(self, dollars: Decimal, session: Longs, price: Longs) -> Longs:
        """The widest stop whose loss, costs included, stays within a budget."""
        budget = int(dollars / self.unit)
        return (budget - self.costs(session, price * self.tick)) // self.tick


def slippage(value: Any) -> Slippage:
    """Read `{market: 1, stop: 1, limit: 0, eth: {market: 2}}`; `eth` need not repeat the same."""
    own = slips("slippage", value, (*ORDER_TYPES, "eth"))
    found = replace(Slippage(), **own)
    if value.get("eth") is None:
        return found
    return replace(found, eth=replace(found, **slips("slippage.eth", value["eth"], ORDER_TYPES)))


def slips(name: str, value: Any, known: tuple[str, ...]) -> dict[str, Any]:
    """Whole ticks by order type."""
    if not isinstance(value, Mapping):
        raise ParameterError(f"{name} names ticks by order type: {', '.join(ORDER_TYPES)}")
    for key in value:
        if key not in known:
            raise unknown("order type", key, known, where=f" in costs.{name}")
    said = {key: ticks for key, ticks in value.items() if key in ORDER_TYPES and ticks is not None}
    return {key: whole(f"{name}.{key}", ticks) for key, ticks in said.items()}


def commission(value: Any) -> Decimal | None:
    return None if value is None else not_negative("commission", value)


def spread(value: Any) -> Decimal:
    return not_negative("spread", value)


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


READERS: Final[Mapping[str, Callable[[Any], Any]]] = {
    "commission": commission,
    "slippage": slippage,
    "spread": spread,
    "funding": funding,
}
