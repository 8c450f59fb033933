"""Bars: read-only, cut without copies, named by what they hold, refused by the first bad rows."""

import copy
import pickle
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import MINUTE, PRICE_LIMIT, BarArrays, Bars, Origin, checked, column
from engine.core.errors import DataError
from engine.core.memo import feature
from tests.makers import at, bars_from, flat
from tests.tapes import tapes

START = "2022-11-28 08:29"  # the bar before the regular session


@feature
def doubled(bars):
    return bars.close.astype(np.int64) * 2


@pytest.fixture
def bars():
    prices = [(100 + k, 105 + k, 95 + k, 101 + k) for k in range(6)]
    return replace(bars_from((START, prices)), contract=np.arange(6, dtype=np.int16))


def with_column(bars, **columns):
    """The same bars with other columns."""
    arrays = bars.arrays._replace(**{k: np.asarray(v) for k, v in columns.items()})
    return replace(bars, arrays=arrays)


@given(tapes(), st.integers(-35, 35) | st.none(), st.integers(-35, 35) | st.none())
def test_a_slice_is_a_view_of_the_same_memory(bars, first, last):
    part = bars[first:last]
    rows = range(len(bars))[first:last]
    assert len(part) == len(rows)
    for whole, cut in zip(bars.arrays, part.arrays, strict=True):
        assert np.array_equal(cut, whole[first:last])
        assert not len(cut) or np.shares_memory(cut, whole)
        assert not cut.flags.writeable
        assert cut.flags.c_contiguous
    assert part.sessions is bars.sessions
    assert part != bars[first:last]  # equal to nothing but themselves, whatever they hold
    assert part.memo is not bars.memo


def test_a_slice_keeps_contract_facts_and_remembers_alone(bars):
    part = bars[2:5]
    assert np.shares_memory(part.contract, bars.contract)
    assert part.contract.tolist() == [2, 3, 4]
    assert (part.instrument, part.minutes) == (bars.instrument, bars.minutes)
    assert doubled(bars) is doubled(bars)
    assert doubled(part).tolist() == doubled(bars)[2:5].tolist()
    assert len(part.memo.kept) == len(bars.memo.kept) == 1
    assert part[1:].time[0] == bars.time[3]
    assert bars[0:3:1].time.tolist() == bars.time[:3].tolist()


@pytest.mark.parametrize("part", [3, slice(None, None, 2), slice(None, None, -1), [1, 2]])
def test_bars_are_cut_in_order_or_not_at_all(bars, part):
    with pytest.raises(TypeError, match=r"cut as bars\[first:stop\], in order; .* is no such part"):
        bars[part]


def test_nothing_of_bars_can_be_written(bars):
    for array in (*bars.arrays, bars.contract):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        bars.minutes = 5


def posted(bars):
    return pickle.loads(pickle.dumps(bars))  # noqa: S301 - our own bytes


@pytest.mark.parametrize("travel", [copy.copy, copy.deepcopy, posted])
def test_bars_that_travel_are_read_only_and_remember_nothing(bars, travel):
    doubled(bars)
    mark = bars.fingerprint
    there = travel(bars)
    assert not there.memo.kept
    assert there.fingerprint == mark
    assert doubled(there).tolist() == doubled(bars).tolist()
    for array in (*there.arrays, there.contract):
        assert not array.flags.writeable


def test_bars_made_of_others_do_not_inherit_what_those_remember(bars):
    before = doubled(bars)
    other = with_column(bars, close=bars.close - 1)
    assert doubled(other).tolist() == (before - 2).tolist()
    with pytest.raises(TypeError, match="memo"):
        Bars(bars.instrument, bars.sessions, bars.arrays, memo=bars.memo)


def test_names_of_columns_and_labels(bars):
    for name, array in zip(BarArrays._fields, bars.arrays, strict=True):
        assert getattr(bars, name) is array
    assert bars.rth.tolist() == [False, True, True, True, True, True]
    assert np.array_equal(bars.labels.session, bars.session)
    assert np.diff(bars.labels.minute).tolist() == [1] * 5
    assert bars.labels is bars.labels
    assert repr(bars) == "Bars(ES 1m, 6 bars)"
    made = replace(bars, minutes=5, origin=Origin("synthetic", synthetic=True))
    assert repr(made[:2]) == "Bars(SYNTHETIC ES 5m, 2 bars)"


def test_a_fingerprint_names_every_value(bars):
    mark = bars.fingerprint
    assert re.fullmatch(r"[0-9a-f]{32}", mark)
    assert replace(bars).fingerprint == bars[:].fingerprint == mark
    others = [with_column(bars, **{n: getattr(bars, n) + 1}) for n in BarArrays._fields[:-1]]
    others += [replace(bars, minutes=5), bars[1:], bars[:-1], replace(bars, contract=None)]
    others += [replace(bars, contract=bars.contract[::-1])]
    others += [replace(bars, origin=Origin(contracts=("ESZ2",)))]
    others += [replace(bars, instrument=replace(bars.instrument, calendar="crypto"))]
    marks = [mark, *(other.fingerprint for other in others)]
    assert len(set(marks)) == len(marks) == 14


