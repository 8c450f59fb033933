"""The commit beside its parent: the same small work by both, in turn, on one machine.

    python -m benchmarks.guard [COMMIT]

It reports, and fails only beyond a factor that a noisy neighbour does not make.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from benchmarks.pairs import interleaved, shown
from benchmarks.worker import Worker

ROOT = Path(__file__).resolve().parent.parent
WORK = Path(__file__).with_name("guard_work.py")
FACTOR = 3.0
REPETITIONS = 9


def git(*words: str) -> bytes | None:
    """What git answers; nothing where it refuses or is not here."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(ROOT), *words]
    done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words
    return done.stdout if done.returncode == 0 else None


def compared(parent: Path) -> float | None:
    """How many times as long the commit takes; nothing where the two cannot be compared."""
    with worker(ROOT) as ours, worker(parent) as theirs:
        result = ours.ask("result")
        try:
            former = theirs.ask("result")
        except (ValueError, OSError) as error:
            print(f"the parent cannot do this work ({error}): nothing is compared")
            return None
        if result != former:
            print(f"the results differ, nothing is timed: {result} and {former}")
            return None
        rivals = {"parent": lambda: theirs.ask("again"), "commit": lambda: ours.ask("again")}
        timings = interleaved(rivals, REPETITIONS)
    print(shown("a small sweep with levels", timings))
    return timings[1].median / timings[0].median


def worker(tree: Path) -> Worker:
    """The same Python and packages over other sources."""
    return Worker([sys.executable, "-P", str(WORK)], os.environ | {"PYTHONPATH": str(tree)})


def main() -> int:
    """Zero unless the commit is slower beyond doubt."""
    commit = sys.argv[1] if len(sys.argv) > 1 else "HEAD~1"
    sources = git("archive", commit)
    if sources is None:
        print(f"git knows no commit {commit} here: nothing is compared")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(sources)) as kept:
            kept.extractall(folder, filter="data")
        ratio = compared(Path(folder))
    if ratio is None:
        return 0
    print(f"this tree takes {ratio:.2f} times as long as {commit}; beyond {FACTOR} it is refused")
    return int(ratio > FACTOR)


if __name__ == "__main__":
    raise SystemExit(main())
