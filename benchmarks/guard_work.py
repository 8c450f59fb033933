"""Runs over the tree that `PYTHONPATH` names: a small sweep a word, its sums the answer."""

import json
import sys
from datetime import date

from adapters.opening_drive import OpeningDrive
from engine import Bars, Exits, Folds, Plan, Rules, sweep, tables
from engine.core.contracts import instrument
from engine.profile.sessions import prior_levels
from engine.synth.market import synthesise

SESSIONS, SEED = 250, 7


def plan() -> Plan:
    """Everyday work: a few structures, stops against targets, one trade a session."""
    strategies = OpeningDrive.grid(minutes=[5, 15, 30, 60], beyond=[0, 2, 4])
    exits = Exits.grid({"stop": list(range(8, 40, 2)), "target": list(range(8, 72, 4))})
    return Plan(strategies, exits, Rules.of({"max_per_session": 1}))


def done(bars: Bars) -> list[int]:
    """Everything is computed anew: a slice remembers nothing."""
    made = tables(sweep(bars[:], plan(), Folds(60, 20)))
    levels = prior_levels(bars[:])
    return [int(made["combinations"]["net"].sum()), int(levels.poc.values.sum())]


def main() -> None:
    """Answer one word a line."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), SESSIONS, SEED)
    for _ in sys.stdin:
        print(json.dumps(done(bars)), flush=True)


main()