def test_the_row_of_the_session_table_is_no_part_of_the_name():
    day = ("2022-11-28 09:00", flat(100, 3))
    alone, behind = bars_from(day), bars_from(("2022-11-25 09:00", flat(100, 1)), day)[1:]
    assert alone.session[0] != behind.session[0]
    assert alone.fingerprint == behind.fingerprint


def test_the_mark_of_a_store_names_the_whole_and_not_its_parts(bars):
    stored = replace(bars, origin=Origin("archive", fingerprint="mark", contracts=("A", "B")))
    assert stored.fingerprint == stored[:].fingerprint == "mark"
    part = stored[1:4]
    assert part.fingerprint not in ("mark", stored[1:5].fingerprint)
    assert part.fingerprint == stored[1:5][:-1].fingerprint
    assert part.origin == Origin("archive", contracts=("A", "B"))


def test_good_bars_pass_and_so_do_none(bars):
    assert checked(bars) is bars
    assert len(checked(bars[:0])) == 0
    edge = np.full(6, PRICE_LIMIT, np.int32)
    both = with_column(bars, open=-edge, high=edge, low=-edge, close=edge)
    assert checked(both) is both


def row_text(*rows):
    return ", ".join(f"row {r} (2022-11-28T14:{29 + r}:00Z)" for r in rows)


FAR = PRICE_LIMIT + 1
BROKEN = [
    ("high", [2], 100, "high must be the highest price; 1 row does not"),
    ("low", [1, 4], 105, "low must be the lowest price; 2 rows do not"),
    ("volume", [0, 1, 2, 3], -1, "volume must not be negative; 4 rows do not"),
    ("high", [3, 5], FAR, "prices must lie within 1000000000 ticks of zero; 2 rows do not"),
    ("volume", [3, 4, 5], -9, "volume must not be negative; 3 rows do not"),
    ("low", [0], -FAR, "prices must lie within 1000000000 ticks of zero; 1 row does not"),
    ("session", [4, 5], -1, "bars must lie inside the cme_equity sessions; 2 rows do not"),
]


@pytest.mark.parametrize(("name", "rows", "value", "said"), BROKEN)
def test_the_first_bad_rows_are_named_for_every_rule(bars, name, rows, value, said):
    values = getattr(bars, name).copy()
    values[rows] = value
    more = " ..." if len(rows) > 3 else ""
    with pytest.raises(DataError) as raised:
        checked(with_column(bars, **{name: values}))
    assert str(raised.value) == f"Bars(ES 1m, 6 bars): {said}: {row_text(*rows[:3])}{more}"


@pytest.mark.parametrize("name", ["open", "close"])
@pytest.mark.parametrize(("value", "rule"), [(10**6, "highest"), (-(10**6), "lowest")])
def test_open_and_close_lie_between_low_and_high(bars, name, value, rule):
    values = getattr(bars, name).copy()
    values[3] = value
    with pytest.raises(DataError, match=rf"must be the {rule} price; 1 row does not: row 3 \("):
        checked(with_column(bars, **{name: values}))


def test_prices_far_below_zero_are_found_too(bars):
    far = np.full(6, -(2**31), np.int32)  # its absolute value is no int32
    with pytest.raises(DataError, match="within 1000000000 ticks of zero; 6 rows do not: row 0"):
        checked(with_column(bars, open=far, high=far, low=far, close=far))


def test_times_must_increase(bars):
    times = bars.time.copy()
    times[3] = times[2]
    times[5] -= 2 * MINUTE
    with pytest.raises(DataError, match=r"times must increase; 2 rows do not: row 3 \(.*, row 5"):
        checked(with_column(bars, time=times))
    first = np.array([at("2022-11-28 08:00"), *bars.time[1:]])
    assert len(checked(with_column(bars, time=first))) == 6


def test_columns_of_other_lengths_are_counted(bars):
    with pytest.raises(DataError, match=r"differ in length: .*'low': 6, 'close': 5, 'volume': 6"):
        checked(with_column(bars, close=bars.close[1:]))
    with pytest.raises(DataError, match=r"'session': 6, 'contract': 2"):
        checked(replace(bars, contract=bars.contract[:2]))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ([1, 2**31], "low: row 1 holds 2147483648, which is no int32"),
        ([1.0, 2.5, 3.5], "low: row 1 holds 2.5, which is no int32"),
        ([0.0, np.nan], "low: row 1 holds nan, which is no int32"),
        ([np.inf], "low: row 0 holds inf, which is no int32"),
        ([-1e300], "low: row 0 holds -1e+300, which is no int32"),
        (np.array([2**64 - 1], np.uint64), "low: row 0 holds 18446744073709551615"),
    ],
)
def test_a_cast_that_would_change_a_value_is_refused(values, said):
    with pytest.raises(DataError, match=re.escape(said)):
        column(values, np.int32, "low")


@given(st.lists(st.integers(-(2**31), 2**31 - 1)), st.sampled_from([np.int64, np.float64]))
def test_a_cast_keeps_every_value_and_owns_its_memory(values, dtype):
    given_ = np.array(values, dtype)
    made = column(given_, np.int32)
    assert made.dtype == np.int32
    assert made.tolist() == values
    assert not np.shares_memory(made, given_)
