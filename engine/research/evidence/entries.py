"""Random entries: the walk-forward's own plans, entered at random bars of the same sessions."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array, Bools
from engine.core.setups import Setups
from engine.fills import Table
from engine.fills.simulate import simulate
from engine.research.evidence.line import Line
from engine.research.evidence.permute import entered_at_random
from engine.research.folds import Run
from engine.research.plan import Combination, passed
from engine.research.sweep import Swept

DRAWS = 99


def entered(table: Table, setups: Setups, one: Combination, runs: Sequence[Run]) -> Setups:
    """The setups that pass the gates in some sessions."""
    session, keep = table.bars.session[setups.bar], np.zeros(len(setups), np.bool_)
    for first, stop in runs:
        keep |= (session >= first) & (session < stop)
    for mask in passed(one.strategy, setups).values():
        keep &= mask
    return setups.take(np.flatnonzero(keep))


def fillable(table: Table, one: Combination) -> Bools:
    """The bars at whose close a market order may be sent: it fills in the next of the session."""
    doors, session = table.doors[one.exits.flatten], table.bars.session
    inside = np.zeros(len(session), np.bool_)
    inside[:-1] = doors[1:] & (session[1:] == session[:-1])
    return inside


def random_entries(swept: Swept, draws: int = DRAWS, seed: int = 0) -> Line:
    """Where a trade of the walk-forward stands among the same plan entered at random."""
    own: dict[int, list[Run]] = {}
    for choice in swept.choices:
        for part in choice.played:
            run = (swept.first + part.first, swept.first + part.stop)
            own.setdefault(part.combination, []).append(run)
    sums = np.zeros((draws + 1, 2), np.int64)  # net and trades; the real one first
    table = swept.table
    for combination, runs in own.items():
        one = swept.plan[combination]
        setups = entered(table, one.strategy.setups(table.bars), one, runs)
        if setups.entries is not None:
            text = "only market orders can be moved: a limit or stop would wait elsewhere"
            return Line("oos", "random_entries", math.nan, text)
        sums[0] += made(table, setups, one)
        inside = fillable(table, one)
        for draw in range(draws):
            moved = entered_at_random(table.bars, setups, seed + draw, inside)
            sums[draw + 1] += made(table, moved, one)
    return told(swept, sums)


def made(table: Table, setups: Setups, one: Combination) -> Longs:
    """Net and trades."""
    nets = simulate(table, setups, one.exits).trades.net
    return np.array([nets.sum(), len(nets)], np.int64)


def told(swept: Swept, sums: Array) -> Line:
    """Money a trade, the middle 90 % of the random ones, and the share at least as high."""
    text = "money a trade, against the same plans entered at random bars of the same sessions"
    if (sums[:, 1] == 0).any():
        return Line("oos", "random_entries", math.nan, f"{text}; some draws do not trade")
    unit = float(swept.table.bars.instrument.money_unit)
    means = sums[:, 0] / sums[:, 1] * unit
    low, high = np.percentile(means[1:], (5, 95)).tolist()
    draws = len(means) - 1
    p = (1 + int((means[1:] >= means[0]).sum())) / (draws + 1)
    return Line("oos", "random_entries", float(means[0]), text, low, high, p, draws)
