"""Files of auxiliary series: CSV or Parquet with a column `ts` or `date` and columns of numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl
from polars.exceptions import PolarsError

from engine.core.asof import Auxiliary
from engine.core.errors import DataError
from storage.auxiliary import Clock, series_of

MARKS: Final = (b"PAR1",)
STAMPS: Final = ("ts", "date", "timestamp", "time")


def read_series(path: Path, name: str, clock: Clock | None) -> Auxiliary:
    """A series by the name it shall have; headers are read in small letters."""
    try:
        with path.open("rb") as file:
            parquet = file.read(4) in MARKS
        if parquet:
            frame = pl.read_parquet(path, glob=False)
        else:
            frame = pl.read_csv(path, try_parse_dates=True, null_values=["", "NA", "NaN", "."])
    except (OSError, PolarsError) as error:
        raise DataError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    frame = frame.rename(lambda column: column.strip().lower())
    stamp = next((column for column in STAMPS if column in frame.columns), None)
    if stamp is None:
        raise DataError(f"{path} needs a column {' or '.join(STAMPS)}; it has {frame.columns}")
    renamed = frame.rename({stamp: "date" if frame[stamp].dtype == pl.Date else "ts"})
    return series_of(name, renamed, clock)
