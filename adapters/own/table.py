"""A table of setups as a strategy: one row an opportunity, from a CSV or Parquet file."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Final

import numpy as np

from adapters.own.rows import LEVELS, Rows, read
from engine import Bars, Setups, Strategy, gate
from engine.core.asof import closes, passed
from engine.core.bars import MINUTE, Longs
from engine.core.columns import Bools, Column
from engine.core.entries import ORDERS, Entries
from engine.core.errors import DataError, TickgridError

STEPS: Final = 10  # thresholds between the least and the greatest value of a column
FINEST: Final = Decimal("0.0001")
MOST: Final = 10**12  # a threshold beyond it could not be held exactly


class Table(Strategy):
    """Your own setups: each known at its `time` and acted on from the bar after it.

    A row stands at the last bar that is over by its time. Where no bar was over within the
    length of one, as in a pause of the market, there is no setup. `stop`, `target` and `entry`
    are prices; every further column of numbers is an attribute, with a gate on either side.
    """

    rows: ClassVar[Rows]

    def setups(self, bars: Bars) -> Setups:
        rows, (bar, fresh) = self.rows, placed(self.rows, bars)
        kept = np.flatnonzero(fresh)
        kept = kept[np.lexsort((-rows.side[kept], bar[kept]))]
        at, side = bar[kept], rows.side[kept].astype(np.int8)
        refuse_twice(rows, at, side, kept)
        level = {name: priced(rows, name, bars, kept) for name in LEVELS}
        attributes = {name: values[kept] for name, values in rows.attributes.items()}
        return Setups(
            at, side, level["stop"], level["target"], attributes, waiting(rows, level["entry"])
        )


def placed(rows: Rows, bars: Bars) -> tuple[Longs, Bools]:
    """The last bar that is over by each row's time, and whether it is no longer over than one."""
    ends = closes(bars)
    bar = passed(ends, rows.time) - 1
    if not len(ends):
        return bar, np.zeros(len(bar), np.bool_)
    return bar, (bar >= 0) & (rows.time < ends[np.maximum(bar, 0)] + bars.minutes * MINUTE)


def left_out(strategy: Strategy, bars: Bars) -> str:
    """How many rows of a table stand at none of the bars, and where; nothing where all do."""
    if not isinstance(strategy, Table):
        return ""
    rows, (bar, fresh) = strategy.rows, placed(strategy.rows, bars)
    if fresh.all():
        return ""
    early, late = bar < 0, (bar == len(bars) - 1) & ~fresh
    counts = {
        "before the first bar": early,
        "after the last": late & ~early,
        "while the market paused": ~(early | late | fresh),
    }
    where = ", ".join(f"{int(k.sum()):,} {what}" for what, k in counts.items() if k.any())
    return f"{rows.name}: {int((~fresh).sum()):,} of {len(fresh):,} setups are not played: {where}"


def refuse_twice(rows: Rows, bar: Longs, side: np.ndarray[Any, Any], kept: Longs) -> None:
    """One bar holds one setup a side: two rows would be one trade or two, and none can tell."""
    twice = np.flatnonzero((np.diff(bar) == 0) & (np.diff(side) == 0))
    if len(twice):
        times = " and ".join(text(rows.time[kept[twice[0] + k]]) for k in (0, 1))
        raise DataError(f"{rows.name}: the setups of {times} are of one side and meet in one bar")


def priced(rows: Rows, name: str, bars: Bars, kept: Longs) -> Column:
    """A price column in whole ticks of the instrument that is played."""
    written = rows.prices[name]
    values, there = np.zeros(len(kept), np.int64), np.zeros(len(kept), np.bool_)
    for k, row in enumerate(kept):
        price = written[row]
        if price is not None:
            try:
                values[k], there[k] = bars.instrument.ticks(price), True
            except TickgridError as error:
                place = f"{rows.name}: {name} of {text(rows.time[row])}"
                raise DataError(f"{place}: {error}") from None
    return Column(values, there)


def waiting(rows: Rows, level: Column) -> Entries | None:
    """Orders that wait at the entry prices to the end of their session; else market orders."""
    if not any(price is not None for price in rows.prices["entry"]):
        return None
    none = Column(np.zeros(len(level), np.int64), np.zeros(len(level), np.bool_))
    kind = np.where(level.present, ORDERS.index(rows.order), ORDERS.index("market"))
    return Entries(kind.astype(np.int8), level, none, none, none)


def text(time: int) -> str:
    return f"{datetime.fromtimestamp(int(time) // 10**9, UTC):%Y-%m-%d %H:%M:%SZ}"


def strategy_of(path: Path) -> type[Table]:
    """The strategy that a file holds: its columns of numbers are its attributes and gates."""
    rows = read(path)
    gates = {
        f"{bound}_{name}": threshold(name, op, values)
        for name, values in rows.attributes.items()
        for bound, op in (("min", ">="), ("max", "<="))
    }
    body = {
        "__module__": __name__,
        "__doc__": f"{len(rows.time)} setups of {rows.name}.\n\n{Table.__doc__}",
        "__annotations__": dict.fromkeys(gates, "Decimal"),
        "rows": rows,
        **gates,
    }
    return type("Table", (Table,), body)


def threshold(name: str, op: Any, values: np.ndarray[Any, Any]) -> Any:
    """A gate that may stand anywhere between the values there are."""
    known = values[np.isfinite(values)]
    low, high = (known.min(), known.max()) if len(known) else (0, 1)
    low, high = max(math.floor(low), -MOST), min(max(math.ceil(high), math.floor(low) + 1), MOST)
    step = max((Decimal(high - low) / STEPS).quantize(FINEST), FINEST)
    return gate(name, op, default=None, low=low, high=high, step=step)
