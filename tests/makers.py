"""Hand-written bars and setups for tests that say each price."""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, Bars
from engine.core.contracts import instrument
from engine.core.frames import bars_of
from engine.core.setups import Setups

CHICAGO = ZoneInfo("America/Chicago")
Price = tuple[int, int, int, int]


def at(clock: str) -> int:
    """UTC ns of a Chicago wall time such as `2022-11-28 08:30`."""
    return int(datetime.fromisoformat(clock).replace(tzinfo=CHICAGO).timestamp()) * 10**9


def bars_from(*runs: tuple[str, list[Price]], symbol: str = "ES") -> Bars:
    """Runs of consecutive minutes, each (start, [(open, high, low, close), ...])."""
    times = [at(start) + k * MINUTE for start, prices in runs for k in range(len(prices))]
    columns = np.array([price for _, prices in runs for price in prices], np.int64).T
    named = dict(zip(("open", "high", "low", "close"), columns, strict=True))
    stamps = pl.Series("ts", times, dtype=pl.Int64).cast(pl.Datetime("ns", "UTC"))
    volume = np.full(len(times), 10)
    return bars_of(pl.DataFrame({"ts": stamps, **named, "volume": volume}), instrument(symbol))


def flat(price: int, count: int) -> list[Price]:
    """Bars in which nothing happens."""
    return [(price, price, price, price)] * count


def mark(bars: Bars, *rows: int) -> np.ndarray:
    """A mask of the named bars."""
    mask = np.zeros(len(bars), np.bool_)
    mask[list(rows)] = True
    return mask


def long_at(bars: Bars, *rows: int, **levels: object) -> Setups:
    return Setups.where(bars, long=mark(bars, *rows), **levels)


def short_at(bars: Bars, *rows: int, **levels: object) -> Setups:
    return Setups.where(bars, short=mark(bars, *rows), **levels)
