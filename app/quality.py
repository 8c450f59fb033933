"""Quality reports as a person reads them: where the rows went, what is wrong, the figures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import typer

from app.console import notice, print_json, print_rows
from engine.core.errors import unknown

if TYPE_CHECKING:
    from storage.judge.report import Report

EVERY: Final = 10**9  # places named when one kind is asked for


def print_reports(reports: Sequence[Report], *, as_json: bool) -> None:
    """Quality reports: what was guessed, where the rows went, what is wrong with them."""
    if as_json:
        plain = [report.plain() for report in reports]
        print_json(plain[0] if len(plain) == 1 else plain)
        return
    for report in reports:
        for guess in report.guesses:
            notice(guess)
        rows = ", ".join(f"{count:,} {name}" for name, count in report.counts.items())
        facts = ", ".join(f"{name} {value}" for name, value in report.facts.items())
        typer.echo(f"{report.subject} ({facts})\nrows: {rows}, {report.quarantined:,} quarantined")
        defects = report.frame().to_dicts()
        if defects:
            print_rows(defects)
        else:
            typer.echo("no defect found")
        if report.aside:
            print_rows([one._asdict() for one in report.aside], "kept out by imports")
        if report.figures:
            print_rows([{"figure": name, "value": v} for name, v in report.figures.items()])


def print_places(reports: Sequence[Report], kind: str, *, as_json: bool) -> None:
    """Every place of one kind of defect, a line each."""
    from storage.judge.kinds import KINDS  # noqa: PLC0415 - start-up stays quick

    if kind not in KINDS:
        raise unknown("kind of defect", kind, KINDS)
    found = [
        {"series": report.subject, "defect": kind, "where": place}
        for report in reports
        if kind in report.defects
        for place in report.defects[kind].where
    ]
    if as_json:
        print_json(found)
        return
    for row in found:
        typer.echo(f"{row['series']}: {row['where']}")
    if not found:
        typer.echo(f"no {kind} found")
