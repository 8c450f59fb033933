"""The page of a stored run: built from what the store holds, kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.run import report_of
from app.yaml_lines import document_of
from engine.core.bars import Bars
from engine.core.errors import TickgridError
from reports.findings import Report
from storage.atomic import write_text
from storage.lake import Lake
from storage.results import Results, Run

PAGE: Final = "report.html"


@dataclass(frozen=True, eq=False)
class Kept:
    """A stored run, how it is told, and its bars where the store still has the very same."""

    run: Run
    report: Report
    bars: Bars | None = None

    @property
    def place(self) -> Path:
        return self.run.folder / PAGE

    def write(self, place: Path | None = None) -> Path:
        """Build the page; a file appears whole or not at all."""
        from reports.page import page_of  # noqa: PLC0415 - only a page needs the drawing room

        file = place or self.place
        write_text(file, page_of(self.report, self.bars))
        return file


def kept(results: Results, lake: Lake, name: str) -> Kept:
    """A stored run by name, read back."""
    run = results.run(name)
    report = report_of(run, results.trials(run.manifest.data))
    return Kept(run, report, bars_of_run(lake, run))


def bars_of_run(lake: Lake, run: Run) -> Bars | None:
    """The bars a run was played on; none when they were removed or others took their place."""
    manifest, said = run.manifest, document_of(run.study, run.name).value
    data: dict[str, Any] = said.get("data", {})
    first, last = data.get("from"), data.get("to")
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    try:
        bars = lake.bars(manifest.symbol, first, last, manifest.timeframe, manifest.source)
    except TickgridError:
        return None  # the page says that it has no bars, which is what a reader needs to know
    return bars if bars.fingerprint == manifest.data else None
