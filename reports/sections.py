"""Tables and tiles of the page, made of what the run has to say."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from reports.equity import days, traded
from reports.findings import Report, fold_rows, out_of_sample
from reports.markup import definitions, paragraph, table, tag, tile
from reports.scorecard import achieved, score, scorecard

NAMES: Final = {
    "sharpe": "Sharpe (daily, yearly)",
    "calmar": "Calmar",
    "profit_factor": "Profit factor",
    "win_rate": "Winners",
    "win_loss": "Mean win over mean loss",
}
PERCENT: Final = ("win_rate",)
ABSENT: Final = "not defined"


def number(value: float | None, *, percent: bool = False) -> str:
    if value is None:
        return ABSENT
    return f"{value:.1%}" if percent else f"{value:,.2f}"


def tone(value: float | None) -> str:
    return "" if not value else ("gain" if value > 0 else "loss")


def tiles(report: Report) -> str:
    """The figures to read first, all out of sample."""
    seen, found, unit = out_of_sample(report), achieved(report), report.facts["currency"]
    fall = float(days(report)["drawdown"].to_numpy().max()) if seen["trades"] else None
    spread = f"worst {number(seen['net_worst'])}, best {number(seen['net_best'])}"
    costs = traded(report).select(pl.col("gross") - pl.col("net")).sum().item()
    shown = [
        tile("Net, out of sample", number(seen["net"]), unit, tone(seen["net"])),
        tile("A trade", number(seen["expectancy"]), unit, tone(seen["expectancy"])),
        tile("Trades", f"{seen['trades']:,}", f"{seen['folds']} folds"),
        tile("Winners", number(seen["win_rate"], percent=True)),
        tile("Profit factor", number(seen["profit_factor"])),
        tile("Sharpe", number(found["sharpe"]), "daily, yearly"),
        tile("Deepest fall", number(fall), f"{unit}, daily closes"),
        tile("Costs", number(costs), unit),
        tile("Ambiguous", number(seen["ambiguous"], percent=True), spread),
    ]
    return tag("dl", "".join(shown), class_="tiles")


def score_table(report: Report) -> str:
    """Targets against achieved."""
    card = scorecard(report)
    rows = [
        {
            "measure": NAMES[row["measure"]],
            "target": number(row["target"], percent=row["measure"] in PERCENT),
            "achieved": number(row["achieved"], percent=row["measure"] in PERCENT),
            "met": "yes" if row["met"] else "no",
        }
        for row in card.iter_rows(named=True)
    ]
    met = score(card)
    said = (
        "" if met is None else f"{met:.0%} of the targets are met; targets are wishes, not tests."
    )
    return tag("h3", "Targets") + paragraph(said) + table(rows)


def evidence_table(report: Report) -> str:
    """Every stored figure of evidence, with the sentence that says what it means."""
    rows = [evidence_row(row) for row in report.tables["evidence"].iter_rows(named=True)]
    ever = int(report.facts["trials"])
    said = f"{ever:,} combinations were ever tried on this data, in all runs of this store."
    return paragraph(said) + (table(rows, words=True) if rows else "")


def evidence_row(row: dict[str, Any]) -> dict[str, str]:
    low, high = row["low"], row["high"]
    between = "" if low is None else f"{low:,.4g} to {high:,.4g}"
    return {
        "scope": row["scope"],
        "measure": row["measure"],
        "value": "" if row["value"] is None else f"{row['value']:,.4g}",
        "between": between,
        "p": "" if row["p_value"] is None else f"{row['p_value']:.3f}",
        "meaning": row["note"],
    }


def fold_table(report: Report) -> dict[str, Any]:
    """Every fold in a line."""
    rows = fold_rows(report)
    cells = [[str(v) if isinstance(v, date) else v for v in row.values()] for row in rows]
    return {"columns": list(rows[0]) if rows else [], "rows": cells}


def facts_list(report: Report) -> str:
    """Facts of the run, the ones a reader would check first."""
    hidden = ("note", "synthetic")
    pairs = [
        (name.replace("_", " "), ABSENT if value is None else str(value))
        for name, value in report.facts.items()
        if name not in hidden
    ]
    return definitions(pairs, "facts")
