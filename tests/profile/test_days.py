"""engine.profile.days and engine.profile.balance by hand, and against the oracle."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.errors import ParameterError
from engine.profile.balance import initial_balance
from engine.profile.days import DAY_TYPES, OPEN_TYPES, Course, day_types, opening_type
from engine.profile.sessions import prior_levels
from tests.makers import bars_from, flat
from tests.oracle import day as oracle
from tests.oracle.day import Day
from tests.profile.test_sessions import said, with_volume
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

TEN = [10] * 10
DAYS = [  # high, low, close, initial balance; ranges of the days before
    (Day(110, 100, 105, 110, 100), TEN, "normal"),
    (Day(105, 100, 103, 105, 100), TEN, "non_trend"),
    (Day(105, 100, 103, 105, 100), TEN[1:], "normal"),
    (Day(106, 100, 103, 106, 100), [4, 20] * 5, "non_trend"),
    (Day(106, 100, 103, 106, 100), [4] * 6 + [20] * 4, "normal"),
    (Day(106, 100, 103, 106, 100), [1] * 20 + [12] * 10, "non_trend"),
    (Day(100, 100, 100, 100, 100), [], "normal"),
    (Day(100, 100, 100, 100, 100), TEN, "non_trend"),
    (Day(123, 100, 110, 120, 100), [], "normal"),
    (Day(124, 100, 110, 120, 100), [], "normal_variation"),
    (Day(124, 100, 110, 120, 100), [100] * 10, "normal_variation"),
    (Day(140, 100, 140, 120, 100), [], "normal_variation"),
    (Day(141, 100, 141, 120, 100), [], "trend"),
    (Day(144, 100, 133, 120, 100), [], "trend"),
    (Day(144, 100, 132, 120, 100), [], "normal_variation"),
    (Day(144, 100, 133, 120, 100, split=True), [], "double_distribution"),
    (Day(144, 100, 132, 120, 100, split=True), [], "normal_variation"),
    (Day(120, 60, 75, 120, 100), [], "trend"),
    (Day(120, 60, 76, 120, 100), [], "normal_variation"),
    (Day(120, 60, 75, 120, 100, split=True), [], "double_distribution"),
    (Day(121, 99, 110, 120, 100), [], "neutral"),
    (Day(121, 99, 104, 120, 100), [], "neutral_extreme"),
    (Day(121, 99, 121, 120, 100), TEN, "neutral_extreme"),
    (Day(160, 90, 107, 120, 100, split=True), [], "neutral_extreme"),
]
# The prior session: one bar at each price, so that its levels can be read off.
PRIOR = [1, 1, 10, 10, 10, 20, 10, 10, 10, 1, 1]
KNOWN = {"poc": 105, "vah": 107, "val": 103, "high": 110, "low": 100}
EMPTY = {"poc": None, "vah": None, "val": None, "high": 110, "low": 100}
OPENS = [
    ([(104, 114, 104, 112), (112, 120, 111, 119)], KNOWN, "open_drive"),
    ([(104, 106, 102, 105), (105, 122, 105, 120)], KNOWN, "open_drive"),
    ([(104, 106, 101, 105), (105, 121, 105, 120)], KNOWN, "open_test_drive"),
    ([(104, 106, 101, 105), (105, 121, 105, 120)], EMPTY, "open_auction_in_range"),
    ([(115, 116, 112, 113), (113, 127, 113, 126)], KNOWN, "open_auction_out_of_range"),
    ([(115, 116, 111, 112), (112, 127, 112, 126)], KNOWN, "open_rejection_reverse"),
    ([(106, 106, 96, 97), (97, 98, 90, 91)], KNOWN, "open_drive"),
    ([(106, 109, 104, 105), (105, 105, 90, 91)], KNOWN, "open_test_drive"),
    ([(106, 112, 105, 105), (105, 105, 90, 91)], None, "open_rejection_reverse"),
    ([(105, 107, 103, 104), (104, 106, 103, 105)], KNOWN, "open_auction_in_range"),
    ([(105, 112, 104, 106), (106, 107, 104, 107)], KNOWN, "open_auction_in_range"),
    ([(105, 112, 104, 106), (106, 107, 104, 107)], None, "open_auction"),
    ([(110, 118, 108, 112)], KNOWN, "open_auction_in_range"),
    ([(111, 118, 109, 112)], KNOWN, "open_auction_out_of_range"),
    ([(99, 103, 92, 96)], KNOWN, "open_auction_out_of_range"),
    ([(105, 125, 100, 124)], KNOWN, "open_auction_in_range"),
]


@pytest.mark.parametrize(("day", "before", "kind"), DAYS, ids=str)
def test_day_types_by_hand(day, before, kind):
    earlier = [Day(whole, 0, 0, whole, 0) for whole in before]
    course = Course(*(np.array(column) for column in zip(*earlier, day, strict=True)))
    assert DAY_TYPES[day_types(course)[-1]] == kind
    assert oracle.day_type(day, before) == kind


NUMBERS = st.integers(0, 40)


@st.composite
def days(draw: st.DrawFn) -> Day:
    low, ib_low, close, ib_high, high = sorted(draw(st.tuples(*[NUMBERS] * 5)))
    inside = draw(st.sampled_from((close, low, high, ib_low)))
    if draw(st.booleans()):
        ib_low, ib_high = low, draw(st.sampled_from((high, ib_high)))
    return Day(high, low, inside, ib_high, ib_low, split=draw(st.booleans()))


@given(st.lists(days(), min_size=1, max_size=25))
@settings(max_examples=cases(ci=300, full=10_000))
def test_day_types_equal_the_oracle(some):
    course = Course(*(np.array(column) for column in zip(*some, strict=True)))
    ranges = [day.high - day.low for day in some]
    expected = [oracle.day_type(day, ranges[:k]) for k, day in enumerate(some)]
    assert [DAY_TYPES[kind] for kind in day_types(course)] == expected


def opened(prices: list[tuple[int, int, int, int]], prior: dict | None) -> Bars:
    today = ("2022-11-29 08:30", [*prices, *flat(prices[-1][3], 30 - len(prices) + 1)])
    if prior is None:
        return bars_from(today)
    before = ("2022-11-28 08:30", [(p, p, p, p) for p in range(100, 111)])
    bars = bars_from(before, today)
    lots = [0] * 11 if prior is EMPTY else PRIOR
    return with_volume(bars, lots + [10] * (len(bars) - 11))


@pytest.mark.parametrize(("prices", "prior", "kind"), OPENS)
def test_open_types_by_hand(prices, prior, kind):
    bars = opened(prices, prior)
    if prior:
        levels = prior_levels(bars)
        assert {name: said(getattr(levels, name), bars.session[-1]) for name in prior} == prior
    found = opening_type(bars)
    assert not found.present[:-1].any()
    assert (OPEN_TYPES[found.values[-1]] if found.present[-1] else None) == kind
    assert oracle.open_type(prices, prior) == kind


@given(tapes(), st.integers(1, 12))
@settings(max_examples=cases(ci=150, full=5_000))
def test_open_types_equal_the_oracle(bars, minutes):
    found, prior, table = opening_type(bars, minutes=minutes), prior_levels(bars), bars.sessions
    for i in range(len(bars)):
        session = bars.session[i]
        start, over = table.rth_start[session], table.rth_start[session] + minutes * MINUTE
        rows = np.flatnonzero((bars.time >= start) & (bars.time < over) & bars.rth)
        expected = None
        if len(rows) and bars.time[i] >= min(over, table.rth_stop[session]):
            a = bars.arrays
            prices = [tuple(int(p[k]) for p in (a.open, a.high, a.low, a.close)) for k in rows]
            levels = {name: said(getattr(prior, name), session) for name in oracle.LEVELS}
            expected = oracle.open_type(prices, levels if levels["high"] is not None else None)
        assert (OPEN_TYPES[found.values[i]] if found.present[i] else None) == expected


def test_the_balance_and_what_went_beyond_it():
    first = [(100, 110, 95, 100)] * 60
    later = [(100, 112, 100, 111), (111, 111, 90, 100), (100, 105, 99, 100)]
    bars = bars_from(("2022-11-28 08:30", [*first, *later]), ("2022-11-28 17:00", flat(200, 1)))
    found = initial_balance(bars)
    assert found.high.present.tolist() == [False] * 60 + [True] * 3 + [False]
    rows = [[int(v) for v in column.values[60:63]] for column in found]
    assert rows == [[110] * 3, [95] * 3, [2, 2, 2], [0, 5, 5]]


def test_after_the_regular_hours_the_extension_stays():
    bars = bars_from(("2022-11-28 14:58", [(5, 6, 5, 5)] * 2), ("2022-11-28 15:00", flat(90, 2)))
    found = initial_balance(bars, minutes=389)
    assert found.up.values.tolist() == [0, 0, 0, 0]
    assert found.high.present.tolist() == [False, True, True, True]


@given(tapes(), st.sampled_from((1, 3, 10, 60)))
@settings(max_examples=cases(ci=100, full=2_000))
def test_the_balance_equals_a_plain_reading(bars, minutes):
    found, table = initial_balance(bars, minutes=minutes), bars.sessions
    for i in range(len(bars)):
        s = bars.session[i]
        over = min(table.rth_start[s] + minutes * MINUTE, table.rth_stop[s])
        mine = bars.rth & (bars.session == s)
        first = np.flatnonzero(mine & (bars.time < over))
        expected = [None] * 4
        if len(first) and bars.time[i] >= over:
            so_far = np.flatnonzero(mine & (np.arange(len(bars)) <= i))
            high, low = bars.high[first].max(), bars.low[first].min()
            beyond = bars.high[so_far].max() - high, low - bars.low[so_far].min()
            expected = [int(x) for x in (high, low, *beyond)]
        row = [int(c.values[i]) if c.present[i] else None for c in found]
        assert row == expected


def test_a_balance_of_no_minutes_is_refused():
    with pytest.raises(ParameterError, match="at least one minute, not 0"):
        initial_balance(bars_from(("2022-11-28 08:30", flat(98, 2))), minutes=0)
