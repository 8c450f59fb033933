"""Second tries, and series beside bars."""

import numpy as np

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
