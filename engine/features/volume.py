"""What volume says: of the moves it came with, and beside the volume that is usual."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import MINUTE, BarArrays
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import NEVER, Says, Takes, bars_in, folded
from engine.features.fold import Cells, Fold, Out, Tape, one
from engine.features.windows import left, resumed, slide_spread, spread_of

MINUTES: Final = 4_320  # what a session lasts beyond that shares the last place


class Usual(NamedTuple):
    """Volume over its mean, and its distance from the mean in deviations."""

    ratio: Column
    surge: Column


class Flow(NamedTuple):
    """Signed volume in lots, and its share of all volume."""

    lots: Column
    share: Column


class Money(NamedTuple):
    """Price times volume of a bar, and that over its mean."""

    value: Column
    ratio: Column


@inlined
def signed(bars: BarArrays, i: int) -> int:
    """Volume with the sign of the close's move; none without a move or a bar before."""
    move = int(bars.close[i]) - int(bars.close[max(i - 1, 0)])
    volume = int(bars.volume[i])
    return volume if move > 0 else -volume if move < 0 else 0


@folded(
    Says(
        formula="volume of the first bar, then + volume where the close rose, - where it fell",
        unit="lots",
        settles=NEVER,
    )
)
def obv() -> Fold[Column]:
    """On-balance volume; its changes mean something, its level does not."""
    return Fold(run=run_obv, shape=one, cells=(1, 0), ints=1)


@lean_kernel
def run_obv(tape: Tape, first: int, stop: int, _: Any, cells: Cells, out: Out) -> None:
    total, value, there = cells.ints[0], out.ints[0], out.there[0]
    for i in range(first, stop):
        total += signed(tape.bars, i) if i else int(tape.bars.volume[0])
        value[i], there[i] = total, True
    cells.ints[0] = total


@folded(
    Says(
        formula="lots = sum over n bars of volume x sign of the close's move (the change of obv); "
        "share = lots / sum of volume",
        unit="lots; share from -1 to 1",
        warmup=lambda n: n,
        settles=lambda n: n,
        absent="share where nothing has traded",
    ),
    n=bars_in("bars in the sum", trial=4),
)
def order_flow(*, n: int = 10) -> Fold[Flow]:
    """Which way the volume of a window went, read from closes alone: a proxy."""
    return Fold(run=run_flow, shape=Flow, given=(n,), cells=(2, 0), floats=2)


@lean_kernel
def run_flow(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    bars, (lots, share) = tape.bars, out.floats
    flow, volume = cells.ints[0], cells.ints[1]
    for i in range(first, stop):
        flow, volume = flow + signed(bars, i), volume + int(bars.volume[i])
        if i >= n:
            flow, volume = flow - signed(bars, i - n), volume - int(bars.volume[i - n])
        lots[i] = flow if i >= n else np.nan
        share[i] = flow / volume if i >= n and volume > 0 else np.nan
    cells.ints[0], cells.ints[1] = flow, volume


@folded(
    Says(
        formula="ratio = volume / mean of n volumes, this one included; surge = (volume - mean) / "
        "deviation of n (divided by n - 1)",
        unit="ratio; deviations",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent="ratio where nothing has traded, surge where all volumes are equal",
    ),
    n=bars_in("bars in the mean", 2, trial=5),
)
def relative_volume(*, n: int = 20) -> Fold[Usual]:
    """Volume beside that of the last bars."""
    return Fold(run=run_relative, shape=Usual, given=(n,), cells=(1, 3 * n + 3), floats=2)


@lean_kernel
def run_relative(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    volume, (ratio, surge), total = tape.bars.volume, out.floats, cells.ints[0]
    block = resumed(cells.floats, n)
    for i in range(first, stop):
        now = int(volume[i])
        total += now - (int(volume[i - n]) if i >= n else 0)
        block = slide_spread(cells.floats, n, float(now), block)
        square = spread_of(cells.floats, n, block, i)[1]
        ratio[i] = now * n / total if i >= n - 1 and total > 0 else np.nan
        wide = i >= n - 1 and square > 0
        surge[i] = (now - total / n) / np.sqrt(square / (n - 1)) if wide else np.nan
    cells.ints[0] = total
    left(cells.floats, n, block)


@folded(
    Says(
        formula="value = close x volume; ratio = value / mean of n values, this one included",
        unit="ticks x lots; ratio",
        settles=lambda n: n - 1,
        absent="ratio for n - 1 bars, and where the mean is not above 0",
    ),
    n=bars_in("bars in the mean", trial=5),
)
def dollar_volume(*, n: int = 20) -> Fold[Money]:
    """Price times volume; times the instrument's tick value it is money."""
    return Fold(run=run_dollars, shape=Money, given=(n,), cells=(1, 0), floats=2)


@lean_kernel
def run_dollars(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    bars, (value, ratio), total = tape.bars, out.floats, cells.ints[0]
    for i in range(first, stop):
        now = int(bars.close[i]) * int(bars.volume[i])
        total += now - (int(bars.close[i - n]) * int(bars.volume[i - n]) if i >= n else 0)
        value[i] = now
        ratio[i] = now * n / total if i >= n - 1 and total > 0 else np.nan
    cells.ints[0] = total


@folded(
    Says(
        formula="volume / mean volume of the same minute of the last `sessions` sessions that "
        "have a bar there, this session left out",
        unit="ratio",
        settles=NEVER,
        absent="until a minute has been seen in so many sessions, and where they traded nothing",
    ),
    sessions=Takes("sessions in the mean", low=1, trial=1),
)
def volume_by_minute(*, sessions: int = 20) -> Fold[Column]:
    """Volume beside what is usual at this minute of the session."""
    cells = (MINUTES * (sessions + 2), 0)
    return Fold(run=run_by_minute, shape=one, given=(sessions,), cells=cells, floats=1)


@lean_kernel
def run_by_minute(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    """A minute's places: how often seen, the sum of the ring, the ring."""
    (many,) = given
    bars, value = tape.bars, out.floats[0]
    for i in range(first, stop):
        minute = min((bars.time[i] - tape.start[bars.session[i]]) // MINUTE, MINUTES - 1)
        at, now = minute * (many + 2), int(bars.volume[i])
        seen, total = cells.ints[at], cells.ints[at + 1]  # seen begins anew with a full ring
        value[i] = now * many / total if seen >= many and total > 0 else np.nan
        place = at + 2 + (seen if seen < many else seen - many)
        cells.ints[at + 1] += now - cells.ints[place]
        cells.ints[place], cells.ints[at] = now, seen + 1 if seen + 1 < 2 * many else many
