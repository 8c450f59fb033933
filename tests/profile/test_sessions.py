"""Levels of sessions and of the session before, against the oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.errors import UnknownError
from engine.profile.histogram import profiles
from engine.profile.model import RULES, Model, Rule
from engine.profile.sessions import prior_levels
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.profile.test_spread import plain_bars
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
MONDAY, TUESDAY, WEDNESDAY = (f"2022-11-{day} 08:30" for day in (28, 29, 30))


def plain_levels(bars: list[oracle.Bar], rule: str, row: int) -> tuple | None:
    """(poc, vah, val, high, low, volume) in ticks; None for levels where nothing traded."""
    floor, volume = oracle.profile(bars, "uniform", row)
    found = levels_oracle.levels(volume, Fraction("0.70"), rule)
    prices = (None, None, None)
    if found:
        poc, vah, val = ((floor + k) * row for k in (found.poc, found.vah, found.val))
        prices = (poc + (row - 1) // 2, vah + row - 1, val)
    ends = max(b.high for b in bars), min(b.low for b in bars), sum(b.volume for b in bars)
    return *prices, *ends


@pytest.mark.covers("A-034")
@given(tapes(), SEGMENTS, st.sampled_from(sorted(RULES)), st.sampled_from((1, 1, 4)))
@settings(max_examples=cases(ci=150, full=5_000))
def test_prior_levels_are_those_of_the_last_earlier_session(bars, segment, rule, row):
    prior = prior_levels(bars, segment=segment, rule=rule, model=Model(row=row))
    inside = bars.labels.mask(segment)
    for session in np.unique(bars.session):
        earlier = bars.session[inside & (bars.session < session)]
        expected = [None] * 6
        if len(earlier):
            expected = plain_levels(plain_bars(bars, segment, earlier[-1]), rule, row)
        assert [said(column, session) for column in prior] == list(expected)


def said(column: object, session: int) -> int | None:
    return int(column.values[session]) if column.present[session] else None


@given(tapes(), SEGMENTS)
def test_levels_of_kept_profiles_are_the_same(bars, segment):
    kept = profiles(bars, segment=segment)
    found, prior = kept.levels(), prior_levels(bars, segment=segment)
    for e in range(len(kept) - 1):
        after = kept.session[e + 1]
        levels = (found.poc[e], found.vah[e], found.val[e])
        expected = [int(x) if found.present[e] else None for x in levels]
        assert [said(column, after) for column in prior[:3]] == expected


def test_levels_compare_bar_by_bar():
    bars = bars_from((MONDAY, [(10, 12, 8, 10)] * 3), (TUESDAY, [(13, 13, 13, 13), (9, 12, 7, 8)]))
    prior = prior_levels(bars)
    assert (bars.low <= prior.val).tolist() == [False, False, False, False, True]
    assert (prior.vah - prior.val).at(np.array([4]))[0].tolist() == [4]


def test_a_session_without_volume_has_a_range_and_no_levels():
    bars = with_volume(bars_from((MONDAY, flat(10, 2)), (TUESDAY, flat(11, 1))), [0, 0, 5])
    prior, tuesday = prior_levels(bars), bars.session[-1]
    assert [said(column, tuesday) for column in prior] == [None, None, None, 10, 10, 0]
    timed = prior_levels(bars, model=Model(measure="time"))
    assert [said(column, tuesday) for column in timed] == [10, 10, 10, 10, 10, 120_000]


def with_volume(bars: Bars, volume: list[int]) -> Bars:
    arrays = bars.arrays._replace(volume=np.array(volume, np.int64))
    return Bars(bars.instrument, bars.sessions, arrays)


@pytest.mark.covers("A-034")
def test_a_session_too_wide_has_a_range_and_no_levels():
    wild = (0, 20_000_000, 0, 0)
    bars = bars_from((MONDAY, [wild]), (TUESDAY, flat(11, 1)), (WEDNESDAY, flat(11, 1)))
    prior = prior_levels(bars)
    assert prior.poc.present[bars.session].tolist() == [False, False, True]
    assert prior.high.values[bars.session].tolist() == [0, 20_000_000, 11]


def test_bars_without_the_segment_have_no_prior():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    assert not prior_levels(night).poc.present.any()
    assert len(profiles(night, segment="rth")) == 0
    assert len(profiles(night[:0])) == 0


def test_ties_are_part_of_the_question():
    bars = bars_from((MONDAY, [(10, 13, 10, 10)]), (TUESDAY, flat(11, 1)))
    tuesday = bars.session[-1]
    assert said(prior_levels(bars).poc, tuesday) == 11
    assert said(prior_levels(bars, rule=Rule(poc_tie="highest")).poc, tuesday) == 12


def test_an_unknown_segment_is_refused():
    with pytest.raises(UnknownError, match="no segment 'rht'; did you mean 'rth'"):
        prior_levels(bars_from((MONDAY, flat(10, 1))), segment="rht")
