"""Indices by falling key: NumPy's own sorts cost each kernel seconds of compilation."""

import numpy as np

from engine.core.bars import Longs
from engine.core.jit import kernel

RUN = 16  # so many are put in order by insertion; most bars have no more rows


@kernel
def falling(keys: Longs) -> Longs:
    """Equal keys keep their order."""
    many, width = len(keys), RUN
    order, spare = np.empty(many, np.int64), np.empty(many, np.int64)
    for k in range(many):
        place, least = k, k - k % RUN
        while place > least and keys[order[place - 1]] < keys[k]:
            order[place] = order[place - 1]
            place -= 1
        order[place] = k
    while width < many:
        for low in range(0, many, 2 * width):
            merge(keys, order, spare, low, width)
        order, spare = spare, order
        width *= 2
    return order


@kernel
def merge(keys: Longs, order: Longs, into: Longs, low: int, width: int) -> None:
    """Two ordered runs that lie side by side, the first of which wins where keys are equal."""
    middle, top = min(low + width, len(order)), min(low + 2 * width, len(order))
    one, other = low, middle
    for place in range(low, top):
        if one < middle and (other >= top or keys[order[one]] >= keys[order[other]]):
            into[place] = order[one]
            one += 1
        else:
            into[place] = order[other]
            other += 1
