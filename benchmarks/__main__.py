"""`make bench`: every measurement, one after the other, then the lines and the page of all of them.

python -m benchmarks [--quick] [--to FOLDER] [ROOM ...]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from benchmarks import (
    evidence,
    features,
    fills,
    growth,
    ingest,
    metrics,
    page,
    play,
    profile,
    record,
    scan,
    startup,
)
from benchmarks.pairs import CURVES, TABLES

LINES, PAGE = "bench.jsonl", "bench.html"
SERIES, DAYS = 576, 1740


def one(text: str) -> Iterator[str]:
    yield text


ROOMS: dict[str, Callable[[int, int], Iterable[str]]] = {
    "startup": lambda n, _: one(startup.measure(n)),
    "play": lambda n, sessions: one(play.measure(n, min(sessions, 500))),
    "profile": lambda n, sessions: one(profile.measure(n, sessions)),
    "features": lambda n, sessions: one(features.measure(n, sessions)),
    "ingest": lambda n, sessions: one(ingest.measure(n, sessions)),
    "metrics": lambda n, sessions: one(metrics.measure(n, SERIES, min(sessions, DAYS))),
    "evidence": lambda n, sessions: one(evidence.measure(n, sessions)),
    "fills": fills.measure,
    "scan": lambda n, sessions: one("\n".join(scan.measure(3 * n, min(sessions, 250)))),
    "growth": lambda n, _: one(growth.measure(n)),
}


def main() -> None:
    """Print each section as it is ready."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--quick", action="store_true", help="short markets, few repetitions")
    parser.add_argument("--to", type=Path, default=Path("build"), metavar="FOLDER")
    asked = parser.parse_args()
    if strange := [room for room in asked.rooms if room not in ROOMS]:
        parser.error(f"no room {strange[0]!r}; there are {', '.join(ROOMS)}")
    repetitions, sessions = (3, 120) if asked.quick else (7, 1740)
    where = record.machine(repetitions)
    print(
        f"{where['processor']}, {where['cores']} cores, load {where['load']}, "
        f"{where['bandwidth']} GB/s copied, Python {where['python']}\n"
    )
    for room in asked.rooms or ROOMS:
        for section in ROOMS[room](repetitions, sessions):
            print(section, "\n", flush=True)
    lines = [where | {"quick": asked.quick}, *TABLES, *CURVES]
    record.write(asked.to / LINES, lines)
    page.drawn(lines, asked.to / PAGE)
    print(f"lines: {asked.to / LINES}\npage: {asked.to / PAGE}")


main()
