"""Surrogates: bars with the market's sizes, hours and volumes, and without its direction.

`mirror` is the null: each bar and each gap is turned over by a coin of its own, so that nothing
known at a bar's close says where the next bar goes. `shuffle` is none: it keeps what happens
inside a session, or inside a stretch of one, and only loses what joins them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import PRICE_LIMIT, BarArrays, Bars, Longs, Ticks, checked
from engine.core.columns import Array
from engine.core.errors import ParameterError, RefusedError, unknown
from engine.core.jit import kernel

VERSION: Final = 1  # raise it whenever the same seed makes other bytes
UNITS: Final = ("auto", "ticks", "share")
BEYOND: Final = "the surrogate wanders beyond any price a bar can hold; mirror by share"
MOST: Final = int(np.iinfo(np.int32).max)
GAP, HIGH, LOW, CLOSE = range(4)  # rows of moves: each bar's gap, then the rest from its open


class Source(NamedTuple):
    """Which surrogate: a study's seed, and the turn among its surrogates."""

    seed: int
    turn: int = 0

    def stream(self, use: int) -> np.random.PCG64:
        """Raw bits of one use: NumPy promises these streams."""
        if self.seed < 0 or self.turn < 0:
            raise ParameterError(f"surrogate {self.turn} of seed {self.seed}: both are 0 or more")
        return np.random.PCG64(np.random.SeedSequence([self.seed, self.turn, use]))


def mirror(bars: Bars, source: Source, unit: str = "auto") -> Bars:
    """Turn bars and gaps over in `ticks`, or as a `share` of the price where it rose manyfold.

    In ticks every range stays as it was, and a tape that would sink below one tick is lifted as a
    whole; as a share, ranges keep their ratio to the price. Futures go by ticks, coins by share.
    """
    if unit not in UNITS:
        raise unknown("unit", unit, UNITS, where=" of a mirror")
    if unit == "auto":
        unit = "ticks" if bars.instrument.kind == "future" else "share"
    coins = source.stream(0).random_raw(len(bars)).view(np.int64)  # two bits of each are read
    prices: Array = by_ticks(bars, coins) if unit == "ticks" else by_share(bars, coins)
    found = made(bars, prices, bars.volume, f"mirror {unit} {source.seed} {source.turn}")
    near = max(-int(found.low.min()), int(found.high.max())) <= PRICE_LIMIT
    # In ticks a bar keeps its own moves: only its distance from zero is left to look at.
    return found if unit == "ticks" and near else checked(found)


def moves(bars: Bars) -> Longs:
    """Each bar's gap from the close before, then its high, low and close from its own open."""
    opened, high, low, close = (column.astype(np.int64) for column in bars.arrays[1:5])
    gap = np.diff(opened, prepend=opened[:1])
    gap[1:] += opened[:-1] - close[:-1]
    return np.stack((gap, high - opened, low - opened, close - opened))


def turn_over(moved: Array, bar: Array, gap: Array) -> Array:
    """Mirror some bars about their open, highs becoming lows, and some gaps."""
    signs = np.where(bar, -1, 1)
    high = np.where(bar, -moved[LOW], moved[HIGH])
    low = np.where(bar, -moved[HIGH], moved[LOW])
    return np.stack((np.where(gap, -1, 1) * moved[GAP], high, low, signs * moved[CLOSE]))


def by_ticks(bars: Bars, coins: Longs) -> Ticks:
    """What `joined` makes of `turn_over`, in one pass."""
    prices = np.empty((4, len(bars)), np.int32)
    low, high = turn_each(bars.arrays, coins, prices)
    lift = max(0, 1 - low) if bars.low.min() > 0 else 0
    if max(-low, high + lift) > MOST:
        raise RefusedError(BEYOND)
    return prices + np.int32(lift) if lift else prices


@kernel
def turn_each(bars: BarArrays, coins: Longs, out: Ticks) -> tuple[int, int]:
    """Coin 1 turns a bar over about its open, coin 2 the gap before it; how low and high they go.

    They go no further than what is too large for a price.
    """
    before = price = lowest = highest = np.int64(bars.open[0])
    for i in range(len(coins)):
        opened = np.int64(bars.open[i])
        gap, body = opened - before, bars.close[i] - opened
        up, down = bars.high[i] - opened, opened - bars.low[i]
        before = np.int64(bars.close[i])
        price += -gap if coins[i] & 2 else gap
        if coins[i] & 1:
            up, down, body = down, up, -body
        lowest, highest = min(lowest, price - down), max(highest, price + up)
        if highest > MOST or -lowest > MOST:
            break
        out[0, i], out[1, i], out[2, i] = price, price + up, price - down
        price += body
        out[3, i] = price
    return int(lowest), int(highest)


