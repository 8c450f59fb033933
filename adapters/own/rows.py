"""The rows of a table of setups as a file says them, before any bars are known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Longs
from engine.core.errors import DataError, unknown

NEEDED: Final = ("time", "side")
LEVELS: Final = ("stop", "target", "entry")
SIDES: Final = {"long": 1, "buy": 1, "1": 1, "+1": 1, "short": -1, "sell": -1, "-1": -1}
WAITING: Final = ("limit", "stop")  # how an entry price may be waited for
DAY_SECONDS, SECOND, MICRO = 86_400, 10**9, 1_000  # the latter two in ns


@dataclass(frozen=True, eq=False)
class Rows:
    """What a file says, in order of time, longs first; prices as they were written."""

    name: str
    mark: str
    time: Longs  # UTC ns at which a row is known
    side: Longs
    prices: Mapping[str, Sequence[Decimal | None]]
    order: str
    attributes: Mapping[str, np.ndarray[Any, Any]]


def read(path: Path) -> Rows:
    """The rows of a file; whatever cannot be read is named with its row."""
    frame = frame_of(path)
    for name in NEEDED:
        if name not in frame.columns:
            raise unknown("column", name, frame.columns, where=f" in {path.name}")
    time = np.array(
        [moment(value, path, row) for row, value in enumerate(frame["time"], 1)], np.int64
    )
    side = np.array([way(value, path, row) for row, value in enumerate(frame["side"], 1)], np.int64)
    order = np.lexsort((-side, time))
    written = {name: prices_of(frame, name, path) for name in LEVELS}
    prices = {name: [values[row] for row in order] for name, values in written.items()}
    further = [name for name in frame.columns if name not in (*NEEDED, *LEVELS, "order")]
    attributes = {name: numbers(frame[name], path)[order] for name in further}
    mark = blake2b(path.read_bytes(), digest_size=16).hexdigest()
    return Rows(path.name, mark, time[order], side[order], prices, waits(frame, path), attributes)


def frame_of(path: Path) -> pl.DataFrame:
    """A CSV as it is written, every cell a text; a Parquet file as it is typed."""
    try:
        if path.suffix == ".parquet":
            return pl.read_parquet(path)
        return pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        reason = str(error).strip().split("\n", maxsplit=1)[0]
        raise DataError(f"{path}: no table of setups can be read: {reason}") from None


def moment(value: Any, path: Path, row: int) -> int:
    """A time with its zone as UTC ns."""
    try:
        found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise DataError(f"{path.name} row {row}: '{value}' is no time") from None
    if found.tzinfo is None:
        raise DataError(f"{path.name} row {row}: {value} has no zone; write it as {value}Z for UTC")
    since = found - datetime(1970, 1, 1, tzinfo=UTC)
    return (since.days * DAY_SECONDS + since.seconds) * SECOND + since.microseconds * MICRO


def way(value: Any, path: Path, row: int) -> int:
    named = str(value).strip().lower()
    if named not in SIDES:
        raise unknown("side", str(value), SIDES, where=f" ({path.name} row {row})")
    return SIDES[named]


def waits(frame: pl.DataFrame, path: Path) -> str:
    """What kind of order the entry prices are; one kind for the whole table."""
    kinds = (
        {str(kind) for kind in frame["order"].drop_nulls()}
        if "order" in frame.columns
        else {"limit"}
    )
    for kind in kinds:
        if kind not in WAITING:
            raise unknown("order", kind, WAITING, where=f" in {path.name}")
    if len(kinds) > 1:
        raise DataError(f"{path.name}: one table holds limit orders or stop orders, not both")
    return next(iter(kinds), "limit")


def prices_of(frame: pl.DataFrame, name: str, path: Path) -> list[Decimal | None]:
    """A column of prices; one that is not there is empty."""
    if name not in frame.columns:
        return [None] * len(frame)
    return [decimal(value, name, path, row) for row, value in enumerate(frame[name], 1)]


def decimal(value: Any, name: str, path: Path, row: int) -> Decimal | None:
    """A price as it was written; an empty cell is none."""
    if value is None or str(value).strip() == "":
        return None
    try:
        found = Decimal(str(value))
    except ArithmeticError:
        raise DataError(f"{path.name} row {row}: {name} '{value}' is no price") from None
    if not found.is_finite():
        raise DataError(f"{path.name} row {row}: {name} '{value}' is no price")
    return found


def numbers(column: pl.Series, path: Path) -> np.ndarray[Any, Any]:
    """An attribute as floats, NaN in empty cells; a column of words is refused by name."""
    try:
        return column.cast(pl.Float64).fill_null(float("nan")).to_numpy().copy()
    except pl.exceptions.PolarsError:
        raise DataError(
            f"{path.name}: column '{column.name}' holds more than numbers; leave it out"
        ) from None
