"""Bars from and to frames: Arrow in, Arrow out, through Polars."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import BarArrays, Bars, Longs, Origin, checked, column, first_rows
from engine.core.calendars import calendar
from engine.core.errors import DataError, unknown
from engine.core.instrument import Instrument

PRICES = ("open", "high", "low", "close")
NEEDED = ("ts", *PRICES, "volume")
# What a decimal may lose as a binary float: of a step, of the whole number of steps (a sum of many
# volumes loses more than one price), and where even half a step could no longer be told.
KINDS = ("ticks", "money")
SLACK, DRIFT, DOUBT = 1e-6, 2.0**-44, 0.1


def bars_of(
    frame: Any,
    instrument: Instrument,
    *,
    minutes: int = 1,
    origin: Origin | None = None,
    prices: str | None = None,
) -> Bars:
    """Check a frame (Polars, or anything that speaks Arrow) into Bars.

    Price columns of an integer type are ticks and volumes of one are lots; others are decimal
    prices and quantities, which must lie on the instrument's grid. `prices`, "ticks" or "money",
    says what they are where whole numbers could be either. Times without a zone are UTC.
    """
    table = said(table_of(frame), prices)
    refuse_gaps(table, instrument)
    refuse_kinds(table, instrument)
    time = column(table["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy(), np.int64)
    sessions = calendar(instrument.calendar).covering(time)
    session = column(sessions.label(time).session, np.int32)
    step = Decimal(1) if prices == "ticks" else instrument.tick
    columns = [on_grid(table[name], step, time, np.int32) for name in PRICES]
    volume = on_grid(table["volume"], instrument.lot, time, np.int64)
    codes, names = contracts(table)
    known = origin or Origin()
    kept = Origin(known.source, known.synthetic, known.fingerprint, names)
    arrays = BarArrays._make((time, *columns, volume, session))
    return checked(Bars(instrument, sessions, arrays, minutes, kept, codes))


def table_of(frame: Any) -> pl.DataFrame:
    """A frame as Polars sees it."""
    if isinstance(frame, pl.DataFrame):
        return frame
    if not hasattr(frame, "__arrow_c_stream__"):
        raise DataError(f"bars are made of a Polars or an Arrow table, not {type(frame).__name__}")
    return cast(pl.DataFrame, pl.from_arrow(frame))


def said(table: pl.DataFrame, prices: str | None) -> pl.DataFrame:
    """The frame with prices of money as decimals, whole as they may be."""
    if prices not in (None, *KINDS):
        raise unknown("kind of prices", prices, KINDS)
    if prices != "money":
        return table
    held = [name for name in PRICES if name in table.columns and table[name].dtype.is_integer()]
    return table.with_columns(pl.col(name).cast(pl.Float64) for name in held)


def refuse_gaps(table: pl.DataFrame, instrument: Instrument) -> None:
    """A column that is missing, or a value that is, has no place in Bars."""
    missing = [name for name in NEEDED if name not in table.columns]
    if missing:
        raise DataError(f"{instrument.symbol}: no column {missing}; bars need {list(NEEDED)}")
    if table.is_empty():
        raise DataError(f"{instrument.symbol}: the frame has no rows")
    named = "contract" in table.columns and table["contract"].null_count() < len(table)
    for name in (*NEEDED, "contract") if named else NEEDED:
        values = table[name].fill_nan(None) if table[name].dtype.is_float() else table[name]
        rows = values.is_null().arg_true()
        if len(rows):
            raise DataError(
                f"{instrument.symbol}: {name} is missing (null or NaN) in {len(rows)} of "
                f"{len(table)} rows, first in row {rows[0]}"
            )


def refuse_kinds(table: pl.DataFrame, instrument: Instrument) -> None:
    """A column that holds something else, and prices of which some are ticks and some are not."""
    if not (table["ts"].dtype == pl.Datetime or table["ts"].dtype == pl.Int64):
        raise DataError(f"{instrument.symbol}: ts is {table['ts'].dtype}; bars need UTC moments")
    for name in NEEDED[1:]:
        if not table[name].dtype.is_numeric():
            raise DataError(f"{instrument.symbol}: {name} is {table[name].dtype}, not numbers")
    ticks = [name for name in PRICES if table[name].dtype.is_integer()]
    if 0 < len(ticks) < len(PRICES):
        raise DataError(
            f"{instrument.symbol}: {ticks} hold integers, which are ticks, and the other prices "
            "decimals; cast them all to one kind"
        )


def on_grid(
    values: pl.Series, step: Decimal, time: Longs, dtype: type[np.signedinteger[Any]]
) -> npt.NDArray[Any]:
    """Whole numbers as they are, decimals as whole steps; values between steps are named."""
    array = values.to_numpy()
    if array.dtype.kind in "iu":
        return column(array, dtype, values.name)
    steps = array.astype(np.float64) / float(step)
    whole = np.round(steps)
    with np.errstate(invalid="ignore"):  # an infinite price is off every grid
        off = ~(np.abs(steps - whole) <= np.minimum(SLACK + np.abs(whole) * DRIFT, DOUBT))
    if off.any():
        raise DataError(f"{values.name} must be a multiple of {step}; {first_rows(off, time)}")
    return column(whole, dtype, values.name)


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
    names: Any = [None] * len(bars)
    if bars.contract is not None:
        names = np.array(bars.origin.contracts)[bars.contract]
    return pl.DataFrame(
        {
            "ts": pl.Series(a.time).cast(pl.Datetime("ns", "UTC")),
            **{name: getattr(a, name) for name in PRICES},
            "volume": a.volume,
            "contract": pl.Series(names, dtype=pl.String),
            "trade_date": pl.Series(dates).cast(pl.Date),
        }
    )
