"""Permutations: what the same trades would have been with their signs or their order drawn anew."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Bools, Column, frozen
from engine.core.errors import RefusedError
from engine.core.setups import Setups
from engine.research.evidence.bands import falls
from engine.research.evidence.chance import Floats, coins, orders, picks, words

LEAST = 20  # trades below which no permutation is made
CHUNK = 1000  # draws at once
COINS = 5_000_000  # signs held at the same time
PERCENTS = np.arange(1, 100)


class Flipped(NamedTuple):
    """A mean against the same results with random signs, and percentiles 1 to 99 of those."""

    mean: float
    p_above: float
    p_below: float
    p_apart: float
    null: Floats


def sign_flips(values: Longs, draws: int = 10_000, seed: int = 0) -> Flipped:
    """Whether a mean is too far from zero for results that are as likely to be their negatives."""
    count, told = len(values), int(values.sum())
    if count < LEAST:
        none = math.nan
        return Flipped(told / count if count else none, none, none, none, np.full(99, none))
    floats = values.astype(np.float64)  # sums of whole numbers below 2**53: exact in any order
    chunk = min(CHUNK, max(1, COINS // count))
    sums = np.concatenate(
        [
            coins(words(seed, f"sign flips {first}", min(chunk, draws - first), count)) @ floats
            for first in range(0, draws, chunk)
        ]
    )
    tests = (sums >= told, sums <= told, np.abs(sums) >= abs(told))
    above, low, apart = ((int(test.sum()) + 1) / (draws + 1) for test in tests)
    return Flipped(told / count, above, low, apart, np.percentile(sums / count, PERCENTS))


class Ordered(NamedTuple):
    """The deepest fall of a run of trades among those of the same trades in other orders."""

    fall: int
    p_deeper: float  # share of orders that fall at least as deep
    low: float  # the fall's 5th, 50th and 95th percentile
    middle: float
    high: float


def trade_order(values: Longs, draws: int = 1000, seed: int = 0) -> Ordered:
    """Luck in the order of trades: their sum stays, only the path differs."""
    fall = int(falls(values[None])[0])
    if len(values) < LEAST:
        return Ordered(fall, math.nan, math.nan, math.nan, math.nan)
    drawn = falls(values[orders(words(seed, "trade order", draws, len(values)))])
    share = (int((drawn >= fall).sum()) + 1) / (draws + 1)
    low, middle, high = np.percentile(drawn, [5, 50, 95])
    return Ordered(fall, share, float(low), float(middle), float(high))


def entered_at_random(bars: Bars, setups: Setups, seed: int, inside: Bools) -> Setups:
    """Setups at random bars of their own sessions, among those after which an entry may fill."""
    refuse_waiting(setups)
    free = np.flatnonzero(inside)
    owner = bars.session[free]
    session = bars.session[setups.bar]
    first, stop = (np.searchsorted(owner, session, side=side) for side in ("left", "right"))
    raw = words(seed, "random entries", len(setups))
    rows = np.flatnonzero(stop > first)
    place = first + picks(raw, 1 << 32) % np.maximum(stop - first, 1)
    return moved_to(bars, setups.take(rows), free[place[rows]])


def refuse_waiting(setups: Setups) -> None:
    """Only orders that fill at once can be moved."""
    if setups.entries is not None:
        raise RefusedError("only market orders are moved: a limit or stop would wait elsewhere")


def moved_entries(bars: Bars, setups: Setups, seed: int, *, together: bool = False) -> Setups:
    """Setups at random bars of their own sessions; levels keep their distance from the close.

    `together` shifts a session's setups by one random stretch around the session's clock, which
    keeps how they cluster.
    """
    refuse_waiting(setups)
    session = bars.session[setups.bar]
    first = np.searchsorted(bars.session, session)
    length = np.searchsorted(bars.session, session, side="right") - first
    raw = words(seed, f"entries {together}", len(bars.sessions) if together else len(setups))
    if together:
        shift = picks(raw[session], 1 << 32) % length
        bar = first + (setups.bar - first + shift) % length
    else:
        bar = first + picks(raw, 1 << 32) % length
    return moved_to(bars, setups, bar)


def moved_to(bars: Bars, setups: Setups, bar: Longs) -> Setups:
    """The setups at other bars, in order, with their levels."""
    order = np.lexsort((np.arange(len(bar)), -setups.side, bar))
    shift = bars.close[bar].astype(np.int64) - bars.close[setups.bar]
    stop, target = (
        Column(np.where(level.present, level.values + shift, 0)[order], level.present[order])
        for level in (setups.stop, setups.target)
    )
    taken = setups.take(order)
    return replace(taken, bar=frozen(bar[order]), stop=stop, target=target)
