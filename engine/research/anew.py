"""Folds played anew, flat from their edge, where an order may outlive the session it was sent in.

Then what a session makes hangs on the one before, and sums of cells taken from one long play are
not what a trader who begins at a fold's edge would have made.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.setups import Setups
from engine.fills import Table, Trades
from engine.fills.simulate import Played, simulate
from engine.research.folds import Run
from engine.research.plan import Combination, passed


def crosses(setups: Setups) -> bool:
    """Whether any order may still work after its session."""
    return setups.entries is not None and bool(setups.entries.until.present.any())


class Apart(NamedTuple):
    """Sums of runs of sessions that were played anew, `totals[combination, run, field]`."""

    rows: Longs  # which combinations
    runs: tuple[Run, ...]
    totals: Longs

    def lay(self, totals: Longs, runs: list[Run]) -> None:
        """Over the sums of cells, where a run was played anew."""
        known = {run: k for k, run in enumerate(self.runs)}
        for k, run in enumerate(runs):
            if run in known:
                totals[self.rows, k] = self.totals[:, known[run]]


class Part(NamedTuple):
    """A run of sessions played as if nothing had been before it."""

    rows: Longs  # of the setups
    played: Played
    trades: Trades  # those that began inside the run; `setup` counts all setups


def play_run(table: Table, setups: Setups, one: Combination, run: Run) -> Part:
    """Only setups of the run are sent, and what they send is withdrawn when it ends."""
    session = table.bars.session[setups.bar]
    keep = (session >= run[0]) & (session < run[1])
    for mask in passed(one.strategy, setups).values():
        keep &= mask
    rows = np.flatnonzero(keep)
    played = simulate(table, setups.take(rows), one.exits)
    inside = np.asarray(played.trades.session < run[1])
    kept = Trades._make(column[inside] for column in played.trades)
    return Part(rows, played, kept._replace(setup=rows[kept.setup]))
