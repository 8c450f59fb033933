"""The page of a stored run: built from what the store holds, kept beside it."""

# ruff: noqa: PLC0415 - the drawing room waits for a page that is drawn

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any, Final

from app.market import dressed
from app.run import report_of
from app.study import Data
from app.yaml_lines import document_of
from engine.core.bars import Bars
from engine.core.errors import TickgridError
from engine.research.measures import definition
from reports.findings import Report
from storage import changes
from storage.atomic import write_text
from storage.holdouts import broken_by
from storage.lake import Lake
from storage.results import Results, Run

PAGE: Final = "report.html"
OUTDATED: Final = (
    '<p class="banner">Out of date: since this page was drawn, its locked sessions were read, '
    "or more was tried on its data; <code>tickgrid report RUN</code> draws it anew.</p>"
)


@dataclass(frozen=True, eq=False)
class Kept:
    """A stored run, how it is told, and its bars where the store still has the very same."""

    run: Run
    report: Report
    bars: Bars | None = None

    @property
    def place(self) -> Path:
        return self.run.folder / PAGE

    @property
    def told(self) -> Report:
        """The report with what the user keeps beside the runs: targets, and a log of changes."""
        root = self.run.folder.parents[1]
        further = {
            "targets": wanted(root),
            "changes": changes.changes(root),
        }
        return replace(self.report, facts={**self.report.facts, **further})

    @property
    def stale(self) -> bool:
        """Whether the page is missing, or was drawn before something that it tells was changed."""
        from reports.standing import state

        return not self.place.exists() or state(self.told) not in self.place.read_text("utf-8")

    def mark(self) -> None:
        """Say on a page that it is out of date; drawing it anew takes the words away."""
        text = self.place.read_text("utf-8")
        if OUTDATED not in text:
            write_text(self.place, text.replace("<body>", f"<body>{OUTDATED}", 1))

    def write(self, place: Path | None = None) -> Path:
        """Build the page; a file appears whole or not at all."""
        from reports.page import page_of

        file = place or self.place
        write_text(file, page_of(self.told, self.bars))
        return file

    def figures(self) -> list[str]:
        """The names of all figures of the page."""
        from reports.page import exhibits_of

        return list(exhibits_of(self.told, self.bars))

    def figure(self, name: str, kind: str) -> str:
        """A page of one figure that hands over its picture."""
        from reports.page import exhibits_of
        from reports.shell import picture_page

        return picture_page(exhibits_of(self.told, self.bars)[name], kind)


def wanted(root: Path) -> list[tuple[str, float, float]] | None:
    """The targets of a store, each a measure that exists."""
    found = changes.targets(root)
    for name, _, _ in found or ():
        definition(name)
    return found


def kept(results: Results, lake: Lake, name: str, *, bars: bool = True) -> Kept:
    """A stored run by name, read back; without its bars where nothing is drawn on them."""
    run = results.run(name)
    report = report_of(run, results.trials(run.manifest.data))
    return Kept(run, report, bars_of_run(lake, run) if bars else None)


def up_to_date(done: Kept) -> None:
    """Draw a page that is not what it would be now; mark those of hold-outs that its run read."""
    if done.stale:
        done.write()
    results = Results(done.run.root)
    for lock in broken_by(results.root, done.run.name):
        if (results.folder / lock.run / PAGE).exists():
            other = kept(results, Lake(results.root), lock.run, bars=False)
            if other.stale:
                other.mark()


def compared_page(root: Path, reports: Sequence[Report], place: Path | None) -> Path:
    """Build the page that sets runs beside each other."""
    from reports.comparison_page import comparison_page

    names = "--".join(report.name for report in reports)
    file = place or root / "comparisons" / f"{names}.html"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, comparison_page(reports))
    return file


def bars_of_run(lake: Lake, run: Run) -> Bars | None:
    """The bars a run was played on; none when they were removed or others took their place."""
    manifest, said = run.manifest, document_of(run.study, run.name).value
    data: dict[str, Any] = said.get("data", {})
    first, last = data.get("from"), data.get("to")
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    try:
        bars = dressed(lake, Data.model_validate(data), (first, last), manifest.source)
    except TickgridError:
        return None  # the page says that it has no bars, which is what a reader needs to know
    return bars if bars.fingerprint == manifest.data else None
