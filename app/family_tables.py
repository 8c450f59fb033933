"""A family as it is printed: its markets, the best sets of parameters over all, and its grade."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import polars as pl
from rich.console import Console
from rich.markup import escape

from app.family import Family
from app.tables import fitted, print_preview, rows_table
from app.verdict import evidence_json
from reports.findings import Report, everything, value_text

TOP: Final = 10
MARKETS: Final = (
    *("symbol", "timeframe", "source", "first", "last", "sessions", "trades", "currency"),
    *("net", "expectancy", "mean_r", "p_value", "class", "run"),
)
SPARE: Final = ("source", "first", "p_value", "mean_r", "currency", "sessions")
PARTS: Final = {
    "consistency": "mean R alike in all markets (30)",
    "profitable": "markets above zero (25)",
    "significant": "markets with p < 0.05 (20)",
    "regimes": "markets agree by regime (15)",
    "kept": "kept of what training made (10)",
}
NOTE: Final = (
    "The table of parameters is in sample: being the best of {tried:,} flatters it. {markets} "
    "markets were tried, so that a class above 'chance' in one of them is one of {markets}."
)


def print_family(console: Console, family: Family) -> None:
    """Out of sample by market, in sample by set of parameters."""
    rows = family.markets.select(MARKETS).to_dicts()
    console.print(fitted(console, "Out of sample, market by market", rows, SPARE))
    if family.scores.height > 1:
        title = f"Over all markets, in sample, by {family.reports[0].objective}"
        console.print(fitted(console, title, best(family), ()))
    parts = family.grade._asdict()
    told = [{"part": PARTS[name], "of": round(parts[name], 2)} for name in PARTS]
    console.print(rows_table("Robustness over markets", told))
    console.print(f"grade {family.grade.letter}: {family.grade.score:.0f} of 100")
    note = NOTE.format(tried=family.scores.height, markets=family.markets.height)
    console.print(note, soft_wrap=True)
    console.print(f"stored as [bold]{escape(family.name)}[/bold]")


def best(family: Family) -> list[dict[str, Any]]:
    """The combinations that stand highest over all markets, by what distinguishes them."""
    report = family.reports[0]
    figures = [pl.col("markets"), pl.col("profitable", "rank", "score", "worst").round(2)]
    shown = family.scores.drop_nulls("score").head(TOP)
    axes = report.varied()
    return [
        {name: value_text(v) if name in axes else v for name, v in row.items()}
        for row in shown.select("combination", *axes, *figures).iter_rows(named=True)
    ]


def family_json(family: Family) -> dict[str, Any]:
    """What `--json` prints: the family, and every run as a sweep of its own would print it."""
    return {
        "family": family.name,
        "grade": family.grade._asdict(),
        "markets": family.markets.to_dicts(),
        "across": family.scores.to_dicts(),
        "runs": [run_json(report) for report in family.reports],
    }


def run_json(report: Report) -> dict[str, Any]:
    return everything(report) | evidence_json(report.tables["evidence"])


def print_previews(console: Console, found: Sequence[Mapping[str, Any]]) -> None:
    """The plan of each market."""
    for one in found:
        print_preview(console, one)
