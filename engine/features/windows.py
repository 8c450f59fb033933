"""Rolling windows that never drift: exact sums of ticks, blocks, and sums that are only added to.

A running sum of floats that also subtracts keeps the error of every value that ever passed. Here
ticks are summed as integers, exactly; floats are summed by blocks of the window's length, the tail
of the block before plus the head of this one, so that nothing is ever subtracted.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Longs, Ticks
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Takes
from engine.features.fold import Floats, Tape

SOURCES: Final = ("close", "open", "high", "low", "middle", "typical", "mean")
PARTS: Final = (1, 1, 1, 1, 2, 3, 4)  # how many prices a source adds up
MIDDLE, TYPICAL = SOURCES.index("middle"), SOURCES.index("typical")
FAR: Final = 1 << 30
SUMS: Final = 2  # places of `slide_sum` after its values
SPREAD: Final = 4  # cells of `spread`: the origin, two sums, the last bar too far away


def of_price(default: str = "close") -> Takes:
    """Which price of a bar."""
    return Takes(f"the price of a bar, {default} unless said", choices=SOURCES)


def source(name: str) -> tuple[int, int]:
    """A source as kernels know it: its number, and the count of prices it adds up."""
    code = SOURCES.index(name)
    return code, PARTS[code]


def fades(keep: float) -> int:
    """After how many steps that keep this share less than 1e-9 of the first value is left."""
    return int(np.ceil(np.log(1e-9) / np.log(keep))) if keep > 0 else 1


@inlined
def price(bars: BarArrays, i: int, code: int) -> int:
    """A source of one bar as a sum of ticks; the mean of its parts is that sum divided."""
    if code == 0:
        return int(bars.close[i])
    if code < MIDDLE:
        return int(bars.open[i] if code == 1 else bars.high[i] if code == 2 else bars.low[i])
    ends = int(bars.high[i]) + int(bars.low[i])
    if code == MIDDLE:
        return ends
    return ends + int(bars.close[i]) + (int(bars.open[i]) if code > TYPICAL else 0)


@inlined
def true_range(bars: BarArrays, i: int) -> int:
    """From the lower of low and last close to the higher of high and last close."""
    last = int(bars.close[i - 1])
    return max(int(bars.high[i]), last) - min(int(bars.low[i]), last)


def furthest(pick: Any, values: Ticks, first: int, stop: int, n: int) -> Ticks:
    """The highest (`np.maximum`) or lowest of the last n values, or of all there are, bar by bar.

    Of twice as many values at each step: a window of 20 takes five.
    """
    begin = max(first - n + 1, 0)
    best, width = values[begin:stop].copy(), 1
    wider = np.empty_like(best)
    while width < n:
        step = min(width, n - width)
        wider[:step] = best[:step]
        pick(best[step:], best[:-step], out=wider[step:])
        best, wider, width = wider, best, width + step
    return best[first - begin :]


def between(tape: Tape, first: int, stop: int, n: int) -> Tape:
    """The tape with the highest high and the lowest low of n bars, from bar `first` on."""
    top = furthest(np.maximum, tape.bars.high, first, stop, n)
    bottom = furthest(np.minimum, tape.bars.low, first, stop, n)
    return tape._replace(feed=(*tape.feed, top, bottom))


@inlined
def slide_sum(box: Floats, k: int, n: int, x: float) -> float:
    """The sum of the last n of k + 1 values; of all of them while there are fewer.

    The box: values, then sums of the tails; the sum of the block that runs, and how many it has.
    """
    j = int(box[n + 1])
    total = x if j == 0 else box[n] + x
    box[n], box[j] = total, x
    if j < n - 1:
        box[n + 1] += 1.0
        return total + box[j + 1] if k >= n else total
    box[n + 1] = 0.0
    tail = 0.0
    for s in range(n - 1, -1, -1):
        tail += box[s]
        box[s] = tail
    return total


class Block(NamedTuple):
    """The block of values that runs: how many, their mean, their squared distances from it."""

    many: int
    mean: float
    square: float


@inlined
def resumed(box: Floats, n: int) -> Block:
    """The block that ran when the box was left: 3 n + 3 places.

    The box: values, then means of the tails; their squares; 1 / 1 to 1 / n; the block that runs.
    """
    return Block(int(box[3 * n]), box[3 * n + 1], box[3 * n + 2])


@inlined
def left(box: Floats, n: int, block: Block) -> None:
    """Leave the block that runs in its box."""
    box[3 * n], box[3 * n + 1], box[3 * n + 2] = block.many, block.mean, block.square


@inlined
def slide_spread(box: Floats, n: int, x: float, block: Block) -> Block:
    """Take one value into the block that runs; a full one becomes the tails of the next."""
    many, mean, square = block
    if many == n:
        gather(box, n)
        many = 0
    box[many] = x
    if many == 0:
        return Block(1, x, 0.0 * x)
    if box[2 * n + many] == 0:
        box[2 * n + many] = 1.0 / (many + 1)
    off = x - mean
    mean += off * box[2 * n + many]
    return Block(many + 1, mean, square + off * (x - mean))


@inlined
def spread_of(box: Floats, n: int, block: Block, k: int) -> tuple[float, float]:
    """Mean and sum of squared deviations of the last n of k + 1 values, or of all of them."""
    many, mean, square = block
    if k < n or many == n:
        return mean, square
    off = box[many] - mean
    share = (n - many) * box[3 * n - 1]
    return mean + off * share, square + box[n + many] + off * off * (many * share)


@lean_kernel
def gather(box: Floats, n: int) -> None:
    """Turn a full block of values into mean and squares of each of its tails, in place."""
    mean, square = box[n - 1], 0.0 * box[n - 1]
    box[2 * n - 1] = square
    for s in range(n - 2, -1, -1):
        x = box[s]
        off = x - mean
        mean += off * box[3 * n - 1 - s]
        square += off * (x - mean)
        box[s], box[n + s] = mean, square


@inlined
def spread(box: Longs, values: Ticks, i: int, n: int, reach: int) -> float:
    """Variance of the last n prices in ticks, exact until divided; NaN where n steps are missing.

    Sums are taken about an origin that moves only when prices leave its reach, of 2^30 / n ticks;
    a window that goes further has none.
    """
    if i == 0 or abs(int(values[i]) - box[0]) > reach:
        refer(box, values, i, n, reach)
    else:
        off = int(values[i]) - box[0]
        box[1], box[2] = box[1] + off, box[2] + off * off
    if i >= n:
        off = bounded(int(values[i - n]) - box[0], reach)
        box[1], box[2] = box[1] - off, box[2] - off * off
    if i < n - 1 or box[3] > i - n:
        return np.nan
    return float(n * box[2] - box[1] * box[1]) / (float(n) * n)


@lean_kernel
def refer(box: Longs, values: Ticks, i: int, n: int, reach: int) -> None:
    """Take a bar's price as the origin and sum the window anew, the bar that leaves it included."""
    box[0], box[1], box[2], box[3] = int(values[i]), 0, 0, -1
    for k in range(max(0, i - n), i):
        off = int(values[k]) - box[0]
        near = bounded(off, reach)
        if near != off and k > i - n:
            box[3] = k
        box[1], box[2] = box[1] + near, box[2] + near * near


