"""engine.profile.naked by hand and against the oracle."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Bars
from engine.core.errors import ParameterError, UnknownError
from engine.profile.histogram import profiles
from engine.profile.naked import naked_levels
from engine.profile.slices import session_parts
from tests.makers import bars_from, flat
from tests.oracle import naked as oracle
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

DAYS = [f"2022-11-{day} 08:30" for day in (28, 29, 30)]


def said(bars: Bars, **asked: object) -> list:
    columns = naked_levels(bars, **asked)
    spoken = [
        [int(c.values[i]) if c.present[i] else None for c in columns] for i in range(len(bars))
    ]
    return [tuple(row) for row in spoken]


@given(
    tapes(),
    st.sampled_from(("poc", "vah", "val")),
    st.sampled_from(("rth", "eth", "full")),
    st.integers(0, 3),
    st.sampled_from((1, 2, 9)),
)
@settings(max_examples=cases(ci=150, full=5_000))
def test_equals_the_oracle(bars, level, segment, tolerance, oldest):
    parts = session_parts(bars, segment)
    found = profiles(bars, segment=segment).levels()
    after = parts.slices.stop[parts.slices.offset[1:] - 1]
    rows = zip(getattr(found, level), parts.session, after, found.present, strict=True)
    levels = [oracle.Level(*map(int, row[:3])) for row in rows if row[3]]
    columns = zip(bars.low, bars.high, bars.session, strict=True)
    plain = [oracle.Bar(*map(int, row)) for row in columns]
    asked = {"level": level, "segment": segment, "tolerance": tolerance, "oldest": oldest}
    assert said(bars, **asked) == oracle.nearest(plain, levels, tolerance, oldest)


NONE = (None, None)
HAND = [  # pocs of the days before, the last day's first bar, what is naked above and below it
    ([10], (12, 12), (*NONE, 10, 1)),
    ([10], (8, 8), (10, 1, *NONE)),
    ([10], (10, 10), (*NONE, *NONE)),
    ([10], (10, 14), (*NONE, *NONE)),
    ([10], (6, 10), (*NONE, *NONE)),
    ([10], (6, 9), (10, 1, *NONE)),
    ([10, 20], (15, 15), (20, 1, 10, 2)),
    ([20, 10], (15, 15), (20, 2, 10, 1)),
    ([10, 20], (25, 25), (*NONE, 20, 1)),
    ([10, 20], (5, 5), (10, 2, *NONE)),
    ([10, 20], (9, 11), (20, 1, *NONE)),
    ([10, 20], (10, 20), (*NONE, *NONE)),
    ([10, 10], (15, 15), (*NONE, 10, 1)),
]


@pytest.mark.parametrize(("pocs", "bar", "expected"), HAND)
def test_by_hand(pocs, bar, expected):
    low, high = bar
    runs = [(day, flat(poc, 1)) for day, poc in zip(DAYS, pocs, strict=False)]
    bars = bars_from(*runs, (DAYS[len(pocs)], [(low, high, low, low)]))
    assert said(bars)[-1] == expected


def test_a_level_touched_before_the_next_session_is_never_naked():
    bars = bars_from(
        (DAYS[0], flat(10, 1)), ("2022-11-28 15:30", flat(10, 1)), (DAYS[1], flat(9, 1))
    )
    assert said(bars) == [(None,) * 4] * 3


def test_a_level_that_was_jumped_over_stays_naked_and_changes_sides():
    bars = bars_from((DAYS[0], flat(10, 1)), (DAYS[1], [*flat(12, 1), *flat(8, 1)]))
    assert said(bars)[1:] == [(None, None, 10, 1), (10, 1, None, None)]


@pytest.mark.parametrize("asked", [{"tolerance": -1}, {"oldest": 0}])
def test_a_tolerance_below_zero_and_an_age_of_nothing_are_refused(asked):
    with pytest.raises(ParameterError, match="need 0 or more, and 1 or more"):
        naked_levels(bars_from((DAYS[0], flat(10, 1))), **asked)


def test_an_unknown_level_is_named():
    with pytest.raises(UnknownError, match="no level 'pok'; did you mean 'poc'"):
        naked_levels(bars_from((DAYS[0], flat(10, 1))), level="pok")


def test_a_level_that_is_too_old_is_passed_over():
    days = [(f"2022-11-{day} 08:30", flat(p, 1)) for day, p in ((28, 10), (29, 20), (30, 0))]
    found = naked_levels(bars_from(*days), oldest=1)
    assert (found.above.values[-1], found.above_age.values[-1]) == (20, 1)
    both = naked_levels(bars_from(*days))
    assert (both.above.values[-1], both.above_age.values[-1]) == (10, 2)
