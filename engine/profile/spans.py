"""Slices longer than a session: weeks, months, from an anchor on, between two moments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Column, frozen
from engine.core.errors import ParameterError, unknown
from engine.core.memo import feature
from engine.profile.developing import Developing, develop_parts
from engine.profile.histogram import Profiles, histograms, refuse_width
from engine.profile.kernel import Reach, Slices, reach
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, most_rows
from engine.profile.sessions import levels_of, shifted
from engine.profile.slices import Parts, session_parts

PERIODS: Final = ("week", "month")
MONDAY: Final = 3  # day 0 was a Thursday


class PriorPeriod(NamedTuple):
    """Levels of the last week or month that is over, one value a session, in ticks."""

    poc: Column
    vah: Column
    val: Column
    high: Column
    low: Column
    volume: Column


def number_of(days: np.ndarray, period: str) -> Longs:
    """Which week, begun on a Monday, or which month each trade date lies in, counted from 1970."""
    if period not in PERIODS:
        raise unknown("period", period, PERIODS)
    if period == "week":
        return (days.astype(np.int64) + MONDAY) // 7
    made: Longs = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return made


def period_parts(bars: Bars, period: str, segment: str = "rth") -> Parts:
    """One slice a week or month, of the session slices in it; `session` is its last."""
    parts = session_parts(bars, segment)
    number = number_of(bars.sessions.date[parts.session], period)
    last = np.flatnonzero(np.diff(number, append=number[-1:] + 1)) if len(parts) else number
    return joined(bars, parts, last)


def joined(bars: Bars, parts: Parts, last: Longs) -> Parts:
    """Neighbouring slices put together, each group up to one of its `last` ones."""
    s = parts.slices
    slices = Slices(np.concatenate(([0], s.offset[last + 1])), s.first, s.stop)
    return spanned(bars, slices, parts.session[last])


def spanned(bars: Bars, slices: Slices, session: Longs) -> Parts:
    """Slices with the prices they span."""
    spans = Reach(*np.empty((2, len(session)), np.int64))
    reach(bars.arrays, slices, spans)
    for array in (slices.offset, session, *spans):
        frozen(array)
    return Parts(slices, session, spans)


@feature
def prior_period_levels(
    bars: Bars,
    *,
    period: str = "week",
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> PriorPeriod:
    """Levels of the last earlier week or month with bars in the segment.

    A week is over when a session of a later one begins: trade dates say so, not the last bar.
    """
    parts = period_parts(bars, period, segment)
    found = levels_of(bars, parts, model, rule, fraction)
    number = number_of(bars.sessions.date, period)
    before = np.searchsorted(number[parts.session], number) - 1
    there = np.ones(len(parts), np.bool_)
    levels = [(level, found.present) for level in (found.poc, found.vah, found.val)]
    ranges = [(edge, there) for edge in (parts.range.high, parts.range.low, found.total)]
    return PriorPeriod(*(shifted(bars, *column, before) for column in levels + ranges))


@feature
def period_levels(
    bars: Bars,
    *,
    period: str = "week",
    segment: str = "rth",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Developing:
    """Levels of the week or month so far, known at the close of each bar of the segment."""
    return develop_parts(bars, period_parts(bars, period, segment), rule, fraction, model)


@feature
def anchored_levels(
    bars: Bars,
    *,
    anchor: str | None = None,
    segment: str = "full",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> Developing:
    """Levels of all that was traded since a moment, such as `2024-03-06T14:30` UTC.

    Without an anchor since the first bar; known at the close of each bar of the segment.
    """
    since = None if anchor is None else moment(anchor)
    parts = cut(bars, [(since, None)], segment)
    return develop_parts(bars, parts, rule, fraction, model)


def range_profiles(
    bars: Bars,
    ranges: Sequence[tuple[str | None, str | None]],
    *,
    segment: str = "full",
    model: Model = DEFAULT,
) -> Profiles:
    """The profile of what was traded from each moment up to another; ranges without bars have none.

    Moments are UTC, such as `2024-03-06T14:30`; an open end is the first or the last bar.
    """
    moments = [tuple(None if m is None else moment(m) for m in pair) for pair in ranges]
    parts, grid = cut(bars, [(low, high) for low, high in moments], segment), model.grid(bars)
    refuse_width(bars, parts, grid.row, most_rows(grid))
    arrays = histograms(bars, parts, model)
    return Profiles(arrays, parts.session, parts.range, segment, model, grid.row)


def moment(text: str) -> int:
    """UTC nanoseconds of a moment as one writes it."""
    try:
        return int(np.datetime64(text, "ns").astype(np.int64))
    except ValueError:
        raise ParameterError(f"'{text}' is no moment; write it as 2024-03-06T14:30 (UTC)") from None


def cut(bars: Bars, ranges: Sequence[tuple[int | None, int | None]], segment: str) -> Parts:
    """The session slices, cut at moments and put together; `session` is the last of each."""
    parts = session_parts(bars, segment)
    s, owner = parts.slices, np.repeat(parts.session, np.diff(parts.slices.offset))
    first, stop, offset, session = [], [], [0], []
    for low, high in ranges:
        rows = [0 if low is None else int(np.searchsorted(bars.time, low))]
        rows += [len(bars) if high is None else int(np.searchsorted(bars.time, high))]
        begin, end = np.maximum(s.first, rows[0]), np.minimum(s.stop, rows[1])
        held = end > begin
        if held.any():
            first.append(begin[held])
            stop.append(end[held])
            offset.append(offset[-1] + int(held.sum()))
            session.append(int(owner[held][-1]))
    none: list[Longs] = [np.zeros(0, np.int64)]
    slices = Slices(np.array(offset), np.concatenate(first or none), np.concatenate(stop or none))
    return spanned(bars, slices, np.array(session, np.int64))