@inlined
def bounded(off: int, reach: int) -> int:
    """Within reach, so that no square can run over."""
    return min(max(off, -reach), reach)


@inlined
def slide_weighed(box: Floats, k: int, n: int, x: float, w: float) -> tuple[float, float, float]:
    """Weight, mean and weighed sum of squared deviations of the last n of k + 1 values.

    The box has 3 n + 4 places, the last says how many the block has; a weight of 0 says nothing.
    """
    j = int(box[3 * n + 3])
    box[3 * n + 3] = float(j + 1 if j < n - 1 else 0)
    weight, mean, square = (0.0, x, 0.0) if j == 0 else (box[3 * n], box[3 * n + 1], box[3 * n + 2])
    weight, mean, square = joined((weight, mean, square), (w, x, 0.0))
    box[3 * n], box[3 * n + 1], box[3 * n + 2] = weight, mean, square
    box[j], box[n + j], box[2 * n + j] = w, x, 0.0
    if j == n - 1:
        for s in range(n - 2, -1, -1):
            tail = (box[s + 1], box[n + s + 1], box[2 * n + s + 1])
            box[s], box[n + s], box[2 * n + s] = joined(tail, (box[s], box[n + s], box[2 * n + s]))
        return weight, mean, square
    if k < n:
        return weight, mean, square
    return joined((weight, mean, square), (box[j + 1], box[n + j + 1], box[2 * n + j + 1]))


@inlined
def joined(
    one: tuple[float, float, float], other: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Weight, mean and squares of two groups together."""
    if other[0] <= 0:
        return one
    if one[0] <= 0:
        return other
    weight = one[0] + other[0]
    off = other[1] - one[1]
    mean = one[1] + off * (other[0] / weight)
    return weight, mean, one[2] + other[2] + off * off * (one[0] * other[0] / weight)
