"""engine.profile.composite against the oracle: the profile of all the bars joined."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import ParameterError
from engine.profile.composite import composite_levels
from engine.profile.model import Model
from engine.profile.sessions import prior_levels
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import profile as oracle
from tests.profile.test_sessions import said
from tests.profile.test_spread import plain_bars
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
DAYS = [f"2022-11-{day} 08:30" for day in (28, 29, 30)]


@pytest.mark.covers("A-033")
@given(tapes(), st.integers(1, 3), SEGMENTS, st.sampled_from((1, 1, 4)))
@settings(max_examples=cases(ci=100, full=5_000))
def test_a_composite_is_the_profile_of_the_joined_bars(bars, sessions, segment, row):
    found = composite_levels(bars, sessions=sessions, segment=segment, model=Model(row=row))
    inside = bars.labels.mask(segment)
    for session in np.unique(bars.session):
        earlier = np.unique(bars.session[inside & (bars.session < session)])[-sessions:]
        expected: list = [None] * 4
        if len(earlier) == sessions:
            joined = [bar for s in earlier for bar in plain_bars(bars, segment, s)]
            floor, volume = oracle.profile(joined, "uniform", row)
            if area := levels_oracle.levels(volume, Fraction("0.70")):
                poc, vah, val = ((floor + k) * row for k in (area.poc, area.vah, area.val))
                expected = [poc + (row - 1) // 2, vah + row - 1, val, sum(volume)]
        assert [said(column, session) for column in found] == expected


@given(tapes(), SEGMENTS)
def test_a_composite_of_one_is_the_prior_session(bars, segment):
    one = composite_levels(bars, sessions=1, segment=segment)
    prior = prior_levels(bars, segment=segment)
    for ours, theirs in zip(one[:3], prior[:3], strict=True):
        assert ours.values.tolist() == theirs.values.tolist()
        assert ours.present.tolist() == theirs.present.tolist()


def test_sessions_far_apart_have_no_composite():
    far = 900_000_000
    bars = bars_from((DAYS[0], flat(0, 1)), (DAYS[1], flat(far, 1)), (DAYS[2], flat(far, 1)))
    assert not composite_levels(bars, sessions=2).poc.present[bars.session].any()
    assert composite_levels(bars, sessions=1).poc.present[bars.session].sum() == 2


def test_a_session_too_wide_is_in_no_composite():
    wild = [(0, 20_000_000, 0, 0)]
    bars = bars_from((DAYS[0], flat(0, 1)), (DAYS[1], wild), (DAYS[2], flat(1, 1)))
    assert not composite_levels(bars, sessions=2).poc.present[bars.session].any()


def test_a_composite_of_nothing_is_refused():
    with pytest.raises(ParameterError, match="at least one session, not 0"):
        composite_levels(bars_from((DAYS[0], flat(0, 1))), sessions=0)
