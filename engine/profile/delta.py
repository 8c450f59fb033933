"""Delta: lots bought at the ask less lots sold at the bid, true or by a stated proxy of bars.

Bars do not know who took. What is made of them is a proxy and called one in every result.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.columns import Bools, Column, frozen
from engine.core.errors import ParameterError, unknown
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.core.search import first_at
from engine.profile.histogram import Profiles, profiles
from engine.profile.model import DEFAULT, Model
from engine.profile.spread import quotient
from engine.profile.ticks import Trades

UP_DOWN, CLOSE_LOCATION, SEED_HLC, SEED_CLOSE = 0, 1, 2, 3
PROXIES: Final = {
    "close_location": CLOSE_LOCATION,
    "up_down": UP_DOWN,
    "seed_hlc": SEED_HLC,
    "seed_close": SEED_CLOSE,
}
TRUE: Final = "true"
SHARE = 1_000_000  # the scale of the share a proxy says was bought
ROLLING: Final = 15  # bars


class Flow(NamedTuple):
    """Lots bought and sold in each bar, and whether that is true or by which proxy."""

    buy: Longs
    sell: Longs
    kind: str


class Delta(NamedTuple):
    """By a proxy: of each bar, of the session so far, of the last bars; its rank so far in 1/100.

    The rank says which part of the session's bars so far had a cumulative delta no greater.
    """

    bar: Column
    session: Column
    rolling: Column
    rank: Column


@dataclass(frozen=True, eq=False, slots=True)
class DeltaProfiles:
    """Lots bought and lots sold at each price of every session, and of what kind they are."""

    buy: Profiles
    sell: Profiles
    kind: str

    def frame(self) -> pl.DataFrame:
        """One line a row: session, its lowest tick, bought, sold, delta, and the kind."""
        sold = self.sell.frame()["volume"]
        return self.buy.frame().select(
            "session",
            "tick",
            buy="volume",
            sell=sold,
            delta=pl.col("volume") - sold,
            kind=pl.lit(self.kind),
        )


def proxy_flow(bars: Bars, method: str = "close_location") -> Flow:
    """What a proxy says was bought and sold in each bar."""
    if method not in PROXIES:
        raise unknown("delta proxy", method, PROXIES)
    buy = np.zeros(len(bars), np.int64)
    buy_all(bars.arrays, PROXIES[method], buy)
    return Flow(frozen(buy), frozen(bars.volume - buy), f"proxy: {method}")


def true_flow(bars: Bars, trades: Trades) -> Flow:
    """What trades say: each belongs to the bar whose minutes it was made in, or to none."""
    row = np.searchsorted(bars.time, trades.bars.time, side="right") - 1
    length = bars.minutes * MINUTE
    inside = (row >= 0) & (trades.bars.time < bars.time[np.maximum(row, 0)] + length)
    buy, sell = np.zeros((2, len(bars)), np.int64)
    for side, lots in ((1, buy), (-1, sell)):
        taken = inside & (trades.side == side)
        np.add.at(lots, row[taken], trades.bars.volume[taken])
    return Flow(frozen(buy), frozen(sell), TRUE)


def delta_profiles(
    bars: Bars, flow: Flow, *, segment: str = "full", model: Model = DEFAULT
) -> DeltaProfiles:
    """Bought and sold lots spread over prices like volume, each exactly."""

    def spread(lots: Longs) -> Profiles:
        part = replace(bars, arrays=bars.arrays._replace(volume=lots))
        return profiles(part, segment=segment, model=model)

    return DeltaProfiles(spread(flow.buy), spread(flow.sell), flow.kind)


def true_profiles(
    trades: Trades, *, segment: str = "full", row: int | None = None
) -> DeltaProfiles:
    """Bought and sold lots at the very prices they were traded at."""
    lots = trades.bars.volume
    flow = Flow(lots * (trades.side == 1), lots * (trades.side == -1), TRUE)
    return delta_profiles(trades.bars, flow, segment=segment, model=Model(row=row))


@feature
def proxy_delta(
    bars: Bars, *, method: str = "close_location", segment: str = "full", n: int = ROLLING
) -> Delta:
    """Delta by a proxy, of each bar and cumulative from the segment's first bar of the session."""
    return cumulative(bars, proxy_flow(bars, method), segment, n)


