"""Interleaved timing: every repetition runs all rivals, so that a noisy moment hits them alike."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter
from typing import Any, NamedTuple

TABLES: list[dict[str, Any]] = []  # every table shown by this process, for the lines of JSON
CURVES: list[dict[str, Any]] = []


class Timing(NamedTuple):
    """Seconds of one rival over all repetitions."""

    name: str
    median: float
    least: float
    most: float


def interleaved(rivals: Mapping[str, Callable[[], object]], repetitions: int) -> list[Timing]:
    """Run each rival once to warm up, then all of them in turn, again and again."""
    for run in rivals.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(repetitions):
        for name, run in rivals.items():
            began = perf_counter()
            run()
            seconds[name].append(perf_counter() - began)
    return [Timing(name, median(s), min(s), max(s)) for name, s in seconds.items()]


def shown(title: str, timings: list[Timing]) -> str:
    """A table with each rival's ratio to the first; kept for the lines and the page."""
    rows = [timing._asdict() for timing in timings]
    TABLES.append({"kind": "table", "title": title, "rows": rows})
    head = f"{title:36} {'median s':>10} {'min..max s':>19} {'ratio':>8}"
    lines = [
        f"{t.name:36} {t.median:10.4f} {f'{t.least:.4f}..{t.most:.4f}':>19} "
        f"{t.median / timings[0].median:8.2f}"
        for t in timings
    ]
    return "\n".join([head, *lines])
