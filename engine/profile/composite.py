"""Composite profiles of the sessions before, added up from session profiles, never from bars."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Column
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.profile.histogram import empty_levels, in_ticks, session_histograms
from engine.profile.kernel import Histograms, Levels, put_levels, spare_for
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, law_of, most_rows
from engine.profile.rules import Law
from engine.profile.sessions import shifted
from engine.profile.slices import session_parts

SPARE = 4  # composites a running sum has room for, so that it is seldom added up anew


class Composite(NamedTuple):
    """Levels of several sessions together, one value a session, in ticks; `volume` in lots."""

    poc: Column
    vah: Column
    val: Column
    volume: Column


@feature
def composite_levels(
    bars: Bars,
    *,
    sessions: int = 2,
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Composite:
    """Point of control and value area of the last few sessions before each, taken together.

    Absent until there were so many with bars in the segment, and where together they span more
    rows than a profile may have.
    """
    if sessions < 1:
        raise ParameterError(f"a composite is made of at least one session, not {sessions}")
    parts, grid = session_parts(bars, segment), model.grid(bars)
    made, out = session_histograms(bars, segment, model), empty_levels(len(parts))
    law, most = law_of(rule, fraction), most_rows(grid)
    span = int((made.floor + np.diff(made.offset)).max(initial=0) - made.floor.min(initial=0))
    join_levels(made, (sessions, most), law, spare_for(min(span, most), law), out)
    found = in_ticks(out, grid.row)
    before = np.searchsorted(parts.session, np.arange(len(bars.sessions))) - 1
    levels = (found.poc, found.vah, found.val, found.total)
    return Composite(*(shifted(bars, level, found.present, before) for level in levels))


@kernel
def join_levels(
    profiles: Histograms, size: tuple[int, int], law: Law, spare: Longs | None, out: Levels
) -> None:
    """Levels of so many profiles taken together, each of `size` with those before it.

    The second of `size` is how many rows they may have.

    One running sum: the profile that comes is added, the one that goes taken out, so a longer
    look-back costs no more.
    """
    many, most = size
    widest = 0
    for e in range(many - 1, len(profiles.floor)):
        low, high = joined_range(profiles, e - many + 1, e)
        if high - low < most:
            widest = max(widest, high - low + 1)
    line = np.zeros(widest * SPARE, np.int64)
    base, since, until = 0, 0, 0
    for e in range(many - 1, len(profiles.floor)):
        first = e - many + 1
        low, high = joined_range(profiles, first, e)
        if low <= high and high - low < most:
            if until <= first or low < base or high >= base + len(line):
                line[:] = 0
                base = low - (len(line) - (high - low + 1)) // 2
                since, until = first, first
            add_up(profiles, (until, e + 1), base, 1, line)
            add_up(profiles, (since, first), base, -1, line)
            since, until = first, e + 1
            put_levels(line[low - base : high - base + 1], (low, e), law, spare, out)


@kernel
def joined_range(profiles: Histograms, first: int, last: int) -> tuple[int, int]:
    """Lowest and highest row of some profiles; the high below the low if one has no rows."""
    low, high = profiles.floor[first], profiles.floor[first] - 1
    for e in range(first, last + 1):
        rows = profiles.offset[e + 1] - profiles.offset[e]
        if rows == 0:
            return 0, -1
        low = min(low, profiles.floor[e])
        high = max(high, profiles.floor[e] + rows - 1)
    return low, high


@kernel
def add_up(profiles: Histograms, part: tuple[int, int], base: int, sign: int, line: Longs) -> None:
    """Add profiles to a line that begins at row `base`, or take them out."""
    for e in range(part[0], part[1]):
        start = profiles.floor[e] - base - profiles.offset[e]
        for k in range(profiles.offset[e], profiles.offset[e + 1]):
            line[start + k] += sign * profiles.volume[k]
