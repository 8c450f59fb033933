"""A column of a table as whole numbers; what is absent or no value gets its reason."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from storage.ingest.batch import Longs
from storage.judge.rows import first, steps_of, steps_of_floats

BOUNDS: Final = ((10**17, 1), (10**14, 10**3), (10**11, 10**6), (0, 10**9))
EARLIEST: Final = 10**8  # seconds since 1970 below which a whole number is no time


def hashes(column: pl.Series) -> Longs:
    """A number for each distinct text."""
    return np.asarray(column.hash(seed=0).to_numpy().view(np.int64))


def nanoseconds(column: pl.Series, code: Any) -> Longs:
    """Times, dates, or whole numbers since 1970 as nanoseconds."""
    if column.dtype == pl.Time:
        return np.asarray(column.to_physical().fill_null(0).to_numpy())
    if column.dtype.is_temporal():
        stamps = column.cast(pl.Datetime("ns", getattr(column.dtype, "time_zone", None)))
        return np.asarray(stamps.to_physical().fill_null(0).to_numpy())
    values = column.fill_null(0).cast(pl.Int64).to_numpy()
    scale = np.select(
        [values >= bound for bound, _ in BOUNDS[:3]], [s for _, s in BOUNDS[:3]], 10**9
    )
    first(code, "unreadable", values < EARLIEST)
    return np.asarray(np.where(values < EARLIEST, 0, values) * scale)


def numbers(frame: pl.DataFrame, at: int, code: Any, field: Any) -> npt.NDArray[Any]:
    """A column of numbers; what is absent or not finite gets its reason."""
    column = frame[frame.columns[at]]
    lost = column.is_null().to_numpy()
    if column.dtype.is_integer():
        values = column.fill_null(0).cast(pl.Int64).to_numpy()
    else:
        values = column.cast(pl.Float64).fill_null(0.0).to_numpy()
        lost = lost | np.isnan(values)
        values = np.where(np.isnan(values), 0.0, values)
        huge = np.abs(values) > 9e17
        field[huge & ~lost & (code == 0)] = at
        first(code, "too_large", huge & ~lost)
    field[lost & (code == 0)] = at
    first(code, "missing", lost)
    return values


def in_steps(values: npt.NDArray[Any], step: Any) -> tuple[Longs, npt.NDArray[np.bool_]]:
    exact = values.dtype.kind == "i"
    return steps_of(values, step) if exact else steps_of_floats(values, step)
