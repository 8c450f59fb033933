"""What stands at the top of a page: commentary, the hold-out, the data and its quality."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import numpy as np

from engine.core.bars import Bars
from engine.research.measures import session_frame
from reports.findings import Report
from reports.markup import definitions, paragraph, tag
from reports.notes import notes

THIN: Final = 0.9  # of the usual bars: below it a session is called thin
LATER: Final = ("trials", "openings", "holdout_read_by", "targets", "changes")
MARK: Final = 12  # letters of a fingerprint that a reader needs


def standing(report: Report, bars: Bars | None) -> str:
    """The notes as a list, and the facts that decide how much the rest is worth."""
    said = "".join(tag("li", paragraph(note)) for note in notes(report))
    pairs = [
        ("Trials", trials(report)),
        ("Hold-out", holdout(report)),
        ("Data", f"fingerprint {str(report.facts['data'])[:MARK]}; {quality(bars)}"),
    ]
    return tag("ul", said, class_="notes") + definitions(pairs, "standing")


def state(report: Report) -> str:
    """A mark of what changes after a run was stored: a page with another mark is out of date."""
    told = [f"{name}={report.facts.get(name)}" for name in LATER]
    return blake2b("\n".join(told).encode(), digest_size=8).hexdigest()


def trials(report: Report) -> str:
    own, ever = len(report.combinations), int(report.facts["trials"])
    return f"{own:,} combinations in this run, {ever:,} ever on this data in this store"


def holdout(report: Report) -> str:
    """Whether sessions were set aside, and how often they were looked at."""
    since, openings = report.facts["holdout"], int(report.facts.get("openings", 0))
    if since is None:
        return "none was set aside"
    times = {0: "never opened", 1: "opened once"}.get(openings, f"opened {openings} times")
    readers = report.facts.get("holdout_read_by")
    by = f"; not unseen: read by {readers}" if readers else ""
    return f"sessions from {since} on were not read; {times}{by}"


def quality(bars: Bars | None) -> str:
    """What is missing in the bars, counted."""
    if bars is None:
        return "its bars are not in the store any more"
    counts = session_frame(bars)["bars"].to_numpy()
    usual = float(np.median(counts[counts > 0]))
    empty, thin = int((counts == 0).sum()), int(((counts > 0) & (counts < THIN * usual)).sum())
    silent = int((bars.volume == 0).sum())
    return (
        f"{len(bars):,} bars in {len(counts):,} sessions, {empty:,} of them without a bar and "
        f"{thin:,} with fewer than {THIN:.0%} of the usual {usual:,.0f}; "
        f"{silent:,} bars without volume"
    )
