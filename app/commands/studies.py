"""Playing a study: one combination, or its whole grid."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from app.options import Changes, Json, Machine, StudyName, grouped

if TYPE_CHECKING:
    from app.pages import Kept

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and stop.")]


@grouped
def sweep(
    study: StudyName,
    *,
    changes: Changes,
    machine: Machine,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Play a study's whole grid, walk it forward, store and print the result."""
    from app.console import out, print_json
    from app.job import job_of, perform, preview
    from app.tables import print_preview, print_sweep
    from reports.findings import everything

    job = job_of(study, changes, machine)
    if dry_run and as_json:
        print_json(preview(job))
        return
    if dry_run:
        print_preview(out(), preview(job))
        return
    done = perform(job)
    if as_json:
        print_json(everything(done.report))
    else:
        print_sweep(out(), done.report)
    drawn(done)


@grouped
def run(study: StudyName, *, changes: Changes, machine: Machine, as_json: Json = False) -> None:
    """Play one combination: the first value of every list, unless --set says otherwise."""
    from app.console import out, print_json
    from app.job import job_of, perform
    from app.money import print_money, told
    from app.resolve import single
    from app.tables import print_run
    from reports.findings import single_run

    job = job_of(study, changes, machine, single)
    done = perform(job)
    if as_json:
        print_json(single_run(done.report) | told(job.experiment, done))
    else:
        print_run(out(), done.report)
        print_money(out(), told(job.experiment, done), done.report.facts["currency"])
    drawn(done)


def drawn(done: Kept) -> None:
    """The page comes after the result: nobody waits for a picture to read a figure."""
    from app.console import notice

    if not done.place.exists():
        done.write()
    notice(f"page: {done.place}")
