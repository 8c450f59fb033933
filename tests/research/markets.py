"""A month or two of random bars, quick to make, and a plan that trades on them."""

from functools import cache

import numpy as np
import polars as pl

from engine import Bars, Costs, Exits, Folds, Plan, Rules, bars_of, sweep
from engine.core.bars import MINUTE
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.params import gate, param
from engine.core.setups import Setups, became
from engine.core.strategy import Strategy
from engine.research import Swept

FOLDS = Folds(train=10, test=4, purge=1, min_trades=2)


class Breakout(Strategy):
    """Go with a close beyond the last `back` bars: quick to speak, no feature needed."""

    back: int = param(default=5, low=1, high=30)
    tallest: int = gate("height", "<=", default=None, low="0", high="40", step="1")

    def setups(self, bars: Bars) -> Setups:
        before = np.roll(bars.close, self.back)
        before[: self.back] = bars.close[: self.back]
        return Setups.where(
            bars,
            long=became(bars.close > before + 6),
            short=became(bars.close < before - 6),
            attributes={"height": (bars.high - bars.low).astype(np.float64)},
        )


@cache
def market(sessions: int = 40, symbol: str = "ES", seed: int = 3) -> Bars:
    """Every fifth minute of the cash session, a driftless walk."""
    hours = calendar(instrument(symbol).calendar)
    table = hours.sessions("2023-01-03", "2023-06-30")
    times = np.concatenate(
        [
            np.arange(table.rth_start[s], table.rth_stop[s], 5 * MINUTE)
            for s in range(min(sessions, len(table)))
        ]
    )
    noise = np.random.default_rng(seed)
    close = 16_000 + np.cumsum(noise.integers(-6, 7, len(times)))
    first = np.concatenate(([16_000], close[:-1]))
    reach = noise.integers(0, 3, (2, len(times)))
    frame = pl.DataFrame(
        {
            "ts": pl.Series(times).cast(pl.Datetime("ns", "UTC")),
            "open": first,
            "high": np.maximum(first, close) + reach[0],
            "low": np.minimum(first, close) - reach[1],
            "close": close,
            "volume": noise.integers(1, 99, len(times)),
        }
    )
    return bars_of(frame, instrument(symbol), minutes=5)


def plan(**rules: object) -> Plan:
    """Twelve combinations of three structures."""
    return Plan(
        Breakout.grid(back=[3, 8, 20], tallest=[None, 8]),
        Exits.grid({"stop": [8], "target": ["none", {"r": 2}], "flatten": "14:30"}),
        Rules.of(rules),
        Costs.of({"commission": "2.05"}),
    )


@cache
def swept() -> Swept:
    return sweep(market(), plan(), FOLDS)
