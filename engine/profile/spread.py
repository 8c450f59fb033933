"""How one bar is spread over rows: exact shares by largest remainder (docs/profiles.md)."""

from typing import NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs, Ticks
from engine.core.falling import falling
from engine.core.jit import kernel

UNIFORM, CLOSE, OHLC, NEAR_CLOSE = 0, 1, 2, 3
SCALE = 1_000_000  # of the weights
EXACT = 1 << 52  # below it the quotient of two whole doubles, cut off, is the whole quotient


class Bar(NamedTuple):
    """One bar as whole numbers."""

    open: int
    high: int
    low: int
    close: int
    volume: int


class Grid(NamedTuple):
    """How bars become rows: the spread's code, and the ticks in a row."""

    spread: int
    row: int


@kernel
def bar_at(bars: BarArrays, i: int) -> Bar:
    """Wide integers from here on."""
    prices = int(bars.open[i]), int(bars.high[i]), int(bars.low[i]), int(bars.close[i])
    return Bar(*prices, int(bars.volume[i]))


@kernel
def quotient(volume: int, ticks: int) -> int:
    """`volume // ticks`, in a third of the time where doubles are exact."""
    return int(float(volume) / float(ticks)) if volume < EXACT else volume // ticks


@kernel
def shares(bar: Bar, grid: Grid, floor: int, out: Longs) -> tuple[int, int]:
    """Write the lots of each row a bar touches; which rows those are, counted from `floor`.

    `out` has room for one row more.
    """
    first, last = bar.low // grid.row - floor, bar.high // grid.row - floor
    out[: last - first + 2] = 0
    begins = (first + floor) * grid.row  # the first tick of the first row
    if grid.spread == UNIFORM:
        step_bar(bar.low - begins, bar.high - bar.low + 1, bar.volume, grid.row, out)
        run_up(out[: last - first + 1])
    elif grid.spread == CLOSE:
        out[(bar.close - begins) // grid.row] = bar.volume
    else:
        spread_weighed(bar, grid, begins, out)
    return first, last


@kernel
def step_even(low: Ticks, high: Ticks, volume: Longs, floor: int, steps: Longs) -> None:
    """Add bars to the differences between neighbouring rows of one tick: the hot loop."""
    for i in range(len(low)):
        first = int(low[i]) - floor
        ticks = int(high[i]) - int(low[i]) + 1
        each = quotient(volume[i], ticks)
        left = volume[i] - each * ticks
        middle = first + ((ticks - left) >> 1)
        steps[np.uint64(first)] += each  # unsigned: no question whether it counts from the end
        steps[np.uint64(first + ticks)] -= each
        steps[np.uint64(middle)] += 1
        steps[np.uint64(middle + left)] -= 1


@kernel
def step_bar(low: int, ticks: int, volume: int, row: int, steps: Longs) -> None:
    """Add one bar to the differences between rows of any size."""
    each = volume // ticks
    left = volume - each * ticks
    middle = low + ((ticks - left) >> 1)
    step_rows(low, low + ticks - 1, each, row, steps)
    if left > 0:
        step_rows(middle, middle + left - 1, 1, row, steps)


@kernel
def step_rows(first: int, last: int, each: int, row: int, steps: Longs) -> None:
    """Differences between rows of several ticks, for `each` lots a tick from first to last."""
    low, high = first // row, last // row
    if low == high:
        lots = each * (last - first + 1)
        steps[low] += lots
        steps[low + 1] -= lots
        return
    bottom, top = each * ((low + 1) * row - first), each * (last - high * row + 1)
    steps[low] += bottom
    steps[low + 1] += each * row - bottom
    steps[high] += top - each * row
    steps[high + 1] -= top


@kernel
def run_up(steps: Longs) -> None:
    """From differences to volumes."""
    total = 0
    for k in range(len(steps)):
        total += steps[k]
        steps[k] = total


@kernel
def weigh(bar: Bar, spread: int, out: Longs) -> int:
    """The weight of each tick of a bar, and their sum."""
    whole = 0
    for k in range(len(out)):
        tick = bar.low + k
        weight = SCALE + SCALE // (1 + abs(tick - bar.close))
        if spread == OHLC:
            weight += SCALE // (1 + abs(tick - bar.open))
            weight += SCALE // (1 + abs(tick - bar.high))
            weight += SCALE // (1 + abs(tick - bar.low))
        out[k] = weight
        whole += weight
    return whole


@kernel
def from_middle(k: int, ticks: int) -> int:
    """The k-th tick in order of nearness to the middle, the lower of two first."""
    away = (k + 1) // 2
    middle = (ticks - 1) // 2
    upwards = (k % 2 == 0) == (ticks % 2 == 1)
    return middle + away if upwards else middle - away


@kernel
def spread_weighed(bar: Bar, grid: Grid, begins: int, rows: Longs) -> None:
    """Whole parts first, then one lot each by remainder, from the middle outward."""
    ticks = bar.high - bar.low + 1
    weight, remainder = np.empty(ticks, np.int64), np.empty(ticks, np.int64)
    whole = weigh(bar, grid.spread, weight)
    many, rest = bar.volume // whole, bar.volume % whole  # volume times weight would not fit
    base, left = bar.low - begins, bar.volume
    for k in range(ticks):
        tick = from_middle(k, ticks)
        part = rest * weight[tick]
        lots = many * weight[tick] + part // whole
        remainder[k] = part % whole
        rows[(base + tick) // grid.row] += lots
        left -= lots
    order = falling(remainder)
    for j in range(left):
        rows[(base + from_middle(order[j], ticks)) // grid.row] += 1
