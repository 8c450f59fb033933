"""Funding of perpetuals: what longs pay shorts every so many hours, or get, F66."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.errors import DataError, ParameterError, unknown
from engine.core.instrument import RATE_SCALE
from engine.core.session import moment_text
from engine.core.zone import EPOCH, day_date, epoch_day

HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
HOURS: Final = 8
EVERY: Final = frozenset(str(hour) for hour in range(1, 25))
KEYS: Final = ("rate", "hours", "from")
SERIES: Final = "series"


@dataclass(frozen=True, slots=True)
class Funding:
    """Rates by the day since 1970 from which on they hold; above 0, longs pay.

    Or a series beside the bars, each row of it a payment at its own moment.
    """

    rates: tuple[tuple[int, Decimal], ...] = ()
    hours: int = HOURS
    series: str | None = None

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
        moments, rates = self.due(bars) if self.series is None else payments(bars, self.series)
        due = np.searchsorted(bars.time, moments)
        value = bars.open[due].astype(np.int64) * bars.instrument.tick_money
        money = rates * value
        paid = np.zeros((2, len(bars)), np.int64)
        np.add.at(paid[0], due, -(-money // RATE_SCALE))
        np.add.at(paid[1], due, -(money // RATE_SCALE))
        return np.cumsum(paid, axis=1)

    def due(self, bars: Bars) -> tuple[Longs, Longs]:
        """The moments of payments after the first bar, and the rates that hold then."""
        step = self.hours * HOUR
        first, last = int(bars.time[0]) // step + 1, int(bars.time[-1]) // step
        moments = np.arange(first, last + 1) * step
        return moments, self.at(moments)


def payments(bars: Bars, name: str) -> tuple[Longs, Longs]:
    """The payments of a series after the first bar; it must know all that fell due."""
    if name not in bars.aside:
        raise unknown("series", name, bars.aside, where=" of data.beside for costs.funding")
    one = bars.aside[name]
    moments, said = one.series.time, one.series.values[one.column]
    meant = (moments > bars.time[0]) & (moments <= bars.time[-1])
    times, rates = moments[meant], said[meant]
    unsaid = np.flatnonzero(~np.isfinite(rates))
    if len(unsaid):
        raise DataError(f"costs.funding: {name} gives no rate at {moment_text(times[unsaid[0]])}")
    edges = np.concatenate((bars.time[:1], times, bars.time[-1:]))
    there = np.searchsorted(bars.time, edges)
    lost = np.flatnonzero((np.diff(edges) > DAY) & (np.diff(there) > 1))
    if len(lost):
        since, until = (moment_text(edges[lost[0] + k]) for k in (0, 1))
        raise DataError(f"costs.funding: {name} holds no payment from {since} to {until}")
    return times, np.rint(rates * RATE_SCALE).astype(np.int64)


def funding(value: Any) -> Funding | None:
    """Read `0.0001`, `{rate: 0.0001, hours: 8}`, rows such as `{from: 2024-01-01, rate: 0}`.

    Or `{series: NAME}`, which says all there is to say.
    """
    if value in ("none", None):
        return None
    if isinstance(value, Mapping) and SERIES in value:
        return stored(value)
    rows = value if isinstance(value, list) else [value]
    read = [row if isinstance(row, Mapping) else {"rate": row} for row in rows]
    for row in read:
        for key in row:
            if key not in KEYS:
                raise unknown("key", str(key), (*KEYS, SERIES), where=" in costs.funding")
    hours = {str(row.get("hours", HOURS)) for row in read}
    if len(hours) != 1 or not hours <= EVERY:
        raise ParameterError("funding.hours is one whole number from 1 to 24")
    rates = tuple((epoch_day(row.get("from", EPOCH)), rate_of(row)) for row in read)
    days = [day for day, _ in rates]
    if days != sorted(set(days)):
        named = ", ".join(str(day_date(day)) for day in days)
        raise ParameterError(f"funding: dates must ascend, each once: {named}")
    return Funding(rates, int(hours.pop()))


def stored(value: Mapping[str, Any]) -> Funding:
    """The payments that were made, by the name of their series."""
    if len(value) > 1:
        raise ParameterError("costs.funding: a series brings its own rates and hours with it")
    return Funding(series=str(value[SERIES]))


def rate_of(row: Mapping[str, Any]) -> Decimal:
    """A share of the value, held as a whole number of 10^9ths."""
    try:
        rate = Decimal(str(row.get("rate")))
    except InvalidOperation:
        raise ParameterError(f"funding names a rate such as 0.0001, not {row}") from None
    if not rate.is_finite() or rate * RATE_SCALE != int(rate * RATE_SCALE):
        raise ParameterError(f"a rate of funding has up to nine decimals, not {row['rate']}")
    return rate.normalize()
