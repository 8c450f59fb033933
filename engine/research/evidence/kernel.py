"""The two loops that weigh a whole search: every way to halve its blocks, and its best draws."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.jit import kernel

Floats = npt.NDArray[np.float64]


class Parts(NamedTuple):
    """What ranks a combination in each block: sums above and below a line, `[block, row]`."""

    above: Longs
    below: Longs
    squared: bool  # the upper sum counts squared, with its sign: the order of Sharpe ratios


class Verdicts(NamedTuple):
    """One row a split, to be written: whom the training half chose, and twice its test rank."""

    chosen: Longs
    rank: Longs


@kernel
def judge(parts: Parts, halves: Longs, out: Verdicts) -> None:
    """Split `2 * k` trains on half `k` and tests on the rest; the split after it the reverse."""
    count = parts.above.shape[1]
    whole = np.zeros((2, count), np.int64)
    part = np.zeros((2, count), np.int64)
    one, other = np.zeros(count), np.zeros(count)
    for block in range(len(parts.above)):
        add(whole, parts, block)
    for k in range(len(halves)):
        part[:] = 0
        for block in halves[k]:
            add(part, parts, block)
        rate(part, parts.squared, one)
        for row in range(2):
            for c in range(count):
                part[row, c] = whole[row, c] - part[row, c]
        rate(part, parts.squared, other)
        settle(one, other, 2 * k, out)
        settle(other, one, 2 * k + 1, out)


@kernel
def add(sums: Longs, parts: Parts, block: int) -> None:
    for c in range(sums.shape[1]):
        sums[0, c] += parts.above[block, c]
        sums[1, c] += parts.below[block, c]


@kernel
def rate(sums: Longs, squared: bool, out: Floats) -> None:  # noqa: FBT001 - kernels take plain arguments
    """Where the lower sum is nothing the combination did nothing, and is worth nothing."""
    for c in range(len(out)):
        above = float(sums[0, c])
        if squared:
            above *= abs(above)
        out[c] = above / max(sums[1, c], 1)


@kernel
def settle(train: Floats, test: Floats, split: int, out: Verdicts) -> None:
    """The first of the best in training, and its rank in the test half, averaged over ties."""
    chosen = 0
    for c in range(len(train)):
        if train[c] > train[chosen]:
            chosen = c
    value, lower, equal = test[chosen], 0, 0
    for c in range(len(test)):
        lower += test[c] < value
        equal += test[c] == value
    out.chosen[split] = chosen
    out.rank[split] = 2 * lower + equal + 1


@kernel
def highest(moved: Floats, scale: Floats, back: Floats, out: Floats) -> None:
    """Per draw the highest sum as it is, then scaled and put back in each way; `out` only rises."""
    for draw in range(len(moved)):
        for c in range(len(scale)):
            out[0, draw] = max(out[0, draw], moved[draw, c])
            scaled = moved[draw, c] * scale[c]
            for way in range(len(back)):
                out[way + 1, draw] = max(out[way + 1, draw], scaled + back[way, c])
