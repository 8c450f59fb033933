"""Records: the session rows of a sweep, played once more, for tests that need more than sums."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Longs
from engine.research.daily import Daily
from engine.research.evidence.bands import Days
from engine.research.grid import play_one
from engine.research.ledger import Cells
from engine.research.reduction import Study, reductions
from engine.research.replay import replay_run, replays
from engine.research.sweep import Swept
from engine.research.watch import Progress, Watch, unseen


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
    named = {part.combination for choice in swept.choices for part in choice.played}
    played = replays(swept, sorted(named))
    nets, places, before = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for choice in swept.choices:
        start, stop = choice.fold.runs[1]
        for part in choice.played:
            one = replay_run(swept, played[part.combination], part[:2]).trades
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
    """Net of all combinations by session."""
    return daily_rows(swept, np.arange(len(swept.plan)), workers, progress)


def daily_rows(
    swept: Swept, combinations: Longs, workers: int = 1, progress: Progress = unseen
) -> Longs:
    """Net of some combinations, ascending, by session: as the sweep kept it, or played again."""
    if swept.daily is not None and swept.daily.holds(combinations):
        return swept.daily.nets
    sessions, plan = swept.cells.edges[-1], swept.plan
    if len(combinations) < len(plan):
        places = combinations if plan.picks is None else np.array(plan.picks)[combinations]
        plan = replace(plan, picks=tuple(places.tolist()))
    cells = Cells.cut(swept.first, swept.first + sessions, ())
    rules = replace(swept.folds, objective="net", own=None)  # nobody asks what a row is worth
    every = np.arange(len(plan), dtype=np.int64)
    study = Study(swept.table, plan, rules, (), cells, swept.whole.periods, len(plan), (), every)
    out, watch = Daily.room(every, sessions), Watch(len(plan), progress)
    with closing(reductions(study, workers, watch, keep=False)) as blocks:
        for block in blocks:
            out.put(block.rows, block.daily)
    return out.nets


def session_rows(swept: Swept, combinations: Sequence[int]) -> Longs:
    """Net by combination and played session, `[combination, session]`."""
    rows = [one.days.net for one in each(swept, combinations)]
    return np.array(rows, np.int64).reshape(len(rows), swept.cells.edges[-1])
