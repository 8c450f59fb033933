"""The figures of a run, from the engine's own definitions: no page computes a measure by itself."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Final

import polars as pl

from engine.research.measures import Basis, measures
from reports.findings import Report

CAPITAL: Final = 100_000.0  # only shares of it would show, and a page shows none


def basis_of(report: Report) -> Basis:
    """What the measures of this run are relative to."""
    unit, year = Decimal(report.facts["money_unit"]), int(report.facts["periods"])
    return Basis(CAPITAL, unit, year)


def trades_of(report: Report, scope: str = "oos") -> pl.DataFrame:
    """Trades of a scope as they are stored."""
    return report.tables["trades"].filter(pl.col("scope") == scope)


def sessions_of(report: Report, scope: str = "oos") -> pl.DataFrame:
    """The trade dates of a scope and their net in money units, idle ones too."""
    rows = report.tables["equity"].filter(pl.col("scope") == scope)
    return rows.select("trade_date", "net")


def measured(report: Report, scope: str = "oos") -> dict[str, float | None]:
    """Every measure of a scope by its name; what is undefined is nothing."""
    found = measures(trades_of(report, scope), sessions_of(report, scope), basis_of(report))
    row = found.drop("series").row(0, named=True)
    return {name: None if math.isnan(value) else value for name, value in row.items()}
