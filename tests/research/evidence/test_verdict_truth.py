"""Known truth: markets without edge are rated `chance` or lower, planted edges above it.

A whole pipeline for each study: search, walk-forward, weighing, the same on 19 mirrored markets,
verdict. Costs are nought, so that without an edge the walk-forward is as likely to win as to lose.
"""

import numpy as np
import polars as pl
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, bars_of, sweep
from engine.core.bars import MINUTE
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.research.evidence.line import Weighing
from engine.research.evidence.null import Surrogates, null, null_lines, plain
from engine.research.evidence.resample import Resample
from engine.research.evidence.verdict import figures_of, rated
from engine.research.evidence.weigh import weigh
from tests.research.markets import Breakout

SESSIONS, LENGTH, STEPS = 60, 15, 30  # minutes of a bar, ticks walked inside it
LEAN = 0.1  # by how much a step of a planted market is likelier to go on than to turn
FOLDS = Folds(train=20, test=5, purge=1, min_trades=5)
PLAN = Plan(
    Breakout.grid(back=[1, 2]),
    Exits.grid({"stop": [12], "target": ["none", {"r": 2}], "flatten": "14:30"}),
    costs=Costs.of({"commission": 0, "slippage": {"market": 0, "stop": 0, "limit": 0}}),
)


def walked(seed: int, lean: float) -> Bars:
    """Bars folded from a walk of ticks whose steps lean the way the bar before went."""
    hours = calendar(instrument("ES").calendar).sessions("2023-01-03", "2023-06-30")
    opens, closes = (np.asarray(part)[:SESSIONS] for part in (hours.rth_start, hours.rth_stop))
    spans = [np.arange(a, b, LENGTH * MINUTE) for a, b in zip(opens, closes, strict=True)]
    times = np.concatenate(spans)
    luck = np.random.default_rng(seed).random((len(times), STEPS))
    price, way, rows = 16_000, 0, []
    for drawn in luck:
        path = price + np.cumsum(np.where(drawn < 0.5 + lean * way, 1, -1))
        rows.append((price, max(price, path.max()), min(price, path.min()), path[-1]))
        way, price = int(np.sign(path[-1] - price)), int(path[-1])
    frame = pl.DataFrame(
        dict(zip(("open", "high", "low", "close"), np.array(rows).T, strict=True)) | {"ts": times}
    )
    stamped = frame.with_columns(pl.col("ts").cast(pl.Datetime("ns", "UTC")), volume=pl.lit(1))
    return bars_of(stamped, instrument("ES"), minutes=LENGTH)


def rating(bars: Bars, seed: int) -> str:
    """The class a sweep of these bars is given."""
    swept, how = sweep(bars, PLAN, FOLDS), Surrogates(19, seed)
    lines = weigh(swept, Weighing(len(PLAN), Resample(draws=200, seed=seed))).lines
    lines += null_lines(swept, null(bars, plain(PLAN, FOLDS), how), how)
    return rated(figures_of(lines))[0]


def above_chance(lean: float, first: int, studies: int) -> float:
    """Share of studies rated above `chance`."""
    found = [rating(walked(seed, lean), seed) for seed in range(first, first + studies)]
    return sum(name in ("hint", "evidence") for name in found) / studies


@pytest.mark.covers("T08")
def test_no_edge_is_not_found(sized) -> None:
    studies = sized("T08", ci=20, full=1000, small=1)
    assert above_chance(0.0, 1_000, studies) <= 0.05


@pytest.mark.covers("T08")
def test_a_planted_edge_is_found(sized) -> None:
    studies = sized("T08", ci=8, full=300, small=1)
    assert above_chance(LEAN, 50_000, studies) >= 0.8
