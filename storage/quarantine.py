"""The table of rows that imports kept out, each with the reason and the row of its file."""

from __future__ import annotations

from typing import Final

import polars as pl

from storage.schema import TS, Table, may_be_null

QUARANTINE: Final = Table(
    "quarantine",
    {
        "file": pl.String,
        "row": pl.Int64,
        "reason": pl.String,
        "column": pl.String,
        "text": pl.String,
        "ts": TS,
        "open": pl.Float64,
        "high": pl.Float64,
        "low": pl.Float64,
        "close": pl.Float64,
        "volume": pl.Float64,
        "contract": pl.String,
    },
    nullable=may_be_null(
        *("column", "text", "ts", "open", "high", "low", "close", "volume", "contract")
    ),
)
