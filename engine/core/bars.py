"""Bars: read-only columns of one instrument and timeframe, with every bar inside a session.

Prices are int32 ticks, volumes int64 lots, times int64 UTC nanoseconds of the bar's open, and
`session` is a row of the calendar's `Sessions` table. A slice is a view with a memo of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from engine.core.columns import Bools, frozen
from engine.core.errors import DataError
from engine.core.instrument import Instrument
from engine.core.memo import Memo
from engine.core.session import Labels, Sessions, moment_text

Ticks = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
MINUTE = 60_000_000_000

PRICE_LIMIT = 1_000_000_000  # the difference of two prices within it still fits int32


class BarArrays(NamedTuple):
    """What kernels see of bars."""

    time: Longs
    open: Ticks
    high: Ticks
    low: Ticks
    close: Ticks
    volume: Longs
    session: Ticks


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bars come from: carried into every run, table and page."""

    source: str = "memory"
    synthetic: bool = False
    fingerprint: str = ""
    contracts: tuple[str, ...] = ()
    folded: str = ""  # out of which bars these were made, where they were not delivered so


@dataclass(frozen=True, eq=False)
class Bars:
    """Bars of one instrument: `bars_of` builds and checks them, a store reads them."""

    instrument: Instrument
    sessions: Sessions
    arrays: BarArrays
    minutes: int = 1
    origin: Origin = Origin()
    contract: npt.NDArray[np.int16] | None = None
    aside: Mapping[str, Any] = field(default_factory=dict)  # series: engine.core.aside reads them
    inner: Bars | None = None  # of a lower timeframe, for play alone
    memo: Memo = field(default_factory=Memo, repr=False, init=False)  # never another's

    def __post_init__(self) -> None:
        for array in self.arrays if self.contract is None else (*self.arrays, self.contract):
            frozen(array)

    def __reduce__(self) -> tuple[Any, ...]:
        """Bars sent to another process are made again there: read-only, with an empty memo."""
        facts = (self.minutes, self.origin, self.contract, self.aside, self.inner)
        return type(self), (self.instrument, self.sessions, self.arrays, *facts)

    def __len__(self) -> int:
        return len(self.arrays.time)

    def __getitem__(self, part: slice) -> Self:
        """A view of consecutive bars; features on it are computed anew."""
        if not isinstance(part, slice) or part.step not in (None, 1):
            raise TypeError(f"bars are cut as bars[first:stop], in order; [{part}] is no such part")
        arrays = BarArrays._make(array[part] for array in self.arrays)
        contract = None if self.contract is None else self.contract[part]
        origin = self.origin
        if len(arrays.time) < len(self):  # a part is other data than the whole: its own name
            origin = replace(origin, fingerprint="")
        more = (self.minutes, origin, contract, self.aside, self.inner)
        return type(self)(self.instrument, self.sessions, arrays, *more)

    def __repr__(self) -> str:
        made = "SYNTHETIC " if self.origin.synthetic else ""
        span = f"{self.minutes}m" + (f" of {self.origin.folded}" if self.origin.folded else "")
        return f"Bars({made}{self.instrument.symbol} {span}, {len(self)} bars)"

    @property
    def time(self) -> Longs:
        return self.arrays.time

    @property
    def open(self) -> Ticks:
        return self.arrays.open

    @property
    def high(self) -> Ticks:
        return self.arrays.high

    @property
    def low(self) -> Ticks:
        return self.arrays.low

    @property
    def close(self) -> Ticks:
        return self.arrays.close

    @property
    def volume(self) -> Longs:
        return self.arrays.volume

    @property
    def session(self) -> Ticks:
        return self.arrays.session

    @cached_property
    def labels(self) -> Labels:
        """Session, minute of session and segment of every bar."""
        return self.sessions.label(self.time)

    @property
    def rth(self) -> Bools:
        return self.labels.rth

    @cached_property
    def fingerprint(self) -> str:
        """Names the data: the store's own mark when it has one, else a hash of every value."""
        if not self.aside and self.inner is None:
            return self.of_bars
        digest = blake2b(self.of_bars.encode(), digest_size=16)
        if self.inner is not None:
            digest.update(self.inner.fingerprint.encode())
        for name, one in sorted(self.aside.items()):
            digest.update(f"{name} {one.column} {one.lag} {one.oldest}".encode())
            for column in (one.series.time, one.series.values[one.column]):
                digest.update(np.ascontiguousarray(column).data)
        return digest.hexdigest()

    @property
    def of_bars(self) -> str:
        """The name of the bars alone, without what stands beside them."""
        if self.origin.fingerprint:
            return self.origin.fingerprint
        it = self.instrument  # its fees and margins are no part of the data
        grid = f"{it.symbol} {it.tick} {it.lot} {it.calendar} {self.minutes}"
        digest = blake2b(grid.encode(), digest_size=16)
        for array in self.arrays[:-1]:  # the session index depends on where the table begins
            digest.update(np.ascontiguousarray(array).data)
        if self.contract is not None:
            digest.update(repr(self.origin.contracts).encode())
            digest.update(np.ascontiguousarray(self.contract).data)
        return digest.hexdigest()


def checked(bars: Bars) -> Bars:
    """Refuse bars that break a rule, naming the first rows that do."""
    a = bars.arrays
    lengths = {name: len(getattr(a, name)) for name in a._fields}
    if bars.contract is not None:
        lengths["contract"] = len(bars.contract)
    if len(set(lengths.values())) > 1:
        raise DataError(f"{bars!r}: columns differ in length: {lengths}")
    prices = (a.open, a.high, a.low, a.close)
    rules = {
        "times must increase": np.diff(a.time, prepend=a.time[:1] - 1) <= 0,
        "high must be the highest price": a.high < np.maximum(a.open, np.maximum(a.low, a.close)),
        "low must be the lowest price": a.low > np.minimum(a.open, a.close),
        "volume must not be negative": a.volume < 0,
        f"prices must lie within {PRICE_LIMIT} ticks of zero": np.logical_or.reduce(
            [np.abs(price.astype(np.int64)) > PRICE_LIMIT for price in prices]
        ),
        f"bars must lie inside the {bars.instrument.calendar} sessions": a.session < 0,
    }
    for rule, broken in rules.items():
        if broken.any():
            raise DataError(f"{bars!r}: {rule}; {first_rows(broken, a.time)}")
    return bars


def first_rows(broken: Bools, time: Longs) -> str:
    """The first broken rows, as a person would look them up."""
    rows = np.flatnonzero(broken)
    shown = ", ".join(f"row {r} ({moment_text(time[r])})" for r in rows[:3])
    count = "1 row does not" if len(rows) == 1 else f"{len(rows)} rows do not"
    return f"{count}: {shown}{' ...' if len(rows) > 3 else ''}"


def column(values: Any, dtype: type[np.generic], name: str = "column") -> npt.NDArray[Any]:
    """An array of the stored type, refusing values that would not survive the cast."""
    array = np.ascontiguousarray(values)
    with np.errstate(invalid="ignore"):  # what is too large is found below
        made = array.astype(dtype)
    if not np.array_equal(made, array):
        row = int(np.flatnonzero(made != array)[0])
        raise DataError(f"{name}: row {row} holds {array[row]}, which is no {np.dtype(dtype).name}")
    return made
