"""Returns of whole sessions, and models of them that are fitted on the past alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Column
from engine.features.fold import Floats


def session_returns(bars: Bars) -> tuple[Longs, Floats]:
    """Sessions whose last close follows another's, and the log of the quotient of the two.

    The last session of the bars may still be running: its own value never reaches its own row.
    """
    last = np.flatnonzero(np.diff(bars.session, append=-1)) if len(bars) else np.zeros(0, int)
    last = last[bars.close[last] > 0]
    close = bars.close[last].astype(np.float64)
    return bars.session[last[1:]].astype(np.int64), np.log(close[1:] / close[:-1])


def walked(
    bars: Bars, window: int, refit: int, fit: Callable[[Floats], Floats]
) -> tuple[Floats, Longs]:
    """Parameters known after each return, fitted anew every `refit` of them on the last `window`.

    NaN until there are `window` returns; and for every session the last return before it.
    """
    session, returns = session_returns(bars)
    before = np.searchsorted(session, np.arange(len(bars.sessions))) - 1
    found: list[Floats] = []
    for k in range(len(returns)):
        if k + 1 < window:
            found.append(np.full(1, np.nan))
        elif (k + 1 - window) % refit == 0:
            found.append(fit(returns[k + 1 - window : k + 1]))
        else:
            found.append(found[-1])
    width = max((len(row) for row in found), default=1)
    out = np.full((len(found), width), np.nan)
    for row, values in zip(out, found, strict=True):
        row[: len(values)] = values
    return out, before


def per_session(bars: Bars, values: Floats, before: Longs) -> Column:
    """The value after the last return before each session."""
    if not len(values):
        return Column(np.zeros(len(before)), np.zeros(len(before), np.bool_), bars.session)
    taken = np.where(before >= 0, values[np.maximum(before, 0)], np.nan)
    return Column(taken, np.isfinite(taken), bars.session)
