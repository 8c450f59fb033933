"""Trades and setups of one combination as frames in the store's columns."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools
from engine.core.entries import ORDERS
from engine.core.setups import Setups
from engine.fills import REASONS, Trades
from engine.research.replay import Replay

LEGS: Final = ("leg_bars", "leg_prices", "leg_lots")


def trade_frame(bars: Bars, found: Replay, rows: Bools) -> pl.DataFrame:
    """One row a trade; `scope` and `fold` are for the caller to say."""
    t, best = type(found.trades)._make(c[rows] for c in found.trades), found.best[rows]
    count = len(t.net)
    return pl.DataFrame(
        {
            "scope": pl.Series([""] * count, dtype=pl.String),
            "combination": np.full(count, found.combination, np.uint32),
            "fold": pl.Series([None] * count, dtype=pl.UInt32),
            "setup": t.setup.astype(np.uint32),
            "leg": np.zeros(count, np.uint8),
            "symbol": pl.Series([bars.instrument.symbol] * count, dtype=pl.String),
            "contract": contracts(bars, t.entry_bar),
            "trade_date": dates(bars, t.session),
            "side": t.side,
            "quantity": t.lots,
            "signal_ts": moments(bars, found.setups.bar[t.setup]),
            "entry_ts": moments(bars, t.entry_bar),
            "exit_ts": moments(bars, t.exit_bar),
            "entry_bar": t.entry_bar.astype(np.uint32),
            "exit_bar": t.exit_bar.astype(np.uint32),
            "entry": t.entry.astype(np.int32),
            "exit": t.exit.astype(np.int32),
            "stop": absent_unless(t.has_stop, t.stop).cast(pl.Int32),
            "target": absent_unless(t.has_target, t.target).cast(pl.Int32),
            "risk": absent_unless(t.has_stop, t.risk),
            "reason": named(REASONS, t.reason),
            "bars_held": (t.exit_bar - t.entry_bar + 1).astype(np.int32),
            "mfe": t.mfe.astype(np.int32),
            "mae": t.mae.astype(np.int32),
            **{name: getattr(t, name) for name in ("gross", "slippage", "fees", "funding")},
            "net": t.net,
            "r": absent_unless(t.has_stop, t.r),
            "ambiguous": t.ambiguous,
            "net_worst": t.net,
            "net_best": best,
            **leg_columns(t),
        }
    )


def leg_columns(t: Trades) -> dict[str, pl.Series]:
    """By trade: bar, price and lots of every leg that left before the end, none of one lot."""
    kind, there = pl.List(pl.Int64), t.sold > 0
    if not there.any():
        return {name: pl.Series([[]] * len(there), dtype=kind) for name in LEGS}
    return {
        name: pl.Series(
            [row[known].tolist() for row, known in zip(values, there, strict=True)], dtype=kind
        )
        for name, values in zip(LEGS, (t.leg_bar, t.leg, t.sold), strict=True)
    }


def setup_frame(bars: Bars, found: Replay) -> pl.DataFrame:
    """One row a setup, with its attributes and what became of it."""
    s = found.setups
    count = len(s)
    return pl.DataFrame(
        {
            "combination": np.full(count, found.combination, np.uint32),
            "setup": np.arange(count, dtype=np.uint32),
            "ts": moments(bars, s.bar),
            "trade_date": dates(bars, bars.session[s.bar]),
            "bar": s.bar.astype(np.uint32),
            "side": s.side,
            **orders(s),
            "stop": absent_unless(s.stop.present, s.stop.values).cast(pl.Int32),
            "target": absent_unless(s.target.present, s.target.values).cast(pl.Int32),
            "outcome": pl.Series(found.outcome, dtype=pl.String),
            **s.attributes,
        }
    )


def orders(setups: Setups) -> dict[str, pl.Series]:
    """The order each setup sends: its kind, its level, and how many bars it works."""
    if setups.entries is None:
        none = pl.Series([None] * len(setups), dtype=pl.Int32)
        market = pl.Series([ORDERS[0]] * len(setups), dtype=pl.String)
        return {"order": market, "entry": none, "expires": none}
    order, level, _, bars, _ = setups.entries
    return {
        "order": named(ORDERS, order),
        "entry": absent_unless(level.present, level.values).cast(pl.Int32),
        "expires": absent_unless(bars.present, bars.values).cast(pl.Int32),
    }


def absent_unless(present: Bools, values: Array) -> pl.Series:
    """Null where absent: a stored level is never a magic number."""
    return pl.Series(values).to_frame("v").select(pl.when(pl.Series(present)).then("v"))["v"]


def named(names: tuple[str, ...], codes: Array) -> pl.Series:
    return pl.Series(np.array(names, object)[codes], dtype=pl.String)


def moments(bars: Bars, rows: Longs) -> pl.Series:
    return pl.Series(bars.time[rows]).cast(pl.Datetime("ns", "UTC"))


def dates(bars: Bars, sessions: Array) -> pl.Series:
    return pl.Series(bars.sessions.date[sessions]).cast(pl.Date)


def contracts(bars: Bars, rows: Longs) -> pl.Series:
    names: Any = [None] * len(rows)
    if bars.contract is not None:
        names = np.array(bars.origin.contracts, object)[bars.contract[rows]]
    return pl.Series(names, dtype=pl.String)
