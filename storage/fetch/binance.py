"""Binance: klines of spot and perpetual markets, public, without an account."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final, NamedTuple

from engine.core.errors import ParameterError
from engine.core.instrument import Instrument
from storage.fetch.http import Client
from storage.fetch.source import Row, Span

NAME: Final = "binance"
LIMIT: Final = 1000  # klines of one page
FIELDS: Final = 7  # of a kline, up to its close time
PERPETUAL: Final = "-PERP"
MINUTE: Final = 60_000  # ms
INTERVALS: Final = {
    1: "1m",
    3: "3m",
    5: "5m",
    15: "15m",
    30: "30m",
    60: "1h",
    120: "2h",
    240: "4h",
    360: "6h",
    480: "8h",
    720: "12h",
    1440: "1d",
}
EMPTY: Final = 2  # empty pages in a row that mean the end
DECIMAL: Final = re.compile(r"\d+(\.\d+)?")


class Market(NamedTuple):
    """Where the klines of one kind of instrument are."""

    base: str
    path: str


MARKETS: Final = {
    "spot": Market("https://data-api.binance.vision", "/api/v3/klines"),
    "perpetual": Market("https://fapi.binance.com", "/fapi/v1/klines"),
}


@dataclass(frozen=True)
class Binance:
    """The exchange, or with another `base` whatever speaks its language."""

    base: str | None = None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time  # asked only where the server does not say its time
    timeout: float = 20.0
    name: str = field(default=NAME, init=False)

    def symbols(self, known: Iterable[Instrument]) -> tuple[str, ...]:
        """Those that trade there, by what the instrument says."""
        return tuple(it.symbol for it in known if it.exchange == NAME and it.kind in MARKETS)

    def pages(self, instrument: Instrument, span: Span) -> Iterator[list[Row]]:
        """Closed bars from a moment on, a thousand at most at a time."""
        if span.minutes not in INTERVALS:
            known = ", ".join(INTERVALS.values())
            raise ParameterError(f"{NAME} has no bars of {span.minutes} minutes; it has {known}")
        market = MARKETS[instrument.kind]
        client = Client(self.base or market.base, NAME, self.sleep, self.timeout)
        since, empty = span.since, 0
        while since < span.until and empty < EMPTY:
            asked = {
                "symbol": instrument.symbol.removesuffix(PERPETUAL),
                "interval": INTERVALS[span.minutes],
                "startTime": since,
                "endTime": span.until - 1,
                "limit": LIMIT,
            }
            answer = client.get(market.path, asked, partial(wrong, since))
            now = int(self.clock() * 1000) if answer.now is None else answer.now
            rows = closed(answer.value, now)
            if rows:
                yield rows
                since, empty = rows[-1].opens + span.minutes * MINUTE, 0
            if len(rows) < len(answer.value):
                return  # what is left has not closed
            empty += not rows


def wrong(since: int, value: Any) -> str:
    """Why an answer is no page of klines from a moment on; nothing if it is one."""
    if not isinstance(value, list):
        return f"no list of klines: {str(value)[:80]}"
    for row in value:
        if not (isinstance(row, list) and len(row) >= FIELDS and fits(row)):
            return f"no kline: {str(row)[:80]}"
    opens = [row[0] for row in value]
    if opens and opens[0] < since:
        return "a page that was there before"
    if any(later <= earlier for earlier, later in itertools.pairwise(opens)):
        return "klines out of order"
    return ""


def fits(row: list[Any]) -> bool:
    """Whether the fields are what they should be: a moment, five decimals, a moment."""
    moments = isinstance(row[0], int) and isinstance(row[6], int)
    return moments and all(isinstance(v, str) and DECIMAL.fullmatch(v) for v in row[1:6])


def closed(page: list[list[Any]], now: int) -> list[Row]:
    """The klines that are over by the exchange's clock."""
    return [Row(*row[:6]) for row in page if row[6] < now]
