"""Tables and tiles of the page, made of what the run has to say."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import polars as pl

from engine.research.measures import definition
from engine.research.measures.definition import COUNT, MONEY, NUMBER, SESSIONS, SHARE
from reports.findings import Report, fold_rows, out_of_sample
from reports.markup import definitions, paragraph, table, tag, tile
from reports.numbers import CAPITAL, measured
from reports.passes import STEADY, steadiness
from reports.scorecard import score, scorecard, targets_of

ABSENT: Final = "not defined"
LARGE: Final = 1_000


def number(value: float | None, *, percent: bool = False) -> str:
    if value is None:
        return ABSENT
    return f"{value:.1%}" if percent else f"{value:,.2f}"


def tone(value: float | None) -> str:
    return "" if not value else ("gain" if value > 0 else "loss")


def tiles(report: Report) -> str:
    """The figures to read first, all out of sample."""
    seen, found, unit = out_of_sample(report), measured(report), report.facts["currency"]
    fall = found["max_drawdown"] if seen["trades"] else None
    spread = f"worst {number(seen['net_worst'])}, best {number(seen['net_best'])}"
    shown = [
        tile("Net, out of sample", number(seen["net"]), unit, tone(seen["net"])),
        tile("A trade", number(seen["expectancy"]), unit, tone(seen["expectancy"])),
        tile("Trades", f"{seen['trades']:,}", f"{seen['folds']} folds"),
        tile("Winners", number(seen["win_rate"], percent=True)),
        tile("Profit factor", number(seen["profit_factor"])),
        tile("Sharpe", number(found["sharpe"]), "daily, yearly"),
        tile("Deepest fall", number(fall), f"{unit}, daily closes"),
        tile("Costs", number(found["costs"]), unit),
        tile("Ambiguous", number(seen["ambiguous"], percent=True), spread),
    ]
    return tag("dl", "".join(shown), class_="tiles")


def score_table(report: Report) -> str:
    """Targets against achieved."""
    card, wanted = scorecard(report), targets_of(report)
    rows = [
        {
            "measure": row["measure"].replace("_", " "),
            "target": ("at most " if target.limit else "at least ") + shown(row, "target"),
            "achieved": shown(row, "achieved"),
            "weight": f"{row['weight']:g}",
            "met": "yes" if row["met"] else "no",
        }
        for row, target in zip(card.iter_rows(named=True), wanted, strict=True)
    ]
    met = score(card)
    said = "" if met is None else f"{met:.0%} of the weight is met; targets are wishes, not tests. "
    if any("capital" in row["measure"] for row in card.iter_rows(named=True)):
        said += f"Capital is {CAPITAL:,.0f} {report.facts['currency']}."
    return tag("h3", "Targets") + paragraph(said) + (table(rows, "targets") if rows else "")


def shown(row: dict[str, Any], column: str) -> str:
    """A figure of the scorecard in the unit of its measure."""
    return number(row[column], percent=definition(row["measure"]).unit == SHARE)


def measure_list(report: Report) -> str:
    """Every measure, folded away until somebody asks; printing unfolds it."""
    pairs = [
        (name.replace("_", " "), in_unit(name, value, str(report.facts["currency"])))
        for name, value in measured(report).items()
    ]
    return tag("details", tag("summary", "Every measure") + definitions(pairs, "facts"))


def in_unit(name: str, value: float | None, currency: str) -> str:
    """A measure with what it counts."""
    unit = definition(name).unit
    if value is None or unit == SHARE:
        return number(value, percent=True)
    if unit in (COUNT, SESSIONS):
        return f"{value:,.0f}"
    said = {MONEY: f" {currency}", NUMBER: ""}.get(unit, f" {unit}")
    return number(value) + said


def evidence_table(report: Report) -> str:
    """Every stored figure of evidence, with the sentence that says what it means."""
    kept = report.tables["evidence"].filter(pl.col("scope") != "verdict")  # stands at the top
    rows = [evidence_row(row) for row in kept.iter_rows(named=True)]
    return table(rows, "evidence", words=True) if rows else ""


def evidence_row(row: dict[str, Any]) -> dict[str, str]:
    low, high = row["low"], row["high"]
    return {
        "scope": row["scope"],
        "measure": row["measure"],
        "value": "" if row["value"] is None else brief(row["value"]),
        "between": "" if low is None or high is None else f"{brief(low)} to {brief(high)}",
        "p": "" if row["p_value"] is None else f"{row['p_value']:.3f}",
        "meaning": row["note"],
    }


def brief(value: float) -> str:
    """Four figures, and no powers of ten where people read money."""
    return f"{value:,.0f}" if abs(value) >= LARGE else f"{value:,.4g}"


def fold_table(report: Report) -> dict[str, Any]:
    """Every fold in a line."""
    rows = fold_rows(report)
    cells = [[str(v) if isinstance(v, date) else v for v in row.values()] for row in rows]
    return {"columns": list(rows[0]) if rows else [], "rows": cells}


def steady_table(report: Report) -> str:
    """How far the chosen values of each parameter wander."""
    rows = steadiness(report)
    said = (
        f"A parameter whose chosen values have a deviation below {STEADY} of their mean is steady."
    )
    return (
        tag("h3", "Chosen values") + paragraph(said) + table(rows, "chosen values") if rows else ""
    )


def facts_list(report: Report) -> str:
    """Facts of the run, the ones a reader would check first."""
    hidden = ("note", "synthetic", "targets", "changes")
    pairs = [
        (name.replace("_", " "), ABSENT if value is None else str(value))
        for name, value in report.facts.items()
        if name not in hidden
    ]
    return definitions(pairs, "facts")
