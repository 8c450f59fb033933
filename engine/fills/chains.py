"""Chains: from a bar to the next of its session that goes further, looked up once for all paths.

The maxima of excursion of a path are read off by following a chain from its entry bar. Paths from
near-by bars soon run into the same links, so what one structure found serves all others; a link is
written when it is first asked for, and can only ever have one value, whichever thread writes it.
"""

from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Ticks
from engine.core.jit import lean_kernel

UNKNOWN, LAST = 0, -1  # links not yet asked for; bars beyond which nothing goes in this session


class Chain(NamedTuple):
    """The extremes one side of every path goes to, and the links between them."""

    towards: int
    extreme: Ticks
    link: Ticks


class Tape(NamedTuple):
    """The bars as the fast path reads them."""

    open: Ticks
    close: Ticks
    up: Chain
    down: Chain


def tape(bars: Bars) -> Tape:
    """The tape of these bars; its links live beside their features, and are shared like them."""
    up, down = bars.memo.get(tape, lambda: (unlinked(bars), unlinked(bars)))
    return Tape(bars.open, bars.close, Chain(1, bars.high, up), Chain(-1, bars.low, down))


def unlinked(bars: Bars) -> Ticks:
    return np.full(len(bars), UNKNOWN, np.int32)


@lean_kernel
def onward(chain: Chain, bar: int, last: int) -> int:
    """The next bar, up to the session's last, whose extreme lies further than this one's."""
    known = int(chain.link[bar])
    if known != UNKNOWN:
        return known
    reach, ahead = chain.towards * np.int64(chain.extreme[bar]), bar + 1
    while ahead <= last and chain.towards * np.int64(chain.extreme[ahead]) <= reach:
        ahead += 1
    found = ahead if ahead <= last else LAST
    chain.link[bar] = found
    return found


@lean_kernel
def met(chain: Chain, at: tuple[int, int], price: int, far: int) -> int:
    """From bar `at[0]` on, the first bar up to `at[1]` that goes `far` from the price, or LAST."""
    bar, last = at
    while bar != LAST and chain.towards * (np.int64(chain.extreme[bar]) - price) < far:
        bar = onward(chain, bar, last)
    return bar
