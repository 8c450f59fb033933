"""The scanning kernel by bars held: simple rules and every rule on, after the oracle's trades."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date
from time import thread_time
from typing import Any, Final

import numpy as np

from benchmarks.fills import enterable
from benchmarks.pairs import rated
from engine import Bars, Setups
from engine.core.contracts import instrument
from engine.fills import Exits, Table, simulate
from engine.fills.details import policy_of
from engine.fills.scan import blank_book, scan
from engine.fills.simulate import (
    blank,
    blank_held,
    detailed,
    limits_of,
    market_of,
    prices_of,
)
from engine.synth.market import synthesise
from tests.fills.programs import plain_program, table_for
from tests.oracle.bridge import expected, plain_bars, plain_setups, trades_of
from tests.oracle.fills import play

COSTS: Final = {"commission": "2.05", "slippage": {"market": 1, "stop": 1, "limit": 0}}
SHOWN: Final = 3  # sessions whose trades the oracle makes too
FAR: Final = {
    "stop": {"nearest": [4000, {"dollars": 500_000}]},
    "breakeven": {"after": 2000, "offset": 1},
    "trail": {"by": 3000, "after": {"r": "0.5"}, "step": 2, "needs_breakeven": False},
    "hold": {"minutes": 5000},
    "sideways": {"minutes": 600, "range": 1},
    "underwater": {"minutes": 1300, "below": -9000},
    "decay": {"minutes": [1000, 1100, 1200], "by": ["0.1", "0.2", "0.3"], "in_profit": True},
    "legs": {"at": [3000, 3500], "lots": [1, 1, 2]},
    "leave": "never",
    "tighten": {"when": "never", "to": 2},
    "flatten": "15:45",
}
NEAR: Final = FAR | {
    "stop": 30,
    "target": {"r": "3"},
    "breakeven": {"after": {"r": "1"}, "offset": 1},
    "trail": {"by": 20, "after": {"r": "1"}, "step": 2, "needs_breakeven": False},
    "sideways": {"minutes": 60, "range": 20},
    "underwater": {"minutes": 130, "below": -10},
    "decay": {"minutes": [30, 60, 90], "by": ["0.1", "0.2", "0.3"], "in_profit": True},
    "legs": {"at": [{"r": "1"}, {"r": "2"}], "lots": [1, 1, 2]},
}
RULES: Final = {"daily_loss": 500_000, "with_open": True, "through": 1, "fill_share": "0.5"}
PLAIN: Final = {"stop": 4000, "target": 4000, "flatten": "15:45"}
CASES: Final[dict[str, tuple[dict[str, Any], dict[str, Any], int]]] = {
    "simple rules, held to the flatten time": (PLAIN, {"positions": 2}, 700),
    "simple rules, out after some 100 bars": (
        PLAIN | {"stop": 40, "target": 60},
        {"positions": 2},
        40,
    ),
    "every rule, nothing met": (FAR | {"target": 4000}, RULES, 700),
    "every rule, a followed target": (FAR | {"target": {"follow": "far"}}, RULES, 700),
    "every rule, all of them met": (NEAR, RULES, 40),
}


def measure(repetitions: int, sessions: int) -> Iterator[str]:
    """A line a case: trades, bars held, and bars held a second of one core."""
    bars = synthesise(instrument("ES"), date(2020, 1, 2), sessions, 7)
    few = bars[: int(np.searchsorted(bars.session, bars.session[0] + SHOWN))]
    head = f"{'trades':>8} {'bars held':>10} {'a second':>10} {'ns a trade':>10}"
    yield f"{'scanning kernel, seconds of one core':42} {head}"
    speeds = {}
    for name, (exits, rules, every) in CASES.items():
        program = {"exits": exits, "rules": rules, "costs": COSTS}
        refuse_difference(few, program, every)
        setups = sown(bars, every)
        table, one = table_for(bars, program)
        trades = simulate(table, setups, one).trades
        held = int((trades.exit_bar - trades.entry_bar + 1).sum())
        seconds = min(timed(table, setups, one) for _ in range(repetitions))
        speed, each = held / seconds / 1e6, seconds / len(trades.net) * 1e9
        speeds[name] = speed
        yield f"{name:42} {len(trades.net):8,} {held:10,} {speed:8.1f} M {each:10,.0f}"
    rated("scanning kernel", speeds)


def sown(bars: Bars, every: int) -> Setups:
    """A long setup at one bar of so many, and columns far away that exits follow."""
    mask = np.zeros(len(bars), np.bool_)
    mask[enterable(bars)[::every]] = True
    far = bars.close.astype(np.int64) + 4000
    never = np.zeros(len(bars), np.bool_)
    return Setups.where(bars, long=mask, follow={"far": far, "never": never})


def refuse_difference(bars: Bars, program: dict[str, Any], every: int) -> None:
    """The trades of a few sessions, by the kernel and by the oracle."""
    setups = sown(bars, every)
    table, exits = table_for(bars, program)
    plain = plain_bars(bars), plain_setups(setups), plain_program(program)
    if trades_of(simulate(table, setups, exits)) != expected(play(*plain)):
        raise AssertionError("the two witnesses disagree: nothing was timed")


def timed(table: Table, setups: Setups, exits: Exits) -> float:
    """Seconds of this thread for the kernel alone."""
    found = detailed(table, setups, exits)
    out = blank(len(found.rows)), blank_held(len(found.rows)), blank_book(table.rules.positions)
    market, policy = market_of(table, setups, exits), policy_of(exits, table.rules, setups)
    limits, prices = limits_of(table), prices_of(table)
    began = thread_time()
    scan(market, found.terms, policy, limits, prices, out)
    return thread_time() - began


def main(arguments: list[str]) -> None:
    """Run it alone: python -m benchmarks.scan [--quick]."""
    quick = "--quick" in arguments
    for line in measure(5 if quick else 20, 30 if quick else 250):
        print(line, flush=True)


if __name__ == "__main__":
    main(sys.argv)
