"""What the regular hours of a session leave for the edges of the next."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.core.bars import BarArrays
from engine.core.session import Sessions
from engine.profile.kernel import Levels, Reach, Slices, Way, fold_levels, room_for
from engine.profile.rules import MID, PAIRS, Law
from engine.profile.spread import UNIFORM, Grid
from engine.synth.kernel import Ints, Walk
from engine.synth.leaning import Past

WAY: Final = Way(Grid(UNIFORM, 1), Law._make((PAIRS, 7000, True, MID)))
NOTHING: Final = Past._make((False, 0, 0, 0, 0, 0))


def remembered(old: Past, bars: Walk, volume: Ints, regular: tuple[int, int]) -> Past:
    """Value area, range and close of the regular hours; without any the session leaves nothing."""
    first, stop = regular
    if first == stop:
        return old
    day = Walk(*(prices[first:stop] for prices in bars))
    val, vah = value_area(day, volume[first:stop])
    close = int(day.close[-1])
    return Past._make((True, val, vah, int(day.low.min()), int(day.high.max()), close))


def value_area(bars: Walk, volume: Ints) -> tuple[int, int]:
    """Its lowest and highest tick, by the rule that profiles take where none is named."""
    one, count = np.zeros(1, np.int64), len(volume)
    slices = Slices(np.array([0, 1]), one, np.array([count]))
    span = Reach(np.array([int(bars.low.min())]), np.array([int(bars.high.max())]))
    arrays = BarArrays(np.zeros(count, np.int64), *bars, volume, np.zeros(count, np.int32))
    poc, val, vah, total = (np.zeros(1, np.int64) for _ in range(4))
    found = Levels(poc, val, vah, total, np.zeros(1, np.bool_))
    room = room_for(int(span.high[0] - span.low[0]) + 1, *WAY)
    fold_levels(arrays, slices, span, WAY, room, found)
    return int(val[0]), int(vah[0])


def regular_rows(sessions: Sessions, k: int, time: Ints) -> tuple[int, int]:
    """The rows of a session between which its regular hours lie."""
    first, stop = np.searchsorted(time, (sessions.rth_start[k], sessions.rth_stop[k]))
    return int(first), int(stop)
