"""Every level that earlier sessions left behind: still naked, or touched, and when."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.core.errors import ParameterError
from engine.profile.model import DEFAULT, FRACTION, Rule
from engine.profile.naked import LEVELS
from engine.profile.sessions import levels_of
from engine.profile.slices import session_parts

WINDOW: Final = 1 << 12  # bars looked through at first; levels are mostly touched soon


class Line(NamedTuple):
    """One level: where it was born, its price, and its touch; ages count sessions."""

    session: int
    level: str
    tick: int
    touched: int | None
    age: int


def naked_list(
    bars: Bars, *, segment: str = "rth", tolerance: int = 0, rule: str | Rule = "pairs"
) -> pl.DataFrame:
    """One line a poc, vah and val of each session, oldest first; `touched` is null while naked.

    Touched is the first bar after the profile's last, of any hours, with `low - tolerance <= level
    <= high + tolerance`; the age is that of the touch, or of the last bar there is.
    """
    if tolerance < 0:
        raise ParameterError(f"a tolerance of {tolerance} ticks: need 0 or more")
    parts = session_parts(bars, segment)
    found = levels_of(bars, parts, DEFAULT, rule, FRACTION)
    after, lines = parts.slices.stop[parts.slices.offset[1:] - 1], []
    for e in np.flatnonzero(found.present):
        for level in LEVELS:
            tick, born = int(getattr(found, level)[e]), int(parts.session[e])
            row = first_touch(bars, tick, int(after[e]), tolerance)
            seen = int(bars.session[len(bars) - 1 if row is None else row])
            touched = None if row is None else int(bars.time[row])
            lines.append(Line(born, level, tick, touched, seen - born))
    kinds = (pl.Int64, pl.String, pl.Int64, pl.Int64, pl.Int64)
    table = pl.DataFrame(lines, dict(zip(Line._fields, kinds, strict=True)), orient="row")
    days = bars.sessions.date[table["session"].to_numpy()]
    return table.select(
        pl.Series("trade_date", days).cast(pl.Date),
        "level",
        "tick",
        pl.col("touched").cast(pl.Datetime("ns", "UTC")),
        "age",
    )


def first_touch(bars: Bars, tick: int, after: int, tolerance: int) -> int | None:
    """The first bar that comes to a price, from one on; none if it is naked to the end."""
    first, many = after, WINDOW
    while first < len(bars):
        part = slice(first, first + many)
        low, high = bars.low[part].astype(np.int64), bars.high[part].astype(np.int64)
        inside = (low - tolerance <= tick) & (tick <= high + tolerance)
        if inside.any():
            return first + int(np.argmax(inside))
        first, many = first + many, 2 * many
    return None
