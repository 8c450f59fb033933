"""What the trades of unseen sessions say of beliefs, of times, and of when to pause, as lines."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import polars as pl

from engine.core.calendars import calendar
from engine.fills.trades import R_SCALE
from engine.research.evidence.belief import SCEPTICAL, informed
from engine.research.evidence.chance import Floats
from engine.research.evidence.line import Line
from engine.research.evidence.pauses import RECOVERED, ROLLING, episodes, pause_of, recoveries
from engine.research.evidence.pauses import rolling_falls as falls
from engine.research.evidence.timing import ENOUGH, advised, groups
from engine.research.replay import replays
from engine.research.sweep import Swept
from engine.research.tables import trade_rows


def unseen(swept: Swept) -> pl.DataFrame:
    """The trades of the walk-forward, in order."""
    named = {part.combination for choice in swept.choices for part in choice.played}
    every = sorted(named if swept.best is None else named | {swept.best})
    played = replays(swept, every or [0])
    return trade_rows(swept, played).filter(pl.col("scope") == "oos")


def multiples(trades: pl.DataFrame) -> Floats:
    """R of the trades that had a stop."""
    return trades["r"].drop_nulls().to_numpy().astype(np.float64) / R_SCALE


def belief_lines(swept: Swept) -> Iterator[Line]:
    """What a sceptic believes afterwards, and whether later trades are as good as earlier ones."""
    trades = unseen(swept)
    won, r = int((trades["net"] > 0).sum()), multiples(trades)
    share, mean = SCEPTICAL
    hits, made = share.after(won, trades.height - won), mean.after(r)
    note = f"winners, of a sceptic who had seen 50 in 100; then {trades.height} trades"
    yield Line("oos", "belief_hits", hits.mean, note, *hits.interval(), 1 - hits.above(0.5))
    note = f"R a trade, of a sceptic who expected 0 give or take half; then {len(r)} trades"
    yield Line("oos", "belief_r", made.mean, note, *made.interval(), 1 - made.above(0))
    half = len(r) // 2
    early, late = r[:half], r[half:]
    expected = informed(early)[1]
    then = expected.after(late)
    note = f"R a trade, expected from {half} earlier trades; then {len(late)} later ones"
    yield Line("oos", "belief_informed", then.mean, note, *then.interval(), 1 - then.above(0))
    first, last = mean.after(early), mean.after(late)
    value = last.beats(first) if half > 1 else math.nan
    yield Line(
        "oos", "belief_later", value, "chance that later trades are better than earlier ones"
    )


def timing_lines(swept: Swept) -> Iterator[Line]:
    """One line a group of trades with a time or a side in common, and how many tell anything."""
    instrument = swept.table.bars.instrument
    unit = float(instrument.money_unit)
    found = groups(unseen(swept), calendar(instrument.calendar).zone)
    told = list(advised(found))
    text = (
        f"of {len(found)} groups of {ENOUGH} trades or more differ from zero, 5 % false discovery"
    )
    yield Line("oos", "timing", len(told), text)
    for group in found:
        mean = group.mean
        low, value, high = (x * unit for x in (mean.low, mean.mean, mean.high))
        name = f"timing_{group.by}_{group.value.replace(' ', '_')}"
        note = f"money a trade of {mean.size}, p of all groups together; {group.advice}"
        yield Line("oos", name, value, note, low, high, group.adjusted)


def pause_lines(swept: Swept) -> Iterator[Line]:
    """Falls, ways back, and limits a little beyond them."""
    r = multiples(unseen(swept))
    deep = episodes(r)
    worst = max((one.depth for one in deep), default=0.0)
    text = f"falls of half an R or more, the deepest {worst:.1f} R"
    yield Line("oos", "falls", len(deep), text)
    for window in ROLLING:
        rolled = falls(r, window)
        low, mid, high = np.percentile(rolled, (5, 50, 95)) if len(rolled) else (math.nan,) * 3
        text = f"R, the deepest fall within {window} trades; 5 % and 95 %"
        yield Line("oos", f"falls_{window}", float(mid), text, float(low), float(high))
    for depth in RECOVERED:
        back = recoveries(r, depth)
        value = float(back.mean()) if len(back) else math.nan
        yield Line(
            "oos", f"back_{depth}", value, f"trades back to the peak from {depth} R, {len(back)}x"
        )
    limits = pause_of(r)
    fall, streak, rest = limits or (math.nan,) * 3
    yield Line("oos", "pause_fall", fall, "R lost within 20 trades, from which on to pause")
    yield Line(
        "oos", "pause_streak", streak, "losses in a row, from which on to pause (money.halts)"
    )
    yield Line("oos", "pause_rest", rest, "trades to sit out then")
