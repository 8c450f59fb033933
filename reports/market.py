"""The whole market in tiles: sessions, hours, and the minutes of some sessions where one zooms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.zone import local_ns
from reports.clock import zone_of
from reports.exhibit import Exhibit, values
from reports.findings import Report

MINUTE: Final = 60 * 10**9
HOUR: Final = 60 * MINUTE
MARKS: Final = 4_000  # trades marked; a page shows no more than a part of them at once
COLUMNS: Final = ("time", "open", "high", "low", "close")


def folded(bars: Bars, clock: Longs, key: Longs) -> pl.DataFrame:
    """One candle a run of equal keys, prices in ticks, times in minutes of the exchange's clock."""
    first = np.flatnonzero(np.diff(key, prepend=key[0] - 1))
    last = np.append(first[1:], len(key)) - 1
    return pl.DataFrame(
        {
            "time": clock[first] // MINUTE,
            "open": bars.open[first],
            "high": np.maximum.reduceat(bars.high, first),
            "low": np.minimum.reduceat(bars.low, first),
            "close": bars.close[last],
        }
    )


def tiles(bars: Bars, sessions: Sequence[int]) -> dict[str, pl.DataFrame]:
    """Candles of sessions, of hours, and of the minutes of the named sessions."""
    clock = local_ns(bars.time, zone_of(bars))
    days = folded(bars, clock, bars.session.astype(np.int64))
    noon = pl.Series(bars.sessions.date[np.unique(bars.session)]).cast(pl.Int64) * 24 * 60
    inside = np.isin(bars.session, np.asarray(sessions, np.int64))
    minutes = pl.DataFrame({"time": clock[inside] // MINUTE}).with_columns(
        pl.Series(name, getattr(bars, name)[inside]) for name in COLUMNS[1:]
    )
    hours = folded(bars, clock, clock // HOUR)
    return {"day": days.with_columns(time=noon), "hour": hours, "minute": minutes}


def market_exhibit(
    report: Report, bars: Bars, sessions: Sequence[int], trades: pl.DataFrame
) -> Exhibit:
    """Days at first; the page's script swaps in finer tiles where the reader zooms."""
    found = tiles(bars, sessions)
    shown = trades.tail(MARKS)
    held: dict[str, Any] = {
        level: [values(rows[name]) for name in COLUMNS] for level, rows in found.items()
    }
    marks = {
        "time": values(shown["entry_ts"]),
        "price": values(shown["entry"]),
        "side": values(shown["side"]),
    }
    says = (
        f"{len(bars):,} bars in three grains: sessions, hours where the view is narrow enough, and "
        f"the minutes of {len(sessions)} sessions, the last ones and those with the trades below."
    )
    extra = {"tick": float(bars.instrument.tick), "tiles": held, "marks": marks}
    layout = {"xaxis": {"rangeslider": {"visible": False}}, "height": 420, "held": extra}
    title = f"{report.facts['symbol']} and its trades"
    return Exhibit("market", title, says, found["day"], [], layout)
