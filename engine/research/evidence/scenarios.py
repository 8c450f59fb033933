"""Scenarios: the same market louder, quieter, drifting, turning back, or struck once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from engine.core.bars import Bars, Longs
from engine.research.evidence.chance import uniforms, words
from engine.research.evidence.stress import fall_and_rise, flash_crash, written
from engine.synth.mirror import CLOSE, joined, moves, turn_over

CALM_DRIFT: Final = 0.0005  # of the price, a session
REVERSAL: Final = 0.6  # chance that a bar turns back
STRUCK: Final = 0.07  # depth of the crash


def scaled(bars: Bars, times: float) -> Bars:
    """Every move and gap so many times as large, rounded to ticks."""
    return whole(bars, joined(bars, np.rint(moves(bars) * times).astype(np.int64)))


def drifting(bars: Bars, share: float) -> Bars:
    """A share of the price added over every session, between its bars; ranges stay."""
    _, place, length = np.unique(bars.session, return_inverse=True, return_counts=True)
    ramp = np.rint((bars.open * (share / length[place])).cumsum()).astype(np.int64)
    prices = np.stack([column.astype(np.int64) for column in bars.arrays[1:5]])
    return whole(bars, prices + ramp)


def choppy(bars: Bars, reversal: float = REVERSAL, seed: int = 0) -> Bars:
    """Bars turned over so that each goes against the one before with this chance; sizes stay."""
    moved = moves(bars)
    going = np.flatnonzero(moved[CLOSE])
    turns = uniforms(words(seed, "choppy", len(going))) < reversal
    wanted = np.where(turns, -1, 1).cumprod()
    turned = np.zeros(len(bars), np.bool_)
    turned[going] = np.sign(moved[CLOSE, going]) != wanted
    return whole(bars, joined(bars, turn_over(moved, turned, np.zeros_like(turned))))


def whole(bars: Bars, prices: Longs) -> Bars:
    """All bars but the first replaced: a scenario begins from the real price."""
    shift = int(bars.close[0]) - int(prices[3, 0])
    return written(bars, 1, prices[:, 1:] + shift, bars.volume[1:])


SCENARIOS: Final[dict[str, Callable[[Bars], Bars]]] = {
    "as_it_was": lambda bars: bars,
    "high_volatility": lambda bars: scaled(bars, 1.8),
    "low_volatility": lambda bars: scaled(bars, 0.5),
    "drift_up": lambda bars: drifting(bars, CALM_DRIFT),
    "drift_down": lambda bars: drifting(bars, -CALM_DRIFT),
    "choppy": choppy,
    "flash_crash": lambda bars: fall_and_rise(bars, len(bars) // 2, flash_crash(STRUCK)),
}
