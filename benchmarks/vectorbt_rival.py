"""vectorbt with its Rust engine, in a Python of its own, against the fast path.

Two rules of vectorbt differ from docs/fills.md: a position is not closed in its entry bar, and a
stop comes first even when the open gapped past the target. Both are rules of ours by name (F68 and
F69), so the two play the same game: every trade must be the same, or nothing is timed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from benchmarks.pairs import TABLES, interleaved, shown
from benchmarks.plain_scan import Signals
from benchmarks.worker import Worker
from engine.fills import Trades

WORKER = Path(__file__).with_name("vectorbt_worker.py")
VARIABLE = "TICKGRID_VECTORBT"
ABSENT = (
    f"vectorbt was not timed: {VARIABLE} names no Python that has it; make one by\n"
    "  python -m venv .venv-vectorbt && .venv-vectorbt/bin/pip install vectorbt vectorbt-rust\n"
    f"  {VARIABLE}=.venv-vectorbt/bin/python make bench"
)
RULES: Final = {"spare_entry_bar": True, "stop_first": True}
NEAR = 1e-3  # of a tick: their prices are fractions of the fill

Pairs = Sequence[tuple[int, int]]


def measure(
    signals: Signals,
    pairs: Pairs,
    trades: Callable[[int, int], Trades],
    ours: tuple[Callable[[], object], int],
    repetitions: int,
) -> str:
    """Ratio of a combination there to a combination here; refused without the Rust engine."""
    python = os.environ.get(VARIABLE)
    if python is None:
        return ABSENT
    with tempfile.TemporaryDirectory() as folder, Rival(python, Path(folder)) as worker:
        found = worker.play(signals, pairs)
        if not found["rust"]:
            return f"vectorbt {found['version']} has no Rust engine here: no ratio is given"
        count = refuse_difference(pairs, trades, found["trades"])
        run, combinations = ours
        rivals = {
            f"fast path, {combinations} combinations": run,
            f"vectorbt, {len(pairs)} combinations": lambda: worker.ask("time"),
        }
        timings = interleaved(rivals, repetitions)
    if found["held"]:
        name = f"{len(pairs)} combinations, vectorbt"
        TABLES.append({"kind": "memory", "rows": [{"name": name, "mb": found["held"]}]})
    ratio = timings[1].median / len(pairs) / (timings[0].median / combinations)
    title = f"vectorbt {found['version']}, Rust, a column a call"
    same = f"{count:,} trades are the same on both sides, {found['held'] or 0:,.0f} MB held there"
    return (
        f"{shown(title, timings)}\n{same}; a combination there takes {ratio:,.0f} times as long "
        "as here"
    )


def refuse_difference(
    pairs: Pairs, trades: Callable[[int, int], Trades], theirs: Sequence[np.ndarray]
) -> int:
    """How many trades were compared: entry and exit bar, side, entry and exit price of each."""
    for pair, other in zip(pairs, theirs, strict=True):
        own = listed(trades(*pair))
        if not np.array_equal(own, other):
            raise AssertionError(f"stop and target {pair}: {len(own)} trades, theirs {len(other)}")
    return sum(map(len, theirs))


def listed(trades: Trades) -> np.ndarray:
    """A row a trade, of what both sides say of it."""
    parts = (trades.entry_bar, trades.exit_bar, trades.side, trades.entry, trades.exit)
    return np.stack(parts, axis=1).astype(np.int64)


class Rival(Worker):
    """vectorbt's Python, whose tables lie in files of a folder."""

    def __init__(self, python: str, folder: Path) -> None:
        self.folder = folder
        super().__init__([python, str(WORKER), str(folder)])

    def play(self, signals: Signals, pairs: Pairs) -> dict[str, Any]:
        """Their version, whether Rust plays, and the trades of each pair of stop and target."""
        np.savez(self.folder / "signals.npz", **signals._asdict(), pairs=np.array(pairs))
        said = self.ask("trades")
        with np.load(self.folder / "trades.npz") as kept:
            rows = [kept[str(k)] for k in range(len(pairs))]
        whole = [np.rint(row).astype(np.int64) for row in rows]
        for row, near in zip(rows, whole, strict=True):
            if np.abs(row - near).max(initial=0) > NEAR:
                raise AssertionError("a price of theirs lies between two ticks")
        return dict(said) | {"trades": whole}
