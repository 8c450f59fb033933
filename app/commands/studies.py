"""Playing a study: one combination, or its whole grid."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import Annotated

import typer

from app.options import Changes, Json, Machine, StudyName, grouped

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
    from app.figures import everything
    from app.job import job_of, perform, preview
    from app.tables import print_preview, print_sweep

    job = job_of(study, changes, machine)
    if dry_run and as_json:
        print_json(preview(job))
    elif dry_run:
        print_preview(out(), preview(job))
    elif as_json:
        print_json(everything(perform(job)))
    else:
        print_sweep(out(), perform(job))


@grouped
def run(study: StudyName, *, changes: Changes, machine: Machine, as_json: Json = False) -> None:
    """Play one combination: the first value of every list, unless --set says otherwise."""
    from app.console import out, print_json
    from app.figures import single_run
    from app.job import job_of, perform
    from app.resolve import single
    from app.tables import print_run

    report = perform(job_of(study, changes, machine, single))
    if as_json:
        print_json(single_run(report))
    else:
        print_run(out(), report)
