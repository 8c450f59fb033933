"""Stress: real bars with a disaster written into them, and how well a strategy lived through it.

A stress is no surrogate: it asks what a strategy does in weather its history may not hold. Bars
stay consistent; those before it stay as they were, those after it keep their moves from where it
ended.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs, checked
from engine.core.columns import Array
from engine.core.errors import RefusedError, StudyError
from engine.research.evidence.chance import Floats, bells

VERSION: Final = 1  # raise it whenever the same stress makes other bytes


class Course(NamedTuple):
    """Where the price goes: each bar's close as a share of the price before, and what trades."""

    shares: Floats
    volume: Floats  # times the bar's own
    noise: float  # deviation of each close, in mean ranges of the bars it replaces


def fall_and_rise(bars: Bars, at: int, course: Course, seed: int = 0) -> Bars:
    """Lead the price along a course from bar `at` on; each bar keeps half its range as wicks."""
    count = len(course.shares)
    fits(bars, at, count)
    rows = slice(at, at + count)
    level, height = int(bars.close[at - 1]), (bars.high[rows].astype(np.int64) - bars.low[rows])
    noise = course.noise * float(height.mean()) * bells(seed, "stress", count)
    close = np.rint(level * course.shares + noise).astype(np.int64)
    opened = np.concatenate(([level], close[:-1]))
    high, low = np.maximum(opened, close) + height // 4, np.minimum(opened, close) - height // 4
    volume = np.rint(bars.volume[rows] * course.volume).astype(np.int64)
    return written(bars, at, np.stack((opened, high, low, close)), volume)


def widened(bars: Bars, at: int, count: int, times: int) -> Bars:
    """A volatility spike: ranges and volumes so many times as large about their own middle."""
    fits(bars, at, count)
    rows = slice(at, at + count)
    prices = np.stack([column[rows].astype(np.int64) for column in bars.arrays[1:5]])
    more = (times - 1) * (prices[1] - prices[2]) // 2
    prices[1] += more
    prices[2] -= more
    return written(bars, at, prices, bars.volume[rows] * times)


def replayed(bars: Bars, at: int, crash: Bars, times: float) -> Bars:
    """Stored bars of another time, their logarithmic moves scaled, put at this price."""
    fits(bars, at, len(crash))
    if crash.low.min() < 1:
        raise RefusedError("a crash is replayed by ratios: its prices must lie above zero")
    prices = np.stack([column.astype(np.float64) for column in crash.arrays[1:5]])
    ratio = (prices / prices[0, 0]) ** times * int(bars.close[at - 1])
    body = np.abs(np.diff(np.log(prices[3]), prepend=np.log(prices[0, 0])))
    weight = 1 + (times - 1) * body / max(float(body.max()), np.finfo(float).tiny)
    volume = np.rint(bars.volume[at : at + len(crash)] * weight).astype(np.int64)
    return written(bars, at, np.rint(ratio).astype(np.int64), volume)


def fits(bars: Bars, at: int, count: int) -> None:
    """A stress needs a bar before it and room for itself."""
    if at < 1 or count < 1 or at + count > len(bars):
        raise StudyError(f"a stress of {count} bars at bar {at} does not fit into {len(bars)} bars")


def written(bars: Bars, at: int, prices: Longs, volume: Longs) -> Bars:
    """The bars with a part of them replaced, and what follows moved to where it ended."""
    stop = at + prices.shape[1]
    shift = int(prices[3, -1]) - int(bars.close[stop - 1])
    columns = [column.astype(np.int64) for column in bars.arrays[1:5]]
    for column, part in zip(columns, prices, strict=True):
        column[at:stop] = part
        column[stop:] += shift
    if bars.low.min() > 0 and min(int(column.min()) for column in columns) < 1:
        raise RefusedError("the stress would carry the price below one tick")
    traded = bars.volume.copy()
    traded[at:stop] = volume
    mark = blake2b(f"{VERSION} stress {bars.fingerprint} {at}".encode(), digest_size=16)
    mark.update(np.ascontiguousarray(prices).data)
    origin = replace(bars.origin, source="stress", synthetic=True, fingerprint=mark.hexdigest())
    ticks = [column.astype(np.int32) for column in columns]
    arrays = bars.arrays._replace(
        open=ticks[0], high=ticks[1], low=ticks[2], close=ticks[3], volume=traded
    )
    return checked(replace(bars, arrays=arrays, origin=origin))


