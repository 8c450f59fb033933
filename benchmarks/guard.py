"""The commit beside its parent: the same small works by both, in turn, on one machine.

    python -m benchmarks.guard [COMMIT]

It reports, and fails only beyond a factor that a noisy neighbour does not make: what is compared
are seconds of processor time, and both the median and the least must be that much longer. Where
there is no parent, or it cannot do the work, or does another, it says so and passes.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any

from benchmarks.pairs import Timing, shown
from benchmarks.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(__file__).with_name("guard_work.py")
PLAYED = ("engine", "adapters")  # the sources that the works can reach
WORKS = ("a small sweep", "levels of sessions", "a feature")
FACTOR = 3.0
LEAST, MOST = 3, 15  # rounds of all works
BUDGET = 25.0  # seconds after which no further round begins


def git(*words: str) -> bytes | None:
    """What git answers; nothing where it refuses or is not here."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(ROOT), *words]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
    return done.stdout if done.returncode == 0 else None


def compared(parent: Path) -> Iterator[float]:
    """How many times as long this tree takes, a work a number, those that can be compared."""
    began = monotonic()
    with worker(ROOT) as ours, worker(parent) as theirs:
        for work in WORKS:
            refusal = differing(ours, theirs, work)
            if refusal is None:
                rounds = timed(ours, theirs, work, began)
                print(shown(f"{work}, seconds of cores", rounds))
                yield min(rounds[1].median / rounds[0].median, rounds[1].least / rounds[0].least)
            else:
                print(f"{work}: {refusal}: nothing is compared")


def differing(ours: Worker, theirs: Worker, work: str) -> str | None:
    """Why the two cannot be compared, if they cannot; both compile at the same time."""
    with ThreadPoolExecutor(2) as pool:
        own, former = (pool.submit(tree.ask, work) for tree in (ours, theirs))
        result = own.result()["result"]
        try:
            other = former.result()["result"]
        except (ValueError, OSError) as error:
            return f"the parent cannot do it ({error})"
    return None if result == other else f"the results differ, {other} before and {result} now"


def timed(ours: Worker, theirs: Worker, work: str, began: float) -> list[Timing]:
    """Parent first, then ours, again and again, as long as there is time."""
    trees = {"parent": theirs, "commit": ours}
    found: dict[str, list[float]] = {name: [] for name in trees}
    share = BUDGET * (WORKS.index(work) + 1) / len(WORKS)
    while len(found["commit"]) < (MOST if monotonic() - began < share else LEAST):
        for name, tree in trees.items():
            found[name].append(float(tree.ask(work)["seconds"]))
    return [Timing(name, median(s), min(s), max(s)) for name, s in found.items()]


def worker(tree: Path) -> Worker:
    """The same Python and packages over other sources."""
    return Worker([sys.executable, "-P", str(WORK)], os.environ | {"PYTHONPATH": str(tree)})


def parent_of(commit: str) -> bytes | str:
    """Its sources as an archive, or why there is nothing to compare."""
    sources = git("archive", commit)
    if sources is None:
        return f"git knows no commit {commit} here (a shallow clone, or the first commit)"
    if git("diff", "--quiet", commit, "--", *PLAYED) is not None:
        return f"{' and '.join(PLAYED)} are those of {commit}"
    return sources


def main() -> int:
    """Zero unless a work takes longer beyond doubt."""
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD~1"
    sources: Any = parent_of(commit)
    if isinstance(sources, str):
        print(f"{sources}: nothing is compared")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(sources)) as kept:
            kept.extractall(folder, filter="data")
        ratios = list(compared(Path(folder)))
    if ratios:
        print(f"at most {max(ratios):.2f} times as long as {commit}; refused beyond {FACTOR}")
    return int(max(ratios, default=0.0) > FACTOR)


if __name__ == "__main__":
    raise SystemExit(main())
