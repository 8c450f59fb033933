"""Families: the runs of one study, one a market, and every set of parameters over all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from storage.atomic import write_frame
from storage.conform import fitted
from storage.names import plain
from storage.schema import PLAIN, Table, may_be_null

FAMILIES: Final = Table(
    "families",
    {
        **dict.fromkeys(("family", "study", "run"), pl.String),
        **dict.fromkeys(("symbol", "timeframe", "source"), pl.String),
        **dict.fromkeys(("first", "last"), pl.Date),
        "sessions": pl.Int64,
        "trades": pl.Int64,
        "currency": pl.String,
        **dict.fromkeys(("net", "expectancy", "mean_r", "p_value", "kept"), pl.Float64),
        "class": pl.String,
        **dict.fromkeys(("consistency", "profitable", "significant"), pl.Float64),
        **dict.fromkeys(("regimes", "overfit", "score"), pl.Float64),
        "grade": pl.String,
    },
    nullable=may_be_null("expectancy", "mean_r", "p_value", "kept"),
)
ACROSS: Final = Table(
    "across",
    {"family": pl.String, "combination": pl.UInt32},
    {
        "markets": pl.Int64,
        **dict.fromkeys(("profitable", "rank", "score", "worst"), pl.Float64),
    },
    slot=PLAIN,
    nullable=may_be_null("profitable", "rank", "score", "worst"),
)


def keep(root: Path, family: str, markets: pl.DataFrame, scores: pl.DataFrame) -> None:
    """Store both tables of a family, that of its markets last: with it the family is there."""
    for table, frame in ((ACROSS, scores), (FAMILIES, markets)):
        named = frame.with_columns(family=pl.lit(family))
        write_frame(root / table.name / f"{plain(family)}.parquet", fitted(table, named))
