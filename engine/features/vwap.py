"""Volume-weighted average prices, with volume-weighted deviations for bands of any width."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import MINUTE
from engine.core.columns import Column
from engine.core.errors import ParameterError
from engine.core.jit import lean_kernel
from engine.features.declare import NEVER, SESSION, Says, Takes, bars_in, folded
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.periods import NEW_YORK, period, reset_at, zone_of
from engine.features.windows import joined, of_price, price, slide_weighed, source


class Vwap(NamedTuple):
    """Average and deviation in ticks: a band is `mean + k * deviation`, for any k."""

    mean: Column
    deviation: Column


def bands(vwap: Vwap, *multiples: Decimal | float) -> list[tuple[Column, Column]]:
    """(upper, lower) for each multiple of the deviation."""
    widths = [vwap.deviation * float(k) for k in multiples]
    return [(vwap.mean + width, vwap.mean - width) for width in widths]


@folded(
    Says(
        formula="sum of price x volume / sum of volume since the period began; deviation = root "
        "of (sum of volume x (price - mean)^2 / sum of volume)",
        unit="ticks",
        settles=SESSION,
        absent="outside the regular hours for rth, and until something has traded in the period",
    ),
    reset=reset_at(),
    of=of_price("typical"),
    zone=zone_of(),
)
def vwap(*, reset: str = "session", of: str = "typical", zone: str = NEW_YORK) -> Fold[Vwap]:
    """Volume-weighted average price anchored where a period begins, this bar included."""
    asks = (Ask(period, {"reset": reset, "zone": zone}),)
    return Fold(run=run_vwap, shape=Vwap, given=source(of), cells=(3, 4), floats=2, asks=asks)


@folded(
    Says(
        formula="as vwap, since the last of the given moments (UTC ns) that a bar opens at or "
        "after",
        unit="ticks",
        settles=NEVER,
        absent="before the first moment, and until something has traded since",
    ),
    moments=Takes("UTC ns, in order", trial=(0, 1_669_213_800_000_000_000)),
    of=of_price("typical"),
)
def anchored_vwap(*, moments: tuple[int, ...] = (0,), of: str = "typical") -> Fold[Vwap]:
    """Volume-weighted average price since an event: a print, an announcement, a low."""
    if list(moments) != sorted(set(moments)):
        raise ParameterError(f"moments of an anchor come in order, not {moments}")
    asks = (Ask(anchor, {"moments": tuple(moments)}),)
    return Fold(run=run_vwap, shape=Vwap, given=source(of), cells=(3, 4), floats=2, asks=asks)


@folded(
    Says(
        formula="how many of the given moments a bar opens at or after",
        unit="number of the moment",
        absent="before the first",
    ),
    moments=Takes("UTC ns, in order", trial=(0, 1_669_213_800_000_000_000)),
)
def anchor(*, moments: tuple[int, ...] = (0,)) -> Fold[Column]:
    """Which of some moments was the last."""
    return Fold(run=run_anchor, shape=one, given=moments, ints=1)


def run_anchor(tape: Tape, first: int, stop: int, given: Any, _: Cells, out: Out) -> None:
    count = np.searchsorted(np.array(given, np.int64), tape.bars.time[first:stop], side="right")
    out.ints[0][first:stop] = count
    out.there[0][first:stop] = count > 0


@lean_kernel
def run_vwap(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    code, parts = given
    bars, anchors, (mean, wide) = tape.bars, tape.feed[0], out.floats
    origin, volume, money = cells.ints[0], cells.ints[1], cells.ints[2]
    last, group = cells.floats[3], (cells.floats[0], cells.floats[1], cells.floats[2])
    for i in range(first, stop):
        now, traded = price(bars, i, code), int(bars.volume[i])
        if i == 0 or anchors[i] != last:
            last, origin, volume, money, group = anchors[i], now, 0, 0, (0.0, 0.0, 0.0)
        volume, money = volume + traded, money + traded * (now - origin)
        group = joined(group, (float(traded), float(now - origin), 0.0))
        there = volume > 0 and not np.isnan(last)
        mean[i] = (origin + money / volume) / parts if there else np.nan
        wide[i] = np.sqrt(group[2] / volume) / parts if there else np.nan
    cells.ints[0], cells.ints[1], cells.ints[2] = origin, volume, money
    cells.floats[0], cells.floats[1], cells.floats[2], cells.floats[3] = (*group, last)


@folded(
    Says(
        formula="as vwap, over the last n bars",
        unit="ticks",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent="where nothing has traded in the window",
    ),
    n=bars_in("bars in the window", trial=5),
    of=of_price("typical"),
)
def rolling_vwap(*, n: int = 200, of: str = "typical") -> Fold[Vwap]:
    """Volume-weighted average price of a rolling window."""
    cells = (2, 3 * n + 4)
    return Fold(run=run_rolling, shape=Vwap, given=(n, *source(of)), cells=cells, floats=2)


@lean_kernel
def run_rolling(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, code, parts = given
    bars, (mean, wide) = tape.bars, out.floats
    volume, money, origin = cells.ints[0], cells.ints[1], price(tape.bars, 0, code)
    for i in range(first, stop):
        now, traded = price(bars, i, code) - origin, int(bars.volume[i])
        volume, money = volume + traded, money + traded * now
        if i >= n:
            gone = int(bars.volume[i - n])
            volume, money = volume - gone, money - gone * (price(bars, i - n, code) - origin)
        square = slide_weighed(cells.floats, i, n, float(now), float(traded))[2]
        there = i >= n - 1 and volume > 0
        mean[i] = (origin + money / volume) / parts if there else np.nan
        wide[i] = np.sqrt(square / volume) / parts if there else np.nan
    cells.ints[0], cells.ints[1] = volume, money


@folded(
    Says(
        formula="sum of price x volume / sum of volume of the bars that opened in the last "
        "`minutes` minutes of the clock, this bar included",
        unit="ticks",
        settles=lambda minutes: minutes,
        absent="where nothing has traded in the window",
    ),
    minutes=Takes("minutes of the clock, closed ones too", low=1, trial=30),
    of=of_price("typical"),
)
def timed_vwap(*, minutes: int = 240, of: str = "typical") -> Fold[Column]:
    """Volume-weighted average price of the last hours, whatever bars they hold."""
    given = (minutes * MINUTE, *source(of))
    return Fold(run=run_timed, shape=one, given=given, cells=(3, 0), floats=1)


@lean_kernel
def run_timed(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    span, code, parts = given
    bars, value, origin = tape.bars, out.floats[0], price(tape.bars, 0, code)
    volume, money, tail = cells.ints[0], cells.ints[1], cells.ints[2]
    for i in range(first, stop):
        traded = int(bars.volume[i])
        volume, money = volume + traded, money + traded * (price(bars, i, code) - origin)
        while bars.time[tail] <= bars.time[i] - span:
            gone = int(bars.volume[tail])
            volume, money = volume - gone, money - gone * (price(bars, tail, code) - origin)
            tail += 1
        value[i] = (origin + money / volume) / parts if volume > 0 else np.nan
    cells.ints[0], cells.ints[1], cells.ints[2] = volume, money, tail
