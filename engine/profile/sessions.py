"""Levels of whole sessions, and those of the session before for every bar."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.memo import feature
from engine.profile.histogram import empty_levels, in_ticks
from engine.profile.kernel import Levels, Way, fold_levels, room_for
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of, most_rows
from engine.profile.slices import Parts, rows_of, session_parts


class Prior(NamedTuple):
    """Levels of the session before, one value a session, in ticks; `volume` in lots."""

    poc: Column
    vah: Column
    val: Column
    high: Column
    low: Column
    volume: Column


@feature
def prior_levels(
    bars: Bars,
    *,
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Prior:
    """Point of control, value area and range of the last earlier session with such bars.

    A session is over when the next trade date begins: the calendar says so, not the last bar.
    """
    parts = session_parts(bars, segment)
    found = levels_of(bars, parts, model, rule, fraction)
    before = np.searchsorted(parts.session, np.arange(len(bars.sessions))) - 1
    there = np.ones(len(parts), np.bool_)
    levels = [(level, found.present) for level in (found.poc, found.vah, found.val)]
    ranges = [(edge, there) for edge in (parts.range.high, parts.range.low, found.total)]
    return Prior(*(shifted(bars, *column, before) for column in levels + ranges))


def levels_of(
    bars: Bars, parts: Parts, model: Model, rule: str | Rule, fraction: Decimal
) -> Levels:
    """Levels of slices in ticks; none where nothing traded or the slice is too wide."""
    grid, out = model.grid(bars), empty_levels(len(parts))
    if len(parts):
        spans = rows_of(parts.range, grid.row, most_rows(grid))
        way = Way(grid, law_of(rule, fraction))
        room = room_for(int((spans.high - spans.low).max()) + 1, *way)
        fold_levels(model.arrays(bars), parts.slices, spans, way, room, out)
    return in_ticks(out, grid.row)


def shifted(bars: Bars, values: Longs, present: Bools, row: Longs) -> Column:
    """A session column that takes the given row of some slices; a row below 0 is absent."""
    there = row >= 0
    if not len(values):
        return Column(np.zeros(len(row), np.int64), np.zeros(len(row), np.bool_), bars.session)
    return Column(np.where(there, values[row], 0), there & present[row], bars.session)
