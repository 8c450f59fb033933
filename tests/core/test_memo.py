"""A feature is computed once, frozen, told apart by what it is asked, and bound in bytes."""

from threading import Barrier, Thread
from typing import NamedTuple

import numpy as np
import pytest

from engine.core.columns import Column
from engine.core.memo import Memo, arrays_of, feature
from tests.makers import bars_from, flat

CALLS: list[tuple] = []


class Band(NamedTuple):
    """A result in parts."""

    high: np.ndarray
    low: Column


@feature
def shifted(bars, by, *, times=1):
    """Close plus a number."""
    CALLS.append((by, times))
    return bars.close.astype(np.int64) * times + by


@feature
def banded(bars, width=2):
    return Band(shifted(bars, width) * 1, Column.of(bars.close - width))


@pytest.fixture
def bars():
    CALLS.clear()
    return bars_from(("2022-11-28 09:00", flat(100, 5)))


def test_a_feature_is_computed_once_however_it_is_called(bars):
    first = shifted(bars, 3)
    assert shifted(bars, by=3) is first
    assert shifted(bars, times=1, by=3) is first
    assert CALLS == [(3, 1)]
    assert shifted(bars, 3, times=2) is not first
    assert CALLS == [(3, 1), (3, 2)]


def test_equal_numbers_of_other_types_are_other_questions(bars):
    assert shifted(bars, 1).dtype == np.int64
    assert shifted(bars, 1.0).dtype == np.float64
    assert shifted(bars, True).dtype == np.int64  # noqa: FBT003 - 1 == True is the point
    assert len(CALLS) == 3


def test_bars_do_not_share_what_they_remember(bars):
    whole, part = shifted(bars, 1), shifted(bars[1:4], 1)
    assert (len(whole), len(part)) == (5, 3)
    assert shifted(bars[:], 1) is not whole


def maker(step):
    @feature
    def stepped(bars):
        return bars.close + step

    return stepped


def test_two_functions_of_one_name_are_two_features(bars):
    one, two = maker(1), maker(2)
    assert one.__qualname__ == two.__qualname__
    assert one(bars)[0] + 1 == two(bars)[0]


def test_every_array_inside_is_frozen(bars):
    plain, band = shifted(bars, 0), banded(bars)
    for array in (plain, band.high, band.low.values, band.low.present):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert [a.dtype.kind for a in arrays_of((plain, band))] == ["i", "i", "i", "b"]


def test_the_mark_is_the_full_name():
    assert banded.__dict__["feature"].endswith("test_memo.banded")
    assert shifted.__doc__ == "Close plus a number."


@pytest.mark.parametrize(("result", "kind"), [({}, "dict"), (None, "NoneType"), ([1], "list")])
def test_a_result_that_cannot_be_frozen_is_refused_by_name(bars, result, kind):
    @feature
    def odd(bars):
        return (bars.close, result)

    said = rf"test_memo.*odd returns arrays, Columns or a tuple of them, not {kind}"
    for _ in range(2):  # and nothing of it was kept
        with pytest.raises(TypeError, match=said):
            odd(bars)
    assert not bars.memo.kept


def test_arguments_must_be_values(bars):
    with pytest.raises(TypeError, match=r"shifted takes values .*: unhashable type: 'list'"):
        shifted(bars, [1])
    with pytest.raises(TypeError, match="missing a required argument: 'by'"):
        shifted(bars)


def of_bytes(count):
    return lambda: np.zeros(count, np.int8)


def test_the_least_recently_used_goes_first_when_bytes_run_over():
    memo = Memo(limit=100)
    a = memo.get("a", of_bytes(40))
    memo.get("b", of_bytes(40))
    assert memo.get("a", of_bytes(40)) is a  # now `b` is the older one
    memo.get("c", of_bytes(40))
    assert list(memo.kept) == ["a", "c"]
    assert memo.bytes == 80
    memo.get("d", of_bytes(20))
    assert list(memo.kept) == ["a", "c", "d"]
    assert memo.bytes == memo.limit


def test_a_result_beyond_the_bound_pushes_all_others_out_but_is_kept_itself():
    memo = Memo(limit=100)
    memo.get("a", of_bytes(60))
    big = memo.get("big", of_bytes(500))
    assert list(memo.kept) == ["big"]
    assert memo.get("big", of_bytes(1)) is big
    memo.get("a", of_bytes(60))
    assert list(memo.kept) == ["a"]
    assert memo.bytes == 60


def test_columns_and_tuples_count_with_all_their_bytes():
    memo = Memo()
    column = Column(np.zeros(10, np.int64), np.ones(10, np.bool_))
    memo.get("both", lambda: (column, (np.zeros(3, np.int32),)))
    assert memo.bytes == 80 + 10 + 12


def test_threads_that_ask_at_once_get_one_answer():
    memo, made, got, start = Memo(), [], [], Barrier(4)

    def make():
        made.append(1)
        return np.zeros(1)

    def ask():
        start.wait()
        got.append(memo.get("x", make))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len({id(array) for array in got}) == 1
    assert len(got) == 4
