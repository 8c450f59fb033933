"""Playing named combinations once more, for their trades: a sweep keeps only sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array, Bools
from engine.core.setups import Setups
from engine.fills import OUTCOMES, Trades
from engine.fills.simulate import best_net
from engine.research.anew import crosses, play_run
from engine.research.folds import Run
from engine.research.grid import play_one
from engine.research.plan import Plan, passed, structure
from engine.research.sweep import Swept


@dataclass(frozen=True, eq=False, slots=True)
class Replay:
    """One combination in full: all its setups, what became of each, and its trades."""

    combination: int
    setups: Setups
    outcome: Array  # of names
    trades: Trades
    best: Longs  # net of each trade under the best reading


def replays(swept: Swept, combinations: Sequence[int]) -> dict[int, Replay]:
    """Several combinations in full; those of one structure share its setups."""
    shared: dict[tuple[Any, ...], Setups] = {}
    found = {}
    for combination in combinations:
        strategy = swept.plan[combination].strategy
        key = structure(strategy)
        if key not in shared:
            shared[key] = strategy.setups(swept.table.bars)
        found[combination] = replay(swept, combination, shared[key])
    return found


def replay(swept: Swept, combination: int, setups: Setups | None = None) -> Replay:
    """The same trades the sweep counted, this time kept; setups are made where none are handed."""
    table, one = swept.table, swept.plan[combination]
    setups = one.strategy.setups(table.bars) if setups is None else setups
    rows, played = play_one(table, setups, one)
    kept = setups.take(rows)
    best = best_net(table, kept, one.exits, played.trades)
    outcome = rejections(swept.plan, combination, setups)
    outcome[rows] = np.array(OUTCOMES, object)[played.outcome]
    trades = played.trades._replace(setup=rows[played.trades.setup])
    return Replay(combination, setups, outcome, trades, best)


def replay_run(swept: Swept, found: Replay, run: Run) -> Replay:
    """The trades of some sessions alone: anew, flat from their edge, where orders outlive them."""
    first, stop = swept.first + run[0], swept.first + run[1]
    if not crosses(found.setups):
        inside = between(found.trades, first, stop)
        return replace(found, trades=cut(found.trades, inside), best=found.best[inside])
    table, one = swept.table, swept.plan[found.combination]
    part = play_run(table, found.setups, one, (first, stop))
    best = best_net(table, found.setups.take(part.rows), one.exits, part.played.trades)
    inside = between(part.played.trades, first, stop)
    return replace(found, trades=part.trades, best=best[inside])


def cut(trades: Trades, rows: Bools) -> Trades:
    """Some of the trades."""
    return Trades._make(column[rows] for column in trades)


def rejections(plan: Plan, combination: int, setups: Setups) -> Array:
    """For each setup the first gate that stopped it, or nothing."""
    stopped = np.full(len(setups), "", object)
    for name, mask in passed(plan[combination].strategy, setups).items():
        stopped[~mask & (stopped == "")] = f"gate:{name}"
    return stopped


def between(trades: Trades, first: int, stop: int) -> Bools:
    """The trades of a run of sessions."""
    return np.asarray((trades.session >= first) & (trades.session < stop))