def flash_crash(depth: float = 0.10) -> Course:
    """Down within three bars, then back by three fifths of it in twenty."""
    down = 1 - depth * np.arange(1, 4) / 3
    up = np.linspace(down[-1], 1 - 0.4 * depth, 21)[1:]
    volume = np.repeat(np.array([5.0, 3.0]), [3, 20])
    return Course(np.asarray(np.append(down, up), np.float64), volume, 0.3)


def long_slide(count: int = 200, step: float = 0.003) -> Course:
    """Down a little every bar, with a bounce of some bars' worth each fortieth."""
    bounces = np.where(np.arange(1, count + 1) % 40 == 0, 7.5 * step, 0.0)
    shares = np.asarray((1 - step + bounces).cumprod(), np.float64)
    return Course(shares, np.full(count, 0.7), 0.5)


def v_shape(depth: float = 0.30) -> Course:
    """Most of the fall at first, and nearly all of it back in as many bars."""
    way = 1 - (1 - np.arange(1, 21) / 20) ** 2
    shares = np.append(1 - depth * way, 1 - depth + (depth - 0.03) * way)
    return Course(shares, np.append(np.linspace(2, 3, 20), np.linspace(3, 1, 20)), 0.1)


COURSES: Final[dict[str, Callable[[], Course]]] = {
    "flash_crash": flash_crash,
    "long_slide": long_slide,
    "v_shape": v_shape,
}


class Survival(NamedTuple):
    """How a strategy's R multiples went through an event; NaN where it did not trade."""

    fall: float  # deepest fall in R
    streak: int  # most losses in a row
    recovery: float  # trades from the deepest point back to the height before; infinite if never
    net: float
    worst: float
    survived: bool  # never fell 15 R
    score: float  # 0 to 100


def survival(r: Array) -> Survival:
    """Weigh fall, streak, recovery and result; each part is clipped to its own range first."""
    results = np.asarray(r, np.float64)
    if not len(results):
        none = math.nan
        return Survival(none, 0, none, none, none, survived=False, score=none)
    below = depths(results)
    fall, streak = float(below.max()), longest_loss(results)
    recovery, net = recovered(results, below), float(results.sum())
    back = max(0.0, (20 - recovery) / 20)
    parts = (share((15 - fall) / 12), share((10 - streak) / 7), back, share((net + 5) / 5))
    score = 100 * math.fsum(w * part for w, part in zip((0.4, 0.2, 0.2, 0.2), parts, strict=True))
    return Survival(fall, streak, recovery, net, float(results.min()), fall < 15, score)


def share(value: float) -> float:
    return min(1.0, max(0.0, value))


def longest_loss(results: Floats) -> int:
    """Most losses in a row."""
    won = np.flatnonzero(results >= 0)
    return int(np.diff(np.concatenate(([-1], won, [len(results)]))).max()) - 1


def depths(results: Floats) -> Floats:
    """How far the running sum stands below its highest, before the first trade and after each."""
    path = np.concatenate(([0.0], results.cumsum()))
    return np.asarray(np.maximum.accumulate(path) - path)


def recovered(results: Floats, below: Floats) -> float:
    """Trades from the deepest point until the height before it is reached again."""
    deepest = int(below.argmax())
    later = np.flatnonzero(results[deepest:].cumsum() >= below[deepest])
    if not below[deepest]:
        return 0.0
    return float(later[0] + 1) if len(later) else math.inf
