"""Indicators and fair value gaps of a stored series, as the tables that SQL sees."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import Bars
from engine.features.averages import ema
from engine.features.oscillators import rsi
from engine.features.volatility import atr
from storage.indicators import INDICATORS, ZONES, store_beside
from storage.lake import Lake

Longs = npt.NDArray[np.int64]

LEAST: Final = 8  # ticks of the smallest zone, as the feature has it
STRIDE: Final = 64  # bars looked at first, and twice as many each time the zone is not filled yet


def store_indicators(lake: Lake, bars: Bars) -> tuple[int, int]:
    """Store both tables; how many bars and how many zones they have."""
    zones = zones_of(bars)
    store_beside(lake.root, INDICATORS, bars, indicators_of(bars))
    store_beside(lake.root, ZONES, bars, zones)
    return len(bars), len(zones)


def indicators_of(bars: Bars) -> pl.DataFrame:
    """A row a bar, in prices; null until a value is known."""
    every, tick = np.arange(len(bars)), float(bars.instrument.tick)
    made = {"atr_14": atr(bars, n=14)} | {f"ema_{n}": ema(bars, n=n) for n in (50, 100, 200)}
    values = {name: column.floats(every) * tick for name, column in made.items()}
    values["rsi_14"] = rsi(bars, n=14).floats(every)
    columns = [pl.Series(name, column).fill_nan(None) for name, column in values.items()]
    return pl.DataFrame([times_of("ts", bars, every), contracts_of(bars, every), *columns])


def times_of(name: str, bars: Bars, rows: Any) -> pl.Series:
    return pl.Series(name, bars.time[rows]).cast(pl.Datetime("ns", "UTC"))


def contracts_of(bars: Bars, rows: Any) -> pl.Series:
    """The contract of some bars, where one is known."""
    if bars.contract is None:
        names: list[str | None] = [None] * len(rows)
        return pl.Series("contract", names, dtype=pl.String)
    return pl.Series("contract", bars.origin.contracts, dtype=pl.String).gather(bars.contract[rows])


def zones_of(bars: Bars) -> pl.DataFrame:
    """A row a fair value gap: when it was made, where it lies, how far later bars filled it."""
    low, high = bars.low.astype(np.int64), bars.high.astype(np.int64)
    up, down = low[2:] - high[:-2], low[:-2] - high[2:]
    rows = np.flatnonzero(np.maximum(up, down) >= LEAST) + 2
    bull = up[rows - 2] > 0
    top = np.where(bull, low[rows], low[rows - 2])
    bottom = np.where(bull, high[rows - 2], high[rows])
    lives = [
        life(low if rising else -high, int(i), int(t if rising else -b), int(b if rising else -t))
        for i, rising, t, b in zip(rows, bull, top, bottom, strict=True)
    ]
    ends, deepest = (np.array([one[k] for one in lives], np.int64) for k in range(2))
    size, filled = top - bottom, ends >= 0
    tick = float(bars.instrument.tick)
    when = times_of("filled_at", bars, np.maximum(ends, 0))
    share = np.minimum(deepest / np.maximum(size, 1), 1.0) * 100
    return pl.DataFrame(
        {
            "zone": np.arange(len(rows), dtype=np.uint32),
            "formed_at": times_of("formed_at", bars, rows),
            "contract": contracts_of(bars, rows),
            "side": np.where(bull, 1, -1).astype(np.int8),
            "top": top * tick,
            "bottom": bottom * tick,
            "midpoint": (top + bottom) / 2 * tick,
            "size_percent": size / np.maximum(np.abs(bars.close[rows].astype(np.int64)), 1) * 100,
            "filled": filled,
            "fill_percent": share,
            "filled_at": when,
        }
    ).with_columns(pl.when("filled").then("filled_at").alias("filled_at"))


def life(values: Longs, made: int, near: int, far: int) -> tuple[int, int]:
    """The bar that reaches the far edge from above, -1 if none does, and the ticks filled."""
    low, width, deepest = made + 1, STRIDE, near
    while low < len(values):
        part = values[low : low + width]
        deepest = min(deepest, int(part.min()))
        if deepest <= far:
            return low + int(np.argmax(part <= far)), near - far
        low, width = low + width, 2 * width
    return -1, near - deepest
