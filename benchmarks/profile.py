"""Profiles: sessions by the kernel and by others, after equal levels; then developing ones."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from importlib import import_module
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from benchmarks.pairs import Timing, interleaved, rated, shown
from benchmarks.rivals import InSql
from engine import Bars
from engine.core.bars import Longs
from engine.core.contracts import instrument
from engine.profile.developing import developing_levels
from engine.profile.histogram import profiles
from engine.profile.kernel import Levels
from engine.profile.lazy import lazy_bars, lazy_levels, lazy_profile
from engine.profile.model import DEFAULT, FRACTION, Model
from engine.profile.sessions import levels_of, prior_levels
from engine.profile.slices import session_parts
from engine.synth.market import synthesise

BYTES = 16  # of a bar a profile reads: low, high and volume
MOVED = BYTES + 25  # and of one that developing levels write: three levels and a mask
WIDER = {1: 1, 5: 4, 100: 40}  # ticks a tick becomes, and the part of the sessions then used


Run = Callable[[], pl.DataFrame]


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    bars = synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)
    stretched = [wider(bars, times, sessions // part) for times, part in WIDER.items()]
    parts = [whole(bars, repetitions), developing(stretched, repetitions)]
    try:
        parts.append(closes_alone(bars, repetitions))
    except ModuleNotFoundError as absent:
        parts.append(f"py-market-profile is left out: no module {absent.name} (pip: MarketProfile)")
    return "\n\n".join(parts)


def by_kernel(bars: Bars) -> Run:
    """Every session's profile, poc and value area by pairs, full sessions, exact volumes."""

    def kernel() -> pl.DataFrame:
        parts = session_parts(bars, "full")
        found = levels_of(bars, parts, DEFAULT, "pairs", FRACTION)
        return pl.DataFrame(
            [parts.session, found.poc, found.val, found.vah, found.total],
            schema=["session", "poc", "val", "vah", "volume"],
        )

    return kernel


def by_polars(bars: Bars) -> Run:
    frame = lazy_bars(bars)
    return lambda: frame.pipe(lazy_profile).pipe(lazy_levels).collect()


def by_duckdb(bars: Bars) -> Run:
    return InSql(bars).levels


def whole(bars: Bars, repetitions: int) -> str:
    """Equal frames first, then all of them in turn."""
    kernel, polars, sql = by_kernel(bars), by_polars(bars), InSql(bars)
    for name, rival in {"Polars": polars, "DuckDB": sql.levels}.items():
        if not kernel().equals(rival()):
            raise AssertionError(f"the kernel and {name} disagree: nothing was timed")
    rivals = {
        "kernel, one thread": kernel,
        **{f"kernel, {n} threads": (lambda n=n: threaded(bars, n)) for n in cores()},
        f"Polars, {pl.thread_pool_size()} threads": polars,
        f"DuckDB, {sql.threads} threads": sql.levels,
        "reading the bars, nothing else": lambda: touch(bars),
    }
    timings = interleaved(rivals, repetitions)
    title = f"{len(kernel()):,} sessions"
    rate = len(bars) / timings[0].median
    bandwidth = timings[-1].median / timings[0].median
    return (
        f"{shown(title, timings, len(bars) * BYTES)}\n{rate / 1e6:,.0f} million bars a second by "
        f"the kernel on one thread: {rate * BYTES / 1e9:.1f} GB/s of prices and volumes, "
        f"{bandwidth:.2f} of what reading them alone does"
    )


def closes_alone(bars: Bars, repetitions: int) -> str:
    """Beside py-market-profile, where it is installed: volume by close, value area by single rows.

    Its value area and its ties differ by what docs/profiles.md lists; histograms must be equal, and
    the poc wherever one row alone has the most.
    """
    rival = market_profiles(bars)
    for (floor, lots), (prices, volumes, poc) in zip(closes_of(bars), rival(), strict=True):
        ticks = floor + np.flatnonzero(lots)
        alone = (lots == lots.max()).sum() == 1
        same = np.array_equal(ticks, prices) and np.array_equal(lots[lots > 0], volumes)
        if not same or (alone and floor + int(lots.argmax()) != poc):
            raise AssertionError("the kernel and py-market-profile disagree: nothing was timed")
    rivals = {"kernel, one thread": lambda: closes_of(bars), "py-market-profile": rival}
    return shown("closes alone, single rows", interleaved(rivals, max(1, repetitions // 3)))


def closes_of(bars: Bars) -> list[tuple[int, Longs]]:
    """The profiles, once their levels are found too."""
    made = profiles(bars, model=Model("close", row=1))
    made.levels(rule="single")
    return [made.at(e) for e in range(len(made))]


def market_profiles(bars: Bars) -> Callable[[], list[tuple[Any, Any, float]]]:
    """The same sessions by the library; its frame is made before the clock runs."""
    pandas, kind = import_module("pandas"), import_module("market_profile").MarketProfile
    columns = {name.title(): getattr(bars, name) for name in ("high", "low", "close", "volume")}
    frame = pandas.DataFrame(columns, index=pandas.to_datetime(bars.time))
    edges = np.flatnonzero(np.diff(bars.session, prepend=-1, append=-1))
    spans = [(frame.index[a], frame.index[b - 1]) for a, b in pairwise(edges)]

    def found() -> list[tuple[Any, Any, float]]:
        whole = kind(frame, tick_size=1)
        parts = [whole[first:last] for first, last in spans]
        kept = [part.profile[part.profile > 0] for part in parts]
        pocs = [float(part.poc_price) for part in parts]
        return [(k.index.to_numpy(), k.to_numpy(), p) for k, p in zip(kept, pocs, strict=True)]

    return found


def cores() -> list[int]:
    """Numbers of threads beyond one, doubling up to the cores of the machine."""
    most = os.cpu_count() or 1
    return [n for n in (2, 4, 8, 16, 32, 64) if n <= most]


def threaded(bars: Bars, threads: int) -> list[Levels]:
    """Sessions in as many runs as there are threads: kernels hold no lock."""
    first, last = int(bars.session[0]), int(bars.session[-1]) + 1
    edges = np.searchsorted(bars.session, np.linspace(first, last, threads + 1).astype(np.int64))
    parts = [bars[int(low) : int(high)] for low, high in pairwise(edges)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(session_levels, parts))


def session_levels(bars: Bars) -> Levels:
    return levels_of(bars, session_parts(bars, "full"), DEFAULT, "pairs", FRACTION)


def touch(bars: Bars) -> int:
    """One pass over the columns a profile reads."""
    return int(bars.low.sum() + bars.high.sum() + bars.volume.sum())


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
    narrow, wide = stretched[0], stretched[1]
    speeds = len(narrow) / timings[0].median / 1e6, rows(wide) / timings[1].median / 1e6
    rated("developing levels", dict(zip(("narrow", "wide"), speeds, strict=True)))
    moved = len(stretched[0]) * MOVED
    return "\n".join([shown("after every bar", timings, moved), *rates])


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
    return (
        f"{timing.name}: {updates:,.0f} million row updates/s, {speed:,.2f} million bars/s, "
        f"{speed * MOVED / 1e3:.2f} GB/s of bars read and levels written"
    )


def wider(bars: Bars, times: int, sessions: int) -> Bars:
    """The first sessions with prices some times as large: more rows a bar, and more in all."""
    first = int(bars.session[0])
    part = bars[: int(np.searchsorted(bars.session, first + max(2, sessions)))]
    names = ("open", "high", "low", "close")
    prices = {name: getattr(part, name) * np.int32(times) for name in names}
    return Bars(bars.instrument, bars.sessions, part.arrays._replace(**prices))
