"""Regimes: a label for every session, told by what was known before it opened."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.features.hidden import hidden_state
from engine.features.regimes import LABELS, bar_regime

QUIET, NORMAL, WILD = NAMES = range(3)
RECENT: Final = 5  # sessions whose mean range is compared
USUAL: Final = 60  # with that of so many
CALM, ROUGH = 0.8, 1.25  # of the usual range: below is quiet, above is wild
FITTED: Final = 120  # sessions the hidden states are fitted on
SURE: Final = 0.5  # chance of the calm state from which on a session counts as calm


class Regimes(NamedTuple):
    """The names of the labels, and the label of every session from the first played one on."""

    names: tuple[str, ...]
    of_session: Longs

    @property
    def changes(self) -> list[int]:
        """Sessions whose label is not that of the session before."""
        return (np.flatnonzero(np.diff(self.of_session)) + 1).tolist()

    def stretches(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Neighbouring sessions of one label between two edges: first, stop, label."""
        inner = [k for k in self.changes if start < k < stop]
        for first, last in pairwise((start, *inner, stop)):
            yield first, last, int(self.of_session[first])


def regimes_of(bars: Bars, name: str) -> Regimes | None:
    """The labels a study chooses by; nothing where it names none."""
    if not name:
        return None
    names, told = TOLD_BY[name]
    return Regimes(names, told(bars))


def opens(bars: Bars) -> tuple[int, Longs]:
    """The first session, and the first bar of every session; where one has none, of the next."""
    first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
    return first, np.searchsorted(bars.session, np.arange(first, stop)).astype(np.int64)


def weather(bars: Bars) -> Longs:
    """Quiet, normal or wild: the mean range of the sessions before, beside what is usual."""
    first, starts = opens(bars)
    stop = first + len(starts)
    there = np.diff(np.append(starts, len(bars))) > 0
    ranges = np.zeros(stop - first)
    own = starts[there]
    high, low = np.maximum.reduceat(bars.high, own), np.minimum.reduceat(bars.low, own)
    ranges[there] = high.astype(np.int64) - low
    found = np.full(stop - first, NORMAL, np.int64)
    for k in range(RECENT + 1, stop - first):
        usual = ranges[max(0, k - USUAL) : k].mean()
        recent = ranges[k - RECENT : k].mean()
        found[k] = QUIET if recent < CALM * usual else WILD if recent > ROUGH * usual else NORMAL
    return found


def trend(bars: Bars) -> Longs:
    """The regime of the last bar before each session; unknown where there is none."""
    starts = opens(bars)[1]
    values, present = bar_regime(bars).at(np.maximum(starts - 1, 0))
    return np.where(present & (starts > 0), values, 0).astype(np.int64)


def hidden(bars: Bars) -> Longs:
    """Calm or wild by a hidden Markov model that was fitted on the sessions before."""
    values, present = hidden_state(bars, sessions=FITTED).calm.at(opens(bars)[1])
    return np.where(present, np.where(values >= SURE, 1, 2), 0).astype(np.int64)


TOLD_BY: Final[dict[str, tuple[tuple[str, ...], Callable[[Bars], Longs]]]] = {
    "weather": (("quiet", "normal", "wild"), weather),
    "bar_regime": (LABELS, trend),
    "hidden_state": (("unknown", "calm", "wild"), hidden),
}
