"""Trades one by one: as bars of one price for every profile, and with the side that took."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import BarArrays, Bars, Longs, Origin, column
from engine.core.calendars import calendar
from engine.core.errors import DataError
from engine.core.frames import on_grid, table_of
from engine.core.instrument import Instrument

NEEDED = ("ts", "price", "size")


class Trades(NamedTuple):
    """Trades as bars of one price, and who took: +1 a buyer, -1 a seller, 0 not known."""

    bars: Bars
    side: Longs


def trades_of(frame: Any, instrument: Instrument, origin: Origin | None = None) -> Trades:
    """Check a frame of `ts, price, size` and perhaps `side`, in the order they were made."""
    table = table_of(frame)
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise DataError(f"trades lack {', '.join(missing)}; they need {', '.join(NEEDED)}")
    wrong = [name for name in table.columns if table[name].null_count()]
    if wrong:
        raise DataError(f"{instrument.symbol} trades: {', '.join(wrong)} has nulls")
    time = column(table["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy(), np.int64)
    if len(time) and (np.diff(time) < 0).any():
        row = int(np.flatnonzero(np.diff(time) < 0)[0]) + 1
        raise DataError(f"{instrument.symbol} trades: row {row} is earlier than the one before it")
    price = on_grid(table["price"], instrument.tick, time, np.int32)
    lots = on_grid(table["size"], instrument.lot, time, np.int64)
    sessions = calendar(instrument.calendar).covering(time)
    session = column(sessions.label(time).session, np.int32)
    refuse(instrument, lots < 0, "has a size below zero")
    refuse(instrument, session < 0, f"lies outside the {instrument.calendar} sessions")
    arrays = BarArrays(time, price, price, price, price, lots, session)
    return Trades(Bars(instrument, sessions, arrays, 1, origin or Origin()), side_of(table))


def side_of(table: pl.DataFrame) -> Longs:
    """The taking side of each trade; unknown where the frame has no such column."""
    if "side" not in table.columns:
        return np.zeros(table.height, np.int64)
    side = column(table["side"].to_numpy(), np.int64)
    strange = np.flatnonzero(np.abs(side) > 1)
    if len(strange):
        raise DataError(f"a trade's side is 1, -1 or 0; row {strange[0]} has {side[strange[0]]}")
    return side


def refuse(instrument: Instrument, wrong: Any, what: str) -> None:
    """Name the first trade that breaks a rule."""
    if wrong.any():
        raise DataError(f"{instrument.symbol} trades: row {int(np.flatnonzero(wrong)[0])} {what}")