def joined(bars: Bars, moved: Longs) -> Longs:
    """Prices from moves, lifted above zero where the real ones were."""
    before = np.concatenate(([0], moved[CLOSE].cumsum()[:-1]))
    opened = int(bars.open[0]) + moved[GAP].cumsum() + before
    return lifted(bars, opened + np.stack((np.zeros_like(opened), *moved[HIGH:])))


def lifted(bars: Bars, prices: Longs) -> Longs:
    """The whole tape above zero where the real one is."""
    lift = max(0, 1 - int(prices[LOW].min())) if bars.low.min() > 0 else 0
    return prices + lift if lift else prices


def by_share(bars: Bars, coins: Longs) -> Longs:
    """Prices from moves as shares; a move by all of the price or more is left out, either way."""
    if bars.low.min() < 1:
        raise RefusedError("a mirror by share needs prices above zero; mirror these in ticks")
    moved = moves(bars).astype(np.float64)
    close = np.concatenate((bars.open[:1], bars.close[:-1]))
    moved[GAP] /= close
    moved[HIGH:] /= bars.open
    moved[GAP, np.abs(moved[GAP]) >= 1] = 0
    moved[HIGH:, (np.abs(moved[HIGH:]) >= 1).any(axis=0)] = 0
    moved = turn_over(moved, coins & 1 > 0, coins & 2 > 0)
    steps = np.stack((1 + moved[GAP], 1 + moved[CLOSE]))
    opened = int(bars.open[0]) * steps.T.ravel().cumprod()[::2]
    prices = opened * np.stack((np.ones(len(bars)), *(1 + moved[HIGH:])))
    return np.asarray(np.maximum(np.floor(prices + 0.5), 1), np.int64)


def shuffle(bars: Bars, source: Source, minutes: int = 0) -> Bars:
    """Exchange whole sessions, or the stretches of so many minutes at the same place of each.

    Only stretches whose bars stand at the same minutes are exchanged; the others stay.
    """
    if minutes < 0:
        raise ParameterError(f"a stretch of {minutes} minutes: 0 for whole sessions, or more")
    minute = bars.labels.minute.astype(np.int64)
    phase = minute // minutes if minutes else np.zeros(len(bars), np.int64)
    steps = [np.diff(column, prepend=-1) != 0 for column in (bars.session, phase)]
    edges = np.flatnonzero(steps[0] | steps[1])
    alike: dict[bytes, list[Longs]] = defaultdict(list)
    for first, stop in zip(edges, [*edges[1:], len(bars)], strict=True):
        alike[minute[first:stop].tobytes()].append(np.arange(first, stop))
    if max(map(len, alike.values())) < 2:
        raise RefusedError("no two stretches of these bars stand at the same minutes")
    rows, bits = np.arange(len(bars)), source.stream(1)
    for runs in alike.values():
        order = np.argsort(bits.random_raw(len(runs)), kind="stable")
        for run, other in zip(runs, order, strict=True):
            rows[run] = runs[other]
    name = f"shuffle {minutes} {source.seed} {source.turn}"
    return checked(made(bars, joined(bars, moves(bars)[:, rows]), bars.volume[rows], name))


def permute(bars: Bars, source: Source) -> Bars:
    """Exchange single bars, each with the gap before it, among those at the same minute.

    Drift, sizes by the hour and what happens inside a bar stay; what bars have to do with each
    other is lost.
    """
    minute = bars.labels.minute
    raw = source.stream(2).random_raw(len(bars))
    rows = np.empty(len(bars), np.int64)
    rows[np.argsort(minute, kind="stable")] = np.lexsort((raw, minute))
    prices = joined(bars, moves(bars)[:, rows])
    name = f"permute {source.seed} {source.turn}"
    return checked(made(bars, prices, bars.volume[rows], name))


def made(bars: Bars, prices: Array, volume: Longs, name: str) -> Bars:
    """The surrogate at the times of the original, under a name that says what it is made from."""
    text = f"{VERSION} {name} {bars.fingerprint}"
    mark = blake2b(text.encode(), digest_size=16).hexdigest()
    origin = replace(
        bars.origin, source=name.split(" ", maxsplit=1)[0], synthetic=True, fingerprint=mark
    )
    opened, high, low, close = (ticks(row) for row in prices)
    arrays = bars.arrays._replace(open=opened, high=high, low=low, close=close, volume=volume)
    return replace(bars, arrays=arrays, origin=origin)


def ticks(row: Array) -> Ticks:
    """Prices as stored; what is too large is refused before it could wrap."""
    if max(int(row.max(initial=0)), -int(row.min(initial=0))) > np.iinfo(np.int32).max:
        raise RefusedError(BEYOND)
    return np.asarray(row, np.int32)
