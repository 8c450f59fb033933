"""Profiles: sessions by the kernel and by Polars, after equal levels; then developing levels."""

from datetime import date

import numpy as np
import polars as pl

from benchmarks.pairs import Timing, interleaved, shown
from engine import Bars
from engine.core.contracts import instrument
from engine.profile.developing import developing_levels
from engine.profile.lazy import lazy_bars, lazy_levels, lazy_profile
from engine.profile.model import DEFAULT, FRACTION
from engine.profile.sessions import levels_of, prior_levels
from engine.profile.slices import session_parts
from engine.synth.market import synthesise

WIDER = {1: 1, 5: 4, 100: 40}  # ticks a tick becomes, and the part of the sessions then used


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    bars = synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)
    stretched = [wider(bars, times, sessions // part) for times, part in WIDER.items()]
    return "\n\n".join([whole(bars, repetitions), developing(stretched, repetitions)])


def whole(bars: Bars, repetitions: int) -> str:
    """Every session's profile, poc and value area by pairs, full sessions, exact volumes."""
    frame = lazy_bars(bars)

    def kernel() -> pl.DataFrame:
        parts = session_parts(bars, "full")
        found = levels_of(bars, parts, DEFAULT, "pairs", FRACTION)
        return pl.DataFrame(
            [parts.session, found.poc, found.val, found.vah, found.total],
            schema=["session", "poc", "val", "vah", "volume"],
        )

    def polars() -> pl.DataFrame:
        return frame.pipe(lazy_profile).pipe(lazy_levels).collect()

    if not kernel().equals(polars()):
        raise AssertionError("the kernel and Polars disagree: nothing was timed")
    rivals = {"kernel, one thread": kernel, f"Polars, {pl.thread_pool_size()} threads": polars}
    timings = interleaved(rivals, repetitions)
    title = f"{len(kernel()):,} sessions"
    rate = len(bars) / timings[0].median / 1e6
    return f"{shown(title, timings)}\n{rate:,.0f} million bars a second by the kernel"


def developing(stretched: list[Bars], repetitions: int) -> str:
    """After every bar; the last of each session is compared with the whole session first."""
    for bars in stretched:
        refuse_difference(bars)
    rivals = {
        f"developing, {rows(bars) / len(bars):.1f} rows a bar": (
            lambda bars=bars: developing_levels(bars[:], segment="full")
        )
        for bars in stretched
    }
    timings = interleaved(rivals, repetitions)
    rates = [rate(bars, timing) for bars, timing in zip(stretched, timings, strict=True)]
    return "\n".join([shown("after every bar", timings), *rates])


def refuse_difference(bars: Bars) -> None:
    found, prior = developing_levels(bars, segment="full"), prior_levels(bars, segment="full")
    last = np.flatnonzero(np.diff(bars.session))
    for one, other in zip(found, prior, strict=False):
        if (one.values[last] != other.at(last + 1)[0]).any():
            raise AssertionError("developing and whole sessions disagree: nothing was timed")


def rows(bars: Bars) -> int:
    return int((bars.high.astype(np.int64) - bars.low + 1).sum())


def rate(bars: Bars, timing: Timing) -> str:
    updates, speed = rows(bars) / timing.median / 1e6, len(bars) / timing.median / 1e6
    return f"{timing.name}: {updates:,.0f} million row updates/s, {speed:,.2f} million bars/s"


def wider(bars: Bars, times: int, sessions: int) -> Bars:
    """The first sessions with prices some times as large: more rows a bar, and more in all."""
    first = int(bars.session[0])
    part = bars[: int(np.searchsorted(bars.session, first + max(2, sessions)))]
    names = ("open", "high", "low", "close")
    prices = {name: getattr(part, name) * np.int32(times) for name in names}
    return Bars(bars.instrument, bars.sessions, part.arrays._replace(**prices))
