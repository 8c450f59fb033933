"""Bars from and to frames: Arrow in, Arrow out, through Polars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import BarArrays, Bars, Longs, Origin, checked, column, first_rows
from engine.core.calendars import calendar
from engine.core.errors import DataError
from engine.core.instrument import Instrument

PRICES = ("open", "high", "low", "close")
NEEDED = ("ts", *PRICES, "volume")
SLACK = 1e-6  # of a tick: what a decimal price may lose as a binary float


def bars_of(
    frame: Any, instrument: Instrument, *, minutes: int = 1, origin: Origin | None = None
) -> Bars:
    """Check a frame (Polars, or anything that speaks Arrow) into Bars.

    Whole-number prices are ticks and whole-number volumes are lots; others are decimal prices and
    quantities, which must lie on the instrument's grid.
    """
    table = frame if isinstance(frame, pl.DataFrame) else cast(pl.DataFrame, pl.from_arrow(frame))
    refuse_gaps(table, instrument)
    time = column(table["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy(), np.int64)
    sessions = calendar(instrument.calendar).covering(time)
    session = column(sessions.label(time).session, np.int32)
    prices = [on_grid(table[name], instrument.tick, time, np.int32) for name in PRICES]
    volume = on_grid(table["volume"], instrument.lot, time, np.int64)
    codes, names = contracts(table)
    known = origin or Origin()
    kept = Origin(known.source, known.synthetic, known.fingerprint, names)
    arrays = BarArrays._make((time, *prices, volume, session))
    return checked(Bars(instrument, sessions, arrays, minutes, kept, codes))


def refuse_gaps(table: pl.DataFrame, instrument: Instrument) -> None:
    """A column that is missing, or a value that is, has no place in Bars."""
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise DataError(f"{instrument.symbol}: no column {missing}; bars need {list(NEEDED)}")
    if table.is_empty():
        raise DataError(f"{instrument.symbol}: the frame has no rows")
    for name in NEEDED:
        rows = table[name].is_null().arg_true()
        if len(rows):
            raise DataError(
                f"{instrument.symbol}: {name} is null in {len(rows)} rows, first {rows[0]}"
            )


def on_grid(
    values: pl.Series, step: Decimal, time: Longs, dtype: type[np.signedinteger[Any]]
) -> npt.NDArray[Any]:
    """Whole numbers as they are, decimals as whole steps; values between steps are named."""
    array = values.to_numpy()
    if array.dtype.kind in "iu":
        return column(array, dtype)
    steps = array.astype(np.float64) / float(step)
    whole = np.round(steps)
    off = ~(np.abs(steps - whole) <= SLACK * np.maximum(1.0, np.abs(whole) * SLACK))
    if off.any():
        raise DataError(f"{values.name} must be a multiple of {step}; {first_rows(off, time)}")
    return column(whole, dtype)


def contracts(table: pl.DataFrame) -> tuple[npt.NDArray[np.int16] | None, tuple[str, ...]]:
    """Contract names as small codes in order of name, if the frame has them."""
    if "contract" not in table.columns or table["contract"].null_count() == len(table):
        return None, ()
    names = table["contract"].cast(pl.String).unique().sort()
    codes = table["contract"].cast(pl.Enum(names)).to_physical().to_numpy()
    return codes.astype(np.int16), tuple(names)


def frame_of(bars: Bars) -> pl.DataFrame:
    """The bars in the store's columns: ticks, lots, contract and trade date."""
    a = bars.arrays
    dates = bars.sessions.date[a.session].astype(np.int32)
    names: Any = None
    if bars.contract is not None:
        names = np.array(bars.origin.contracts)[bars.contract]
    return pl.DataFrame(
        {
            "ts": pl.Series(a.time).cast(pl.Datetime("ns", "UTC")),
            **{name: getattr(a, name) for name in PRICES},
            "volume": a.volume,
            "contract": pl.Series(names, dtype=pl.String)
            if names is not None
            else pl.lit(None, pl.String),
            "trade_date": pl.Series(dates).cast(pl.Date),
        }
    )
