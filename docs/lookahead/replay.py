"""A published headline, replayed outside the engine on prices that hold nothing to be found.

Run it from the project's folder: python docs/lookahead/replay.py
"""

from __future__ import annotations

import sys
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

sys.path.insert(0, str(Path(__file__).parents[2]))

from adapters import load_file
from engine import Bars, Costs, Exits, Rules, bars_of
from engine.core.bars import MINUTE
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.session import Sessions
from engine.fills import Table, simulate
from engine.profile.histogram import profiles

SESSIONS, WARM = 835, 10  # as published: none of the first ten sessions is traded
FIRST, LAST = "2021-12-06", "2025-12-31"
STEPS, REGULAR = 4, 390  # prices of a bar, bars of a session
OPEN = 18_000  # ticks: 4,500.00 points
CAPITAL, RISK, MOST = 100_000.0, 0.01, 10
STOP, SLIP, TICK = 143.94, 0.25, 0.25  # points
FLAT, EACH = 20.0, 6.0  # dollars a trade, and dollars a contract
YEAR, RATE = 252, 0.02


class Headline(NamedTuple):
    """The four figures that were published."""

    trades: int
    wins: float
    profit_factor: float
    sharpe: float

    def __str__(self) -> str:
        return (
            f"{self.trades:,} trades, {self.wins:.1%} wins, profit factor "
            f"{self.profit_factor:.2f}, Sharpe {self.sharpe:.2f}"
        )


def walk(seed: int, count: int = SESSIONS) -> Bars:
    """Minute bars of regular sessions; every step is a sum of fair coins."""
    bits = np.random.PCG64(seed)
    table = calendar("cme_equity").sessions(FIRST, LAST)
    whole = np.flatnonzero(table.rth_stop - table.rth_start == REGULAR * MINUTE)[:count]
    steps = np.bitwise_count(bits.random_raw(count * REGULAR * STEPS) & 0xFFFF).astype(int) - 8
    nights = 5 * (np.bitwise_count(bits.random_raw(count)).astype(int) - 32)
    steps = steps.reshape(count, REGULAR, STEPS)
    steps[:, 0, 0] += nights
    path = OPEN + np.cumsum(steps).reshape(-1, STEPS)
    volume = 100 + bits.random_raw(len(path)) % 900
    return framed(table, whole, path, volume)


def framed(table: Sessions, whole: np.ndarray, path: np.ndarray, volume: np.ndarray) -> Bars:
    """The walk as bars of ES; a bar opens where its first step leads."""
    time = table.rth_start[whole][:, None] + np.arange(REGULAR) * MINUTE
    prices = {
        "open": path[:, 0],
        "high": path.max(axis=1),
        "low": path.min(axis=1),
        "close": path[:, -1],
    }
    stamps = pl.Series("ts", time.ravel()).cast(pl.Datetime("ns", "UTC"))
    rows = {"ts": stamps, **prices, "volume": volume.astype(np.int64)}
    return bars_of(pl.DataFrame(rows), instrument("ES"))


def headline(bars: Bars) -> Headline:
    """Buy the low of a session's value area, sell its high: both known when it is over."""
    levels = profiles(bars, segment="rth").levels()
    low, high = (side[WARM:] * TICK for side in (levels.val, levels.vah))
    prices = np.column_stack((low, high)).ravel()  # buy, sell, buy, sell ...
    sides = np.where(np.arange(len(prices) - 1) % 2, -1, 1)
    capital, made = CAPITAL, []
    for points in sides * np.diff(prices):
        contracts = min(MOST, max(1, int(capital * RISK / (STOP + SLIP + EACH / 2))))
        made.append(points * contracts - FLAT - EACH * contracts)
        capital += made[-1]
    return figures(np.array(made))


def figures(made: np.ndarray) -> Headline:
    """As published: one trade is one day to this Sharpe ratio."""
    share = made / CAPITAL
    sharpe = (YEAR * share.mean() - RATE) / (sqrt(YEAR) * share.std(ddof=1))
    won, lost = made[made > 0].sum(), -made[made < 0].sum()
    return Headline(len(made), float((made > 0).mean()), float(won / lost), float(sharpe))


def honest(bars: Bars) -> Headline:
    """The same edges of the session before, with orders that have to be filled."""
    strategy = load_file(Path(__file__).parent / "causal.py")()
    exits = Exits.grid({"target": ["level"], "flatten": "14:59"})[0]
    costs = Costs.of({"commission": "2.05"})
    table = Table.of(bars, Rules.of({"max_per_session": 2}), costs, [exits])
    net = simulate(table, strategy.setups(bars), exits).trades.net
    return figures(net * float(bars.instrument.money_unit))


def main(seeds: tuple[int, ...] = (0, 1, 2)) -> None:
    """Print the headline and what is left of it."""
    for seed in seeds:
        bars = walk(seed)
        print(f"walk {seed}, outside the engine: {headline(bars)}")
        print(f"walk {seed}, by the engine:      {honest(bars)}")


if __name__ == "__main__":
    main()
