"""What can be wrong with bars beside each other: runs, spikes, levels, gaps. They stay stored."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.session import Sessions, moment_text
from engine.core.zone import MINUTE
from storage.judge.hours import Placed
from storage.judge.report import EXAMPLES, Found

Longs = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Where = Callable[[int], str]  # a row as a person looks it up

RUN: Final = 30  # bars alike in a row that are no chance
SPIKE: Final = 20  # median ranges of a session that one bar does not reach and leave
JUMP: Final = 10  # median ranges that lie empty between two bars, there and back again
WILD: Final = 8  # median ranges of the bars around that a spike is larger than
NEAR: Final = 8  # bars on each side, whose ranges say how wild the market was just then
ALIKE: Final = 4  # a quarter: how much two jumps of one flip may differ
LEAST: Final = 8  # ticks below which nothing is far
PART: Final = 800  # neither is less than this part of the price
MIXED: Final = 3  # bars of one other level that are no outliers any more


class Track(NamedTuple):
    """Bars of one contract in order of time, and where they lie in the calendar."""

    time: Longs
    open: Longs
    high: Longs
    low: Longs
    close: Longs
    volume: Longs
    placed: Placed
    minutes: int
    since: int = -1  # the session of the bar ahead of the first, -1: there is none
    more: bool = False  # whether bars follow the last
    lost: Longs = np.zeros(0, np.int64)  # when bars known to be bad would have been, in order
    places: int = EXAMPLES  # rows named of each kind


class Say(NamedTuple):
    """How rows are named, and how many of them."""

    where: Where
    most: int

    def rows(self, rows: Longs) -> tuple[str, ...]:
        """The first of these rows."""
        return tuple(self.where(int(row)) for row in rows[: self.most])


def judge_series(track: Track, sessions: Sessions, where: Where) -> Iterator[Found]:
    """Every defect of a series of bars, each found once."""
    if not len(track.time):
        return
    first, say = np.flatnonzero(np.diff(track.placed.session, prepend=-2)), Say(where, track.places)
    yield from zero_volume(track, say)
    yield from alike(track, say)
    yield from cumulative(track, first, say)
    yield from levels(track, first, say)
    yield from gaps(track, first, sessions, say)
    yield from missing_sessions(track, first, sessions)


def found(kind: str, rows: Longs, touched: int, say: Say) -> Iterator[Found]:
    """The defect at these rows, if there are any."""
    if len(rows):
        yield Found(kind, len(rows), touched, say.rows(rows))


def lasting(kind: str, rows: Longs, lengths: Longs, say: Say) -> Iterator[Found]:
    """The same of defects that last for some bars."""
    for one in found(kind, rows, int(lengths.sum()), say):
        longest = int(np.argmax(lengths))
        yield one._replace(most=int(lengths[longest]), most_at=say.where(int(rows[longest])))


def zero_volume(track: Track, say: Say) -> Iterator[Found]:
    rows = np.flatnonzero(track.volume == 0)
    yield from found("zero_volume", rows, len(rows), say)


def runs(mask: Bools, breaks: Bools) -> tuple[Longs, Longs]:
    """First row and length of every long run of marked rows; a break begins a new one."""
    if np.count_nonzero(mask) < RUN:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    edge = np.diff(mask.astype(np.int8), prepend=0) != 0
    starts = np.flatnonzero(mask & (edge | breaks))
    ends = np.flatnonzero(np.append((edge | breaks)[1:], True) & mask) + 1
    lengths = ends - starts
    return starts[lengths >= RUN], lengths[lengths >= RUN]


def alike(track: Track, say: Say) -> Iterator[Found]:
    """Bars of volume 1 in a row, and bars in which nothing moves."""
    never = np.zeros(len(track.time), np.bool_)
    yield from lasting("volume_ones", *runs(track.volume == 1, never), say)
    moved = np.diff(track.close, prepend=track.close[:1]) != 0
    yield from lasting("flat_run", *runs(track.high == track.low, moved), say)


def cumulative(track: Track, first: Longs, say: Say) -> Iterator[Found]:
    """Sessions in which volume never falls and mostly grows."""
    change = np.diff(track.volume, prepend=0)
    change[first] = 0
    lengths = np.diff(np.append(first, len(change)))
    falls = np.logical_or.reduceat(change < 0, first)
    if falls.all():
        return
    grows = np.add.reduceat(change > 0, first, dtype=np.int64)
    rising = ~falls & (grows > lengths // 2) & (lengths >= RUN)
    touched = int(lengths[rising].sum())
    yield from found("cumulative_volume", first[rising], touched, say)


def usual_range(track: Track, first: Longs) -> Longs:
    """The median range of each bar's session, at least one tick."""
    ranges = track.high - track.low
    stops = [*first[1:].tolist(), len(ranges)]
    middle = [
        np.partition(ranges[low:high], (high - low) // 2)[(high - low) // 2]
        for low, high in zip(first.tolist(), stops, strict=True)
    ]
    lengths = np.diff(np.append(first, len(ranges)))
    return np.repeat(np.maximum(np.array(middle), 1), lengths)


def levels(track: Track, first: Longs, say: Say) -> Iterator[Found]:
    """Spikes of one bar, and stretches on another level: the one is never counted as the other."""
    if len(track.time) < 3:
        return
    usual = usual_range(track, first)
    rows, reach = spikes(track, usual)
    away, back = flips(track, usual)
    single = back - away == 1
    if single.sum() >= MIXED:
        single[:] = False
    far, returned = away[~single], back[~single]
    beside = np.zeros(len(rows), np.bool_)
    for low, high in zip(far, returned, strict=True):
        beside |= (rows >= low - 1) & (rows <= high)
    rows, reach = rows[~beside], reach[~beside]
    rows = rows[reach > WILD * wild(track, rows)]
    yield from found("outlier", rows, len(rows), say)
    yield from lasting("level_flip", far, returned - far, say)


def least(track: Track, rows: Longs) -> Longs:
    """Ticks below which nothing is far from these bars."""
    return np.asarray(np.maximum(np.abs(track.close[rows]) // PART, LEAST))


def follows(track: Track, rows: Longs) -> Bools:
    """Whether these bars begin where the ones before them end."""
    return np.asarray(track.time[rows] - track.time[rows - 1] == track.minutes * MINUTE)


def spikes(track: Track, usual: Longs) -> tuple[Longs, Longs]:
    """Bars that reach far beyond both their neighbours, and by how many ticks."""
    high, low, far = track.high, track.low, SPIKE * usual[1:-1]
    leaves = (high[1:-1] - high[:-2] > far) | (low[:-2] - low[1:-1] > far)
    rows = np.flatnonzero(leaves) + 1
    above = high[rows] - np.maximum(high[rows - 1], high[rows + 1])
    reach = np.maximum(above, np.minimum(low[rows - 1], low[rows + 1]) - low[rows])
    beyond = reach > np.maximum(SPIKE * usual[rows], least(track, rows))
    held = beyond & follows(track, rows) & follows(track, rows + 1)
    return rows[held], reach[held]


def wild(track: Track, rows: Longs) -> npt.NDArray[np.float64]:
    """The median range of the bars around some rows: news widens them, a mixture does not."""
    around = rows[:, None] + np.arange(-NEAR, NEAR + 1)
    around = np.clip(around, 0, len(track.time) - 1)
    return np.asarray(np.median(track.high[around] - track.low[around], axis=1))


def jumps(track: Track, usual: Longs) -> tuple[Longs, Longs]:
    """Bars with a far empty stretch between their range and the one before, and its ticks."""
    high, low, far = track.high, track.low, JUMP * usual[1:]
    up, down = low[1:] - high[:-1], low[:-1] - high[1:]
    rows = np.flatnonzero((up > far) | (down > far)) + 1
    between = np.maximum(up[rows - 1], 0) - np.maximum(down[rows - 1], 0)
    held = (np.abs(between) > least(track, rows)) & follows(track, rows)
    rows, between = rows[held], between[held]
    held = np.abs(between) > JUMP * wild(track, rows)
    return rows[held], between[held]


def flips(track: Track, usual: Longs) -> tuple[Longs, Longs]:
    """Stretches between a jump and the one that takes it back: their first rows, where they end."""
    rows, jump = jumps(track, usual)
    away, back, k = [], [], 0
    while k + 1 < len(rows):
        one, two = int(jump[k]), int(jump[k + 1])
        near = track.placed.session[rows[k]] == track.placed.session[rows[k + 1]]
        opposite = one * two < 0 and abs(one + two) * ALIKE <= max(abs(one), abs(two)) and near
        if opposite:
            away.append(rows[k])
            back.append(rows[k + 1])
        k += 2 if opposite else 1
    return np.array(away, np.int64), np.array(back, np.int64)


def gaps(track: Track, first: Longs, sessions: Sessions, say: Say) -> Iterator[Found]:
    """Bars missing inside sessions that hold some; beyond the ends of the data nobody knows."""
    minute, session = track.placed.minute.astype(np.int64), track.placed.session
    last = np.append(first[1:], len(minute)) - 1
    tail = (sessions.minutes[session[last]] - minute[last]) // track.minutes - 1
    missing = np.diff(minute, prepend=0) // track.minutes - 1
    missing[first] = minute[first] // track.minutes
    missing[first[1:]] += tail[:-1]
    if track.since < 0:
        missing[0] = 0
    missing[1:] -= between(track.lost, track.time)
    rows = np.flatnonzero(missing > 0)
    yield from lasting("gap", rows, missing[rows], say)
    if track.more and tail[-1] > 0:
        yield from lasting("gap", last[-1:], tail[-1:], say)


def between(lost: Longs, time: Longs) -> Longs | int:
    """How many known losses lie between each two bars."""
    if not len(lost):
        return 0
    high = np.searchsorted(lost, time[1:])
    return np.asarray(high - np.searchsorted(lost, time[:-1], side="right"))


def missing_sessions(track: Track, first: Longs, sessions: Sessions) -> Iterator[Found]:
    """Sessions between the first and the last bar that hold none."""
    held = track.placed.session[first]
    since = track.since if track.since >= 0 else held[0]
    rows = np.setdiff1d(np.arange(since, held[-1] + 1), np.append(held, track.since))
    if len(rows):
        days = tuple(str(sessions.trade_date(int(row))) for row in rows[: track.places])
        yield Found("missing_session", len(rows), 0, days)


def by_time(track: Track) -> Where:
    """Rows named by their time alone, for bars that lie in the store."""
    return lambda row: moment_text(int(track.time[row]))
