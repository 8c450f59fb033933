"""A run as text, Markdown, JSON or tables: the same figures in every form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import polars as pl

from engine.research.measures import definition
from reports.equity import days, traded
from reports.findings import Report, everything, verdict
from reports.notes import notes
from reports.numbers import measured
from reports.scorecard import scorecard

SIDES: Final = {1: "long", -1: "short"}
Rows = Sequence[Mapping[str, Any]]


class Block(NamedTuple):
    """A heading, a paragraph, and a table below it."""

    title: str
    says: str
    rows: Rows = ()


def blocks(report: Report) -> list[Block]:
    """The parts of a report that is read as text."""
    facts = report.facts
    head = f"{facts['strategy']} on {facts['symbol']} {facts['timeframe']}, run {report.name}."
    warning = f" SYNTHETIC bars ({facts['source']}): not traded by anyone." * facts["synthetic"]
    return [
        Block(str(facts["study"]), head + warning),
        Block("Verdict", " ".join([verdict(report), *notes(report)])),
        Block("Measures", f"Out of sample; money in {facts['currency']}.", measure_rows(report)),
        Block("Targets", "Wishes, not tests.", scorecard(report).to_dicts()),
        Block("Evidence", "What is known of luck.", evidence_rows(report)),
        Block("Folds", "What each fold chose and made.", everything(report)["walk_forward"]),
        Block("Trades", "Every out-of-sample trade, by exit.", trade_rows(report)),
        Block("Days", "Net by trade date, idle ones left out.", day_rows(report)),
    ]


def measure_rows(report: Report) -> list[dict[str, Any]]:
    """Every measure with its unit."""
    return [
        {"measure": name, "value": value, "unit": definition(name).unit}
        for name, value in measured(report).items()
    ]


def evidence_rows(report: Report) -> list[dict[str, Any]]:
    return report.tables["evidence"].drop("run", strict=False).to_dicts()


def trade_rows(report: Report) -> list[dict[str, Any]]:
    """A line a trade: when, where, which way, how many, what it made, why it ended."""
    tick = float(report.facts["tick"])
    return [
        {
            "trade": k,
            "entry_time": row["entry_ts"],
            "entry_price": row["entry"] * tick,
            "exit_time": row["exit_ts"],
            "exit_price": row["exit"] * tick,
            "side": SIDES[row["side"]],
            "quantity": row["quantity"],
            "net": row["net"],
            "reason": row["reason"],
        }
        for k, row in enumerate(traded(report).iter_rows(named=True), 1)
    ]


def day_rows(report: Report) -> list[dict[str, Any]]:
    """A line a trade date that has a trade."""
    rows = days(report).filter(pl.col("n") > 0)
    return rows.select("trade_date", trades="n", net="net", equity="equity").to_dicts()


def written(value: Any) -> str:
    """A cell as it is read; a figure keeps all its digits."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, (bool, date)):
        return str(value).lower() if isinstance(value, bool) else str(value)
    return repr(value) if isinstance(value, float) else str(value)


def markdown(report: Report) -> str:
    """The report as Markdown."""
    parts = []
    for k, block in enumerate(blocks(report)):
        parts.append(f"{'#' if k == 0 else '##'} {block.title}\n\n{block.says}\n")
        if block.rows:
            lines = [cells(block.rows[0]), ["---"] * len(block.rows[0])]
            lines += [[written(v) for v in row.values()] for row in block.rows]
            shown = [[cell.replace("|", "\\|") for cell in line] for line in lines]
            parts.append("\n".join(f"| {' | '.join(line)} |" for line in shown) + "\n")
    return "\n".join(parts)


def text(report: Report) -> str:
    """The report as plain text in columns."""
    parts = []
    for block in blocks(report):
        parts.append(f"{block.title}\n{'=' * len(block.title)}\n{block.says}\n")
        if block.rows:
            lines = [cells(block.rows[0])]
            lines += [[written(v) for v in row.values()] for row in block.rows]
            width = [max(map(len, column)) for column in zip(*lines, strict=True)]
            parts.append("\n".join(aligned(line, width) for line in lines) + "\n")
    return "\n".join(parts)


def cells(row: Mapping[str, Any]) -> list[str]:
    return [str(name) for name in row]


def aligned(line: Sequence[str], width: Sequence[int]) -> str:
    return "  ".join(cell.ljust(w) for cell, w in zip(line, width, strict=True)).rstrip()


def whole(report: Report) -> dict[str, Any]:
    """The report as JSON holds it."""
    return everything(report) | {
        "measures": measured(report),
        "targets": scorecard(report).to_dicts(),
        "notes": notes(report),
        "evidence": evidence_rows(report),
        "trades": trade_rows(report),
        "days": day_rows(report),
    }


def frames(report: Report) -> dict[str, pl.DataFrame]:
    """Tables of a run for other programs: as they are stored, and the measures."""
    kinds = {"measure": pl.String, "value": pl.Float64, "unit": pl.String}
    made = {"measures": pl.DataFrame(measure_rows(report), schema=kinds)}
    return made | dict(report.tables)
