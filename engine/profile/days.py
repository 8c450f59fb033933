"""How a session opened and what kind of day it became (definitions in docs/profiles.md)."""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import BarArrays, Bars, Longs
from engine.core.columns import Array, Bools, Column
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.profile.balance import Opening, opening_of
from engine.profile.kernel import NOWHERE, Slices
from engine.profile.sessions import Prior, prior_levels

DAY_TYPES: Final = (
    *("normal", "normal_variation", "trend", "double_distribution"),
    *("neutral", "neutral_extreme", "non_trend"),
)
NORMAL, VARIATION, TREND, DOUBLE, NEUTRAL, EXTREME, NON_TREND = range(len(DAY_TYPES))

OPEN_TYPES: Final = (
    *("open_drive", "open_test_drive", "open_rejection_reverse"),
    *("open_auction_in_range", "open_auction_out_of_range", "open_auction"),
)
DRIVE, TEST_DRIVE, REVERSE, IN_RANGE, OUT_OF_RANGE, AUCTION = range(len(OPEN_TYPES))

WINDOW: Final = 30  # minutes in which the open shows what it is
TYPICAL: Final = 10  # earlier sessions whose median range is the typical one


class Shown(NamedTuple):
    """What some bars together did: their open and close, and when they made their extremes."""

    open: Longs
    close: Longs
    high_at: Longs
    low_at: Longs


class Course(NamedTuple):
    """A session's range and close, its initial balance, and whether single prints part it."""

    high: Longs
    low: Longs
    close: Longs
    balance_high: Longs
    balance_low: Longs
    split: Bools


def shown(bars: Bars, slices: Slices) -> Shown:
    """Open, close and the first bars at the extremes of every slice."""
    out = Shown(*np.zeros((4, len(slices.offset) - 1), np.int64))
    show_all(bars.arrays, slices, out)
    return out


@kernel
def show_all(bars: BarArrays, slices: Slices, out: Shown) -> None:
    """One pass over the bars of each slice."""
    for e in range(len(slices.offset) - 1):
        high, low = -NOWHERE, NOWHERE
        out.open[e] = int(bars.open[slices.first[slices.offset[e]]])
        for k in range(slices.offset[e], slices.offset[e + 1]):
            for i in range(slices.first[k], slices.stop[k]):
                if int(bars.high[i]) > high:
                    high, out.high_at[e] = int(bars.high[i]), i
                if int(bars.low[i]) < low:
                    low, out.low_at[e] = int(bars.low[i]), i
                out.close[e] = int(bars.close[i])


def day_types(day: Course) -> Longs:
    """The kind of each day, one after the other: what went before is what is typical."""
    whole, width = day.high - day.low, day.balance_high - day.balance_low
    up, down = day.high - day.balance_high, day.balance_low - day.low
    upper = 4 * (day.close - day.low) >= 3 * whole
    lower = 4 * (day.close - day.low) <= whole
    one = (up > 0) ^ (down > 0)
    far = one & (whole > 2 * width) & np.where(up > 0, upper, lower)
    cases: list[tuple[Bools, int]] = [
        ((up > 0) & (down > 0) & (upper | lower), EXTREME),
        ((up > 0) & (down > 0), NEUTRAL),
        (far & day.split, DOUBLE),
        (far, TREND),
        (one & (100 * width < 85 * whole), VARIATION),
        (~one & narrow(whole), NON_TREND),
    ]
    made: Longs = np.select([case for case, _ in cases], [kind for _, kind in cases], NORMAL)
    return made


def narrow(whole: Longs) -> Bools:
    """Ranges of at most half the median of the ten before; nothing is narrow without ten."""
    out = np.zeros(len(whole), np.bool_)
    if len(whole) > TYPICAL:
        before = np.sort(np.lib.stride_tricks.sliding_window_view(whole[:-1], TYPICAL), axis=1)
        middle = before[:, TYPICAL // 2 - 1] + before[:, TYPICAL // 2]  # twice the median
        out[TYPICAL:] = 4 * whole[TYPICAL:] <= middle
    return out


@feature
def opening_type(bars: Bars, *, minutes: int = WINDOW) -> Column:
    """The kind of open, as its place in `OPEN_TYPES`: from the end of the first half hour on.

    An auction without an earlier session is neither in nor out of range.
    """
    found = opening_of(bars, minutes)
    kind = open_types(bars, found)
    row = np.full(len(bars.sessions) + 1, -1)
    row[found.session] = np.arange(len(found.session))
    at = row[bars.session]
    known = at >= 0
    known[known] = bars.time[known] >= found.over[at[known]]
    out = np.zeros(len(bars), np.int64)
    out[known] = kind[at[known]]
    return Column(out, known)


def open_types(bars: Bars, opening: Opening) -> Longs:
    """The kind of every open."""
    seen = shown(bars, opening.slices)
    low, high = opening.range
    whole, side = high - low, np.sign(seen.close - seen.open)
    against = np.where(side > 0, seen.open - low, high - seen.open)
    strong = (side != 0) & (4 * np.where(side > 0, high - seen.close, seen.close - low) <= whole)
    turned = np.where(side > 0, seen.low_at < seen.high_at, seen.high_at < seen.low_at)
    prior = prior_levels(bars)
    there, inside = prior.high.present[opening.session], within(prior, opening.session, seen.open)
    against_it = np.where(side > 0, low, seen.open), np.where(side > 0, seen.open, high)
    tested = touched(prior, opening.session, *against_it)
    cases: list[tuple[Array, int]] = [
        (strong & (10 * against <= whole), DRIVE),
        (strong & turned & tested, TEST_DRIVE),
        (strong & turned & (4 * against >= whole), REVERSE),
        (inside, IN_RANGE),
        (there, OUT_OF_RANGE),
    ]
    kind: Longs = np.select([case for case, _ in cases], [code for _, code in cases], AUCTION)
    return kind


def within(prior: Prior, session: Longs, price: Longs) -> Bools:
    """Whether a price lies in the range of the session before."""
    high, low = prior.high.values[session], prior.low.values[session]
    inside: Bools = prior.high.present[session] & (low <= price) & (price <= high)
    return inside


def touched(prior: Prior, session: Longs, least: Longs, most: Longs) -> Bools:
    """Whether a level or an end of the session before lies between two prices."""
    levels = (prior.poc, prior.vah, prior.val, prior.high, prior.low)
    hits = [
        level.present[session] & (least <= level.values[session]) & (level.values[session] <= most)
        for level in levels
    ]
    found: Bools = np.logical_or.reduce(hits)
    return found
