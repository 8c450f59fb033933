"""The joins of `engine.core.asof` against an oracle that asks of each bar what was over by then."""

from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.asof import asof, auxiliary, binned, closes, higher, moments_of
from engine.core.bars import MINUTE
from engine.core.columns import Column
from engine.core.errors import DataError, ParameterError, UnknownError
from engine.core.memo import feature
from engine.core.resample import coarser, resample
from engine.features.ranges import opening_range
from tests.makers import at, bars_from, flat
from tests.tapes import tapes

SPANS = st.sampled_from([1, 3, 15, 60, "session", "week"])
START = "2022-11-28 09:00"


class Both(NamedTuple):
    high: Column
    volume: np.ndarray


def last_close(bars):
    return bars.close


def both(bars, add=0):
    return Both(Column.of(bars.high.astype(np.float64) + add), bars.volume)


@feature
def halves(bars):
    """Absent on every second bar."""
    values = np.arange(len(bars), dtype=np.float64)
    return Column(values, values % 2 == 0)


def oracle_close(bars, i):
    """When a minute bar is over: a minute later, or at the end of its stretch."""
    sessions = bars.sessions
    stop = next(int(stop) for stop in sessions.span_stop if bars.time[i] < stop)
    return min(int(bars.time[i]) + bars.minutes * MINUTE, stop)


def oracle(moments, bars):
    """The last of the moments that has come by the close of each bar, or None."""
    found = []
    for i in range(len(bars)):
        past = [k for k, moment in enumerate(moments) if moment <= oracle_close(bars, i)]
        found.append(past[-1] if past else None)
    return found


def listed(column):
    values, present = column.dense()
    return [v if p else None for v, p in zip(values.tolist(), present.tolist(), strict=True)]


@given(tapes(), SPANS, st.sampled_from(["full", "rth", "eth"]))
def test_a_coarser_value_is_the_last_one_the_oracle_finds_over(bars, span, segment):
    coarse, found = coarser(bars, span, segment)
    rows = oracle(found.close.tolist(), bars)
    expected = [None if k is None else int(coarse.close[k]) for k in rows]
    assert listed(higher(bars, last_close, span, segment)) == expected
    assert closes(bars).tolist() == [oracle_close(bars, i) for i in range(len(bars))]


@pytest.mark.covers("A-019")
def test_it_is_seen_on_the_bar_that_completes_it_and_not_before():
    bars = bars_from((START, [(k, k, k, k) for k in range(12)]))
    assert listed(higher(bars, last_close, 5)) == [None] * 4 + [4] * 5 + [9] * 3


def test_without_its_last_minute_it_is_seen_with_the_next_bar():
    runs = (START, [(k, k, k, k) for k in range(4)]), ("2022-11-28 09:07", flat(7, 2))
    assert listed(higher(bars_from(*runs), last_close, 5)) == [None] * 4 + [3, 3]


def test_a_bar_cut_short_by_the_end_of_the_data_says_nothing():
    bars = bars_from((START, flat(5, 4)))
    assert not higher(bars, last_close, 5).present.any()
    assert not higher(bars, last_close, "session").present.any()
    assert len(higher(bars[:0], last_close, 5)) == 0


def test_a_halt_and_the_end_of_a_session_complete_a_bar():
    bars = bars_from(("2013-12-02 15:10", flat(5, 5)), ("2013-12-02 15:30", flat(6, 45)))
    assert listed(higher(bars, last_close, 60))[3:6] == [None, 5, 5]
    assert listed(higher(bars, last_close, "session"))[-2:] == [None, 6]


def test_the_answer_has_the_shape_of_the_feature():
    bars = bars_from((START, [(k, k, k, k) for k in range(12)]))
    found = higher(bars, both, 5, add=100)
    assert isinstance(found, Both)
    assert listed(found.high)[4:10] == [104.0] * 5 + [109.0]
    assert listed(found.volume)[4:10] == [50] * 6
    assert found.high.index is found.volume.index  # so their difference is one value a coarse bar
    assert len((found.high - found.volume).values) == 3
    plain = higher(bars, lambda b: (b.close, b.open), 5)
    assert [type(plain), len(plain)] == [tuple, 2]
    assert listed(higher(bars, halves, 3)) == [
        None,
        None,
        0.0,
        0.0,
        0.0,
        *[None] * 3,
        *[2.0] * 3,
        None,
    ]


