"""Bands: how far a headline figure moves when its sessions are drawn again."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.research.evidence.chance import Floats
from engine.research.evidence.resample import Resample
from engine.research.measures.tails import FEW


class Days(NamedTuple):
    """One row a session, idle ones too: net, trades, winners, winnings and losses."""

    net: Longs
    trades: Longs
    wins: Longs
    gross_win: Longs
    gross_loss: Longs

    @classmethod
    def of(cls, net: Longs, session: Longs, sessions: int) -> Days:
        """Gather trades by the session each belongs to."""
        out = cls(*(np.zeros(sessions, np.int64) for _ in cls._fields))
        won, lost = np.maximum(net, 0), np.maximum(-net, 0)
        parts = (net, np.ones_like(net), (net > 0).astype(np.int64), won, lost)
        for column, part in zip(out, parts, strict=True):
            np.add.at(column, session, part)
        return out


class Band(NamedTuple):
    """A figure and where the middle draws put it; `told` draws could say anything at all."""

    low: float
    value: float
    high: float
    told: int


MEASURES = ("net", "expectancy", "win_rate", "profit_factor", "sharpe", "max_drawdown")


def bands(days: Days, how: Resample, level: float = 0.95, periods: int = 252) -> dict[str, Band]:
    """Percentile intervals of every measure; nothing is said of few sessions or few trades."""
    count = len(days.net)
    if count < FEW or days.trades.sum() < FEW:
        return dict.fromkeys(MEASURES, Band(math.nan, math.nan, math.nan, 0))
    real = measured(days, np.arange(count)[None], periods)
    drawn = measured(days, how.rows(count), periods)
    return {name: band(float(real[name][0]), drawn[name], level) for name in MEASURES}


def band(value: float, drawn: Floats, level: float) -> Band:
    """The middle share of the draws that are defined."""
    told = drawn[~np.isnan(drawn)]
    if math.isnan(value) or not len(told):
        return Band(math.nan, value, math.nan, len(told))
    low, high = np.quantile(told, [(1 - level) / 2, (1 + level) / 2])
    return Band(float(low), value, float(high), len(told))


def measured(days: Days, rows: Longs, periods: int) -> dict[str, Floats]:
    """Every measure of every draw of sessions, from whole-number sums."""
    net = days.net[rows]
    total, squares = net.sum(axis=1), (net * net).sum(axis=1)
    trades, wins, won, lost = (column[rows].sum(axis=1) for column in days[1:])
    count = rows.shape[1]
    mean = total / count
    deviation = np.sqrt(np.maximum(squares - count * mean * mean, 0) / (count - 1))
    return {
        "net": total.astype(np.float64),
        "expectancy": share(total, trades),
        "win_rate": share(wins, trades),
        "profit_factor": share(won, lost),
        "sharpe": share(mean, deviation) * math.sqrt(periods),
        "max_drawdown": falls(net).astype(np.float64),
    }


def share(above: Array, below: Array) -> Floats:
    """A ratio, NaN where there is nothing to divide by."""
    out = np.full(len(above), np.nan)
    return np.asarray(np.divide(above, below, out=out, where=below != 0))


def falls(results: Longs) -> Longs:
    """The deepest fall of each row's running sum below its highest, the start included."""
    path = results.cumsum(axis=1)
    top = np.maximum(np.maximum.accumulate(path, axis=1), 0)
    return np.asarray((top - path).max(axis=1, initial=0))


def chance_of_loss(days: Days, how: Resample) -> float:
    """Share of redrawn histories that end below where they began; undefined without a result."""
    if len(days.net) < FEW or not days.net.any():
        return math.nan
    return float((days.net[how.rows(len(days.net))].sum(axis=1) < 0).mean())
