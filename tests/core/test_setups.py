"""Setups: events in order, levels that may be absent, and the dense arrays made of them."""

import re
from decimal import Decimal
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.columns import Column
from engine.core.errors import DataError, UnknownError
from engine.core.setups import Setups, became
from tests.makers import bars_from, flat, long_at, mark, short_at

BARS = bars_from(("2022-11-28 09:00", flat(100, 4)), ("2022-11-29 09:00", flat(100, 4)))
COUNT = len(BARS)
MASK = st.lists(st.booleans(), min_size=COUNT, max_size=COUNT).map(lambda v: np.array(v, np.bool_))
CELL = st.none() | st.integers(-(10**9), 10**9)
CELLS = st.lists(CELL, min_size=COUNT, max_size=COUNT)


def column_of(cells):
    """One cell a bar, absent where None; under an absent one lies rubbish."""
    values = np.array([77 if c is None else c for c in cells])
    return Column(values, np.array([c is not None for c in cells]))


def cells_of(column):
    return [
        v if ok else None
        for v, ok in zip(column.values.tolist(), column.present.tolist(), strict=True)
    ]


@given(MASK, MASK, st.tuples(CELLS, CELLS), st.tuples(CELLS, CELLS), CELLS)
def test_every_row_against_the_slow_reading(long, short, stops, targets, said):
    setups = Setups.where(
        BARS,
        long=long,
        short=short,
        stop=tuple(map(column_of, stops)),
        target=tuple(map(column_of, targets)),
        attributes={"said": column_of(said), "row": np.arange(COUNT)},
    )
    rows = [(i, s) for i in range(COUNT) for s, m in ((1, long), (-1, short)) if m[i]]
    assert list(zip(setups.bar.tolist(), setups.side.tolist(), strict=True)) == rows
    assert len(setups) == len(rows)
    assert cells_of(setups.stop) == [stops[s < 0][i] for i, s in rows]
    assert cells_of(setups.target) == [targets[s < 0][i] for i, s in rows]
    heard = [None if np.isnan(v) else v for v in setups.attribute("said")]
    assert heard == [said[i] for i, _ in rows]
    assert setups.attribute("row").tolist() == [i for i, _ in rows]

    dense = setups.arrays(BARS)
    both = long & short
    assert dense.side.tolist() == np.where(both, 0, long * 1 - short * 1).tolist()
    for level, sides in ((dense.stop, stops), (dense.target, targets)):
        wanted = [sides[0][i] if long[i] else sides[1][i] for i in range(COUNT)]
        spoken = (long | short) & ~both
        assert cells_of(level) == [w if ok else None for w, ok in zip(wanted, spoken, strict=True)]


@given(MASK, MASK, st.lists(st.booleans(), min_size=16, max_size=16))
def test_taking_rows_keeps_each_row_whole(long, short, wanted):
    setups = Setups.where(
        BARS, long=long, short=short, stop=(np.arange(COUNT), None), attributes={"x": BARS.time}
    )
    rows = np.flatnonzero(wanted[: len(setups)])
    for chosen in (rows, np.isin(np.arange(len(setups)), rows)):
        part = setups.take(chosen)
        assert part.bar.tolist() == setups.bar[rows].tolist()
        assert part.side.tolist() == setups.side[rows].tolist()
        assert cells_of(part.stop) == [cells_of(setups.stop)[r] for r in rows]
        assert not part.target.present.any()
        assert part.attribute("x").tolist() == BARS.time[part.bar].astype(float).tolist()
        for array in (part.bar, part.side, part.stop.values, part.attribute("x")):
            assert not array.flags.writeable


@given(st.lists(st.booleans()))
def test_a_setup_is_where_a_state_begins(state):
    begins = became(np.array(state, np.bool_)).tolist()
    assert begins == [i > 0 and state[i] and not state[i - 1] for i in range(len(state))]


def test_became_leaves_the_state_as_it_was():
    state = np.array([False, True, True])
    state.setflags(write=False)
    assert became(state).tolist() == [False, True, False]
    assert state.tolist() == [False, True, True]


def test_types_of_the_table_and_none_of_it_can_be_written():
    setups = long_at(BARS, 1, stop=(99, 101), attributes={"x": 1})
    arrays = [setups.bar, setups.side, setups.stop.values, setups.attribute("x")]
    assert [a.dtype.name for a in arrays] == ["int64", "int8", "int64", "float64"]
    dense = setups.arrays(BARS)
    for array in (*arrays, dense.side, dense.stop.values, dense.target.present):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(AttributeError):
        setups.bar = None


def test_levels_come_as_numbers_arrays_columns_or_not_at_all():
    index = BARS.session
    prior = Column(np.arange(index.max() + 1) * 10, np.arange(index.max() + 1) > index[0], index)
    mask = mark(BARS, 0, 7)
    setups = Setups.where(
        BARS, long=mask, short=mask, stop=(prior, None), target=(Decimal(5), np.arange(COUNT) * 2.0)
    )
    assert cells_of(setups.stop) == [None, None, int(index[7]) * 10, None]
    assert cells_of(setups.target) == [5, 0, 5, 14]
    holed = Setups.where(BARS, short=mask, stop=(None, np.array([np.nan, *[3.0] * 7])))
    assert cells_of(holed.stop) == [None, 3]
    assert not long_at(BARS, 2, stop=(np.inf, 0)).stop.present.any()