def test_features_take_their_own_parameters_and_are_remembered():
    prices = [(k, k + 1, k - 1, k) for k in range(60)]
    bars = bars_from(("2022-11-28 08:30", prices))
    box = higher(bars, opening_range, 5, minutes=10)
    assert listed(box.high)[:20] == [None] * 14 + [10] * 6
    assert higher(bars, opening_range, 5, minutes=10) is box
    assert higher(bars, opening_range, 5, minutes=15) is not box
    assert higher(bars, opening_range, 10, minutes=10) is not box


def test_a_feature_that_loses_bars_is_named():
    bars = bars_from((START, flat(5, 12)))
    with pytest.raises(DataError, match="gave 1 values for 2 coarser bars"):
        higher(bars, lambda b: b.close[1:], 5)


def test_bars_of_sessions_close_with_their_session():
    bars = resample(
        bars_from(("2022-11-28 15:00", flat(5, 60)), ("2022-11-29 09:00", flat(6, 1))), "session"
    )
    assert closes(bars).tolist() == [at("2022-11-28 16:00"), at("2022-11-29 16:00")]
    assert listed(higher(bars, last_close, "week")) == [None, None]


stamps = st.lists(st.integers(-3_000, 3_000), min_size=1, max_size=20, unique=True).map(sorted)


@pytest.mark.covers("B-004")
@given(tapes(), stamps, st.integers(0, 300))
def test_a_series_is_read_as_the_oracle_reads_it(bars, minutes, lag):
    times = [int(bars.time[len(bars) // 2]) + m * MINUTE for m in minutes]
    values = [float(m) for m in minutes]
    series = auxiliary("vix", times, {"close": values})
    rows = oracle([t + lag * MINUTE for t in times], bars)
    expected = [None if k is None else values[k] for k in rows]
    assert listed(asof(bars, series, "close", lag=lag)) == expected
    for oldest in (lag, lag + 10):
        fresh = [
            None if k is None or oracle_close(bars, i) - times[k] > oldest * MINUTE else values[k]
            for i, k in enumerate(rows)
        ]
        assert listed(asof(bars, series, "close", lag=lag, oldest=oldest)) == fresh


def test_what_a_row_does_not_know_hides_what_came_before():
    bars = bars_from((START, flat(5, 4)))
    times = [at(f"2022-11-28 09:0{k}") for k in range(1, 4)]
    series = auxiliary("x", times, {"v": [1.0, float("nan"), 3.0]})
    assert listed(asof(bars, series, "v", lag=0)) == [1.0, None, 3.0, 3.0]
    assert len(series) == 3


def test_days_are_about_a_time_on_the_clock():
    moments = moments_of(
        np.array(["2024-03-08", "2024-03-11"], "datetime64[D]"), "15:15", "America/Chicago"
    )
    assert moments.tolist() == [at("2024-03-08 15:15"), at("2024-03-11 15:15")]


@pytest.mark.parametrize(
    ("times", "values", "said"),
    [
        ([1, 1], {"v": [1, 2]}, r"times must increase; row 1 \(1970-01-01T00:00:00Z\)"),
        ([1, 2], {"v": [1]}, "x: 1 values of v for 2 moments"),
        ([1], {}, "x: a series needs a column"),
    ],
)
def test_a_series_that_is_none_is_refused(times, values, said):
    with pytest.raises(DataError, match=said):
        auxiliary("x", times, values)


def test_a_lag_is_stated_and_makes_sense():
    bars, series = bars_from((START, flat(5, 4))), auxiliary("vix", [1], {"close": [1]})
    for wrong in ({"lag": -1}, {"lag": 15, "oldest": 10}):
        with pytest.raises(ParameterError, match="vix: a value is published 0 or more minutes"):
            asof(bars, series, "close", **wrong)
    with pytest.raises(UnknownError, match="no column 'clse' of vix; did you mean 'close'"):
        asof(bars, series, "clse", lag=0)


@pytest.mark.covers("B-004")
def test_regimes_are_bins_between_edges():
    column = Column(np.array([9.9, 15.0, 20.1, 45.0]), np.array([True, True, False, True]))
    found = binned(column, [15, Decimal(25), 35])
    assert listed(found) == [0, 1, None, 3]
    for edges in ([], [2, 1], [1, 1]):
        with pytest.raises(ParameterError, match="bins need edges that increase"):
            binned(column, edges)
