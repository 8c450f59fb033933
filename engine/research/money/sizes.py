"""How many contracts a trade is given, before any limit: five rules, all rounded down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import isqrt
from typing import Any, NamedTuple, Protocol

from engine.core.axis import SCALE, decimal_of, scaled
from engine.core.errors import ParameterError, unknown
from engine.research.money.reading import amount, section, share, whole


class Case(NamedTuple):
    """All a size may depend on; it was known at the close before the fill, but for the stake."""

    equity: int  # money units
    stake: Fraction | None  # lost at the stop by one lot, costs included; `None` without a stop
    swing: Fraction | None  # what one lot swings in a year, one deviation
    closed: tuple[int, ...]  # R in 1/10,000 of the unit trades closed before, latest last
    unit: Decimal  # currency of a money unit
    lot: Decimal  # contracts or coins of a lot


class Wanted(NamedTuple):
    """Lots, or the name of the reason why there are none."""

    lots: int
    refused: str = ""


class Size(Protocol):
    """A rule of size."""

    def wanted(self, case: Case, /) -> Wanted: ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """Always the same number of contracts."""

    contracts: Decimal

    def wanted(self, case: Case) -> Wanted:
        return Wanted(int(self.contracts / case.lot))


@dataclass(frozen=True, slots=True)
class Risk:
    """So many that a stopped trade loses a share of the equity."""

    share: int

    def wanted(self, case: Case) -> Wanted:
        return staked(case, case.equity * self.share // SCALE)


@dataclass(frozen=True, slots=True)
class Dollars:
    """So many that a stopped trade loses a sum of money."""

    amount: Decimal

    def wanted(self, case: Case) -> Wanted:
        return staked(case, int(self.amount / case.unit))


@dataclass(frozen=True, slots=True)
class Volatility:
    """So many that a year's swing of the position is a share of the equity."""

    share: int
    sessions: int  # daily changes that the swing is estimated from

    def wanted(self, case: Case) -> Wanted:
        if not case.swing:
            return Wanted(0, "no_history")
        return Wanted(int(case.equity * self.share // (SCALE * case.swing)))


@dataclass(frozen=True, slots=True)
class Kelly:
    """A fraction of what Kelly's formula makes of the trades closed before."""

    fraction: int
    window: int  # latest trades that count
    least: int  # of them that are needed
    cap: int  # of the formula's share, before the fraction
    shrink: int  # standard errors taken off the win rate, in 1/10,000

    def wanted(self, case: Case) -> Wanted:
        seen = case.closed[-self.window :]
        if len(seen) < self.least:
            return Wanted(0, "no_history")
        bet = min(edge(seen, self.shrink), Fraction(self.cap, SCALE))
        if bet <= 0:
            return Wanted(0, "no_edge")
        return staked(case, int(case.equity * bet * self.fraction / SCALE))


def staked(case: Case, budget: int) -> Wanted:
    if case.stake is None:
        return Wanted(0, "no_stop")
    return Wanted(int(max(budget, 0) // case.stake))


def edge(closed: tuple[int, ...], shrink: int) -> Fraction:
    """Kelly's `p - (1 - p) / b`, with `p` lowered by standard errors of the win rate."""
    won, lost = [r for r in closed if r > 0], [-r for r in closed if r < 0]
    count, wins = len(closed), len(won)
    if not wins:
        return Fraction(0)
    error = isqrt(SCALE * SCALE * wins * (count - wins) // count**3) + 1 if shrink else 0
    rate = Fraction(wins, count) - Fraction(shrink * error, SCALE * SCALE)
    odds = Fraction(sum(lost) * wins, max(len(lost), 1) * sum(won))  # 1 / b
    return rate - (1 - rate) * odds


def size_of(values: Any) -> Size:
    """Read `{risk: 0.01}`, `{fixed: 2}`, `{kelly: 0.5, trades: 100}` and the like."""
    given = section(values, [*READERS, *OPTIONS], "money.size")
    rules = [name for name in given if name in READERS]
    if len(rules) != 1:
        raise ParameterError(f"money.size names one rule of {', '.join(READERS)}")
    strange = [name for name in given if name not in (rules[0], *OPTIONS_OF.get(rules[0], ()))]
    if strange:
        known = OPTIONS_OF.get(rules[0], ())
        raise unknown("key", strange[0], known, where=f" of money.size.{rules[0]}")
    return READERS[rules[0]](given)


def volatility(given: Mapping[str, Any]) -> Volatility:
    sessions = whole("money.size.sessions", given.get("sessions", 60), 2)
    return Volatility(share("money.size.volatility", given["volatility"], Decimal(10)), sessions)


def kelly(given: Mapping[str, Any]) -> Kelly:
    off = decimal_of(given.get("shrink", 0))
    if off < 0:
        raise ParameterError(f"money.size.shrink must not be negative, not {off}")
    window = whole("money.size.trades", given.get("trades", 100))
    least = whole("money.size.least", given.get("least", min(30, window)))
    if least > window:
        raise ParameterError(
            f"money.size.least asks for {least} trades, but only the latest {window} count"
        )
    return Kelly(
        fraction=share("money.size.kelly", given["kelly"]),
        window=window,
        least=least,
        cap=share("money.size.cap", given.get("cap", "0.25")),
        shrink=scaled(off),
    )


OPTIONS_OF = {"volatility": ("sessions",), "kelly": ("trades", "least", "cap", "shrink")}
OPTIONS = tuple(name for names in OPTIONS_OF.values() for name in names)
READERS: dict[str, Callable[[Mapping[str, Any]], Size]] = {
    "fixed": lambda given: Fixed(amount("money.size.fixed", given["fixed"])),
    "risk": lambda given: Risk(share("money.size.risk", given["risk"])),
    "dollars": lambda given: Dollars(amount("money.size.dollars", given["dollars"])),
    "volatility": volatility,
    "kelly": kelly,
}
