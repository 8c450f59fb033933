"""engine.profile.spans and engine.profile.rolling against the oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.errors import ParameterError, UnknownError
from engine.profile.composite import composite_levels
from engine.profile.histogram import session_histograms
from engine.profile.model import DEFAULT, Model
from engine.profile.rolling import rolling_levels
from engine.profile.spans import (
    anchored_levels,
    period_levels,
    prior_period_levels,
    range_profiles,
)
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.oracle import slices as slices_oracle
from tests.profile.test_sessions import said
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
PERIODS = st.sampled_from(("week", "month"))


def every(bars: Bars) -> list[oracle.Bar]:
    a = bars.arrays
    columns = (a.open, a.high, a.low, a.close, a.volume)
    return [oracle.Bar(*(int(column[i]) for column in columns)) for i in range(len(bars))]


def plain(part: list[oracle.Bar], row: int = 1, spread: str = "uniform") -> tuple | None:
    """(poc, vah, val) in ticks; nothing where nothing traded."""
    floor, volume = oracle.profile(part, spread, row)
    if (area := levels_oracle.levels(volume, Fraction("0.70"))) is None:
        return None
    poc, vah, val = ((floor + k) * row for k in (area.poc, area.vah, area.val))
    return poc + (row - 1) // 2, vah + row - 1, val


def rows_of(found: tuple) -> list[tuple | None]:
    columns = zip(*(column.values.tolist() for column in found[:3]), strict=True)
    there = found[0].present
    return [row if known else None for row, known in zip(columns, there, strict=True)]


@given(tapes(), PERIODS, SEGMENTS)
@settings(max_examples=cases(ci=80, full=5_000))
def test_weeks_and_months_are_the_profiles_of_their_bars(bars, period, segment):
    prior = prior_period_levels(bars, period=period, segment=segment)
    running = rows_of(period_levels(bars, period=period, segment=segment))
    inside, bar = bars.labels.mask(segment), every(bars)
    days = [bars.sessions.trade_date(int(s)) for s in bars.session]
    numbers = [slices_oracle.period_of(day, period) for day in days]
    for i in range(len(bars)):
        own = [bar[k] for k in range(i + 1) if inside[k] and numbers[k] == numbers[i]]
        assert running[i] == (plain(own) if inside[i] else None)
        before = [n for k, n in enumerate(numbers) if inside[k] and n < numbers[i]]
        expected: list = [None] * 6
        if before:
            old = [b for k, b in enumerate(bar) if inside[k] and numbers[k] == max(before)]
            ends = (max(b.high for b in old), min(b.low for b in old), sum(b.volume for b in old))
            expected = [*(plain(old) or (None,) * 3), *ends]
        assert [said(column, bars.session[i]) for column in prior] == expected


@given(tapes(), SEGMENTS, st.data())
def test_anchored_levels_are_the_profile_since_the_anchor(bars, segment, data):
    k = data.draw(st.integers(0, len(bars) - 1))
    text = str(np.datetime64(int(bars.time[k]), "ns"))
    found = rows_of(anchored_levels(bars, anchor=text, segment=segment))
    inside, bar = bars.labels.mask(segment), every(bars)
    for i in range(len(bars)):
        own = [bar[j] for j in range(k, i + 1) if inside[j]]
        assert found[i] == (plain(own) if i >= k and inside[i] else None)


@given(tapes(), SEGMENTS, st.data())
def test_a_fixed_range_is_the_profile_of_its_bars(bars, segment, data):
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(bars) - 1)] * 2)))
    ends = [str(np.datetime64(int(bars.time[k]), "ns")) for k in (low, high)]
    made = range_profiles(bars, [(None, ends[0]), tuple(ends), (ends[1], None)], segment=segment)
    inside, bar = bars.labels.mask(segment), every(bars)
    parts = [range(low), range(low, high), range(high, len(bars))]
    held = [[bar[k] for k in part if inside[k]] for part in parts]
    expected = [oracle.profile(part) for part in held if part]
    assert [(floor, rows.tolist()) for floor, rows in map(made.at, range(len(made)))] == expected


@given(
    tapes(most=60),
    st.integers(1, 40),
    st.sampled_from(("bars", "minutes")),
    st.sampled_from((1, 3)),
)
@settings(max_examples=cases(ci=100, full=5_000))
def test_a_rolling_window_is_the_profile_of_its_bars(bars, n, unit, row):
    found = rows_of(rolling_levels(bars, n=n, unit=unit, model=Model(row=row)))
    bar, times = every(bars), bars.time.tolist()
    for i in range(len(bars)):
        own = slices_oracle.window(times, i, n, unit, MINUTE)
        assert found[i] == (None if own is None else plain([bar[k] for k in own], row))


def test_a_window_that_is_too_wide_has_none_and_the_next_is_right():
    wild = (0, 20_000_000, 0, 0)
    bars = bars_from(("2022-11-28 08:30", [*flat(5, 2), wild, *flat(7, 3), *flat(900, 2)]))
    found = rows_of(rolling_levels(bars, n=2))
    assert found[:6] == [None, (5, 5, 5), None, None, (7, 7, 7), (7, 7, 7)]
    assert found[6:] == [(7, 900, 7), (900, 900, 900)]


def test_a_long_walk_leaves_the_board_and_comes_back():
    walk = [(p, p + 3, p - 3, p) for p in (0, 10, 20, 30, 40, 50, 40, 30, 20, 10, 0)]
    bars = bars_from(("2022-11-28 08:30", walk))
    found = rows_of(rolling_levels(bars, n=2))
    assert found[1:] == [plain(every(bars)[i - 1 : i + 1]) for i in range(1, len(bars))]


def test_composites_slide_over_profiles_far_apart():
    days = [(f"2022-11-{day} 08:30", flat(p, 1)) for day, p in ((28, 0), (29, 9), (30, 5_000))]
    bars = bars_from(*days, ("2022-12-01 08:30", flat(5_003, 1)), ("2022-12-02 08:30", flat(9, 1)))
    found = composite_levels(bars, sessions=2)
    last = [said(found.val, session) for session in np.unique(bars.session)]
    assert last == [None, None, 0, 9, 5_000]


def test_session_profiles_are_folded_once_for_all_look_backs():
    bars = bars_from(("2022-11-28 08:30", flat(5, 1)), ("2022-11-29 08:30", flat(6, 1)))
    composite_levels(bars, sessions=1)
    kept = session_histograms(bars, "rth", DEFAULT)
    composite_levels(bars, sessions=2)
    assert session_histograms(bars, "rth", DEFAULT) is kept


@pytest.mark.parametrize(("n", "unit"), [(0, "bars"), (-3, "minutes"), (5, "hours")])
def test_no_such_window(n, unit):
    with pytest.raises(ParameterError, match=f"not {n} {unit}"):
        rolling_levels(bars_from(("2022-11-28 08:30", flat(5, 1))), n=n, unit=unit)


def test_what_is_no_moment_and_no_period_is_refused():
    bars = bars_from(("2022-11-28 08:30", flat(5, 1)))
    with pytest.raises(ParameterError, match="'monday' is no moment; write it as"):
        anchored_levels(bars, anchor="monday")
    with pytest.raises(UnknownError, match="no period 'weak'; did you mean 'week'"):
        period_levels(bars, period="weak")


def test_no_bars_no_levels():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    assert not period_levels(night).poc.present.any()
    assert not prior_period_levels(night).poc.present.any()
    assert len(range_profiles(night, [(None, "2000-01-01")])) == 0
