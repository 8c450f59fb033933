"""Paths: what a run of trades could have looked like, and how often it ends in ruin."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.research.evidence.bands import falls
from engine.research.evidence.chance import Floats, bells, picks, words
from engine.research.evidence.resample import Resample
from engine.research.measures.tails import FEW

PERCENTS = (5, 25, 50, 75, 95)
SHOWN = 200  # paths kept to be drawn
CHUNK = 1000  # draws at once


class Fan(NamedTuple):
    """Equity in percentiles after each trade, `[percentile, trade]`; some paths; the real one."""

    bands: Floats
    paths: Longs
    real: Longs
    final: Floats  # percentiles of where paths end
    fall: Floats  # percentiles of their deepest fall
    profitable: float


def fan(values: Longs, how: Resample) -> Fan:
    """Redraw trades, or whole blocks of them; with fewer than ten only the real path is told."""
    real = values.cumsum()
    if len(values) < FEW:
        none = np.full(len(PERCENTS), math.nan)
        return Fan(
            np.full((len(PERCENTS), len(values)), math.nan),
            real[None][:0],
            real,
            none,
            none,
            math.nan,
        )
    drawn = values[how.rows(len(values))]
    path = drawn.cumsum(axis=1)
    last = path[:, -1]
    return Fan(
        np.percentile(path, PERCENTS, axis=0),
        path[:SHOWN],
        real,
        np.percentile(last, PERCENTS),
        np.percentile(falls(drawn), PERCENTS),
        float((last > 0).mean()),
    )


class Bet(NamedTuple):
    """How results become capital: the share risked a trade, and what share left is ruin."""

    risk: float = 0.01
    trades: int = 1000
    floor: float = 0.1


class Ruin(NamedTuple):
    """How many compounding paths fall below the floor, and when."""

    after: dict[int, float]  # chance of ruin within so many trades
    median: float  # trades to ruin among those ruined, infinite where none was
    final: Floats  # capital at the end in percentiles, as shares of the first


STAGES = (100, 250, 500, 1000)


def ruin(r: Array, bet: Bet, draws: int = 10_000, seed: int = 0) -> Ruin:
    """Compound redrawn R multiples; capital that is gone stays gone."""
    multiples, stages = np.asarray(r, np.float64), [s for s in STAGES if s <= bet.trades]
    if len(multiples) < FEW:
        none = np.full(len(PERCENTS), math.nan)
        return Ruin(dict.fromkeys(stages, math.nan), math.nan, none)
    growth, fallen = np.maximum(1 + bet.risk * multiples, 0), []
    ends = []
    for first in range(0, draws, CHUNK):
        raw = words(seed, f"ruin {first}", min(CHUNK, draws - first), bet.trades)
        capital = growth[picks(raw, len(growth))].cumprod(axis=1)
        ruined = capital < bet.floor
        fallen.append(np.where(ruined.any(axis=1), ruined.argmax(axis=1) + 1, np.inf))
        ends.append(capital[:, -1])
    when = np.concatenate(fallen)
    after = {stage: float((when <= stage).mean()) for stage in stages}
    gone = when[np.isfinite(when)]
    median = float(np.median(gone)) if len(gone) else math.inf
    return Ruin(after, median, np.percentile(np.concatenate(ends), PERCENTS))


class Spread(NamedTuple):
    """A normal spread of factors, cut off at both ends."""

    deviation: float
    least: float
    most: float

    def drawn(self, seed: int, use: str, count: int) -> Floats:
        """Factors around one."""
        return np.clip(1 + self.deviation * bells(seed, use, count), self.least, self.most)


SIZE = Spread(0.1, 0.5, 2.0)
FEES = Spread(0.5, 0.5, 2.0)
SLIPPAGE = Spread(0.5, 0.2, 1.0)


class Priced(NamedTuple):
    """The same trades under other costs and sizes: what they net, in percentiles."""

    net: Floats
    profitable: float


def costs(parts: tuple[Longs, Longs, Longs], draws: int = 1000, seed: int = 0) -> Priced:
    """Draw size, slippage and fees anew for each path; `parts` are gross, slippage and fees."""
    gross, slippage, fees = (int(part.sum()) for part in parts)
    if len(parts[0]) < FEW:
        return Priced(np.full(len(PERCENTS), math.nan), math.nan)
    size, slip, fee = (
        spread.drawn(seed, use, draws)
        for use, spread in (("size", SIZE), ("slippage", SLIPPAGE), ("fees", FEES))
    )
    net = size * (gross - slip * slippage - fee * fees)
    return Priced(np.percentile(net, PERCENTS), float((net > 0).mean()))
