"""Profiles of sessions: volume at price, row by row, and their levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from engine.core.bars import Bars, Longs
from engine.core.columns import frozen
from engine.core.errors import ParameterError
from engine.profile.kernel import (
    Histograms,
    Levels,
    Reach,
    Room,
    fold_all,
    levels_all,
    room_for,
    spare_for,
)
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of, most_rows
from engine.profile.slices import Parts, rows_of, session_parts


@dataclass(frozen=True, eq=False, slots=True)
class Profiles:
    """One profile a session that has bars in the segment; rows are `row` ticks each."""

    arrays: Histograms
    session: Longs
    range: Reach  # in ticks
    segment: str
    model: Model
    row: int

    def __len__(self) -> int:
        return len(self.session)

    def at(self, e: int) -> tuple[int, Longs]:
        """The lowest row of one profile, and the volume of each row from there."""
        a = self.arrays
        return int(a.floor[e]), a.volume[a.offset[e] : a.offset[e + 1]]

    def levels(self, *, fraction: Any = FRACTION, rule: str | Rule = "pairs") -> Levels:
        """poc, val and vah of each profile, in ticks."""
        return in_ticks(row_levels(self.arrays, rule, fraction), self.row)

    def frame(self) -> pl.DataFrame:
        """One line a row of a profile: its session, its lowest tick, what was traded there."""
        a = self.arrays
        rows = np.diff(a.offset)
        row = np.arange(len(a.volume)) - np.repeat(a.offset[:-1] - a.floor, rows)
        session = np.repeat(self.session, rows)
        return pl.DataFrame({"session": session, "tick": row * self.row, "volume": a.volume})


def profiles(bars: Bars, *, segment: str = "full", model: Model = DEFAULT) -> Profiles:
    """The profile of every session; one too wide is refused, with a row size that would do."""
    parts, grid = session_parts(bars, segment), model.grid(bars)
    refuse_width(bars, parts, grid.row, most_rows(grid))
    arrays = histograms(bars, parts, model)
    return Profiles(arrays, parts.session, parts.range, segment, model, grid.row)


def histograms(bars: Bars, parts: Parts, model: Model) -> Histograms:
    """The rows of every slice; one that is too wide gets none."""
    grid = model.grid(bars)
    spans = rows_of(parts.range, grid.row, most_rows(grid))
    rows = spans.high - spans.low + 1
    offset = np.concatenate(([0], np.cumsum(rows)))
    made = Histograms(offset, spans.low, np.empty(int(offset[-1]), np.int64))
    fold_all(model.arrays(bars), parts.slices, grid, room_for(int(rows.max(initial=0)), grid), made)
    for array in made:
        frozen(array)
    return made


def session_histograms(bars: Bars, segment: str, model: Model) -> Histograms:
    """The session profiles, folded once for however many look-backs are made of them."""

    def make() -> Histograms:
        return histograms(bars, session_parts(bars, segment), model)

    return bars.memo.get((session_histograms, segment, model), make)


def row_levels(profiles: Histograms, rule: str | Rule, fraction: Any) -> Levels:
    """Levels of kept profiles, as rows counted from zero."""
    law, out = law_of(rule, fraction), empty_levels(len(profiles.floor))
    rows = int(np.diff(profiles.offset).max(initial=0))
    levels_all(profiles, law, Room(np.empty(rows, np.int64), None, spare_for(rows, law)), out)
    return out


def refuse_width(bars: Bars, parts: Parts, row: int, most: int) -> None:
    """Name the first session that spans too many rows, and a row that would hold it."""
    ticks = parts.range.high - parts.range.low + 1
    wide = np.flatnonzero(ticks // row >= most)
    if len(wide):
        day = bars.sessions.trade_date(int(parts.session[wide[0]]))
        fits = -(-int(ticks.max()) // (most - 1))
        raise ParameterError(
            f"{bars.instrument.symbol} {day}: {ticks[wide[0]]:,} ticks in rows of {row} are more "
            f"than the {most:,} rows a profile may have; take row={fits} or more"
        )


def empty_levels(count: int) -> Levels:
    """Room for the levels of so many slices."""
    kinds = (*[np.int64] * 4, np.bool_)
    return Levels._make(np.zeros(count, kind) for kind in kinds)


def in_ticks(rows: Levels, row: int) -> Levels:
    """Prices: poc in the middle of its row, val at the bottom of its, vah at the top of its."""
    poc, val, vah = (np.where(rows.present, level * row, 0) for level in rows[:3])
    poc, vah = poc + rows.present * ((row - 1) // 2), vah + rows.present * (row - 1)
    return Levels(*(frozen(array) for array in (poc, val, vah, rows.total, rows.present)))
