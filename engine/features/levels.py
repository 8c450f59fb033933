"""Levels that a stretch of time leaves behind, and those of the one that runs."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.core.session import WINDOWS
from engine.features.declare import NEVER, Says, Takes, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape
from engine.features.periods import NEW_YORK, period, reset_at, zone_of
from engine.features.times import in_window

OVER = "until one is over"


class Over(NamedTuple):
    """Prices of a stretch that is over, in ticks."""

    open: Column
    high: Column
    low: Column
    close: Column


class Running(NamedTuple):
    """The stretch that runs: its prices so far, and how they compare."""

    width_share: Column
    position: Column
    open: Column
    high: Column
    low: Column


def over(asks: Ask) -> Fold[Over]:
    return Fold(run=run_over, shape=Over, cells=(9, 1), ints=4, asks=(asks,))


@folded(
    Says(
        formula="open, high, low and close of the last period that is over",
        unit="ticks",
        absent=OVER,
        settles=NEVER,
    ),
    reset=reset_at(),
    zone=zone_of(),
)
def prior_range(*, reset: str = "session", zone: str = NEW_YORK) -> Fold[Over]:
    """Yesterday's prices: of the last session, regular session, week, or day from a clock time."""
    return over(Ask(period, {"reset": reset, "zone": zone}))


@folded(
    Says(
        formula="open, high, low and close of the last occurrence of the window that is over: "
        "known on the first bar outside it",
        unit="ticks",
        absent=OVER,
        settles=NEVER,
    ),
    name=Takes("a window of the wall clock, DST and all", choices=tuple(WINDOWS), trial="new_york"),
)
def window_range(*, name: str = "asia") -> Fold[Over]:
    """What Asia, London or New York left behind."""
    return over(Ask(in_window, {"name": name}))


@inlined
def begin(box: Longs, bars: BarArrays, i: int) -> None:
    """A stretch begins with this bar."""
    box[0], box[1], box[2] = bars.open[i], bars.high[i], bars.low[i]


@inlined
def take(box: Longs, bars: BarArrays, i: int) -> None:
    """Highest, lowest and last price of the running stretch, this bar included."""
    box[1], box[2] = max(box[1], int(bars.high[i])), min(box[2], int(bars.low[i]))
    box[3] = bars.close[i]


@lean_kernel
def run_over(tape: Tape, first: int, stop: int, _: Any, cells: Cells, out: Out) -> None:
    """Cells: prices that run, prices that are over, and which of them there are."""
    running, done, flags = cells.ints[:4], cells.ints[4:8], cells.ints
    stretch, last = tape.feed[0], cells.floats[0]
    (opens, highs, lows, closes), (there, beside, below, after) = out.ints, out.there
    for i in range(first, stop):
        fresh = i == 0 or stretch[i] != last
        if fresh and i > 0 and not np.isnan(last):
            for k in range(4):
                done[k] = running[k]
            flags[8] = 1
        last = stretch[i]
        if not np.isnan(last):
            if fresh:
                begin(running, tape.bars, i)
            take(running, tape.bars, i)
        opens[i], highs[i], lows[i], closes[i] = done[0], done[1], done[2], done[3]
        there[i] = beside[i] = below[i] = after[i] = flags[8] == 1
    cells.floats[0] = last


@folded(
    Says(
        formula="open, high, low so far; position = (close - low) / (high - low); width_share = "
        "(high - low) / mean width of the last `many` periods that are over",
        unit="ticks; position from 0 to 1; width_share a ratio",
        absent="outside the period; position while there is no range, width_share until so many "
        "are over",
        settles=NEVER,
    ),
    reset=reset_at(),
    many=Takes("periods in the mean width", low=1, trial=1),
    zone=zone_of(),
)
def running_range(*, reset: str = "session", many: int = 20, zone: str = NEW_YORK) -> Fold[Running]:
    """How a period's range grows, beside what is usual."""
    asks = (Ask(period, {"reset": reset, "zone": zone}),)
    cells = (6 + many, 1)
    return Fold(
        run=run_running, shape=Running, given=(many,), cells=cells, floats=2, ints=3, asks=asks
    )


@lean_kernel
def run_running(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """Cells: prices that run, how many are over, the sum of the ring of widths, the ring."""
    (many,) = given
    box, bars, ring = cells.ints, tape.bars, cells.ints[6:]
    stretch, (share, place), last = tape.feed[0], out.floats, cells.floats[0]
    (opens, highs, lows), (there, beside, below) = out.ints, out.there
    for i in range(first, stop):
        fresh, inside = i == 0 or stretch[i] != last, not np.isnan(stretch[i])
        if fresh and i > 0 and not np.isnan(last):
            width = box[1] - box[2]
            box[5] += width - ring[box[4] % many]
            ring[box[4] % many] = width
            box[4] += 1
        last = stretch[i]
        if inside:
            if fresh:
                begin(box, bars, i)
            take(box, bars, i)
        width = box[1] - box[2]
        usual = inside and box[4] >= many and box[5] > 0
        share[i] = width * many / box[5] if usual else np.nan
        place[i] = (int(bars.close[i]) - box[2]) / width if inside and width > 0 else np.nan
        opens[i], highs[i], lows[i] = box[0], box[1], box[2]
        there[i] = beside[i] = below[i] = inside
    cells.floats[0] = last
