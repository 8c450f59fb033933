"""Peak memory, each rival in a process of its own: interpreter, libraries, input and work.

    python -m benchmarks.held TASK SESSIONS

runs one task twice, so that kernels are compiled before the mark is set, and prints the most the
process held the second time, in MB. Linux keeps that mark; elsewhere nothing is told.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib.util import find_spec
from pathlib import Path

from benchmarks import backtesting_rival, fills, metrics, profile, snooping_rival, stored
from benchmarks.pairs import TABLES
from benchmarks.plain_scan import Signals, scan_grid
from benchmarks.vectorbt_rival import RULES
from engine import Bars, Rules
from engine.core.contracts import instrument
from engine.synth.market import synthesise

STATUS, MARK = Path("/proc/self/status"), Path("/proc/self/clear_refs")
ANEW = "5"  # what sets the mark back to what is held now
MB = 1e3  # of the kilobytes that the system tells
SERIES = 576
Run = Callable[[], object]


def market(sessions: int) -> Bars:
    return synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)


def played(sessions: int) -> fills.Hand:
    """The grid of the benchmark of fills, by vectorbt's rules."""
    return fills.Hand.of(*fills.ground(sessions), Rules.of(RULES))


def by_hand(sessions: int) -> Run:
    hand = played(sessions)
    signals, tick = Signals.of(hand.study.table.bars, hand.setups), hand.study.table.stake.tick
    return lambda: scan_grid(signals, fills.STOPS, fills.TARGETS, tick)


def by_backtesting(sessions: int) -> Run:
    hand = played(sessions)
    signals = Signals.of(hand.study.table.bars, hand.setups)
    return backtesting_rival.player(signals, fills.STOPS[-1], fills.TARGETS[-1])


def series(maker: Callable[[object], Run]) -> Callable[[int], Run]:
    return lambda sessions: maker(metrics.series(SERIES, sessions))


TASKS: dict[str, tuple[str, Callable[[int], Run]]] = {
    "nothing: interpreter, engine, bars": ("engine", lambda n: market(n).session.max),
    "256 combinations, fast path": ("engine", lambda n: played(n).play),
    "256 combinations, plain Numba": ("engine", by_hand),
    "1 combination, backtesting.py": ("backtesting", by_backtesting),
    "profiles, kernel": ("engine", lambda n: profile.by_kernel(market(n))),
    "profiles, Polars": ("polars", lambda n: profile.by_polars(market(n))),
    "profiles, DuckDB": ("duckdb", lambda n: profile.by_duckdb(market(n))),
    "profiles, py-market-profile": (
        "market_profile",
        lambda n: profile.market_profiles(market(n)),
    ),
    "15 minutes, resample": ("engine", lambda n: stored.by_us(market(n))),
    "15 minutes, Polars": ("polars", lambda n: stored.by_polars(market(n))),
    "15 minutes, DuckDB": ("duckdb", lambda n: stored.by_duckdb(market(n))),
    "15 minutes, pandas": ("pandas", lambda n: stored.by_pandas(market(n))),
    "measures, all of ours": ("engine", series(metrics.ours)),
    "measures, empyrical": ("empyrical", series(metrics.empyrical)),
    "measures, quantstats": ("quantstats", series(metrics.quantstats)),
    "SPA, ours": ("engine", lambda n: snooping_rival.own(snooping_rival.series(n))),
    "SPA, arch": ("arch", lambda n: snooping_rival.arch(snooping_rival.series(n))),
}


def measure(sessions: int) -> str:
    """Two processes at a time: memory does not mind company."""
    if not MARK.exists():
        return "peak memory is told on Linux alone"
    here = [name for name, (needs, _) in TASKS.items() if find_spec(needs)]
    with ThreadPoolExecutor(2) as pool:
        peaks = list(pool.map(lambda name: alone(name, sessions), here))
    return shown(dict(zip(here, peaks, strict=True)))


def shown(peaks: dict[str, float]) -> str:
    """A line a task; kept for the lines and the page."""
    TABLES.append({"kind": "memory", "rows": [{"name": n, "mb": mb} for n, mb in peaks.items()]})
    lines = [f"{name:36} {mb:10,.0f}" for name, mb in peaks.items()]
    return "\n".join([f"{'peak memory of a process of its own':36} {'MB':>10}", *lines])


def alone(name: str, sessions: int) -> float:
    words = [sys.executable, "-W", "ignore", "-m", "benchmarks.held", name, str(sessions)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 - our own words
    return float(done.stdout)


def peak() -> float:
    """The most this process ever held, in MB."""
    lines = STATUS.read_text("utf-8").splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("VmHWM"))) / MB


def main() -> None:
    name, sessions = sys.argv[1:]
    run = TASKS[name][1](int(sessions))
    run()
    MARK.write_text(ANEW, "utf-8")
    run()
    print(peak())


if __name__ == "__main__":
    main()
