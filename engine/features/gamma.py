"""Whether dealers' hedging calms prices or drives them: option gamma, or volatility instead."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.asof import Auxiliary, asof
from engine.core.bars import Bars
from engine.core.columns import Column
from engine.features.declare import Says, Takes, bars_in, told
from engine.features.estimators import volatility_percentile


class Source(NamedTuple):
    """A stored series of net option gamma; minutes until a row is out, and until it is old."""

    series: Auxiliary
    column: str = "gamma"
    lag: int = 0
    oldest: int = 4 * 1_440


class Gamma(NamedTuple):
    """The regime, and whether it was read from option gamma (1) or from volatility (0)."""

    regime: Column
    measured: Column


@told(
    Says(
        formula="sign of the last net gamma published by the close of the bar; where there is "
        "none, volatility_percentile(n, spell) instead: -1 from `wild` on, 1 up to `calm`, else 0",
        unit="1 prices are calmed, -1 driven, 0 neither; measured: 0, 1",
        absent="without gamma, where a close of the last n - 1 + spell bars is not above 0",
        warmup=lambda n, spell: n - 1 + spell,
        settles=lambda n, spell: n - 1 + spell,
    ),
    source=Takes("a stored series of net gamma; volatility alone without one"),
    n=bars_in("values ranked without gamma", trial=5),
    spell=bars_in("bars of volatility", 2, trial=3),
    calm=Takes("share of a calm market", low=Decimal(0), high=Decimal(1)),
    wild=Takes("share of a wild one", low=Decimal(0), high=Decimal(1)),
)
def gamma_regime(
    bars: Bars,
    *,
    source: Source | None = None,
    n: int = 252,
    spell: int = 20,
    calm: Decimal = Decimal("0.5"),
    wild: Decimal = Decimal("0.8"),
) -> Gamma:
    """Which regime option gamma puts a bar in; a gate on it lets a strategy trade one of them."""
    rank = volatility_percentile(bars, n=n, spell=spell)
    regime = (rank <= calm).astype(np.int64) - (rank >= wild)
    there, measured = rank.present, np.zeros(len(bars), np.bool_)
    if source is not None:
        values, measured = asof(
            bars, source.series, source.column, lag=source.lag, oldest=source.oldest
        ).dense()
        sign = np.sign(np.where(measured, values, 0.0)).astype(np.int64)
        regime, there = np.where(measured, sign, regime), there | measured
    return Gamma(Column(regime, there), Column(measured.astype(np.int64), there.copy()))
