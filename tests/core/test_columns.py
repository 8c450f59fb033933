"""Columns against a slow oracle: a list with one Python number or None a bar."""

import math
import operator
from collections import Counter
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.columns import Column, common_index
from engine.core.errors import DataError
from tests.proof.sizes import sized

LEAST, MOST = -(2**31), 2**31 - 1
WHOLE = st.one_of(st.sampled_from([LEAST, MOST, -1, 0, 1]), st.integers(LEAST, MOST))
REAL = st.one_of(st.sampled_from([0.0, -0.0, 0.7, 1e300, -1e300]), st.floats(allow_nan=False))
ODD = st.sampled_from([math.nan, math.inf, -math.inf])
COMPARE = (operator.lt, operator.le, operator.gt, operator.ge, operator.eq, operator.ne)
COMBINE = (operator.add, operator.sub, operator.mul, operator.truediv)
CASES = sized(ci=400, full=5_000, small=100)


def said(value):
    """What an oracle's cell holds: None where a float is no number."""
    return value if isinstance(value, int) or math.isfinite(value) else None


@st.composite
def arrays(draw, count):
    """int32, int64 or float64 values, some of them NaN or infinite."""
    if draw(st.booleans()):
        values = draw(st.lists(WHOLE, min_size=count, max_size=count))
        return np.array(values, draw(st.sampled_from([np.int32, np.int64])))
    values = draw(st.lists(st.one_of(REAL, REAL, ODD), min_size=count, max_size=count))
    return np.array(values, np.float64)


@st.composite
def columns(draw, count, index=None):
    """A column and the oracle's cells, one a bar; what is not present is any rubbish."""
    rows = count if index is None else int(index.max(initial=0)) + 1
    values = draw(arrays(rows))
    mask = np.array(draw(st.lists(st.booleans(), min_size=rows, max_size=rows)), np.bool_)
    if values.dtype.kind == "f":
        mask &= np.isfinite(values)
    cells = [v if ok else None for v, ok in zip(values.tolist(), mask.tolist(), strict=True)]
    bars = range(count) if index is None else index.tolist()
    return Column(values, mask, index), [cells[row] for row in bars]


@st.composite
def sides(draw, count, index):
    """Whatever may stand beside a column, as (kind, it, its cells)."""
    kind = draw(st.sampled_from(["bars", "session", "other index", "array", "int", "float", "Dec"]))
    if kind in ("bars", "session", "other index"):
        others = {"bars": None, "session": index, "other index": index.copy()}
        return kind, *draw(columns(count, others[kind]))
    if kind == "array":
        array = draw(arrays(count))
        return kind, array, [said(v) for v in array.tolist()]
    if kind == "Dec":
        number = draw(st.decimals(-100, 100, places=4))
        return kind, number, [float(number)] * count
    number = draw(WHOLE if kind == "int" else REAL | st.just(math.nan))
    return kind, number, [None if number != number else number] * count  # noqa: PLR0124 - NaN alone


@st.composite
def pairs(draw):
    count = draw(st.integers(1, 8))
    steps = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    index = np.cumsum(steps).astype(np.int32)
    column = draw(columns(count, draw(st.sampled_from([None, index]))))
    return column, draw(sides(count, index))


def slow(apply, a, b):
    """One cell: absent if either is, or if the answer is no number."""
    if a is None or b is None:
        return None
    try:
        return apply(a, b)
    except ZeroDivisionError:
        return None


def same(got, wanted):
    values, present = got.dense()
    cells = [None if w is None else said(w) for w in wanted]
    assert present.tolist() == [cell is not None for cell in cells]
    assert values[present].tolist() == [c for c in cells if c is not None]
    assert (values.dtype.kind == "i") <= (values.dtype == np.int64)


def test_every_comparison_and_sum_against_the_oracle():
    met = Counter()

    @given(pairs(), st.sampled_from(COMPARE), st.sampled_from(COMBINE))
    def agrees(pair, compare, combine):
        (column, cells), (kind, other, others) = pair
        met[kind] += 1
        met["absent"] += None in cells
        both = list(zip(cells, others, strict=True))
        for flip in (False, True):
            left, right = (other, column) if flip else (column, other)
            ways = [(b, a) if flip else (a, b) for a, b in both]
            truth = compare(left, right)
            assert type(truth) is np.ndarray
            assert truth.dtype == np.bool_
            assert truth.tolist() == [bool(slow(compare, a, b)) for a, b in ways]
            same(combine(left, right), [slow(combine, a, b) for a, b in ways])

    settings(max_examples=CASES, derandomize=True, database=None)(agrees)()
    assert min(met.values()) > CASES // 40
    assert len(met) == 8


