"""What a session's profile looks like, side by side: marks, ends, balance, kind of day, shape."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Bools, Column
from engine.core.memo import feature
from engine.profile.balance import BALANCE, opening_of
from engine.profile.days import WINDOW, Course, day_types, open_types, shown
from engine.profile.histogram import histograms
from engine.profile.kernel import Histograms, Levels
from engine.profile.model import DEFAULT, FRACTION, Rule
from engine.profile.nodes import Character, characters
from engine.profile.sessions import shifted
from engine.profile.slices import Parts, session_parts
from engine.profile.tails import Tails, tails_of
from engine.profile.tpo import PERIOD, marks_of, periods_of, tpo_levels


class Balances(NamedTuple):
    """Initial balance of each slice and the kinds of its open and day, where it has those bars."""

    low: Longs
    high: Longs
    there: Bools
    open_type: Longs
    opened: Bools
    day_type: Longs


class Structure(NamedTuple):
    """Of the session before, one value a session: codes are places in their module's names.

    Ends in rows, whether an end is poor as 0 or 1, shape, reading and day type as codes.
    """

    tail_high: Column
    tail_low: Column
    singles: Column
    poor_high: Column
    poor_low: Column
    shape: Column
    reading: Column
    day_type: Column


def marks(bars: Bars, parts: Parts, segment: str, row: int, rule: Rule) -> tuple[Levels, Tails]:
    """Levels by time at price, and what the marks say of the ends."""
    periods = periods_of(bars, parts, segment, PERIOD)
    found = tpo_levels(parts, periods, row, rule, FRACTION)
    return found, tails_of(marks_of(parts, periods, row), periods, row)


def no_balances(count: int) -> Balances:
    """Nothing to tell: outside the regular hours."""
    low, high, opened_as, kind = np.zeros((4, count), np.int64)
    there, opened = np.zeros((2, count), np.bool_)
    return Balances(low, high, there, opened_as, opened, kind)


def balances(bars: Bars, parts: Parts, split: Bools) -> Balances:
    """The first hour of regular sessions, and what the open and the day turned out to be."""
    hour, window = opening_of(bars, BALANCE), opening_of(bars, WINDOW)
    out, close = no_balances(len(parts)), shown(bars, parts.slices).close
    at = np.searchsorted(parts.session, hour.session)
    out.low[at], out.high[at], out.there[at] = hour.range.low, hour.range.high, True
    ends = (parts.range.high[at], parts.range.low[at], close[at])
    out.day_type[at] = day_types(Course(*ends, hour.range.high, hour.range.low, split[at]))
    at = np.searchsorted(parts.session, window.session)
    out.open_type[at], out.opened[at] = open_types(bars, window), True
    return out


def character(bars: Bars, parts: Parts, made: Histograms, row: int) -> Character:
    """Shape and reading of profiles whose sessions close where these bars do."""
    return characters(made, row, shown(bars, parts.slices).close)


def traded_in(made: Histograms) -> Bools:
    """Whether anything lies in each profile."""
    sums = np.concatenate(([0], np.cumsum(made.volume)))
    return np.asarray(np.diff(sums[made.offset]) > 0)


@feature
def prior_structure(bars: Bars) -> Structure:
    """Ends, shape, reading and day type of the last earlier regular session."""
    parts, row = session_parts(bars, "rth"), bars.instrument.row
    made = histograms(bars, parts, DEFAULT)
    _, tails = marks(bars, parts, "rth", row, Rule())
    days, shape = balances(bars, parts, tails.split), character(bars, parts, made, row)
    held, traded = np.diff(made.offset) > 0, traded_in(made)
    ends = [tails.high, tails.low, tails.singles, *(p.astype(np.int64) for p in tails[3:5])]
    columns = [(column, held) for column in ends]
    columns += [(shape.shape, traded), (shape.reading, traded), (days.day_type, days.there)]
    before = np.searchsorted(parts.session, np.arange(len(bars.sessions))) - 1
    return Structure(*(shifted(bars, values, known, before) for values, known in columns))
