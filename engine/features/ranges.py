"""Ranges of part of a session, known only once that part is over."""

from typing import NamedTuple

from engine.core.bars import Bars
from engine.core.columns import Column
from engine.core.memo import feature
from engine.profile.balance import opening_bounds


class Range(NamedTuple):
    """Highest and lowest price of a stretch, one value a bar, absent until the stretch is over."""

    high: Column
    low: Column


@feature
def opening_range(bars: Bars, *, minutes: int = 15) -> Range:
    """High and low of the first minutes of the regular session, for the rest of that session."""
    return Range(*opening_bounds(bars, minutes))
