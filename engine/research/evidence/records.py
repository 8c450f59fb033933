"""Records: the session rows of a sweep, played once more, for tests that need more than sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Longs
from engine.research.evidence.bands import Days
from engine.research.grid import play_one
from engine.research.ledger import NET, Cells
from engine.research.reduction import Study, reductions
from engine.research.replay import replay_run, replays
from engine.research.sweep import Swept
from engine.research.watch import Progress, Watch, unseen

WHOLE_BYTES: Final = 256 << 20  # of session rows: more than that is a sample


class Taken(NamedTuple):
    """Net of each trade, and the place of its session in the record."""

    net: Longs
    session: Longs
    sessions: int

    @property
    def days(self) -> Days:
        """One row a session, idle ones too."""
        return Days.of(self.net, self.session, self.sessions)


def taken(swept: Swept, combination: int) -> Taken:
    """One combination over all played sessions."""
    return next(each(swept, [combination]))


def each(swept: Swept, combinations: Sequence[int]) -> Iterator[Taken]:
    """Combinations in turn; neighbours of one strategy share its setups."""
    table, strategy, setups = swept.table, None, None
    for combination in combinations:
        one = swept.plan[combination]
        if setups is None or one.strategy is not strategy:
            strategy, setups = one.strategy, one.strategy.setups(table.bars)
        trades = play_one(table, setups, one)[1].trades
        yield Taken(trades.net, trades.session - swept.first, swept.cells.edges[-1])


def stitched(swept: Swept) -> Taken:
    """What each fold chose, over its test sessions; the gaps between tests are left out."""
    named = {choice.combination for choice in swept.choices if choice.combination is not None}
    played = replays(swept, sorted(named))
    nets, places, before = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for choice in swept.choices:
        start, stop = choice.fold.runs[1]
        if choice.combination is not None:
            one = replay_run(swept, played[choice.combination], (start, stop)).trades
            nets.append(one.net)
            places.append(one.session - swept.first - start + before)
        before += stop - start
    return Taken(np.concatenate(nets), np.concatenate(places), before)


def recorded(swept: Swept, trades: pl.DataFrame, scope: str) -> Taken:
    """What the trades of a run say of a scope: the same record, without playing it again."""
    days, rows = np.array(swept.days(scope), np.int64), trades.filter(pl.col("scope") == scope)
    dates = rows["trade_date"].cast(pl.Int32).to_numpy().astype(np.int64)
    net = rows["net"].to_numpy().astype(np.int64)
    return Taken(net, np.searchsorted(days, dates).astype(np.int64), len(days))


def every_row(swept: Swept, workers: int = 1, progress: Progress = unseen) -> Longs:
    """Net of all combinations by session, played in blocks whose cells are single sessions."""
    sessions, table = swept.cells.edges[-1], swept.table
    cells = Cells.each(swept.first, swept.first + sessions)
    rules = replace(swept.folds, objective="net", own=None)  # nobody asks what a row is worth
    study = Study(table, swept.plan, rules, (), cells, swept.whole.periods, len(swept.plan))
    out = np.zeros((len(swept.plan), sessions), np.int64)
    watch = Watch(len(swept.plan), progress)
    with closing(reductions(study, workers, watch, keep=True)) as blocks:
        for block in blocks:
            out[block.rows] = block.book[:, :, NET]
    return out


def fits(swept: Swept) -> bool:
    """Whether the session rows of all combinations are few enough to be held."""
    return len(swept.plan) * swept.cells.edges[-1] * np.dtype(np.int64).itemsize <= WHOLE_BYTES


def session_rows(swept: Swept, combinations: Sequence[int]) -> Longs:
    """Net by combination and played session, `[combination, session]`."""
    rows = [one.days.net for one in each(swept, combinations)]
    return np.array(rows, np.int64).reshape(len(rows), swept.cells.edges[-1])


def sample(count: int, most: int) -> Longs:
    """At most so many of the combinations, evenly spaced from the first on."""
    kept = min(count, most)
    return np.arange(kept, dtype=np.int64) * count // max(1, kept)
