"""Weigh a sweep: every figure of chance about its search, its best, and its walk-forward."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from engine.core.errors import StudyError
from engine.research.evidence.bands import bands, chance_of_loss
from engine.research.evidence.chance import Floats
from engine.research.evidence.forward import (
    Record,
    consistency,
    drift,
    efficiency,
    overfitting,
)
from engine.research.evidence.means import hit_rate, t_test
from engine.research.evidence.overfit import BLOCKS, Blocks, overfit
from engine.research.evidence.permute import sign_flips
from engine.research.evidence.records import Taken, sample, session_rows, stitched, taken
from engine.research.evidence.resample import Resample
from engine.research.evidence.sharpe import (
    deflated,
    groups,
    moments,
    probable,
    shortest_backtest,
    shortest_record,
)
from engine.research.evidence.snooping import snooped
from engine.research.measures import Merged, ratio
from engine.research.plan import Plan
from engine.research.sweep import Swept

MONEY = ("net", "expectancy", "max_drawdown")


class Line(NamedTuple):
    """One figure of the evidence table; what is undefined is NaN."""

    scope: str  # study, best or oos
    measure: str
    value: float
    note: str
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    draws: int = 0


@dataclass(frozen=True, slots=True)
class Weighing:
    """How much is weighed: trials ever made on the data, how to redraw, combinations replayed."""

    trials: int
    how: Resample = field(default_factory=Resample)
    most: int = 500

    def __post_init__(self) -> None:
        if self.trials < 1 or self.most < 1:
            raise StudyError(f"{self.trials} trials, {self.most} replayed: both are 1 or more")


def weigh(swept: Swept, asked: Weighing) -> list[Line]:
    """The search first, then the best in sample, then the walk-forward."""
    found = list(of_search(swept, asked))
    if swept.best is not None:
        best = taken(swept, swept.best)
        found += of_best(swept, best, asked)
        found += of_record("best", best, swept, asked.how)
    walked = stitched(swept)
    return [*found, *of_record("oos", walked, swept, asked.how), *of_walk(swept)]


def ratios(whole: Merged) -> Floats:
    """Sharpe ratios of all combinations, a session, from sums."""
    mean = whole.sum("net") / whole.sessions
    spread = whole.sum("squares") - whole.sessions * mean * mean
    return ratio(mean, np.sqrt(np.maximum(spread, 0) / max(1, whole.sessions - 1)))


def of_search(swept: Swept, asked: Weighing) -> Iterator[Line]:
    """What the search as a whole is worth, on the combinations that are replayed."""
    chosen = sample(len(swept.plan), asked.most)
    rows, how = session_rows(swept, chosen.tolist()), asked.how
    said = f"{len(rows)} of {len(swept.plan)} combinations"
    yield Line("study", "trials", asked.trials, "combinations ever tried on these data")
    told = groups(rows)
    yield Line("study", "groups", told.groups, f"{said} that move apart, correlation below 0.7")
    if rows.shape[1] >= BLOCKS:
        split = overfit(Blocks.of(rows))
        text = f"{said}, {len(split.logit):,} splits of {BLOCKS} blocks"
        yield Line("study", "pbo", split.pbo, f"the best is below the middle elsewhere; {text}")
        yield Line("study", "pbo_slope", split.slope, f"test on train; {text}")
        yield Line("study", "pbo_loss", split.loss, f"the best loses elsewhere; {text}")
    test = snooped(rows, how)
    text = f"{said}, {how.method} bootstrap, blocks of {test.block}"
    tests = {"reality_check": test.reality, "spa": test.consistent}
    for name, p in tests.items():
        yield Line("study", name, math.nan, text, p_value=p, draws=how.draws)


def of_best(swept: Swept, best: Taken, asked: Weighing) -> Iterator[Line]:
    """What is left of the best in sample when it is known to be the best of many."""
    all_ratios, m = ratios(swept.whole), moments(best.days.net)
    dsr = deflated(m, asked.trials, all_ratios)
    yield Line("best", "dsr", dsr, f"chance to be better than the best of {asked.trials} by luck")
    years = shortest_backtest(asked.trials, m.sharpe)
    yield Line("best", "min_backtest", years, "sessions below which luck alone shows this ratio")


def of_record(scope: str, record: Taken, swept: Swept, how: Resample) -> Iterator[Line]:
    """Bands and tests of one run of trades."""
    days, unit = record.days, float(swept.table.bars.instrument.money_unit)
    text = f"95 % of {how.method} draws, blocks of {how.length(record.sessions)} sessions"
    for name, one in bands(days, how, periods=swept.whole.periods).items():
        low, value, high = (x * (unit if name in MONEY else 1) for x in one[:3])
        yield Line(scope, name, value, text, low, high, draws=one.told)
    m = moments(days.net)
    yield Line(scope, "psr", probable(m), "chance that the true Sharpe ratio is above zero")
    yield Line(scope, "min_record", shortest_record(m), "sessions until that chance is 95 %")
    yield Line(scope, "chance_of_loss", chance_of_loss(days, how), text, draws=how.draws)
    mean = t_test(record.net)
    low, value, high = (x * unit for x in (mean.low, mean.mean, mean.high))
    yield Line(scope, "t_test", value, "money a trade, Student's t", low, high, mean.p_above)
    hits = hit_rate(int((record.net > 0).sum()), len(record.net))
    note = "winners, Wilson's interval; p against fair coins"
    yield Line(scope, "hit_rate", hits.share, note, hits.low, hits.high, hits.p_above)
    flips = sign_flips(record.net, how.draws, how.seed)
    note = "money a trade against random signs"
    p, draws = flips.p_above, how.draws
    yield Line(scope, "sign_flips", flips.mean * unit, note, p_value=p, draws=draws)


def of_walk(swept: Swept) -> Iterator[Line]:
    """What the walk-forward kept of its training."""
    record, unit = Record.of(swept.choices), float(swept.table.bars.instrument.money_unit)
    even, kept = consistency(record), overfitting(record)
    yield Line("oos", "efficiency", efficiency(record), "test over train, profit a session, pooled")
    yield Line("oos", "lost", kept.lost * unit, "money a trade in train less that in test")
    yield Line("oos", "profitable_folds", even.profitable, f"share of {even.folds} folds")
    yield Line("oos", "largest_fold", even.largest, "share of the profit made by one fold")
    named = [choice.combination for choice in swept.choices if choice.combination is not None]
    for name, one in drift([swept.plan[c].row() for c in named], axes(swept.plan)).items():
        text = f"share of folds that changed {name}; {one.share:.0%} chose {one.usual}"
        yield Line("oos", f"drift_{name}", one.changes, text)


def axes(plan: Plan) -> dict[str, list[Any]]:
    """The values of every axis that has more than one, in the order they were tried."""
    rows = [dict(strategy.values()) for strategy in plan.strategies]
    tried: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    texts = [exits.texts() for exits in plan.exits]
    tried |= {name: [row[name] for row in texts] for name in texts[0]}
    distinct = {name: list(dict.fromkeys(values)) for name, values in tried.items()}
    return {name: values for name, values in distinct.items() if len(values) > 1}
