"""Where something that is counted from the start of a period starts anew."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Column
from engine.core.zone import DAY, MINUTE, clock_minute, local_ns, offsets
from engine.features.declare import SESSION, Says, Takes, folded
from engine.features.fold import Cells, Fold, Out, Tape, one

RESETS: Final = ("session", "rth", "week", "never")
NEW_YORK: Final = "America/New_York"


def reset_at() -> Takes:
    """When to begin anew: a name, or a time of day; `period` reads it."""
    return Takes("session | rth | week | never, or a time of day such as 18:00")


def zone_of() -> Takes:
    return Takes("the zone of a time of day")


@folded(
    Says(
        formula="sessions, weeks of trade dates or days from a time of day, counted from a fixed "
        "one; rth counts sessions and is absent outside the regular hours",
        unit="number of the period",
        absent="outside the regular hours for rth",
        settles=SESSION,
    ),
    reset=reset_at(),
    zone=zone_of(),
)
def period(*, reset: str = "session", zone: str = NEW_YORK) -> Fold[Column]:
    """Which period a bar lies in: equal numbers are one period."""
    minute = -1 if reset in RESETS else clock_minute(reset)
    return Fold(run=run_period, shape=one, given=(reset, minute, zone), ints=1)


def run_period(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    reset, minute, zone = given
    part = slice(first, stop)
    time, session = tape.bars.time[part], tape.bars.session[part]
    out.there[0][part] = True
    if reset == "week":
        out.ints[0][part] = (tape.date[session] + 3) // 7
    elif reset == "never":
        out.ints[0][part] = 0
    elif minute < 0:
        out.ints[0][part] = tape.date[session]
    else:
        out.ints[0][part] = (wall_ns(time, zone) - minute * MINUTE) // DAY
    if reset == "rth":
        inside = (time >= tape.rth_start[session]) & (time < tape.rth_stop[session])
        out.there[0][part] = inside


def wall_ns(time: Longs, zone: str) -> Longs:
    """Local time of moments in order, as `local_ns`: an offset is looked up once an era."""
    local_ns(time[[0, -1]], zone)  # refuses years that no zone is known for
    eras, out = offsets(zone), np.empty(len(time), np.int64)
    first, last = np.searchsorted(eras.since, time[[0, -1]], side="right") - 1
    edges = np.searchsorted(time, eras.since[first + 1 : last + 1])
    stops = [*edges.tolist(), len(time)]
    for begin, stop, offset in zip([0, *stops], stops, eras.offset[first:], strict=False):
        np.add(time[begin:stop], offset, out=out[begin:stop])
    return out
