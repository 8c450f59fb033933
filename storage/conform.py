"""A frame brought into the shape of its table, or a clear word on why it does not fit."""

from __future__ import annotations

import polars as pl
from polars.exceptions import PolarsError

from engine.core.errors import StoreError
from storage.schema import Kind, Table, table_of


def conform(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """A frame as one of the tables of a run or of the store."""
    return fitted(table_of(table), frame)


def fitted(shape: Table, frame: pl.DataFrame) -> pl.DataFrame:
    """Order and cast the columns; refuse missing ones, strangers, nulls and lossy casts."""
    table = shape.name
    missing = [name for name in shape.columns if name not in frame.columns]
    if missing:
        raise StoreError(
            f"table '{table}' lacks {', '.join(missing)}; its columns are {listed(shape)}"
        )
    extras = [name for name in frame.columns if name not in shape.columns]
    if extras and not shape.slot:
        raise StoreError(
            f"table '{table}' has no column {', '.join(extras)}; its columns are {listed(shape)}"
        )
    order = (*shape.head, *extras, *shape.tail)
    columns = [cast(shape, frame[name]) for name in order]
    refuse_nulls(shape, columns)
    return pl.DataFrame(columns)


def listed(shape: Table) -> str:
    return ", ".join([*shape.head, *(["..."] if shape.slot else []), *shape.tail])


def cast(shape: Table, column: pl.Series) -> pl.Series:
    """The column in its table's type, every value unchanged."""
    kind = shape.columns.get(column.name) or slotted(shape, column)
    if column.dtype == kind:
        return column
    try:
        made = column.cast(kind)
    except PolarsError as error:
        reason = str(error).splitlines()[0]
        raise StoreError(f"{shape.name}.{column.name} must be {kind}: {reason}") from None
    if column.dtype.is_float() and not made.cast(column.dtype).eq_missing(column).all():
        row = (~made.cast(column.dtype).eq_missing(column)).arg_true()[0]
        raise StoreError(f"{shape.name}.{column.name} must be {kind}: row {row} is {column[row]}")
    return made


def slotted(shape: Table, column: pl.Series) -> Kind:
    """The type a further column is kept in: the widest of its family that the slot takes."""
    families: list[tuple[bool, Kind]] = [
        (column.dtype.is_integer(), pl.Int64),
        (column.dtype.is_numeric(), pl.Float64),
        (column.dtype in (pl.String, pl.Categorical, pl.Enum), pl.String),
        (column.dtype == pl.Boolean, pl.Boolean),
        (column.dtype == pl.Null, pl.Float64),
    ]
    found = next((kind for fits, kind in families if fits and kind in shape.slot), None)
    if found is None:
        takes = ", ".join(str(kind) for kind in shape.slot)
        raise StoreError(
            f"{shape.name}.{column.name} is {column.dtype}; a further column is one of {takes}"
        )
    return found


def refuse_nulls(shape: Table, columns: list[pl.Series]) -> None:
    for column in columns:
        fixed = column.name in shape.columns and column.name not in shape.nullable
        if fixed and column.null_count():
            row = column.is_null().arg_true()[0]
            raise StoreError(
                f"{shape.name}.{column.name} is null in {column.null_count()} rows, first {row}"
            )
