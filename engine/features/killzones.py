"""Levels that sessions of the day leave behind, and the hours in which they are raided."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.features.times import in_window

ASIA, LONDON, NEW_YORK = "asia_levels", "london_kill_wide", "new_york_kill"
KILL: Final = {ASIA: (LONDON, NEW_YORK), LONDON: (NEW_YORK,)}  # where each session's levels trade
LEVELS: Final = {"asia": (ASIA,), "london": (LONDON,), "both": (ASIA, LONDON)}


class Raid(NamedTuple):
    """Where raids of lows and of highs end, and how many ticks beyond which level they went."""

    long: Any
    short: Any
    level: Any
    beyond: Any


class Weights(NamedTuple):
    """Parts of a confidence; structure and the trend above count `way` (1 with, -1 against)."""

    depth: float
    structure: float
    neutral: float
    above: float
    sure: float
    regime: float = 0.0
    volume: float = 0.0
    way: int = 1


SCORES: Final = {
    "with_trend": Weights(depth=0.40, structure=0.25, neutral=0.05, above=0.20, sure=0.15),
    "counter": Weights(depth=0.50, structure=0.20, neutral=0.05, above=0.15, sure=0.15, way=-1),
    "regime": Weights(0.40, 0.10, 0.03, 0.10, 0.0, regime=0.25, volume=0.15, way=-1),
}


def zone(bars: Bars, name: str) -> Any:
    """The kill zones in which the levels of a session are traded."""
    return np.logical_or.reduce([in_window(bars, name=z).dense()[1] for z in KILL[name]])


def extremes(bars: Bars, name: str, many: int) -> tuple[Any, Any, Any]:
    """Highest and lowest price of the last sessions that are over, where there are so many."""
    day, inside = in_window(bars, name=name).dense()
    begins = inside & (np.diff(np.where(inside, day, -1), prepend=-1) != 0)
    over = np.cumsum(begins) - inside
    rows = np.flatnonzero(inside)
    if not len(rows):
        return bars.high, bars.low, inside
    first = np.flatnonzero(begins[rows])
    high, low = (
        np.maximum.reduceat(bars.high[rows], first),
        np.minimum.reduceat(bars.low[rows], first),
    )
    for _ in range(1, many):
        high[1:], low[1:] = np.maximum(high[1:], high[:-1]), np.minimum(low[1:], low[:-1])
    last = np.maximum(over - 1, 0)
    return high[last], low[last], over >= many


def deepest(found: list[Raid]) -> Raid:
    """Of the levels raided at a bar the one that was exceeded most."""
    kept = found[0]
    for other in found[1:]:
        raided = other.long | other.short
        mine = kept.long | kept.short
        better = raided & (~mine | (other.beyond > kept.beyond))
        columns = zip(kept, other, strict=True)
        kept = Raid(*(np.where(better, new, old) for old, new in columns))
    return kept
