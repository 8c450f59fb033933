"""Columns of indicators and price zones beside the bars they were made of, for SQL."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from engine.core.bars import Bars
from storage.atomic import write_frame
from storage.conform import fitted
from storage.names import plain
from storage.schema import TS, Table, may_be_null

COLUMNS: Final = ("atr_14", "ema_50", "ema_100", "ema_200", "rsi_14")
INDICATORS: Final = Table(
    "indicators",
    {"ts": TS, "contract": pl.String, **dict.fromkeys(COLUMNS, pl.Float64)},
    nullable=may_be_null("contract", *COLUMNS),
)
ZONES: Final = Table(
    "zones",
    {
        "zone": pl.UInt32,
        "formed_at": TS,
        "contract": pl.String,
        "side": pl.Int8,
        **dict.fromkeys(("top", "bottom", "midpoint", "size_percent"), pl.Float64),
        "filled": pl.Boolean,
        "fill_percent": pl.Float64,
        "filled_at": TS,
    },
    nullable=may_be_null("contract", "filled_at"),
)


def store_beside(root: Path, table: Table, bars: Bars, frame: pl.DataFrame) -> Path:
    """Put a table of a series in the place of the one before it."""
    series = (
        f"source={plain(bars.origin.source)}",
        f"symbol={plain(bars.instrument.symbol)}",
        f"timeframe={bars.minutes}m",
    )
    path = root.joinpath(table.name, *series, "part.parquet")
    write_frame(path, fitted(table, frame))
    return path
