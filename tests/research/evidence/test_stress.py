"""Stress: bars stay bars and keep their past and their moves; survival by hand."""

import math

import numpy as np
import pytest

from engine import Bars
from engine.core.bars import checked
from engine.core.errors import RefusedError, StudyError
from engine.research.evidence.stress import (
    COURSES,
    Course,
    fall_and_rise,
    flash_crash,
    long_slide,
    replayed,
    survival,
    v_shape,
    widened,
)
from engine.synth.mirror import moves
from tests.makers import bars_from, flat
from tests.research.markets import market

AT = 500


def stands(found: Bars, bars: Bars, at: int, count: int) -> None:
    """Consistent, the same before the stress, and the same moves after it."""
    assert checked(found) is found
    assert (found.close[:at] == bars.close[:at]).all()
    assert (moves(found)[:, at + count :] == moves(bars)[:, at + count :]).all()
    assert (found.volume[at + count :] == bars.volume[at + count :]).all()
    assert found.origin.synthetic
    assert found.fingerprint != bars.fingerprint


@pytest.mark.covers("QA-079")
@pytest.mark.parametrize("name", COURSES)
def test_a_course_leads_the_price(name: str) -> None:
    course = COURSES[name]()
    count = len(course.shares)
    found = fall_and_rise(market(), AT, course, seed=3)
    stands(found, market(), AT, count)
    level = market().close[AT - 1]
    told = found.close[AT : AT + count] / level
    assert told == pytest.approx(course.shares, abs=0.01)
    assert (
        found.volume[AT : AT + count] == np.rint(market().volume[AT : AT + count] * course.volume)
    ).all()
    assert found.open[AT] == level
    assert not (fall_and_rise(market(), AT, course, seed=4).close == found.close).all()


@pytest.mark.covers("QA-079")
def test_the_shapes_are_those_of_their_names() -> None:
    crash = flash_crash(0.15)
    assert crash.shares[[2, -1]] == pytest.approx([0.85, 0.94])
    assert len(crash.shares) == 23
    slide = long_slide()
    assert len(slide.shares) == 200
    assert (np.diff(slide.shares) > 0).sum() == 5
    assert slide.shares[-1] == pytest.approx((0.997**195) * (1.0195**5))
    valley = v_shape()
    assert valley.shares[[19, -1]] == pytest.approx([0.7, 0.97])
    assert valley.shares[4] < 0.9


@pytest.mark.covers("QA-079")
def test_a_spike_widens_about_the_middle() -> None:
    found = widened(market(), AT, 50, 3)
    stands(found, market(), AT, 50)
    rows = slice(AT, AT + 50)
    before = (market().high - market().low)[rows]
    assert (found.high - found.low)[rows] == pytest.approx(3 * before, abs=1)
    assert (found.close == market().close).all()
    assert (found.volume[rows] == 3 * market().volume[rows]).all()


@pytest.mark.covers("QA-079")
@pytest.mark.parametrize("times", [1.0, 1.5, 2.0])
def test_a_crash_is_replayed_at_another_level(times: float) -> None:
    crash = bars_from(
        ("2023-01-03 08:30", [(400, 404, 380, 384), (384, 388, 300, 320), *flat(320, 3)])
    )
    found = replayed(market(), AT, crash, times)
    stands(found, market(), AT, len(crash))
    level = market().close[AT - 1]
    assert found.close[AT + 4] == pytest.approx(level * 0.8**times, abs=1)
    assert found.low[AT + 1] == pytest.approx(level * 0.75**times, abs=1)
    heavier = found.volume[AT : AT + 5] / market().volume[AT : AT + 5]
    assert heavier[1] == pytest.approx(times, rel=0.05)
    assert heavier[2:].tolist() == [1, 1, 1]


def test_what_does_not_fit_is_refused() -> None:
    for at, count in ((0, 5), (AT, 0), (len(market()) - 2, 3)):
        with pytest.raises(StudyError, match=f"a stress of {count} bars at bar {at} does not fit"):
            widened(market(), at, count, 2)
    low = bars_from(("2023-01-03 08:30", flat(3, 30)))
    sunk = Course(np.full(5, 0.01), np.ones(5), 0.0)
    with pytest.raises(RefusedError, match="below one tick"):
        fall_and_rise(low, 5, sunk)
    below = bars_from(("2023-01-03 08:30", flat(-3, 30)))
    assert fall_and_rise(below, 5, sunk).close[5] == 0
    with pytest.raises(RefusedError, match="its prices must lie above zero"):
        replayed(market(), AT, below, 1.0)


def test_survival_by_hand() -> None:
    found = survival(np.array([1.0, -2.0, -3.0, 1.0, 0.5, 4.0, -1.0]))
    assert found[:6] == (5.0, 2, 3.0, 0.5, -3.0, True)
    told = 100 * (0.4 * 10 / 12 + 0.2 * 1 + 0.2 * 17 / 20 + 0.2 * 1)
    assert found.score == pytest.approx(told)


def test_the_ends_of_survival() -> None:
    calm = survival(np.array([1.0, 2.0]))
    assert calm == (0.0, 0, 0.0, 3.0, 1.0, True, 100.0)
    ruin = survival(np.full(20, -1.0))
    assert (ruin.fall, ruin.streak, ruin.recovery, ruin.survived) == (20, 20, math.inf, False)
    assert ruin.score == 0
    none = survival(np.zeros(0))
    assert not none.survived
    assert math.isnan(none.score)
