"""A feature as a fold over bars: one kernel that goes on where it stopped.

The batch form runs it from the first bar to the last, the live form from the last bar to the next:
the same kernel and the same cells, so that both say the same to the bit. What a bar is told
depends on it and on earlier bars alone, because nothing later has been read.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.bars import BarArrays, Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen
from engine.core.session import Ints32

R = TypeVar("R")
Floats = npt.NDArray[np.float64]
STRETCH = 1 << 15  # bars whose columns a processor's cache holds


class Tape(NamedTuple):
    """What a kernel reads: bars, the calendar's times per session, and other features' values."""

    bars: BarArrays
    start: Longs
    stop: Longs
    rth_start: Longs
    rth_stop: Longs
    date: Ints32  # trade dates, days since 1970
    feed: tuple[Array, ...]  # the asked columns, NaN where absent, and what a run adds itself


class Cells(NamedTuple):
    """What a kernel remembers between two bars; zeros before the first."""

    ints: Longs
    floats: Floats


class Out(NamedTuple):
    """What a kernel writes, one array an output: floats absent as NaN, integers with their marks.

    Arrays of their own, because what is freed is taken up again only by what is as large.
    """

    floats: tuple[Floats, ...]
    ints: tuple[Longs, ...]
    there: tuple[Bools, ...]


class Ask(NamedTuple):
    """Another feature whose columns a fold reads."""

    of: Callable[..., Any]
    params: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Fold(Generic[R]):
    """How to compute a feature: `run(tape, first, stop, given, cells, out)` writes those bars.

    A run writes every row of its span.
    """

    run: Callable[..., None]
    shape: Callable[..., R]  # `one`, or a tuple of columns: first the floats, then the integers
    given: tuple[Any, ...] = ()
    cells: tuple[int, int] = (0, 0)  # integers and floats to remember
    floats: int = 0
    ints: int = 0
    asks: tuple[Ask, ...] = ()

    def room(self, count: int) -> Out:
        """Where so many bars are written."""
        floats = tuple(np.empty(count) for _ in range(self.floats))
        ints = tuple(np.empty(count, np.int64) for _ in range(self.ints))
        return Out(floats, ints, tuple(np.empty(count, np.bool_) for _ in ints))

    def memory(self) -> Cells:
        return Cells(np.zeros(self.cells[0], np.int64), np.zeros(self.cells[1]))


def one(column: Column) -> Column:
    """The shape of a feature with one value."""
    return column


def columns(said: Any) -> tuple[Column, ...]:
    """The columns of whatever a feature gave."""
    parts = said if isinstance(said, tuple) else (said,)
    return tuple(p if isinstance(p, Column) else Column.of(p) for p in parts)


def batch(bars: Bars, fold: Fold[R]) -> R:
    """Every bar, in stretches that a processor's cache holds."""
    asked = (columns(ask.of(bars, **ask.params)) for ask in fold.asks)
    tape = tape_of(bars, tuple(fed(column) for group in asked for column in group))
    out, cells = fold.room(len(bars)), fold.memory()
    known = tuple(np.empty(len(bars), np.bool_) for _ in out.floats)
    for first in range(0, len(bars), STRETCH):
        stop = min(first + STRETCH, len(bars))
        fold.run(tape, first, stop, fold.given, cells, out)
        for row, there in zip(out.floats, known, strict=True):
            np.isfinite(row[first:stop], out=there[first:stop])
    return fold.shape(*map(Column, out.floats + out.ints, known + out.there))


def fed(column: Column) -> Floats:
    """An asked column as floats, NaN where absent: itself, if that is what it is."""
    values, present = column.dense()
    if values.dtype == np.float64 and np.isnan(values[~present]).all():
        return frozen(values)
    row = np.empty(len(values))
    for first in range(0, len(values), STRETCH):
        part = slice(first, first + STRETCH)
        row[part] = values[part]
        np.copyto(row[part], np.nan, where=~present[part])
    return frozen(row)


def tape_of(bars: Bars, feed: tuple[Floats, ...]) -> Tape:
    table = bars.sessions
    edges = (table.start, table.stop, table.rth_start, table.rth_stop)
    return Tape(bars.arrays, *edges, table.date, feed)
