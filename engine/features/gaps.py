"""Gaps between regular sessions: how wide, how far filled, and how often they fill."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import MINUTE, Bars
from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import NEVER, Says, Takes, folded, told
from engine.features.fold import Cells, Floats, Fold, Out, Tape

OUTSIDE = "outside the hours, and until a session with bars in them is over"


HOURS: Final = ("rth", "full")


def hours_of() -> Takes:
    return Takes("hours that open and close", choices=HOURS, trial="full")


class Gap(NamedTuple):
    """Share of the gap filled so far, the gap in ticks, the minute in which it was filled."""

    fill: Column
    ticks: Column
    minute: Column


class FillRate(NamedTuple):
    """How many of the last gaps were filled in time, and of how many that is said."""

    rate: Column
    gaps: Column


@folded(
    Says(
        formula="ticks = open of the first bar of the hours - last close of those before; "
        "fill = how far prices came back, over the gap, at most 1; minute = minutes of the hours "
        "until the old close was touched",
        unit="share; ticks; minutes",
        absent=OUTSIDE + "; fill without a gap, minute until it is filled",
        settles=NEVER,
    ),
    hours=hours_of(),
)
def opening_gap(*, hours: str = "rth") -> Fold[Gap]:
    """The gap between two sessions, and how it fills bar by bar."""
    given = (HOURS.index(hours),)
    return Fold(run=run_gap, shape=Gap, given=given, cells=(6, 0), floats=1, ints=2)


@lean_kernel
def run_gap(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: session (less 1), close before, whether there is one, close, gap, minute of fill."""
    bars, box, full = tape.bars, cells.ints, given[0]
    for i in range(first, stop):
        s, time = bars.session[i], bars.time[i]
        out.floats[0][i] = np.nan
        out.ints[0][i], out.ints[1][i] = 0, 0
        out.there[0][i] = out.there[1][i] = False
        begin = tape.start[s] if full else tape.rth_start[s]
        if not begin <= time < (tape.stop[s] if full else tape.rth_stop[s]):
            continue
        if box[0] != s + 1:
            box[1], box[2], box[0] = box[3], box[0] > 0, s + 1
            box[4], box[5] = int(bars.open[i]) - box[1], -1
        box[3] = bars.close[i]
        if not box[2]:
            continue
        gap, old = box[4], box[1]
        if box[5] < 0 and bars.low[i] <= old <= bars.high[i]:
            box[5] = (time - begin) // MINUTE
        out.ints[0][i], out.there[0][i] = gap, True
        out.ints[1][i], out.there[1][i] = max(box[5], 0), box[5] >= 0
        if gap != 0:
            came = gap - (int(bars.low[i]) - old if gap > 0 else int(bars.high[i]) - old)
            before = out.floats[0][i - 1] if i > 0 and bars.session[i - 1] == s else 0.0
            share = min(max(came / gap, 0.0), 1.0)
            out.floats[0][i] = share if np.isnan(before) else max(before, share)


def gaps_of(bars: Bars, minutes: int, hours: str) -> tuple[Floats, Floats]:
    """Per session: the gap in ticks, and the share filled within so many minutes of its start."""
    found, table = opening_gap(bars, hours=hours), bars.sessions
    size, fill = np.full(len(bars.sessions), np.nan), np.full(len(bars.sessions), np.nan)
    begin = table.rth_start if hours == "rth" else table.start
    since = bars.time - begin[bars.session]
    early = np.flatnonzero(found.ticks.present & (since < minutes * MINUTE))
    place = bars.session[early]
    size[place] = found.ticks.values[early]
    fill[place] = found.fill.values[early]  # the last bar in time is written last
    return size, fill


@told(
    Says(
        formula="share of the last `many` gaps of at least `least` ticks, of sessions before this "
        "one, that were filled within `minutes` minutes of their start",
        unit="share; gaps",
        per="session",
        absent="until there was such a gap",
        settles=NEVER,
    ),
    many=Takes("gaps looked back on", low=1, trial=3),
    least=Takes("ticks that make a gap", low=1, trial=1),
    minutes=Takes("minutes a fill may take", low=1, trial=1_440),
    hours=hours_of(),
)
def gap_fill_rate(
    bars: Bars, *, many: int = 60, least: int = 4, minutes: int = 60, hours: str = "rth"
) -> FillRate:
    """How often gaps like these have filled."""
    size, fill = gaps_of(bars, minutes, hours)
    counted = np.abs(np.nan_to_num(size)) >= least
    filled = counted & (np.nan_to_num(fill) >= 1)
    seen = np.concatenate(([0], np.cumsum(counted)))[:-1]
    closed = np.concatenate(([0], np.cumsum(filled[counted])))
    count = np.minimum(seen, many)
    there = count > 0
    rate = (closed[seen] - closed[seen - count]) / np.maximum(count, 1)
    index = bars.session
    return FillRate(Column(rate, there, index), Column(count.astype(np.int64), there, index))


def fill_curve(bars: Bars, *, least: int, minutes: tuple[int, ...]) -> Floats:
    """Share of all gaps of at least so many ticks filled within each number of minutes: a study."""
    shares = []
    for limit in minutes:
        size, fill = gaps_of(bars, limit, "rth")
        counted = np.abs(np.nan_to_num(size)) >= least
        shares.append(np.mean(fill[counted] >= 1) if counted.any() else np.nan)
    return np.array(shares)