def test_what_leaves_the_caller_can_still_be_written_there():
    mine = np.arange(COUNT)
    long_at(BARS, 2, stop=(mine, mine), attributes={"x": mine})
    mine[0] = 5
    assert mine[0] == 5


def test_attributes_are_floats_and_nan_where_the_bars_could_not_say():
    said = {"a": np.array([np.nan, np.inf, *[1.5] * 6]), "b": Decimal("0.7"), "c": None}
    setups = long_at(BARS, 0, 1, 2, attributes={**said, "d": BARS.close > 0})
    assert np.isnan(setups.attribute("a")).tolist() == [True, True, False]
    assert setups.attribute("b").tolist() == [0.7] * 3
    assert np.isnan(setups.attribute("c")).all()
    assert setups.attribute("d").tolist() == [1.0] * 3
    with pytest.raises(UnknownError, match=r"no attribute 'dd' on these setups; did you mean 'd'"):
        setups.attribute("dd")
    with pytest.raises(UnknownError, match=r"'x' on these setups\. None exist yet"):
        long_at(BARS, 0).attribute("x")


def test_an_attribute_may_be_a_pair_where_the_sides_mirror_each_other():
    class Both(NamedTuple):  # a feature with two parts is no pair
        low: np.ndarray
        high: np.ndarray

    close = np.arange(8.0)
    both = {"push": (close, -close), "one": (Column.of(close), None)}
    setups = Setups.where(BARS, long=mark(BARS, 1, 3), short=mark(BARS, 3, 5), attributes=both)
    assert setups.side.tolist() == [1, 1, -1, -1]
    assert setups.attribute("push").tolist() == [1, 3, -3, -5]
    assert setups.attribute("one")[:2].tolist() == [1, 3]
    assert np.isnan(setups.attribute("one")[2:]).all()
    with pytest.raises(DataError, match="2 values for 8 bars"):
        long_at(BARS, 1, attributes={"two": Both(close, close)})


@pytest.mark.parametrize("side", ["long", "short"])
@pytest.mark.parametrize(
    ("mask", "said"),
    [
        (np.ones(3, np.bool_), "shape (3,) of bool for 8 bars; one bool a bar is needed"),
        (np.ones(8, np.int64), "shape (8,) of int64 for 8 bars"),
        (np.ones((8, 1), np.bool_), "shape (8, 1) of bool for 8 bars"),
        ([True] * 8, "[True, True, True, True, True, True, True, True] for 8 bars"),
        (Column.of(np.ones(8, np.bool_)), "Column(8 bars, 8 of 8 present) for 8 bars"),
    ],
)
def test_a_mask_is_one_bool_a_bar(side, mask, said):
    with pytest.raises(DataError, match=re.escape(f"{side}: {said}")):
        Setups.where(BARS, **{side: mask})


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ({"stop": (99.5, 1)}, "stop of setup 0 (bar 3): level 99.5 is not whole ticks"),
        ({"target": (1, np.arange(8) / 2)}, "target of setup 1 (bar 3): level 1.5 is not whole"),
        ({"stop": (1e300, 1)}, "stop of setup 0 (bar 3): level 1e+300 is not whole ticks"),
        ({"stop": (Decimal("0.5"), 1)}, "stop of setup 0 (bar 3): level 0.5 is not whole ticks"),
        ({"stop": (np.arange(7), 1)}, "stop: 7 values for 8 bars; give one value a bar, one for"),
        ({"target": (1, np.arange(9))}, "target: 9 values for 8 bars"),
        ({"stop": (Column.of(np.arange(20)), 1)}, "stop: 20 values for 8 bars"),
        ({"attributes": {"atr": np.arange(2)}}, "atr: 2 values for 8 bars"),
    ],
)
def test_levels_off_the_grid_or_of_other_bars_are_refused_by_name(levels, said):
    mask = mark(BARS, 3)
    with pytest.raises(DataError, match=re.escape(said)):
        Setups.where(BARS, long=mask, short=mask, **levels)


def test_a_level_between_ticks_counts_only_where_a_setup_is():
    half = np.array([0.5, *[2.0] * 7])
    assert cells_of(long_at(BARS, 1, stop=(half, half)).stop) == [2]
    assert cells_of(short_at(BARS, 1, stop=(half, 0.0)).stop) == [0]


def test_no_setups_are_setups_too():
    none = Setups.where(BARS, stop=(1, 2), attributes={"x": BARS.close})
    assert len(none) == 0
    assert none.attribute("x").tolist() == []
    assert not none.arrays(BARS).side.any()
    assert not none.arrays(BARS).stop.present.any()
    empty = Setups.where(BARS[:0], long=BARS.close[:0] > 0)
    assert len(empty.arrays(BARS[:0]).side) == 0


def test_both_sides_at_one_bar_are_neither_until_one_is_gone():
    mask = mark(BARS, 2)
    both = Setups.where(BARS, long=mask, short=mask, stop=(90, 110))
    assert both.side.tolist() == [1, -1]
    assert not both.arrays(BARS).side.any()
    assert not both.arrays(BARS).stop.present.any()
    short = both.take(both.side < 0).arrays(BARS)
    assert (short.side[2], short.stop.values[2]) == (-1, 110)
