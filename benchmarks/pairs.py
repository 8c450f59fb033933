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


def rated(title: str, rates: Mapping[str, float]) -> None:
    """Keep rates, or whatever else is no time, for the lines."""
    rows = [{"name": name, "median": rate} for name, rate in rates.items()]
    TABLES.append({"kind": "rate", "title": title, "rows": rows})


def shown(title: str, timings: list[Timing], moved: int | None = None) -> str:
    """A table with each rival's ratio to the first; kept for the lines and the page.

    `moved` are the bytes that the first cannot help reading and writing.
    """
    rows = [timing._asdict() for timing in timings]
    told = {"kind": "table", "title": title, "rows": rows}
    TABLES.append(told if moved is None else told | {"moved": moved})
    head = f"{title:36} {'median s':>10} {'min..max s':>19} {'ratio':>8}"
    lines = [
        f"{t.name:36} {t.median:10.4f} {f'{t.least:.4f}..{t.most:.4f}':>19} "
        f"{t.median / timings[0].median:8.2f}"
        for t in timings
    ]
    return "\n".join([head, *lines])
