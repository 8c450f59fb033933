"""Second tries, and series beside bars."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.core.again import Tries, tried_again
from engine.core.aside import Aside, aside, attached
from engine.core.asof import auxiliary
from tests.makers import bars_from, flat, mark

START = "2022-11-28 09:00"


def test_a_try_goes_back_to_the_last_first_one_within_reach():
    bars = bars_from((START, flat(100, 20)))
    first, ripe = mark(bars, 2, 10), mark(bars, 3, 4, 5, 6, 7, 12, 13, 19)
    none = mark(bars)
    found = tried_again((first, none), (ripe, none), Tries(most=2, wait=2, window=4))
    assert np.flatnonzero(found.long).tolist() == [2, 4, 5, 10, 12, 13]
    assert found.origin[[4, 5, 12, 13]].tolist() == [2, 2, 10, 10]
    assert found.origin[[3, 6, 19]].tolist() == [3, 6, 19]
    last = tried_again((first, none), (mark(bars, 15, 16), none), Tries(most=2, wait=2, window=4))
    assert np.flatnonzero(last.parents[0].present).tolist() == [15]  # bars 12 to 15 are four
    assert np.flatnonzero(found.parents[0].present).tolist() == [4, 5, 12, 13]
    assert not found.short.any()


def test_a_bar_ripe_for_both_sides_or_itself_a_first_try_is_none():
    bars = bars_from((START, flat(100, 10)))
    long, short = mark(bars, 1), mark(bars, 2)
    ripe = mark(bars, 2, 4, 5), mark(bars, 4, 6)
    found = tried_again((long, short), ripe, Tries(most=3, wait=1, window=8))
    assert np.flatnonzero(found.long).tolist() == [1, 5]
    assert np.flatnonzero(found.short).tolist() == [2, 6]
    assert found.origin[[5, 6]].tolist() == [1, 2]


def test_a_bar_ripe_for_both_sides_is_no_try_and_uses_none_up():
    bars = bars_from((START, flat(100, 10)))
    both = mark(bars, 3, 4), mark(bars, 3)
    found = tried_again((mark(bars, 1), mark(bars, 0)), both, Tries(most=1, wait=1, window=8))
    assert np.flatnonzero(found.parents[0].present).tolist() == [4]
    assert not found.parents[1].present.any()


def oracle(first, ripe, tries):
    """By its sentence: (bar, side) of every second try, and the bar it goes back to."""
    free = [not (a or b) for a, b in zip(*first, strict=True)]
    made, used = {}, {}
    for i in range(len(free)):
        back = {}
        for side, marks in ((1, first[0]), (-1, first[1])):
            tried = [k for k in range(i - tries.wait + 1) if marks[k]]
            if tried and i - tried[-1] < tries.wait + tries.window:
                back[side] = tried[-1]
        able = [s for s, m in ((1, ripe[0]), (-1, ripe[1])) if free[i] and m[i] and s in back]
        if len(able) == 1:
            root = able[0], back[able[0]]
            used[root] = used.get(root, 0) + 1
            if used[root] <= tries.most:
                made[i, able[0]] = root[1]
    return made


PLACES = range(30)
marked = st.integers(0, 2 ** len(PLACES) - 1).map(
    lambda bits: np.array([bits >> k & 1 > 0 for k in PLACES])
)
BOTH = st.tuples(marked, marked)


@given(BOTH, BOTH, st.builds(Tries, st.integers(1, 3), st.integers(1, 5), st.integers(1, 9)))
def test_second_tries_are_those_of_their_sentence(first, ripe, tries):
    found = tried_again(first, ripe, tries)
    said = {
        (int(bar), side): int(column.values[bar])
        for side, column in zip((1, -1), found.parents, strict=True)
        for bar in np.flatnonzero(column.present)
    }
    assert said == oracle(first, ripe, tries)
    for (bar, _), root in said.items():
        assert found.origin[bar] == root


def test_a_series_stands_beside_bars_and_their_parts_and_names_them():
    bars = bars_from((START, flat(100, 4)))
    assert not aside(bars, "fear").present.any()
    series = auxiliary("fear", bars.time[1:2], {"close": [50.0]})
    beside = attached(bars, fear=Aside(series, "close", lag=1))
    assert aside(beside, "fear").dense()[1].tolist() == [False, True, True, True]
    assert aside(beside[:3], "fear").dense()[1].tolist() == [False, True, True]
    make, facts = beside.__reduce__()
    sent = make(*facts)
    assert aside(sent, "fear").dense()[1].tolist() == [False, True, True, True]
    assert beside.fingerprint == attached(bars, fear=Aside(series, "close", lag=1)).fingerprint
    assert beside.fingerprint != attached(bars, fear=Aside(series, "close", lag=2)).fingerprint
    assert beside.of_bars == bars.fingerprint
