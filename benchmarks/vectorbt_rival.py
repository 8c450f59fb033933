"""vectorbt with its Rust engine, in a Python of its own, against the fast path.

Two rules of vectorbt differ from docs/fills.md: a position is not closed in its entry bar, and a
stop comes first even when the open gapped past the target. The plain scan plays both ways: it must
equal the fast path under our rules and vectorbt under theirs, or nothing is timed.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from benchmarks.pairs import interleaved, shown
from benchmarks.plain_scan import Signals, scan_grid

WORKER = Path(__file__).with_name("vectorbt_worker.py")
VARIABLE = "TICKGRID_VECTORBT"
ABSENT = (
    f"vectorbt was not timed: {VARIABLE} names no Python that has it; make one by\n"
    "  python -m venv .venv-vectorbt && .venv-vectorbt/bin/pip install vectorbt vectorbt-rust\n"
    f"  {VARIABLE}=.venv-vectorbt/bin/python make bench"
)


def measure(
    signals: Signals,
    axes: tuple[Sequence[int], Sequence[int]],
    ours: Callable[[], object],
    repetitions: int,
) -> str:
    """Ratio of a combination there to a combination here; refused without the Rust engine."""
    python = os.environ.get(VARIABLE)
    if python is None:
        return ABSENT
    stops, targets = axes
    pairs = [(stops[k], targets[-1 - k]) for k in range(0, len(stops), 2)]
    with tempfile.TemporaryDirectory() as folder:
        np.savez(Path(folder) / "signals.npz", **signals._asdict(), pairs=np.array(pairs))
        with Worker(python, Path(folder)) as worker:
            found = worker.ask("trades")
            if not found["rust"]:
                return f"vectorbt {found['version']} has no Rust engine here: no ratio is given"
            plain = [scan_grid(signals, [stop], [target], 1, 1)[0] for stop, target in pairs]
            refuse_difference(plain, found["results"])
            rivals = {
                f"fast path, {len(stops) * len(targets)} combinations": ours,
                f"vectorbt, {len(pairs)} combinations": lambda: worker.ask("time"),
            }
            timings = interleaved(rivals, repetitions)
    ratio = timings[1].median / len(pairs) / (timings[0].median / len(stops) / len(targets))
    title = f"vectorbt {found['version']}, Rust, a column a call"
    return f"{shown(title, timings)}\na combination there takes {ratio:,.0f} times as long as here"


def refuse_difference(plain: Sequence[np.ndarray], theirs: Sequence[Sequence[float]]) -> None:
    """Trades and gross ticks under the two rules."""
    for (count, _, gross), (number, made) in zip(plain, theirs, strict=True):
        if count != number or abs(gross - made) > 1e-3:
            raise AssertionError(f"plain scan {count}, {gross}; vectorbt {number}, {made}")


class Worker:
    """A process that answers in JSON, a line a word."""

    def __init__(self, python: str, folder: Path) -> None:
        self.process = subprocess.Popen(  # noqa: S603 - the user names the Python
            [python, str(WORKER), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate("")

    def ask(self, word: str) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise RuntimeError("the worker has no pipes")
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())
