"""Ranges of part of a session, known only once that part is over."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.memo import feature


class Range(NamedTuple):
    """Highest and lowest price of a stretch, one value a bar, absent until the stretch is over."""

    high: Column
    low: Column


@feature
def opening_range(bars: Bars, *, minutes: int = 15) -> Range:
    """High and low of the first minutes of the regular session, for the rest of that session."""
    if minutes < 1:
        raise ParameterError(f"an opening range lasts at least one minute, not {minutes}")
    count, sessions = len(bars), bars.sessions
    high, low = np.zeros(count, np.int64), np.zeros(count, np.int64)
    present = np.zeros(count, np.bool_)
    stop = np.minimum(sessions.rth_start + minutes * MINUTE, sessions.rth_stop)
    spread_range(bars.arrays, sessions.rth_start, stop, (high, low), present)
    return Range(Column(high, present), Column(low, present))


@kernel
def spread_range(
    bars: BarArrays, start: Longs, stop: Longs, levels: tuple[Longs, Longs], present: Bools
) -> None:
    """One pass: collect inside [start, stop) of each session, write from stop to its end."""
    high, low = levels
    session, seen, top, bottom = -1, False, 0, 0
    for i in range(len(bars.time)):
        s, time = bars.session[i], bars.time[i]
        if s != session:
            session, seen = s, False
        if start[s] <= time < stop[s]:
            top = max(top, int(bars.high[i])) if seen else int(bars.high[i])
            bottom = min(bottom, int(bars.low[i])) if seen else int(bars.low[i])
            seen = True
        elif seen:
            high[i], low[i], present[i] = top, bottom, True
