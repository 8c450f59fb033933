"""Hold-outs: sessions a study locked away, who read them, and how often they were opened.

The log of trials says it all, and removing a run removes nothing from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from storage.trials import HOLDOUT, SWEEP, Trial, entries


@dataclass(frozen=True)
class Lock:
    """The hold-out of one run."""

    run: str
    symbol: str
    source: str
    held: str  # its first date
    openings: int
    opened: str  # when first; empty: never
    readers: tuple[str, ...]  # other runs that read dates of it

    @property
    def untouched(self) -> bool:
        return not self.openings and not self.readers


def locks(root: Path) -> list[Lock]:
    """Every hold-out ever locked in this store, in the order of the runs."""
    log = list(entries(root))
    held = {one.run: one for one in log if one.kind == SWEEP and one.held}
    return [lock(one, log) for one in held.values()]


def lock_of(root: Path, run: str) -> Lock | None:
    """The hold-out of a run, if it locked any."""
    return next((one for one in locks(root) if one.run == run), None)


def lock(one: Trial, log: Iterable[Trial]) -> Lock:
    """One hold-out, with what became of it."""
    readers = {other.run: None for other in log if reads(other, one)}
    times = [other.time for other in log if other.kind == HOLDOUT and other.run == one.run]
    first = min(times, default="")
    place = (one.run, one.symbol, one.source, one.held)
    return Lock(*place, len(times), first, tuple(readers))


def reads(other: Trial, one: Trial) -> bool:
    """Whether a run played, or opened, sessions that another had locked away."""
    same = (other.symbol, other.source) == (one.symbol, one.source)
    return same and other.run != one.run and other.last >= one.held


def broken_by(root: Path, run: str) -> list[Lock]:
    """The hold-outs that a run read."""
    return [one for one in locks(root) if run in one.readers]
