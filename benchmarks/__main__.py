"""`make bench`: every measurement, one after the other, then the lines and the page of all of them.

python -m benchmarks [--quick] [--to FOLDER] [ROOM ...]
"""

from __future__ import annotations

import argparse
import traceback
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from benchmarks import (
    evidence,
    features,
    fills,
    growth,
    held,
    ingest,
    limit,
    metrics,
    page,
    play,
    profile,
    record,
    scan,
    snooping_rival,
    startup,
    stored,
    walk,
)
from benchmarks.pairs import CURVES, TABLES
from engine import Bars
from engine.core.contracts import instrument
from engine.synth.market import synthesise

LINES, PAGE = "bench.jsonl", "bench.html"
SERIES, DAYS = 576, 1740
SHORT = 120  # sessions of a quick run


def one(text: str) -> Iterator[str]:
    yield text


def market(sessions: int) -> Bars:
    return synthesise(instrument("ES"), date(2020, 1, 2), sessions, 7)


def snooping(repetitions: int, sessions: int) -> Iterator[str]:
    """Beside arch, where it is installed."""
    if find_spec("arch"):
        yield snooping_rival.measure(repetitions, sessions)
    else:
        yield "arch was not timed: it is not installed here"


ROOMS: dict[str, Callable[[int, int], Iterable[str]]] = {
    "startup": lambda n, sessions: one(startup.measure(n, cold=sessions > SHORT)),
    "play": lambda n, sessions: one(play.measure(n, min(sessions, 500))),
    "profile": lambda n, sessions: one(profile.measure(n, sessions)),
    "features": lambda n, sessions: one(features.measure(n, sessions)),
    "ingest": lambda n, sessions: one(ingest.measure(n, sessions)),
    "resample": lambda n, sessions: one(stored.coarser(market(sessions), n)),
    "metrics": lambda n, sessions: one(metrics.measure(n, SERIES, min(sessions, DAYS))),
    "evidence": lambda n, sessions: one(evidence.measure(n, sessions)),
    "snooping": snooping,
    "fills": fills.measure,
    "scan": lambda n, sessions: one("\n".join(scan.measure(3 * n, min(sessions, 250)))),
    "walk": lambda n, sessions: walk.measure(n, walk.BARS if sessions > SHORT else walk.FEW),
    "growth": lambda n, _: one(growth.measure(n)),
    "memory": lambda _, sessions: one(held.measure(sessions)),
}


def main() -> int:
    """Print each section as it is ready; a room that refuses is named, and the others go on."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=f"of {', '.join(ROOMS)}")
    parser.add_argument("--quick", action="store_true", help="short markets, few repetitions")
    parser.add_argument("--to", type=Path, default=Path("build"), metavar="FOLDER")
    asked = parser.parse_args()
    if strange := [room for room in asked.rooms if room not in ROOMS]:
        parser.error(f"no room {strange[0]!r}; there are {', '.join(ROOMS)}")
    repetitions, sessions = (3, SHORT) if asked.quick else (7, 1740)
    where = record.machine(repetitions)
    print(
        f"{where['processor']}, {where['cores']} cores, load {where['load']}, "
        f"{where['bandwidth']} GB/s copied, Python {where['python']}"
    )
    print(record.crowded(where))
    took, refused = {}, []
    for room in asked.rooms or ROOMS:
        began = monotonic()
        try:
            for section in ROOMS[room](repetitions, sessions):
                print(section, "\n", flush=True)
        except Exception:  # noqa: BLE001 - the other rooms can still be measured; the exit code tells
            traceback.print_exc()
            refused.append(room)
        took[room] = monotonic() - began
    print(limit.measure(where["bandwidth"]), "\n")
    lines = [where | {"quick": asked.quick}, *TABLES, *CURVES]
    record.write(asked.to / LINES, lines)
    page.drawn(lines, asked.to / PAGE)
    told = ", ".join(f"{room} {seconds:.0f}" for room, seconds in took.items())
    print(f"{sum(took.values()):.0f} s: {told}")
    print(f"lines: {asked.to / LINES}\npage: {asked.to / PAGE}")
    if refused:
        print(f"not measured, see above: {', '.join(refused)}")
    return int(bool(refused))


if __name__ == "__main__":
    raise SystemExit(main())
