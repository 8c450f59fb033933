"""Playing a study: one combination, or its whole grid."""

# ruff: noqa: PLC0415 - heavy imports wait for the command that needs them; --help stays quick

from __future__ import annotations

from typing import TYPE_CHECKING

from app.options import Changes, Course, Json, Machine, StudyName, grouped

if TYPE_CHECKING:
    from app.job import Job
    from app.pages import Kept
    from app.yaml_lines import Document


@grouped
def sweep(
    study: StudyName,
    *,
    changes: Changes,
    machine: Machine,
    course: Course,
    as_json: Json = False,
) -> None:
    """Play a study's whole grid, walk it forward, weigh, store and print the result."""
    from app.console import notice, out, print_json
    from app.job import jobs_of, perform, preview
    from app.log import spent
    from app.rehearsal import rehearsed
    from app.tables import print_preview, print_sweep
    from app.timing import compiling_counted, times_text
    from app.verdict import evidence_json
    from reports.findings import everything

    def asked(document: Document) -> None:
        if (count := course.surrogates) is not None:
            document.put(("evidence", "surrogates"), count, f"--surrogates {count}")

    job, *others = jobs_of(study, changes, machine, asked)
    if others:
        every_market([job, *others], course, as_json=as_json)
        return
    if course.dry_run and as_json:
        print_json(preview(job))
        return
    if course.dry_run:
        print_preview(out(), preview(job))
        return
    with compiling_counted(), rehearsed():
        done = perform(job, resume=course.resume)
        if as_json:
            print_json(everything(done.report) | evidence_json(done.report.tables["evidence"]))
        else:
            print_sweep(out(), done.report)
        drawn(done)
    if "play" in spent():
        notice(f"time: {times_text(spent())}")


@grouped
def run(study: StudyName, *, changes: Changes, machine: Machine, as_json: Json = False) -> None:
    """Play one combination: the first value of every list, unless --set says otherwise."""
    from app.console import out, print_json
    from app.job import jobs_of, perform
    from app.money import print_money, told
    from app.resolve import single
    from app.tables import print_run
    from reports.findings import single_run

    job, *others = jobs_of(study, changes, machine, single)
    if others:
        every_market([job, *others], Course(), as_json=as_json)
        return
    done = perform(job)
    if as_json:
        print_json(single_run(done.report) | told(job.experiment, done))
    else:
        print_run(out(), done.report)
        print_money(out(), told(job.experiment, done), done.report.facts["currency"])
    drawn(done)


def every_market(jobs: list[Job], course: Course, *, as_json: bool) -> None:
    """A study of several markets: what each made, and what holds in all of them."""
    from app.console import out, print_json
    from app.family import play_all, previews
    from app.family_tables import family_json, print_family, print_previews

    if course.dry_run:
        found = previews(jobs)
        if as_json:
            print_json({"markets": found})
        else:
            print_previews(out(), found)
        return
    family = play_all(jobs, drawn, resume=course.resume)
    if as_json:
        print_json(family_json(family))
    else:
        print_family(out(), family)


def drawn(done: Kept) -> None:
    """The page comes after the result: nobody waits for a picture to read a figure."""
    from app.console import notice
    from app.log import stage
    from app.pages import up_to_date

    with stage("page"):
        up_to_date(done)
    notice(f"page: {done.place}")