def cumulative(bars: Bars, flow: Flow, segment: str = "full", n: int = ROLLING) -> Delta:
    """Delta of each bar in the segment, summed over the session so far and over the last bars."""
    if n < 1:
        raise ParameterError(f"a rolling delta takes at least one bar, not {n}")
    inside = bars.labels.mask(segment)
    delta = np.where(inside, flow.buy - flow.sell, 0)
    session, rolling = np.zeros((2, len(bars)), np.int64)
    out = Sums(session, rolling, np.zeros(len(bars)), np.zeros(len(bars), np.bool_))
    flows = (delta, bars.session.astype(np.int64), inside)
    cumulate(flows, n, np.empty((2, len(bars)), np.int64), out)
    columns = ((delta, inside), (out.session, inside), (out.rolling, out.full), (out.rank, inside))
    return Delta(*(Column(values, there.copy()) for values, there in columns))


class Sums(NamedTuple):
    """What `cumulate` writes, one a bar."""

    session: Longs
    rolling: Longs
    rank: np.ndarray[tuple[int], np.dtype[np.float64]]
    full: Bools


@kernel
def buy_all(bars: BarArrays, method: int, out: Longs) -> None:
    """Lots bought in each bar; the close before is that of the same session."""
    for i in range(len(bars.time)):
        follows = i > 0 and bars.session[i] == bars.session[i - 1]
        move = int(bars.close[i]) - int(bars.close[i - 1]) if follows else 0
        prices = int(bars.open[i]), int(bars.high[i]), int(bars.low[i]), int(bars.close[i])
        out[i] = portion(int(bars.volume[i]), share_bought(prices, move, method))


@kernel
def portion(volume: int, share: int) -> int:
    """A share of some lots to the nearest lot, halves up."""
    many = quotient(volume, SHARE)
    rest = volume - many * SHARE
    return many * share + (2 * rest * share + SHARE) // (2 * SHARE)


@kernel
def share_bought(prices: tuple[int, int, int, int], move: int, method: int) -> int:
    """The part of a bar's lots that was bought, in 1/10^6, halves up."""
    first, high, low, close = prices
    way, whole = close - first, high - low
    if method == UP_DOWN or whole == 0:
        way = move if method != UP_DOWN or way == 0 else way
        return SHARE // 2 * (1 + sign(way))
    if method == CLOSE_LOCATION:
        return ratio(close - low, whole)
    if method == SEED_CLOSE:
        return ratio(whole + sign(move) * min(abs(move), whole), 2 * whole)
    if way > 0:
        return ratio(50 * (first - low) + 80 * way + 65 * (high - close), 100 * whole)
    return ratio(65 * (high - first) - 20 * way + 35 * (close - low), 100 * whole)


@kernel
def sign(way: int) -> int:
    """Plus one, minus one, or nothing."""
    return int(way > 0) - int(way < 0)


@kernel
def ratio(part: int, whole: int) -> int:
    """A quotient in 1/10^6, halves up."""
    return (2 * SHARE * part + whole) // (2 * whole)


@kernel
def cumulate(flow: tuple[Longs, Longs, Bools], n: int, room: Longs, out: Sums) -> None:
    """Sums of each session so far and of its last `n` bars, and the rank of the first of them."""
    delta, session, inside = flow
    many, last = 0, -1
    for i in range(len(delta)):
        if inside[i]:
            if session[i] != last:
                many, last = 0, session[i]
            so_far = delta[i] + (room[0, many - 1] if many else 0)
            room[0, many] = so_far
            place = first_at(room[1], 0, many, so_far + 1)
            for k in range(many, place, -1):
                room[1, k] = room[1, k - 1]
            room[1, place] = so_far
            many += 1
            out.session[i], out.rank[i] = so_far, 100.0 * (place + 1) / many
            if many >= n:
                out.full[i] = True
                out.rolling[i] = so_far - (room[0, many - 1 - n] if many > n else 0)
