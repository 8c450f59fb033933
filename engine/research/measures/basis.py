"""What measures are relative to: a capital, a year, the money unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from engine.core.errors import ParameterError

AVERSION = 3.0  # of a cautious investor; what utility pays for variance
CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Basis:
    """Shares are shares of `capital`, which unit play neither adds to nor takes from."""

    capital: float  # currency
    unit: Decimal = CENT  # currency of one money unit
    periods: int = 252  # sessions a year: 252, or 365 where every day is one
    risk_free: float = 0.0  # a year, as a share of the capital
    aversion: float = AVERSION

    def __post_init__(self) -> None:
        if not self.capital > 0:
            raise ParameterError(f"capital must be above 0, not {self.capital}")
        if self.periods < 1:
            raise ParameterError(f"a year has 1 session or more, not {self.periods}")

    @property
    def stake(self) -> float:
        """The capital in money units."""
        return self.capital / float(self.unit)

    @property
    def target(self) -> float:
        """What the risk-free rate earns in a session, in money units."""
        return self.risk_free * self.stake / self.periods
