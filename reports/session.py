"""One session as rows: its candles, volume at price, levels, developing lines, letters, delta."""

from __future__ import annotations

from datetime import date
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.session import Sessions
from engine.core.zone import local_ns
from engine.profile.delta import delta_profiles, proxy_flow
from engine.profile.developing import developing_levels
from engine.profile.drawing import developing_steps, histogram_bars, level_lines, prices
from engine.profile.histogram import Profiles, profiles
from engine.profile.kernel import Levels
from engine.profile.model import Model
from engine.profile.naked import naked_levels
from engine.profile.nodes import nodes
from engine.profile.sessions import prior_levels
from engine.profile.tpo import tpo_profiles
from reports.clock import zone_of

LETTER_ROWS: Final = 44  # rows of letters a screen can show
PRIOR: Final = ("poc", "vah", "val")


class Day(NamedTuple):
    """The rows a session is drawn from, prices in currency, times of the exchange."""

    trade_date: date
    segment: str
    candles: pl.DataFrame
    volume: pl.DataFrame
    levels: pl.DataFrame
    developing: pl.DataFrame
    nodes: pl.DataFrame
    letters: pl.DataFrame
    delta: pl.DataFrame
    trades: pl.DataFrame


def session_rows(bars: Bars, session: int) -> tuple[int, int]:
    """First bar and one behind the last of a session."""
    low = int(np.searchsorted(bars.session, session, side="left"))
    return low, int(np.searchsorted(bars.session, session, side="right"))


def segment_of(part: Bars) -> str:
    """Regular hours where there are any, else the whole session."""
    return "rth" if part.rth.any() else "full"


def day_of(bars: Bars, session: int, trades: pl.DataFrame) -> Day:
    """Everything of one session; `trades` are those of its trade date."""
    low, high = session_rows(bars, session)
    part = bars[low:high]
    segment = segment_of(part)
    shown = window(part, segment, trades)
    made = profiles(part, segment=segment)
    found = made.levels()
    return Day(
        Sessions.trade_date(part.sessions, session),
        segment,
        candle_rows(part, shown),
        histogram_bars(part, made, found).select("low", "high", "volume", "part"),
        pl.concat([own_levels(part, found, made), older_levels(bars, low + shown.start)]),
        clocked(developing_steps(part, developing_levels(part, segment=segment)), part, "ts"),
        node_rows(part, segment),
        letter_rows(part, segment),
        delta_rows(part, segment),
        clocked(trades, part, "entry_ts", "exit_ts"),
    )


def window(part: Bars, segment: str, trades: pl.DataFrame) -> slice:
    """The bars of the segment, and all of the session where a trade lies outside them."""
    inside = np.flatnonzero(part.labels.mask(segment))
    whole = slice(int(inside[0]), int(inside[-1]) + 1)
    if trades.is_empty():
        return whole
    first, last = part.time[whole.start], part.time[whole.stop - 1]
    entry = trades["entry_ts"].to_physical().to_numpy()
    leave = trades["exit_ts"].to_physical().to_numpy()
    return whole if entry.min() >= first and leave.max() <= last else slice(0, len(part))


def candle_rows(part: Bars, shown: slice) -> pl.DataFrame:
    names = ("open", "high", "low", "close")
    columns = {name: prices(part, getattr(part, name)[shown].astype(np.int64)) for name in names}
    ts = pl.Series(part.time[shown]).cast(pl.Datetime("ns", "UTC"))
    rows = pl.DataFrame({"ts": ts, **columns, "volume": part.volume[shown]})
    return clocked(rows, part, "ts")


def own_levels(part: Bars, found: Levels, made: Profiles) -> pl.DataFrame:
    """The session's own levels, known only when it is over."""
    lines = level_lines(part, made, found)
    return lines.select("level", "price", age=pl.lit(0, pl.Int64))


def older_levels(bars: Bars, row: int) -> pl.DataFrame:
    """Levels of the session before, and the nearest naked pocs, as known at a bar."""
    at, prior, naked = np.array([row]), prior_levels(bars), naked_levels(bars)
    rows = []
    for name in PRIOR:
        value, there = getattr(prior, name).at(at)
        rows += [(f"prior {name}", int(value[0]), 1)] if there[0] else []
    for side in ("above", "below"):
        value, there = getattr(naked, side).at(at)
        age, _ = getattr(naked, f"{side}_age").at(at)
        rows += [(f"naked poc {side}", int(value[0]), int(age[0]))] if there[0] else []
    ticks: Longs = np.array([tick for _, tick, _ in rows], np.int64)
    names = pl.Series([name for name, _, _ in rows], dtype=pl.String)
    ages = pl.Series([age for _, _, age in rows], dtype=pl.Int64)
    return pl.DataFrame({"level": names, "price": prices(bars, ticks), "age": ages})


def node_rows(part: Bars, segment: str) -> pl.DataFrame:
    """High- and low-volume nodes of the session's profile."""
    found = nodes(profiles(part, segment=segment))
    return found.select("node", price=prices(part, found["tick"].to_numpy()), volume="smoothed")


def letter_rows(part: Bars, segment: str) -> pl.DataFrame:
    """Letters of half hours, in rows high enough to be read."""
    span = int(part.high.max()) - int(part.low.min()) + 1
    row = max(part.instrument.row, -(-span // LETTER_ROWS))
    found = tpo_profiles(part, segment=segment, row=row).frame().filter(pl.col("marks") > 0)
    middle = found["tick"].to_numpy() + (row - 1) // 2
    return found.select("letters", "marks", price=prices(part, middle))


def delta_rows(part: Bars, segment: str) -> pl.DataFrame:
    """Lots bought less lots sold at each price, by a stated proxy."""
    span = int(part.high.max()) - int(part.low.min()) + 1
    row = max(part.instrument.row, -(-span // LETTER_ROWS))
    made = delta_profiles(part, proxy_flow(part), segment=segment, model=Model(row=row)).frame()
    middle = made["tick"].to_numpy() + (row - 1) // 2
    return made.select("buy", "sell", "delta", "kind", price=prices(part, middle))


def clocked(rows: pl.DataFrame, bars: Bars, *names: str) -> pl.DataFrame:
    """The same rows with times of the exchange."""
    zone = zone_of(bars)
    clocks = [
        pl.Series(name, local_ns(rows[name].to_physical().to_numpy(), zone)).cast(pl.Datetime("ns"))
        for name in names
    ]
    return rows.with_columns(clocks)
