"""engine.profile.tpo and engine.profile.tails by hand, and against the oracle."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Bars
from engine.core.errors import ParameterError
from engine.profile.model import MOST_ROWS
from engine.profile.slices import session_parts, starts
from engine.profile.tails import tails_of
from engine.profile.tpo import LETTERS, marks_of, periods_of, prior_tpo_levels, tpo_profiles
from tests.makers import bars_from, flat
from tests.oracle import levels as levels_oracle
from tests.oracle import tpo as oracle
from tests.profile.test_sessions import said
from tests.proof.sizes import sized as cases
from tests.tapes import tapes

SEGMENTS = st.sampled_from(("rth", "eth", "full"))
CLOCKS = [f"2022-11-28 {8 + (30 + 30 * k) // 60:02}:{(30 + 30 * k) % 60:02}" for k in range(13)]
# The ranges of half hours, one after the other; the letters of each row from the lowest up; poc,
# val and vah by pairs at 70 %; excess above and below, single prints; poor above, below; split.
HAND = [
    ([(0, 2)], "A A A", (1, 0, 2), (0, 0, 0), "..."),
    ([(0, 2), (1, 3)], "A AB AB B", (1, 1, 3), (0, 0, 0), "..."),
    ([(0, 4), (3, 5), (3, 5)], "A A A ABC ABC BC", (3, 3, 5), (0, 3, 0), "p.."),
    ([(0, 2), (1, 6), (1, 3)], "A ABC ABC BC B B B", (2, 0, 4), (3, 0, 0), "..."),
    ([(0, 2), (1, 2), (1, 6)], "A ABC ABC C C C C", (2, 0, 4), (0, 0, 0), "..."),
    (
        [(0, 2), (1, 6), (5, 8), (5, 8)],
        "A AB AB B B BCD BCD CD CD",
        (5, 3, 8),
        (0, 0, 2),
        "p.s",
    ),
    (
        [(0, 1), (1, 5), (4, 8), (4, 8), (4, 8)],
        "A AB B B BCDE BCDE CDE CDE CDE",
        (4, 4, 8),
        (0, 0, 2),
        "p..",
    ),
    ([(0, 3), (0, 3)], "AB AB AB AB", (1, 1, 3), (0, 0, 0), "pp."),
    ([(5, 5)], "A", (0, 0, 0), (0, 0, 0), "..."),
    ([(0, 1), (4, 5)], "A A - - B B", (1, 0, 5), (0, 2, 0), "..."),
    ([(0, 2), (0, 4), (5, 6), (0, 3)], "ABD ABD ABD BD B C C", (2, 0, 4), (2, 0, 1), ".p."),
    (
        [(3, 8), (0, 5), (3, 5), (3, 5)],
        "B B B ABCD ABCD ABCD A A A",
        (4, 2, 6),
        (3, 3, 0),
        "...",
    ),
]


def halves(ranges: list[tuple[int, int]]) -> Bars:
    return bars_from(*((CLOCKS[k], [(lo, hi, lo, hi)]) for k, (lo, hi) in enumerate(ranges)))


@pytest.mark.parametrize(("ranges", "letters", "levels", "ends", "flags"), HAND)
def test_by_hand(ranges, letters, levels, ends, flags):
    made, rows = tpo_profiles(halves(ranges)), letters.replace("-", "").split(" ")
    assert made.letters(0) == rows
    assert oracle.letters(plain_bars(halves(ranges), "rth"))[1] == rows
    found, floor = made.profiles.levels(), ranges[0][0] if len(ranges) == 1 else 0
    assert tuple(int(level[0]) - floor for level in found[:3]) == levels
    tails = tails_of(made.profiles.arrays, made.periods, 1)
    expected = (*ends, *(flag != "." for flag in flags))
    assert tuple(int(column[0]) for column in tails) == expected
    assert tuple(oracle.ends(rows)) == expected


def plain_bars(bars: Bars, segment: str, session: int | None = None) -> list[oracle.Bar]:
    chosen = bars.session[0] if session is None else session
    rows = np.flatnonzero(bars.labels.mask(segment) & (bars.session == chosen))
    since = starts(bars, segment)[chosen]
    return [
        oracle.Bar(int(bars.time[i] - since) // MINUTE, int(bars.low[i]), int(bars.high[i]))
        for i in rows
    ]


@given(tapes(), SEGMENTS, st.sampled_from((1, 5, 30)), st.sampled_from((1, 1, 3)))
@settings(max_examples=cases(ci=150, full=5_000))
def test_equals_the_oracle(bars, segment, minutes, row):
    made = tpo_profiles(bars, segment=segment, minutes=minutes, row=row)
    tails = tails_of(made.profiles.arrays, made.periods, row)
    for e, session in enumerate(made.profiles.session):
        floor, letters = oracle.letters(plain_bars(bars, segment, session), minutes, row)
        assert (made.profiles.at(e)[0], made.letters(e)) == (floor, letters)
        assert made.profiles.at(e)[1].tolist() == [len(row) for row in letters]
        if made.periods.number[made.periods.offset[e] : made.periods.offset[e + 1]].max() < 52:
            assert tuple(int(column[e]) for column in tails) == tuple(oracle.ends(letters))


@given(tapes(), SEGMENTS, st.sampled_from((5, 30)))
def test_prior_levels_are_those_of_the_last_earlier_session(bars, segment, minutes):
    prior = prior_tpo_levels(bars, segment=segment, minutes=minutes)
    for session in np.unique(bars.session):
        earlier = bars.session[bars.labels.mask(segment) & (bars.session < session)]
        expected = [None] * 3
        if len(earlier):
            floor, rows = oracle.letters(plain_bars(bars, segment, earlier[-1]), minutes)
            area = levels_oracle.levels([len(row) for row in rows], Fraction("0.70"))
            expected = [floor + k for k in (area.poc, area.vah, area.val)]
        assert [said(column, session) for column in prior] == expected


def test_letters_begin_again_after_z():
    bars = bars_from(("2022-11-28 17:00", flat(5, 60)))
    made = tpo_profiles(bars, segment="full", minutes=1)
    assert made.letters(0) == [LETTERS + LETTERS[:8]]


def test_a_frame_has_the_letters_of_each_row():
    found = tpo_profiles(halves([(0, 2), (1, 3)])).frame()
    assert found["letters"].to_list() == ["A", "AB", "AB", "B"]
    assert found["marks"].to_list() == [1, 2, 2, 1]


def test_a_session_without_bars_in_the_segment_has_no_marks():
    night = bars_from(("2022-11-28 20:00", flat(10, 2)))
    assert len(tpo_profiles(night).profiles) == 0


def test_a_letter_of_no_minutes_is_refused():
    with pytest.raises(ParameterError, match="at least one minute, not 0"):
        tpo_profiles(halves([(0, 1)]), minutes=0)


def test_a_session_too_wide_is_refused_or_has_none():
    wild = bars_from(("2022-11-28 08:30", [(0, MOST_ROWS, 0, 0)]), ("2022-11-29 08:30", flat(1, 1)))
    with pytest.raises(ParameterError, match="take row=2 or more"):
        tpo_profiles(wild)
    parts = session_parts(wild, "rth")
    marks = marks_of(parts, periods_of(wild, parts, "rth", 30), 1)
    assert marks.offset.tolist() == [0, 0, 1]
    assert tails_of(marks, periods_of(wild, parts, "rth", 30), 1).poor_high.tolist() == [False] * 2
    assert not prior_tpo_levels(wild).poc.present[wild.session[-1]]
