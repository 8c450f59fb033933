"""Text files in blocks of bytes: two threads read, memory stays flat, rows keep their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.errors import DataError
from storage.ingest.aliases import CLOSE
from storage.ingest.batch import STATES, Batch, Longs, judge_floor, keep_trades
from storage.ingest.dates import another_order
from storage.ingest.dialect import Dialect, dialect_of
from storage.ingest.lines import (
    CLOCK,
    DAY,
    FIELDS,
    KIND,
    MOMENT,
    NAME,
    NEWLINE,
    NUMBERS,
    Columns,
    columns,
    scan,
)
from storage.ingest.moments import EPOCH, NAIVE
from storage.ingest.numbers import UNREADABLE, Bytes
from storage.ingest.order import Grid
from storage.ingest.swift import PAD
from storage.ingest.turns import in_turn
from storage.judge.rows import first, grid_of, judge_prices, steps_of

BLOCK: Final = 4 << 20
SAMPLE: Final = 1 << 18
LONGEST: Final = 1 << 20  # bytes of a line that can still be one
SHORT: Final = 64  # half of what holds most lines
NEAR: Final = 1 << 17  # bytes that stay in a processor's cache while lines are counted
PADDING: Final = b"\n" * PAD


class Block(NamedTuple):
    """Whole lines of a file, padded, and how many lines there are ahead of them."""

    text: Bytes
    size: int
    before: int
    lines: int


def sniffed(path: Path, label: str, dates: str | None) -> Dialect:
    """The dialect of a file, from its first lines."""
    with path.open("rb") as file:
        sample = file.read(SAMPLE)
        whole = not file.read(1)
    end = len(sample) if whole else sample.rfind(b"\n") + 1
    text = sample[: end or len(sample)].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return dialect_of(text.decode("utf-8", "replace"), label, dates)


def blocks(path: Path, header: int, label: str) -> Iterator[Block]:
    """A file without its header, cut at line ends."""
    before, rest = 0, b""
    with path.open("rb") as file:
        while piece := file.read(BLOCK):
            end = piece.rfind(b"\n") + 1
            if end:
                text = b"".join((rest, memoryview(piece)[:end], PADDING))
                part = block(text, before, header)
                before, rest = before + part.lines + (header if before == 0 else 0), piece[end:]
                yield part
            else:
                rest += piece
                if len(rest) > LONGEST:
                    raise DataError(f"{label}: row {before + 1} is over {LONGEST} bytes: no text")
        if rest.strip():
            yield block(rest + b"\n" + PADDING, before, header)


def block(text: bytes, before: int, header: int) -> Block:
    """Padded lines as the kernels take them, those of the header left out."""
    start, size = 0, len(text) - PAD
    for _ in range(header if before == 0 else 0):
        start = text.index(b"\n", start) + 1
        before += 1
    array = np.frombuffer(text, np.uint8)
    pieces = range(start, size, NEAR)
    lines = sum(int(np.count_nonzero(array[i : min(i + NEAR, size)] == NEWLINE)) for i in pieces)
    return Block(array[start:], size - start, before, lines)


def text_batches(path: Path, label: str, dialect: Dialect, grid: Grid) -> Iterator[Batch]:
    """Batches in file order, a few of them read ahead."""
    parts = blocks(path, dialect.header, label)
    return in_turn(lambda part: read(part, label, dialect, grid), parts)


def read(part: Block, label: str, dialect: Dialect, grid: Grid) -> Batch:
    """One block as rows, each judged by itself."""
    out = columns(part.lines, 0 if dialect.order == EPOCH else NAIVE)
    count = scan(part.text, part.size, dialect.layout(grid), out)
    rows = Columns._make(column[..., :count] for column in out)
    code = STATES[rows.state]
    to_blame = (rows.state > 0) & (rows.state != FIELDS)
    field = np.where(to_blame, rows.field, -1).astype(np.int16)

    def text(row: int) -> str:
        return line_at(part.text, int(rows.at[row]))

    refuse_mixed(rows, part, label, dialect, text)
    if dialect.ticks:
        rows.numbers[:CLOSE] = rows.numbers[CLOSE]
    prices, volume = in_steps(rows.numbers, code, grid, volume=dialect.volume)

    def word(row: int, role: int) -> str:
        return text(row).split(dialect.delimiter)[dialect.roles.index(role)].strip(' "')

    if KIND in dialect.roles:
        keep_trades(rows.kind, code, field, lambda row: word(row, KIND))

    return Batch(
        row=rows.line + part.before + 1,
        wall=rows.wall,
        east=rows.east,
        prices=prices,
        volume=volume,
        contract=rows.contract,
        code=code,
        field=field,
        text=text,
        columns=dialect.names,
        name=lambda row: word(row, NAME),
        fits=lambda: grid_of(rows.numbers[:4, rows.state == 0], grid.places),
    )


def line_at(text: Bytes, at: int) -> str:
    """The line that begins here, without its end; a padded text has one behind every line."""
    size, end = SHORT, -1
    while end < 0:
        size *= 2
        piece = text[at : at + size].tobytes()
        end = piece.find(b"\n")
    return piece[:end].decode("utf-8", "replace").rstrip("\r")


def in_steps(numbers: Longs, code: Any, grid: Grid, *, volume: bool) -> tuple[Longs, Longs]:
    """Prices in ticks and volumes in lots; rows that do not lie on the grid get their reason."""
    prices, off = np.empty((4, len(code)), np.int64), np.zeros(len(code), np.bool_)
    for k in range(4):
        prices[k], between = steps_of(numbers[k], grid.price * 10**grid.places)
        off |= between
    lots, part = steps_of(numbers[NUMBERS - 1], grid.lot * 10**grid.volume_places)
    first(code, "off_tick", off)
    judge_prices(prices, code, positive=grid.positive)
    judge_floor(prices, code, grid.floor)
    if volume:
        first(code, "negative_volume", numbers[NUMBERS - 1] < 0)
        first(code, "off_lot", part)
    return prices, lots


def refuse_mixed(rows: Columns, part: Block, label: str, dialect: Dialect, text: Any) -> None:
    """A time that can be read in another order alone: the file mixes two formats."""
    timed = [n for n, role in enumerate(dialect.roles) if role in (MOMENT, DAY, CLOCK)]
    bad = np.flatnonzero(rows.state == UNREADABLE)
    for row in bad[np.isin(rows.field[bad], timed)].tolist():
        fields = text(row).split(dialect.delimiter)
        field = fields[timed[0]]
        if another_order(field, dialect.order):
            line = int(rows.line[row]) + part.before + 1
            raise DataError(
                f"{label}: row {line}, column {dialect.names[timed[0]]}: '{field}' is written in "
                "another order than the rows ahead: two date formats are mixed"
            )
