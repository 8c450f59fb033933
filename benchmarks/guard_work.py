"""Runs over the tree that `PYTHONPATH` names: a work a word, its sums and its seconds the answer.

Seconds are those of the process, on all its cores: neighbours on the machine lengthen the clock's.
"""

import json
import sys
from collections.abc import Callable
from datetime import date
from time import process_time

from adapters.opening_drive import OpeningDrive
from engine import Bars, Exits, Folds, Plan, Rules, sweep, tables
from engine.core.contracts import instrument
from engine.features.volatility import atr
from engine.profile.sessions import prior_levels
from engine.synth.market import synthesise

SESSIONS, SEED = 120, 7
AGAIN = 20  # times for what takes milliseconds


def plan() -> Plan:
    """Everyday work: a few structures, stops against targets, one trade a session."""
    strategies = OpeningDrive.grid(minutes=[5, 15, 30, 60], beyond=[0, 2, 4])
    exits = Exits.grid({"stop": list(range(8, 40, 2)), "target": list(range(8, 72, 4))})
    return Plan(strategies, exits, Rules.of({"max_per_session": 1}))


def swept(bars: Bars) -> list[int]:
    made = tables(sweep(bars, plan(), Folds(40, 20)))
    return [int(made["combinations"]["net"].sum()), len(made["folds"])]


def profiled(bars: Bars) -> list[int]:
    return [int(prior_levels(bars[:]).poc.values.sum()) for _ in range(AGAIN)]


def featured(bars: Bars) -> list[int]:
    return [int(atr(bars[:], n=14).values[-1] * 1e6) for _ in range(AGAIN)]


WORKS: dict[str, Callable[[Bars], list[int]]] = {
    "a small sweep": swept,
    "levels of sessions": profiled,
    "a feature": featured,
}


def main() -> None:
    """Everything is computed anew: a slice remembers nothing."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), SESSIONS, SEED)
    for line in sys.stdin:
        began = process_time()
        result = WORKS[line.strip()](bars[:])
        answer = {"result": result, "seconds": process_time() - began}
        print(json.dumps(answer), flush=True)


main()
