"""Funding of perpetuals: what longs pay shorts every so many hours, or get, F66."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.errors import ParameterError, unknown
from engine.core.instrument import RATE_SCALE
from engine.core.zone import EPOCH, day_date, epoch_day

HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
HOURS: Final = 8
EVERY: Final = frozenset(str(hour) for hour in range(1, 25))
KEYS: Final = ("rate", "hours", "from")


@dataclass(frozen=True, slots=True)
class Funding:
    """Rates by the day since 1970 from which on they hold; above 0, longs pay."""

    rates: tuple[tuple[int, Decimal], ...]
    hours: int = HOURS

    def at(self, moments: Longs) -> Longs:
        """The rate of each moment over 10^9; 0 before the first day named."""
        since = np.array([day for day, _ in self.rates], np.int64) * DAY
        rates = [0, *(int(rate * RATE_SCALE) for _, rate in self.rates)]
        return np.array(rates, np.int64)[np.searchsorted(since, moments, side="right")]

    def paid(self, bars: Bars) -> Longs:
        """By side (longs, shorts) and bar: money one contract paid since the first bar.

        A payment falls due in the first bar that opens at its hour or later, at that open, and
        whoever was in before and is not out yet pays it; it is rounded up, against the trader.
        """
        if bars.instrument.kind != "perpetual":
            raise ParameterError(f"funding is of perpetuals; {bars.instrument.symbol} is none")
        step = self.hours * HOUR
        first, last = int(bars.time[0]) // step + 1, int(bars.time[-1]) // step
        moments = np.arange(first, last + 1) * step
        due = np.searchsorted(bars.time, moments)
        value = bars.open[due].astype(np.int64) * bars.instrument.tick_money
        money = self.at(moments) * value
        paid = np.zeros((2, len(bars)), np.int64)
        np.add.at(paid[0], due, -(-money // RATE_SCALE))
        np.add.at(paid[1], due, -(money // RATE_SCALE))
        return np.cumsum(paid, axis=1)


def funding(value: Any) -> Funding | None:
    """Read `0.0001`, `{rate: 0.0001, hours: 8}`, or rows such as `{from: 2024-01-01, rate: 0}`."""
    if value in ("none", None):
        return None
    rows = value if isinstance(value, list) else [value]
    read = [row if isinstance(row, Mapping) else {"rate": row} for row in rows]
    for row in read:
        for key in row:
            if key not in KEYS:
                raise unknown("key", str(key), KEYS, where=" in costs.funding")
    hours = {str(row.get("hours", HOURS)) for row in read}
    if len(hours) != 1 or not hours <= EVERY:
        raise ParameterError("funding.hours is one whole number from 1 to 24")
    rates = tuple((epoch_day(row.get("from", EPOCH)), rate_of(row)) for row in read)
    days = [day for day, _ in rates]
    if days != sorted(set(days)):
        named = ", ".join(str(day_date(day)) for day in days)
        raise ParameterError(f"funding: dates must ascend, each once: {named}")
    return Funding(rates, int(hours.pop()))


def rate_of(row: Mapping[str, Any]) -> Decimal:
    """A share of the value, held as a whole number of 10^9ths."""
    try:
        rate = Decimal(str(row.get("rate")))
    except InvalidOperation:
        raise ParameterError(f"funding names a rate such as 0.0001, not {row}") from None
    if not rate.is_finite() or rate * RATE_SCALE != int(rate * RATE_SCALE):
        raise ParameterError(f"a rate of funding has up to nine decimals, not {row['rate']}")
    return rate.normalize()
