"""The Polars witness says what the kernels say, to the lot and to the tick."""

from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.errors import RefusedError
from engine.profile.histogram import profiles
from engine.profile.lazy import lazy_bars, lazy_levels, lazy_profile
from engine.profile.model import Model, Rule
from tests.oracle import levels as oracle
from tests.profile import hand
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
LAWS = st.builds(Rule, st.sampled_from(("pairs", "single")), st.sampled_from(("up", "down")))


@pytest.mark.covers("T04")
@given(tapes(), SEGMENTS, st.sampled_from((1, 1, 3)), LAWS)
@settings(max_examples=cases(ci=40, full=2_000))
def test_equals_the_kernels(bars, segment, row, rule):
    kept = profiles(bars, segment=segment, model=Model(row=row))
    profile = lazy_profile(lazy_bars(bars, segment), row=row)
    lines = kept.frame().select("session", row=pl.col("tick") // row, volume="volume")
    assert profile.collect().equals(lines.cast(pl.Int64))
    found, there = kept.levels(rule=rule), kept.levels(rule=rule).present
    names = ("poc", "val", "vah", "total")
    ours = zip(kept.session[there], *(getattr(found, n)[there] for n in names), strict=True)
    theirs = lazy_levels(profile, rule=rule).collect().rows()
    into = (0, (row - 1) // 2, 0, row - 1, 0)  # from rows to ticks
    scale = (1, row, row, row, 1)
    assert [tuple(map(int, line)) for line in ours] == [
        tuple(x * s + add for x, s, add in zip(line, scale, into, strict=True)) for line in theirs
    ]


@pytest.mark.covers("T01")
@pytest.mark.parametrize("fraction", ["0.70", "1", "0.0001", "0.5"])
@pytest.mark.parametrize("rule", ["pairs", "single"])
def test_by_hand(rule, fraction):
    lines = [(e, k, v) for e, case in enumerate(hand.CASES) for k, v in enumerate(case.rows)]
    frame = pl.LazyFrame(lines, schema=["session", "row", "volume"], orient="row")
    expected = [oracle.levels(case.rows, Fraction(fraction), rule) for case in hand.CASES]
    found = lazy_levels(frame, fraction=fraction, rule=rule).collect()
    assert [row[1:4] for row in found.rows()] == [tuple(area) for area in expected]


@pytest.mark.parametrize("rule", ["symmetric", Rule(poc_tie="lowest")])
def test_what_it_does_not_know_is_refused(rule):
    with pytest.raises(RefusedError, match="knows the rules pairs and single"):
        lazy_levels(pl.LazyFrame(), rule=rule)
