"""Where value migrates: statistics of the point of control, session by session.

The window of a session is made of sessions before it; nothing of its own counts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Column
from engine.core.jit import lean_kernel
from engine.features.declare import NEVER, Says, Takes, told
from engine.features.fold import Floats
from engine.features.tails import beta_at
from engine.features.walks import Line, statistics, walk_p
from engine.profile.model import DEFAULT, FRACTION
from engine.profile.sessions import levels_of
from engine.profile.slices import session_parts

UNTIL: Final = "until so many sessions are over"


class Trend(NamedTuple):
    """Line through the pocs: ticks per session, R2, the p of least squares, that of walks."""

    slope: Column
    r2: Column
    p: Column
    error: Column
    walk_p: Column


class Runs(NamedTuple):
    """How often the pocs cross their median, and how likely so many or so few are."""

    runs: Column
    p: Column


class Momentum(NamedTuple):
    """Slope over deviation, R2, and 1 - p."""

    momentum: Column
    confidence: Column
    significance: Column


class Up(NamedTuple):
    """Probability that value goes up, as share of movement and as share of moves."""

    weighed: Column
    counted: Column


class Posterior(NamedTuple):
    """Mean of the posterior and the edges of its credible interval."""

    mean: Column
    low: Column
    high: Column


class Spread(NamedTuple):
    """Deviation of pocs in ticks, and over their mean."""

    ticks: Column
    share: Column


def window(low: int = 3, trial: int = 3) -> Takes:
    return Takes("sessions in the window", low=low, trial=trial)


def segment_of() -> Takes:
    return Takes("hours that make the profile", choices=("rth", "eth", "full"), trial="full")


def session_says(formula: str, unit: str, absent: str = UNTIL) -> Says:
    return Says(formula=formula, unit=unit, absent=absent, per="session", settles=NEVER)


def pocs(bars: Bars, segment: str) -> tuple[Longs, Longs]:
    """Sessions that have a point of control, and where it lies."""
    parts = session_parts(bars, segment)
    found = levels_of(bars, parts, DEFAULT, "pairs", FRACTION)
    return parts.session[found.present], found.poc[found.present]


def told_of(bars: Bars, segment: str, n: int, least: int, lag: int = 0) -> tuple[Line, Longs]:
    """Statistics of the windows, and for every session the last one that ended before it."""
    session, values = pocs(bars, segment)
    before = np.searchsorted(session, np.arange(len(bars.sessions))) - 1 - lag
    return statistics(values, n, least), before


def spread_out(bars: Bars, values: Floats | Longs, before: Longs) -> Column:
    """One value a session: that of the window before it."""
    there = before >= 0
    if not len(values):
        return Column(np.zeros(len(before)), np.zeros(len(before), np.bool_), bars.session)
    taken = values[np.maximum(before, 0)]
    return Column(taken, there & np.isfinite(taken), bars.session)


@told(
    session_says(
        "least squares of poc on 0 .. n - 1; walk_p = share of driftless walks of n points with "
        "as large an R2",
        "ticks per session; shares",
    ),
    sessions=window(),
    segment=segment_of(),
)
def poc_trend(bars: Bars, *, sessions: int = 20, segment: str = "rth") -> Trend:
    """Rolling regression of the point of control."""
    found, before = told_of(bars, segment, sessions, sessions)
    rows = (*found[:4], walk_p(found.r2, sessions))
    return Trend(*(spread_out(bars, row, before) for row in rows))


@told(
    session_says(
        "runs above and not above the median; p of a normal with the mean 2ab / n + 1 and the "
        "variance 2ab (2ab - n) / (n^2 (n - 1))",
        "runs; share",
        UNTIL + "; p where a side is nearly empty",
    ),
    sessions=window(),
    segment=segment_of(),
)
def poc_runs(bars: Bars, *, sessions: int = 20, segment: str = "rth") -> Runs:
    """Runs test of the point of control about its median."""
    found, before = told_of(bars, segment, sessions, sessions)
    return Runs(*(spread_out(bars, row, before) for row in (found.runs, found.runs_p)))


@told(
    session_says(
        "slope / deviation (divided by n), R2, 1 - p; lag 1 leaves out the last session, as the "
        "published system did",
        "deviations per session; shares",
    ),
    sessions=window(),
    lag=Takes("sessions left out at the end", low=0, high=1),
    segment=segment_of(),
)
def poc_momentum(bars: Bars, *, sessions: int = 10, lag: int = 0, segment: str = "rth") -> Momentum:
    """Slope of the point of control in deviations."""
    found, before = told_of(bars, segment, sessions, sessions, lag)
    wide = found.deviation * np.sqrt((sessions - 1) / sessions)
    slope = found.slope / np.where(wide > 0, wide, np.nan)
    return Momentum(*(spread_out(bars, row, before) for row in (slope, found.r2, 1 - found.p)))


@told(
    session_says(
        "weighed = sum of w x rises / sum of w x |moves|, w = exp(-1 + i / (n - 1)) over n moves; "
        "counted = rises / (rises + falls)",
        "probability",
        UNTIL + ", and while the poc has not moved",
    ),
    sessions=window(),
    segment=segment_of(),
)
def poc_up(bars: Bars, *, sessions: int = 20, segment: str = "rth") -> Up:
    """How often, and how far, value went up: shares, no posteriors."""
    found, before = told_of(bars, segment, sessions, sessions)
    moves = found.ups + found.downs
    counted = found.ups / np.where(moves > 0, moves, np.nan)
    return Up(*(spread_out(bars, row, before) for row in (found.up_weighed, counted)))


@told(
    session_says(
        "Beta(prior + u, prior + d), u and d the rises and falls of the poc, each weighing "
        "keep^age; interval with equal tails that holds `level`",
        "probability",
        "until a poc has moved",
    ),
    prior=Takes("pseudo-moves on each side", low=Decimal("0.01")),
    keep=Takes("what a move keeps of its weight a session", low=Decimal("0.5"), high=Decimal(1)),
    level=Takes("share the interval holds", low=Decimal("0.5"), high=Decimal("0.999")),
    segment=segment_of(),
)
def poc_posterior(
    bars: Bars,
    *,
    prior: Decimal = Decimal(1),
    keep: Decimal = Decimal("0.97"),
    level: Decimal = Decimal("0.9"),
    segment: str = "rth",
) -> Posterior:
    """Beta-Binomial probability that value goes up, with an interval."""
    session, values = pocs(bars, segment)
    before = np.searchsorted(session, np.arange(len(bars.sessions))) - 1
    out = np.full((3, len(values)), np.nan)
    update(values, (float(prior), float(keep), (1 - float(level)) / 2), out)
    return Posterior(*(spread_out(bars, row, before) for row in out))


@lean_kernel
def update(values: Longs, given: tuple[float, float, float], out: Floats) -> None:
    """One posterior after each session from the second on."""
    prior, keep, tail = given
    up, down = 0.0, 0.0
    for k in range(1, len(values)):
        move = values[k] - values[k - 1]
        up, down = up * keep + (move > 0), down * keep + (move < 0)
        if up + down > 0:
            a, b = prior + up, prior + down
            out[0, k] = a / (a + b)
            out[1, k], out[2, k] = beta_at(a, b, tail), beta_at(a, b, 1 - tail)


@told(
    session_says(
        "deviation of the last pocs (divided by n - 1), and that over their mean",
        "ticks; ratio",
        UNTIL + "; the ratio where the mean is not above 0",
    ),
    sessions=window(2),
    segment=segment_of(),
)
def poc_volatility(bars: Bars, *, sessions: int = 10, segment: str = "rth") -> Spread:
    """How far the point of control wanders in a window."""
    found, before = told_of(bars, segment, max(sessions, 3), max(sessions, 3))
    share = found.deviation / np.where(found.level > 0, found.level, np.nan)
    return Spread(*(spread_out(bars, row, before) for row in (found.deviation, share)))
