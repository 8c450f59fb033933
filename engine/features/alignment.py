"""Whether averages of several lengths agree, here and on a higher timeframe."""

from __future__ import annotations

from typing import Any

import numpy as np

from engine.core.asof import higher
from engine.core.bars import Bars
from engine.core.columns import Column
from engine.features.averages import ema
from engine.features.declare import NEVER, Says, Takes, bars_in, folded, told
from engine.features.fold import Ask, Cells, Fold, Out, Tape, one
from engine.features.windows import fades

SPAN = "minutes of the coarse bars"


@folded(
    Says(
        formula="sign(close - ema(fast)) + sign(ema(fast) - ema(middle)) + sign(ema(middle) - "
        "ema(slow))",
        unit="-3 to 3",
        warmup=lambda fast, middle, slow: max(fast, middle, slow) - 1,
        settles=lambda slow: slow + 4 * fades(1 - 2 / (slow + 1)),
    ),
    fast=bars_in("bars of the fastest average", trial=2),
    middle=bars_in("bars of the middle one", trial=3),
    slow=bars_in("bars of the slowest", trial=5),
)
def ema_alignment(*, fast: int = 20, middle: int = 50, slow: int = 200) -> Fold[Column]:
    """How many averages stand in the order of a rise (3) or of a fall (-3)."""
    asks = tuple(Ask(ema, {"n": n}) for n in (fast, middle, slow))
    return Fold(run=run_alignment, shape=one, floats=1, asks=asks)


def run_alignment(tape: Tape, first: int, stop: int, _: Any, __: Cells, out: Out) -> None:
    part = slice(first, stop)
    fast, middle, slow = (row[part] for row in tape.feed)
    signs = np.sign(tape.bars.close[part] - fast) + np.sign(fast - middle) + np.sign(middle - slow)
    out.floats[0][part] = signs


@told(
    Says(
        formula="sign(ema(fast) - ema(slow)) of the last coarse bar that is over",
        unit="-1, 0, 1",
        absent="until both averages are known",
        settles=NEVER,
    ),
    span=Takes(SPAN, low=1, trial=2),
    fast=bars_in("coarse bars of the faster average", trial=2),
    slow=bars_in("coarse bars of the slower", trial=4),
)
def trend_above(bars: Bars, *, span: int = 240, fast: int = 50, slow: int = 200) -> Column:
    """Trend of a higher timeframe, from closed bars only."""
    found: Column = higher(bars, ordered, span, fast=fast, slow=slow)
    return found


def ordered(bars: Bars, *, fast: int, slow: int) -> Column:
    """The sign of the distance between two averages."""
    gap = ema(bars, n=fast) - ema(bars, n=slow)
    return Column(np.sign(gap.values), gap.present)


@told(
    Says(
        formula="ema_alignment of the last coarse bar that is over",
        unit="-3 to 3",
        absent="until all averages are known",
        settles=NEVER,
    ),
    span=Takes(SPAN, low=1, trial=2),
    fast=bars_in("coarse bars of the fastest average", trial=2),
    middle=bars_in("coarse bars of the middle one", trial=2),
    slow=bars_in("coarse bars of the slowest", trial=3),
)
def alignment_above(
    bars: Bars, *, span: int = 60, fast: int = 20, middle: int = 50, slow: int = 200
) -> Column:
    """Order of the averages of a higher timeframe, from closed bars only."""
    found: Column = higher(bars, ema_alignment, span, fast=fast, middle=middle, slow=slow)
    return found
