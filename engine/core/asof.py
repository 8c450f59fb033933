"""Values of other clocks beside each bar, never before they were known.

A bar knows what was known at its own close: the value of a coarser bar that is over by then, the
row of an auxiliary series that was published by then. A setup seen at that bar acts from the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from engine.core.bars import MINUTE, Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen, known
from engine.core.errors import DataError, ParameterError, unknown
from engine.core.jit import kernel
from engine.core.resample import DAY_MINUTES, Span, coarser
from engine.core.session import moment_text
from engine.core.zone import clock_minute, utc_ns

R = TypeVar("R")
Floats = npt.NDArray[np.float64]


def closes(bars: Bars) -> Longs:
    """The first instant behind each bar: its minutes later, or where the market stops before."""
    sessions = bars.sessions
    if bars.minutes >= DAY_MINUTES:
        return np.asarray(sessions.stop[bars.session])
    out = np.empty(len(bars), np.int64)
    cut_short(bars.time, bars.minutes * MINUTE, sessions.span_stop, out)
    return out


@kernel
def cut_short(time: Longs, length: int, stops: Longs, out: Longs) -> None:
    """Bars end with the stretch they begin in; every bar begins inside one."""
    k = 0
    for i in range(len(time)):
        while stops[k] <= time[i]:
            k += 1
        out[i] = min(time[i] + length, stops[k])


def passed(moments: Longs, ends: Longs) -> Longs:
    """How many of the moments have come by each of the ends; both are in order."""
    out = np.empty(len(ends), np.int64)
    count_passed(moments, ends, out)
    return frozen(out)


@kernel
def count_passed(moments: Longs, ends: Longs, out: Longs) -> None:
    """One walk along both."""
    k = 0
    for i in range(len(ends)):
        while k < len(moments) and moments[k] <= ends[i]:
            k += 1
        out[i] = k


def higher(
    bars: Bars, function: Callable[..., R], span: Span, segment: str = "full", /, **params: Any
) -> Any:
    """What a feature says of coarser bars, beside each bar that closes when they are over or later.

    The only way to a value of a higher timeframe. A coarse bar cut short by the end of the data
    is not over and says nothing. The answer has the shape of the feature's own, as Columns.
    """
    given = tuple((name, type(value), value) for name, value in sorted(params.items()))
    key = (higher, function, span, segment, given)
    return bars.memo.get(
        key, lambda: joined(bars, (span, segment), lambda c: function(c, **params))
    )


def joined(bars: Bars, span: tuple[Span, str], say: Callable[[Bars], Any]) -> Any:
    """Let a feature speak of the coarse bars that are over, and find the last one for each bar."""
    coarse, found = coarser(bars, *span)
    ends = closes(bars)
    index = passed(found.close, ends)
    over = int(index.max(initial=0))
    return beside(say(coarse[:over]), over, index)


def beside(said: Any, count: int, index: Array) -> Any:
    """One value a coarse bar as a Column of fine bars."""
    if isinstance(said, tuple):
        parts = [beside(part, count, index) for part in said]
        return said._make(parts) if hasattr(said, "_make") else tuple(parts)
    values, present = said.dense() if isinstance(said, Column) else (said, known(said))
    if len(values) != count:
        raise DataError(f"the feature gave {len(values)} values for {count} coarser bars")
    return following(values, present, index)


def following(values: Array, present: Bools, index: Array) -> Column:
    """A column whose row 0 is the time before anything was known."""
    first = np.zeros(1, values.dtype), np.zeros(1, np.bool_)
    return Column(np.concatenate((first[0], values)), np.concatenate((first[1], present)), index)


@dataclass(frozen=True, eq=False, slots=True)
class Auxiliary:
    """Named values at the moments they are about: `auxiliary` checks them, a store reads them."""

    name: str
    time: Longs
    values: Mapping[str, Floats]

    def __len__(self) -> int:
        return len(self.time)


def auxiliary(name: str, time: Any, values: Mapping[str, Any]) -> Auxiliary:
    """An irregular series; NaN says that a row does not know."""
    moments = np.array(time, np.int64)
    columns = {key: np.array(column, np.float64) for key, column in values.items()}
    if not columns:
        raise DataError(f"{name}: a series needs a column of values")
    for key, column in columns.items():
        if column.shape != moments.shape:
            raise DataError(f"{name}: {len(column)} values of {key} for {len(moments)} moments")
    late = np.flatnonzero(np.diff(moments) <= 0)
    if len(late):
        raise DataError(
            f"{name}: times must increase; row {late[0] + 1} "
            f"({moment_text(moments[late[0] + 1])}) does not follow the one before"
        )
    return Auxiliary(name, frozen(moments), {k: frozen(v) for k, v in columns.items()})


def moments_of(days: Any, clock: str, zone: str) -> Longs:
    """The moments that daily values are about: a wall-clock time on each of the dates."""
    dates = np.asarray(days, dtype="datetime64[D]").astype(np.int64)
    return utc_ns(dates, clock_minute(clock), zone)


def asof(
    bars: Bars, series: Auxiliary, column: str, *, lag: int, oldest: int | None = None
) -> Column:
    """The last row published by the close of each bar, so many minutes after its moment.

    A row that does not know hides the one before it; with `oldest`, a row whose moment lies more
    minutes back than that is absent too.
    """
    if lag < 0 or (oldest is not None and oldest < lag):
        raise ParameterError(
            f"{series.name}: a value is published 0 or more minutes after its moment and cannot "
            f"be too old before; got lag {lag}, oldest {oldest}"
        )
    if column not in series.values:
        raise unknown("column", column, series.values, where=f" of {series.name}")
    ends = closes(bars)
    index = passed(series.time + lag * MINUTE, ends)
    if oldest is not None:
        moments = np.concatenate((np.zeros(1, np.int64), series.time))
        index = frozen(np.where(ends - moments[index] > oldest * MINUTE, 0, index))
    values = series.values[column]
    return following(values, known(values), index)


def binned(column: Column, edges: Sequence[int | float | Decimal]) -> Column:
    """Which of the bins between the edges a value lies in: 0 below the first, an edge above."""
    limits = np.array([float(edge) for edge in edges])
    if not len(limits) or (np.diff(limits) <= 0).any():
        raise ParameterError(f"bins need edges that increase, not {[str(e) for e in edges]}")
    found = np.searchsorted(limits, column.values, side="right").astype(np.int64)
    return Column(found, column.present, column.index)
