"""Levels known at every bar, and known from the past alone."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.columns import Column
from engine.core.law import breaches, said_by_feature
from engine.profile.composite import composite_levels
from engine.profile.developing import developing_levels
from engine.profile.naked import naked_levels
from engine.profile.tpo import prior_tpo_levels
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

FEATURES = (developing_levels, naked_levels, composite_levels, prior_tpo_levels)


@pytest.mark.covers("A-040")
def test_developing_naked_composite_and_tpo_levels_are_causal_at_every_bar():
    spoke = Counter()

    @settings(max_examples=cases(ci=60, full=2_000, small=40), derandomize=True, database=None)
    @given(tapes(), st.data())
    def law(bars, data):
        cut = data.draw(st.integers(0, len(bars)))
        for feature in FEATURES:
            levels = feature(bars, segment="full")
            assert all(isinstance(level, Column) and len(level) == len(bars) for level in levels)

            def say(b, feature=feature):
                return said_by_feature(feature(b, segment="full"), len(b))

            assert not breaches(bars, cut, say, seed=cut)
            spoke[feature] += any(level.dense()[1].any() for level in levels)

    law()
    assert min(spoke[feature] for feature in FEATURES) > 0
