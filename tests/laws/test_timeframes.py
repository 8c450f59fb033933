"""Zero look-ahead across timeframes: nothing a bar is told changes when the future does."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from engine.core.asof import asof, auxiliary, closes, higher
from engine.core.bars import MINUTE
from engine.core.columns import Column
from engine.core.law import breaches, said_by_feature
from engine.core.resample import coarser, resample
from tests.laws.discovery import features
from tests.laws.together import broken, views
from tests.makers import bars_from
from tests.proof.sizes import sized
from tests.tapes import tapes

CASES = sized(ci=150, full=2_000, small=30)
EACH = sized(ci=8, full=100, small=3)
SPANS = (1, 2, 3, 5, 15, 60, 240, "session", "week")
SEGMENTS = ("full", "rth", "eth")
ONCE = (Phase.explicit, Phase.generate)  # shrinking would play every feature a thousand times
FEATURES = {  # those that look up themselves are held to the law by their own span
    name: function
    for name, function in features().items()
    if "span" not in getattr(function, "keywords", {})
}


def whole(bars):
    """Everything a coarse bar is, so that a change of any of it is seen."""
    a = bars.arrays
    return (*a[1:6], (a.time - 1_600_000_000 * 10**9) // MINUTE)


@pytest.mark.covers("T13", "A-019")
def test_no_coarse_bar_is_told_before_it_is_over():
    told = Counter()

    @settings(max_examples=CASES, derandomize=True, database=None)
    @given(st.data())
    def law(data):
        bars = data.draw(tapes(most=90))
        span, segment = data.draw(st.sampled_from(SPANS)), data.draw(st.sampled_from(SEGMENTS))
        cut = data.draw(st.integers(0, len(bars)))

        def say(b):
            return said_by_feature(higher(b, whole, span, segment), len(b))

        assert not breaches(bars, cut, say, seed=cut)
        told[span] += bool(say(bars)["0?"][1].any())

    law()
    assert sum(told.values()) >= CASES // 4
    assert min(told[span] for span in (1, 5, 15, "session")) > 0


@pytest.mark.covers("T13")
@settings(max_examples=EACH, derandomize=True, database=None, phases=ONCE)
@given(st.data())
def test_every_feature_obeys_on_coarser_bars(data):
    bars = data.draw(tapes(most=60))
    span = data.draw(st.sampled_from((2, 5, 15, "session")))
    cut = data.draw(st.integers(0, len(bars)))
    futures = views(bars, cut)
    for name, function in FEATURES.items():

        def say(b, function=function):
            return said_by_feature(higher(b, function, span), len(b))

        assert not broken(futures, cut, say)[0], name


@pytest.mark.covers("B-004")
@settings(max_examples=CASES, derandomize=True, database=None)
@given(st.data())
def test_nothing_published_later_changes_a_bar(data):
    bars = data.draw(tapes(most=60))
    lag, cut = data.draw(st.integers(0, 90)), data.draw(st.integers(1, len(bars)))
    steps = np.array(data.draw(st.lists(st.integers(1, 400), min_size=1, max_size=30)))
    times = int(bars.time[0]) + (np.cumsum(steps) - 1_000) * MINUTE
    values = np.arange(len(times), dtype=np.float64)
    known = times + lag * MINUTE <= closes(bars)[cut - 1]
    other = np.where(known, values, -values - 1)
    for count in (known.sum(), len(times)):  # the later rows removed, and other ones in their place
        ours, theirs = (
            asof(bars, auxiliary("x", times[:n], {"v": v[:n]}), "v", lag=lag).floats(np.arange(cut))
            for n, v in ((len(times), values), (count, other))
        )
        np.testing.assert_array_equal(ours, theirs)

    def say(b):
        series = auxiliary("x", times, {"v": values})
        return said_by_feature(asof(b, series, "v", lag=lag), len(b))

    assert not breaches(bars, cut, say, seed=cut)


def naive(bars):
    """The join that most programs make: each minute is given the coarse bar it lies in."""
    coarse, found = coarser(bars, 5)
    row = np.searchsorted(found.open, bars.time, side="right") - 1
    return Column(coarse.close, np.ones(len(coarse), np.bool_), row)


def unfinished(bars):
    """Causal until the data ends, where the last coarse bar passes for a whole one."""
    coarse, found = coarser(bars, 5)
    row = np.searchsorted(found.close, closes(bars), side="right")
    row[-1:] = len(coarse)
    values = np.concatenate(([0], coarse.close))
    return Column(values, np.arange(len(values)) > 0, row)


@pytest.mark.covers("A-019")
@pytest.mark.parametrize("join", [naive, unfinished])
def test_a_planted_join_that_peeks_is_caught(join):
    bars = bars_from(("2022-11-28 09:00", [(k, k, k, k) for k in range(20)]))

    def say(b):
        return said_by_feature(join(b), len(b))

    assert any(breaches(bars, cut, say, seed=1) for cut in range(1, 20))


@settings(max_examples=CASES, derandomize=True, database=None)
@given(st.data())
def test_coarse_bars_that_are_over_stay_as_they_are(data):
    bars = data.draw(tapes(most=60))
    span = data.draw(st.sampled_from(SPANS))
    cut = data.draw(st.integers(1, len(bars)))
    all_of_it, past = resample(bars, span), resample(bars[:cut], span)
    over = len(past) - 1  # the last one may still be running
    for ours, theirs in zip(all_of_it.arrays[:-1], past.arrays[:-1], strict=True):
        assert ours[:over].tolist() == theirs[:over].tolist()
