"""Weigh a sweep: every figure of chance about its search, its best, and its walk-forward."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from engine.core.bars import Longs
from engine.research.daily import sample, whom
from engine.research.evidence.bands import bands, chance_of_loss
from engine.research.evidence.chance import Floats
from engine.research.evidence.families import bonferroni, false_discovery, holm
from engine.research.evidence.forward import (
    Record,
    consistency,
    drift,
    efficiency,
    overfitting,
)
from engine.research.evidence.line import Line, Weighed, Weighing
from engine.research.evidence.means import hit_rate, power, t_test, t_tests, trades_needed
from engine.research.evidence.overfit import BLOCKS, Blocks, Overfit, overfit
from engine.research.evidence.permute import sign_flips
from engine.research.evidence.records import (
    Taken,
    daily_rows,
    session_rows,
    stitched,
    taken,
)
from engine.research.evidence.resample import Resample
from engine.research.evidence.sharpe import (
    deflated,
    groups,
    moments,
    probable,
    shortest_backtest,
    shortest_record,
    spread_of,
)
from engine.research.evidence.snooping import snooped
from engine.research.measures import Merged, ratio
from engine.research.plan import Plan
from engine.research.sweep import Swept

MONEY: Final = ("net", "expectancy", "max_drawdown")
COMPARED: Final = 2000  # combinations whose results are correlated with each other
LEVEL: Final = 0.05
OPEN: Final = "open"  # a gate that lets everything through
FAMILIES: Final = {"bonferroni": bonferroni, "holm": holm, "false_discovery": false_discovery}


def weigh(swept: Swept, asked: Weighing, records: Mapping[str, Taken] | None = None) -> Weighed:
    """The search first, then the best in sample, then the walk-forward.

    `records` are the trades of `best` and `oos` where somebody has them already.
    """
    told = dict(records or {})
    chosen, rows = read(swept, asked)
    split = overfit(Blocks.of(rows)) if rows.shape[1] >= BLOCKS else None
    found = list(of_search(swept, rows, split, asked))
    if swept.best is not None:
        best = told.get("best") or taken(swept, swept.best)
        found += of_best(swept, best, asked)
        found += of_record("best", best, swept, asked.how)
    walked = told.get("oos") or stitched(swept)
    found += of_record("oos", walked, swept, asked.how)
    return Weighed([*found, *of_walk(swept)], split, chosen, rows)


def read(swept: Swept, asked: Weighing) -> tuple[list[int], Longs]:
    """Session rows of all combinations, or of a part spaced evenly through the grid."""
    chosen = whom(len(swept.plan), swept.cells.edges[-1], asked.most)
    return chosen.tolist(), daily_rows(swept, chosen, asked.workers)


def ratios(whole: Merged) -> Floats:
    """Sharpe ratios of all combinations, a session, from sums."""
    mean = whole.sum("net") / whole.sessions
    spread = whole.sum("squares") - whole.sessions * mean * mean
    return ratio(mean, np.sqrt(np.maximum(spread, 0) / max(1, whole.sessions - 1)))


def of_search(swept: Swept, rows: Longs, split: Overfit | None, asked: Weighing) -> Iterator[Line]:
    """What the search as a whole is worth, on the combinations that are read."""
    said, how = f"{len(rows)} of {len(swept.plan)} combinations", asked.how
    yield Line("study", "trials", asked.trials, "combinations tried")
    few = rows[sample(len(rows), COMPARED)]
    text = f"{len(few)} of {len(swept.plan)} combinations"
    yield Line("study", "groups", groups(few).groups, f"{text} that move apart, correlation < 0.7")
    if split is not None:
        text = f"{said}, {len(split.logit):,} splits of {BLOCKS} blocks"
        yield Line("study", "pbo", split.pbo, f"the best is below the middle elsewhere; {text}")
        yield Line("study", "pbo_slope", split.slope, f"test on train; {text}")
        yield Line("study", "pbo_loss", split.loss, f"the best loses elsewhere; {text}")
    test = snooped(rows, how)
    text = f"{said}, {how.method} bootstrap, blocks of {test.block}"
    tests = {"reality_check": test.reality, "spa": test.consistent}
    for name, p in tests.items():
        yield Line("study", name, math.nan, text, p_value=p, draws=how.draws)
    yield from of_families(swept.whole)


def of_families(whole: Merged) -> Iterator[Line]:
    """How many combinations are above zero when all of them are counted as tests."""
    p = t_tests(ratios(whole), whole.sessions)
    tested = int(np.count_nonzero(~np.isnan(p)))
    for name, adjust in FAMILIES.items():
        made = adjust(p)
        count, least = float((made <= LEVEL).sum()), made[~np.isnan(made)].min(initial=1.0)
        note = f"of {tested} combinations that traded, mean session above zero at 5 %"
        yield Line("study", name, count, note, p_value=float(least) if tested else math.nan)


def of_best(swept: Swept, best: Taken, asked: Weighing) -> Iterator[Line]:
    """What is left of the best in sample when it is known to be the best of many."""
    all_ratios, m = ratios(swept.whole), moments(best.days.net)
    yield Line("best", "sessions", m.sessions, "played, idle ones too")
    yield Line("best", "ratio", m.sharpe, "Sharpe ratio of sessions, not a year's")
    yield Line("best", "skew", m.skew, "of its sessions")
    yield Line("best", "kurtosis", m.kurtosis, "of its sessions; 3 is normal")
    yield Line("best", "trial_spread", spread_of(all_ratios), "deviation of all ratios tried")
    dsr = deflated(m, asked.trials, all_ratios)
    yield Line("best", "dsr", dsr, f"chance to be better than the best of {asked.trials} by luck")
    years = shortest_backtest(asked.trials, m.sharpe)
    yield Line("best", "min_backtest", years, "sessions below which luck alone shows this ratio")


def of_record(scope: str, record: Taken, swept: Swept, how: Resample) -> Iterator[Line]:
    """Bands and tests of one run of trades."""
    days, unit = record.days, float(swept.table.bars.instrument.money_unit)
    yield Line(scope, "trades", len(record.net), f"in {record.sessions} sessions")
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
    yield from of_power(scope, mean.t, len(record.net))


def of_power(scope: str, t: float, count: int) -> Iterator[Line]:
    """What so many trades could have told, were the mean seen here the true one."""
    effect = t / math.sqrt(count) if count else math.nan
    told = power(effect, count) if count else math.nan
    yield Line(scope, "power", told, "chance that so many trades tell this mean from zero")
    needed = math.nan if math.isnan(effect) else trades_needed(effect)
    yield Line(scope, "trades_needed", needed, "trades until that chance is 80 %")


def of_walk(swept: Swept) -> Iterator[Line]:
    """What the walk-forward kept of its training."""
    record, unit = Record.of(swept.choices), float(swept.table.bars.instrument.money_unit)
    even, kept = consistency(record), overfitting(record)
    yield Line("oos", "efficiency", efficiency(record), "test over train, profit a session, pooled")
    yield Line("oos", "lost", kept.lost * unit, "money a trade in train less that in test")
    yield Line("oos", "profitable_folds", even.profitable, f"share of {even.folds} folds")
    yield Line("oos", "largest_fold", even.largest, "share of the profit made by one fold")
    if swept.anew:
        text = "combinations whose orders outlive sessions: each fold was played anew from its edge"
        yield Line("oos", "played_anew", swept.anew, text)
    if swept.folds.top > 1:
        yield of_teams(swept, unit)
    if swept.folds.regime:
        own = sum(len(choice.own) for choice in swept.choices)
        text = f"choices that a regime ({swept.folds.regime}) made for itself, over all folds"
        yield Line("oos", "regimes_own", own, text)
    named = [choice.combination for choice in swept.choices if choice.combination is not None]
    for name, one in drift([swept.plan[c].row() for c in named], axes(swept.plan)).items():
        usual = OPEN if one.usual is None else one.usual
        text = f"share of folds that changed {name}; {one.share:.0%} chose {usual}"
        yield Line("oos", f"drift_{name}", one.changes, text)


def of_teams(swept: Swept, unit: float) -> Line:
    """What the folds' teams made, each member with an equal share."""
    named = sorted({member for choice in swept.choices for member in choice.team})
    rows = dict(zip(named, session_rows(swept, named), strict=True))
    total = 0.0
    for choice in swept.choices:
        start, stop = choice.fold.runs[1]
        nets = [int(rows[member][start:stop].sum()) for member in choice.team]
        total += sum(nets) / len(nets) if nets else 0.0
    text = f"net of the teams of at most {swept.folds.top}, equal shares, in unseen sessions"
    return Line("oos", "team_net", total * unit, text)


def axes(plan: Plan) -> dict[str, list[Any]]:
    """The values of every axis that has more than one, in the order they were tried."""
    rows = [dict(strategy.values()) for strategy in plan.strategies]
    tried: dict[str, list[Any]] = {name: [row[name] for row in rows] for name in rows[0]}
    texts = [exits.texts() for exits in plan.exits]
    tried |= {name: [row[name] for row in texts] for name in texts[0]}
    distinct = {name: list(dict.fromkeys(values)) for name, values in tried.items()}
    return {name: values for name, values in distinct.items() if len(values) > 1}