@pytest.mark.parametrize("apply", COMBINE[:3])
def test_int32_near_its_limits_is_widened_first(apply):
    near = np.array([MOST, LEAST, MOST, LEAST], np.int32)
    column = Column.of(near.copy())
    for other in (near[::-1].copy(), Column.of(near[::-1].copy()), MOST, np.int32(MOST)):
        dense = [MOST] * 4 if isinstance(other, int | np.integer) else near[::-1].tolist()
        wanted = [apply(a, b) for a, b in zip(near.tolist(), dense, strict=True)]
        assert apply(column, other).values.tolist() == wanted
    assert (-column).values.tolist() == [-int(v) for v in near]
    assert (-column).values.dtype == np.int64


@given(st.integers(1, 6).flatmap(lambda n: columns(n, np.zeros(n, np.int32))))
def test_minus_keeps_presence_and_the_index(pair):
    column, cells = pair
    same(-column, [None if c is None else -c for c in cells])
    assert (-column).index is column.index


def test_sessions_of_the_same_bars_stay_one_value_a_session():
    index = np.array([0, 0, 0, 1, 1], np.int32)
    high, low = (Column(np.array(v), np.array([True, True]), index) for v in ([9, 5], [1, 2]))
    width = (high - low) * 2 + 1
    assert width.index is index
    assert width.values.tolist() == [17, 7]
    assert (width / Decimal("0.5")).values.tolist() == [34.0, 14.0]
    spread = high - np.arange(5)
    assert (spread.index, spread.values.tolist()) == (None, [9, 8, 7, 2, 1])
    other = Column(np.array([1, 1]), np.array([True, True]), index.copy())
    assert (high - other).index is None
    assert common_index(high, Column.of(np.arange(5))) is None
    assert common_index(3, high) is index
    assert len(width) == 5


def test_values_at_some_bars():
    index = np.array([0, 0, 1, 2], np.int32)
    column = Column(np.array([7, 8, 9]), np.array([True, False, True]), index)
    values, present = column.at(np.array([3, 1, 2]))
    assert (values.tolist(), present.tolist()) == ([9, 7, 8], [True, True, False])
    floats = column.floats(np.array([3, 2]))
    assert floats.dtype == np.float64
    assert floats[0] == 9.0
    assert math.isnan(floats[1])
    plain = Column.of(np.array([1.5, np.nan, np.inf, 0.0]))
    assert plain.at(np.array([1, 2, 3]))[1].tolist() == [False, False, True]
    assert plain.dense()[1].tolist() == [True, False, False, True]
    assert np.isnan(plain.floats(np.array([2]))).all()


def test_presence_of_whole_numbers_is_whole():
    for values in (np.arange(3), np.array([True, False, True])):
        assert Column.of(values).present.tolist() == [True] * 3


def test_an_infinite_bound_is_a_bound_and_an_infinite_cell_is_absent():
    column = Column.of(np.array([1.0, np.inf]))
    assert (column < math.inf).tolist() == [True, False]
    assert (column > -math.inf).tolist() == [True, False]
    nan = math.nan
    assert (column != nan).tolist() == [False, False]
    assert (Column.of(np.arange(2)) != np.array([np.nan, 5.0])).tolist() == [False, True]


def test_lengths_that_differ_are_refused_and_never_stretched():
    column = Column.of(np.arange(5))
    for other in (np.arange(3), Column.of(np.arange(3)), np.arange(1), Column.of(np.arange(1))):
        count = len(other)
        for act in (operator.lt, operator.add):
            with pytest.raises(DataError, match=f"a column of 5 values meets one of {count}: give"):
                act(column, other)
    with pytest.raises(ValueError, match=r"\(2,\) values but \(3,\) marks of presence"):
        Column(np.arange(2), np.ones(3, np.bool_))


def test_what_leaves_its_maker_is_never_written_again():
    index = np.zeros(3, np.int32)
    column = Column(np.arange(1), np.ones(1, np.bool_), index)
    for array in (column.values, column.present, column.index, (column + 1).values):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1


def test_a_column_is_no_value():
    column = Column.of(np.array([1.0, np.nan]))
    assert repr(column) == "Column(2 bars, 1 of 2 present)"
    with pytest.raises(TypeError, match="unhashable type: 'Column'"):
        hash(column)
    with pytest.raises(TypeError, match="does not support ufuncs"):
        np.maximum(np.arange(2), column)


def test_a_column_has_no_truth_of_its_own():
    with pytest.raises(TypeError, match="compare it first"):
        bool(Column.of(np.array([1, 0])))


def test_an_average_becomes_a_price_below_or_above_it():
    index = np.array([0, 1, 2, 2, 3])
    column = Column(np.array([1.5, -1.5, 4.0, np.nan]), np.array([True, True, True, False]), index)
    for rounded, values in ((column.floor(), [1, -2, 4]), (column.ceil(), [2, -1, 4])):
        assert rounded.values.dtype == np.int64
        assert rounded.values[:3].tolist() == values
        assert rounded.present.tolist() == [True, True, True, False]
        assert len(rounded) == 5
