"""Tapes: small Hypothesis-made bars with the shapes that break backtests.

Gaps in time and price, flat bars, one-bar sessions, half-days, a session with a holiday folded in,
negative and huge prices, zero volume. Every bar is folded from a walk of single ticks, so the
prices inside it are ones the bar really passed through.
"""

from functools import cache

import numpy as np
import polars as pl
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.frames import bars_of
from engine.core.session import Sessions

FIRST, LAST = "2022-11-21", "2022-12-02"  # Thanksgiving's fold and half-day in the middle
STARTS = ("rth", "open", "rth", "late", "last")
LEVELS = (16_000, 0, -40, 3, 900_000_000, -900_000_000)
BYTES_A_BAR = 3


@cache
def table() -> Sessions:
    return calendar("cme_equity").sessions(FIRST, LAST)


@st.composite
def tapes(draw: st.DrawFn, *, most: int = 30) -> Bars:
    """A few sessions of ES, each with some of its minutes."""
    chosen = sorted(draw(st.sets(st.integers(0, len(table()) - 1), min_size=1, max_size=4)))
    times = np.concatenate([draw(minutes(session, most)) for session in chosen])
    walks = draw(st.binary(min_size=BYTES_A_BAR * len(times), max_size=BYTES_A_BAR * len(times)))
    prices = fold(draw(st.sampled_from(LEVELS)), walks)
    names = ("open", "high", "low", "close", "volume")
    columns = dict(zip(names, np.array(prices, np.int64).T, strict=True))
    stamps = pl.Series("ts", times).cast(pl.Datetime("ns", "UTC"))
    return bars_of(pl.DataFrame({"ts": stamps, **columns}), instrument("ES"))


@st.composite
def minutes(draw: st.DrawFn, session: int, most: int) -> np.ndarray:
    """Open times inside one session, with holes; sometimes a single bar."""
    s = table()
    spans = np.flatnonzero(s.span_session == session)
    opens = [np.arange(s.span_start[k], s.span_stop[k], MINUTE) for k in spans]
    every = np.concatenate(opens)
    count = draw(st.integers(1, most))
    rth = int(np.searchsorted(every, s.rth_start[session]))
    first = {"open": 0, "rth": rth, "late": len(every) - count - 3, "last": len(every) - count}
    at = max(0, min(first[draw(st.sampled_from(STARTS))], len(every) - 1))
    steps = np.array(
        draw(st.lists(st.sampled_from((1, 1, 1, 2, 20)), min_size=count, max_size=count))
    )
    rows = at + np.cumsum(steps) - steps[0]
    return every[rows[rows < len(every)]]


def fold(start: int, walks: bytes) -> list[tuple[int, int, int, int, int]]:
    """Three bytes a bar: the jump before it, the ticks inside it, and its volume."""
    bars, price = [], start
    for k in range(0, len(walks), BYTES_A_BAR):
        jump, path, volume = walks[k], walks[k + 1], walks[k + 2]
        price += (jump & 15) - 8 if jump & 16 else 0
        inside = [price]
        for bit in range(path & 7):
            price += 1 if path >> 3 >> (bit % 5) & 1 else -1
            inside.append(price)
        bars.append((inside[0], max(inside), min(inside), price, volume))
    return bars
