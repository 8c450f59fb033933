"""Parquet and Feather files in batches, judged by the same rules as text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet

from engine.core.errors import DataError
from storage.ingest.aliases import CLOSE, Columns, by_name, whole
from storage.ingest.batch import Batch, Longs, judge_floor, keep_trades
from storage.ingest.dialect import Dialect, dialect_of
from storage.ingest.fields import hashes, in_steps, nanoseconds, numbers
from storage.ingest.lines import CLOCK, DAY, KIND, MOMENT, NAME, NUMBERS, OTHER
from storage.ingest.moments import NAIVE
from storage.ingest.opened import FEATHER, Opened
from storage.ingest.order import Grid
from storage.ingest.text import BLOCK, PADDING, block, read
from storage.judge.rows import Codes, first, grid_of_floats, judge_prices

ROWS: Final = 1 << 18


class TableFile:
    """A Parquet or Feather file, and what its columns are."""

    def __init__(self, file: Opened, dates: str | None) -> None:
        self.file = file
        self.schema = schema_of(file)
        self.columns: Columns = without_empty(self.named(), file)
        when = self.column(MOMENT, DAY)
        kinds = {name: self.schema.field(name).type for name in self.schema.names}
        self.text = any(
            is_text(kinds[name])
            for name, role in zip(kinds, self.columns.roles, strict=True)
            if role < NUMBERS or role in (MOMENT, DAY, CLOCK)
        )
        self.zoned = pa.types.is_timestamp(kinds[when]) and kinds[when].tz is not None
        self.utc = self.zoned or self.columns.utc or pa.types.is_integer(kinds[when])
        self.dates = dates
        self.dialect: Dialect | None = None

    def named(self) -> Columns:
        """What the columns are by their names, and by their types where a time holds its date."""
        columns = by_name(self.schema.names, self.file.label)
        clock = next((n for n, role in enumerate(columns.roles) if role == CLOCK), None)
        if clock is None or not pa.types.is_timestamp(self.schema.field(clock).type):
            return columns
        return columns._replace(roles=whole(columns.roles))

    def column(self, *roles: int) -> str:
        """The first column with one of the roles."""
        at = next(n for n, role in enumerate(self.columns.roles) if role in roles)
        return str(self.schema.names[at])

    @property
    def said(self) -> tuple[str, ...]:
        """What was guessed of the file."""
        others = self.columns.others
        said = [f"a {self.file.kind} file of {len(self.schema.names)} columns"]
        said += [f"columns of no use here: {', '.join(others)}"] if others else []
        said += ["every row is a trade: a time, a price and a size"] if self.columns.ticks else []
        return (*said, *(self.dialect.said[-1:] if self.dialect else ()))

    def batches(self, grid: Grid) -> Iterator[Batch]:
        """Rows in file order."""
        before = 0
        for frame in frames(self.file):
            if self.text:
                batch = self.as_text(frame, before, grid)
            else:
                batch = self.as_numbers(frame, before, grid)
            yield batch
            before += len(frame)

    def as_text(self, frame: pl.DataFrame, before: int, grid: Grid) -> Batch:
        """A table that holds texts goes the way of text, without its detour over a disk."""
        written = frame.write_csv(include_header=True, datetime_format="%Y-%m-%d %H:%M:%S%.f")
        if self.dialect is None:
            sample = written[:BLOCK]
            self.dialect = dialect_of(sample, self.file.label, self.dates)
        body = written.split("\n", 1)[1].encode()
        part = block(body + PADDING, 0, 0)
        batch = read(part, self.file.label, self.dialect, grid)
        return batch._replace(row=batch.row + before)

    def as_numbers(self, frame: pl.DataFrame, before: int, grid: Grid) -> Batch:
        """Columns of numbers and times, taken as they are."""
        code = np.zeros(len(frame), np.uint8)
        field = np.full(len(frame), -1, np.int16)
        wall = self.walls(frame, code, field)
        prices, volume = self.steps(frame, grid, code, field)
        if KIND in self.columns.roles:
            words = frame[self.column(KIND)].cast(pl.String).fill_null("")
            keep_trades(hashes(words), code, field, lambda row: str(words[row]))
        return Batch(
            row=np.arange(before + 1, before + len(frame) + 1),
            wall=wall,
            east=np.full(len(frame), 0 if self.utc else NAIVE, np.int32),
            prices=prices,
            volume=volume,
            contract=self.contracts(frame),
            code=code,
            field=field,
            text=lambda row: ",".join(map(str, frame.row(row))),
            columns=tuple(frame.columns),
            name=lambda row: str(frame[self.column(NAME)][row] or ""),
            fits=lambda: grid_of_floats(self.prices(frame)),
        )

    def steps(
        self, frame: pl.DataFrame, grid: Grid, code: Codes, field: npt.NDArray[np.int16]
    ) -> tuple[Longs, Longs]:
        """Prices in ticks and volumes in lots; rows off the grid get their reason."""
        prices = np.zeros((4, len(frame)), np.int64)
        volume = np.zeros(len(frame), np.int64)
        off, part = np.zeros(len(frame), np.bool_), np.zeros(len(frame), np.bool_)
        for at, role in enumerate(self.columns.roles):
            if role == NUMBERS - 1:
                volume, part = in_steps(numbers(frame, at, code, field), grid.lot)
            elif role < NUMBERS:
                prices[role], between = in_steps(numbers(frame, at, code, field), grid.price)
                off |= between
        if self.columns.ticks:
            prices[:CLOSE] = prices[CLOSE]
        first(code, "off_tick", off)
        judge_prices(prices, code, positive=grid.positive)
        judge_floor(prices, code, grid.floor)
        first(code, "negative_volume", volume < 0)
        first(code, "off_lot", part)
        return prices, volume

    def prices(self, frame: pl.DataFrame) -> npt.NDArray[np.float64]:
        """The prices of a table as they stand, one after the other."""
        held = [frame.to_series(n) for n, role in enumerate(self.columns.roles) if role < 4]
        return np.concatenate([column.cast(pl.Float64).to_numpy() for column in held])

    def contracts(self, frame: pl.DataFrame) -> Longs:
        if NAME not in self.columns.roles:
            return np.zeros(len(frame), np.int64)
        column = frame[self.column(NAME)].cast(pl.String).fill_null("")
        return hashes(column)

    def walls(self, frame: pl.DataFrame, code: Any, field: Any) -> Longs:
        """Nanoseconds of the time column, of the clock time beside it if there is one."""
        total = np.zeros(len(frame), np.int64)
        for at, role in enumerate(self.columns.roles):
            if role in (MOMENT, DAY, CLOCK):
                column = frame[frame.columns[at]]
                lost = column.is_null().to_numpy()
                field[lost & (code == 0)] = at
                first(code, "missing", lost)
                total += nanoseconds(column, code)
        return total


def is_text(kind: Any) -> bool:
    if pa.types.is_dictionary(kind):
        return is_text(kind.value_type)
    texts = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view)
    return any(kind_is(kind) for kind_is in texts)


def without_empty(columns: Columns, file: Opened) -> Columns:
    """The roles without that of a volume column in which nothing stands."""
    if not columns.volume:
        return columns
    at = columns.roles.index(NUMBERS - 1)
    if any(frame.to_series(at).null_count() < len(frame) for frame in frames(file)):
        return columns
    roles = tuple(OTHER if n == at else role for n, role in enumerate(columns.roles))
    return columns._replace(roles=roles)


def schema_of(file: Opened) -> Any:
    """The columns of a file, or a word on why it cannot be read."""
    try:
        if file.kind == FEATHER:
            with pa.ipc.open_file(file.path) as reader:
                return reader.schema
        return pa.parquet.read_schema(file.path)
    except (pa.ArrowException, OSError) as error:
        raise damaged(file, error) from None


def frames(file: Opened) -> Iterator[pl.DataFrame]:
    """The rows of a file, some at a time."""
    try:
        if file.kind == FEATHER:
            with pa.ipc.open_file(file.path) as reader:
                for number in range(reader.num_record_batches):
                    yield from_arrow(reader.get_batch(number))
        else:
            with pa.parquet.ParquetFile(file.path) as parquet:
                for batch in parquet.iter_batches(ROWS):
                    yield from_arrow(batch)
    except (pa.ArrowException, OSError) as error:
        raise damaged(file, error) from None


def from_arrow(batch: Any) -> pl.DataFrame:
    return cast(pl.DataFrame, pl.from_arrow(pa.Table.from_batches([batch])))


def damaged(file: Opened, error: Exception) -> DataError:
    reason = str(error).splitlines()[0]
    return DataError(f"{file.label} cannot be read as {file.kind}: {reason}")
