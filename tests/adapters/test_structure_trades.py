"""Gaps, pullbacks and retracements on tapes worked by hand, and upside down."""

import numpy as np
import pytest

from adapters import load
from engine.core.aside import Aside, attached
from engine.core.asof import auxiliary
from engine.features.swings import fractals
from tests.adapters.markets import quarter_hours, turned
from tests.makers import bars_from, flat

FVG, MASTERY, SBS = (load(name) for name in ("fvg", "momentum_mastery", "sbs"))
START = "2022-11-28 09:00"
GAP = [(100, 102, 99, 101), (102, 110, 102, 109), (109, 112, 108, 111)]  # open from 102 to 108
ABOVE = (111, 113, 110, 112)


def rows(setups):
    return list(zip(setups.bar.tolist(), setups.side.tolist(), strict=True))


def test_a_gap_is_traded_at_its_middle_when_it_is_touched_first():
    touch, deeper = (111, 111, 106, 109), (109, 110, 104, 108)
    bars = bars_from((START, [*GAP, ABOVE, ABOVE, touch, ABOVE, deeper]))
    found = FVG().setups(bars)
    assert rows(found) == [(5, 1)]
    assert found.entries.level.values[0] == 105
    assert found.stop.values[0] == 102 - round(0.3 * 6)
    assert found.attribute("gap")[0] == pytest.approx(6 / 109)


def test_a_touch_on_the_bar_after_the_gap_is_none():
    bars = bars_from((START, [*GAP, (111, 111, 106, 109), ABOVE, ABOVE]))
    assert not len(FVG().setups(bars))


def test_a_gap_that_was_closed_through_is_sold_from_below():
    through, below = (110, 110, 98, 99), (98, 100, 96, 97)
    bars = bars_from((START, [*GAP, ABOVE, through, below, below, (98, 103, 98, 99)]))
    found = FVG(kind="inverted").setups(bars)
    assert rows(found) == [(7, -1)]
    assert found.entries.level.values[0] == 105


def test_gaps_of_longer_bars_are_known_when_their_third_bar_is_over():
    found = FVG(span=60).setups(quarter_hours())
    assert len(found)
    assert not np.array_equal(found.bar, FVG().setups(quarter_hours()).bar)


def test_fear_forbids_sides():
    """Of plain gaps, shorts while DVOL is low and longs while it is high; nothing without one."""
    bars = quarter_hours()
    assert np.isnan(FVG().setups(bars).attribute("allowed")).all()
    for kind, level, barred in (("plain", 40.0, -1), ("plain", 70.0, 1), ("inverted", 40.0, 1)):
        fear = auxiliary("dvol", bars.time[:1], {"close": [level]})
        setups = FVG(kind=kind).setups(attached(bars, dvol=Aside(fear, "close")))
        assert {1, -1} == set(setups.side.tolist())
        assert ((setups.attribute("allowed") == 0) == (setups.side == barred)).all()


ASIA = ("2022-11-28 18:00", [(104, 110, 98, 104), *flat(104, 20)])
SWEPT, PAUSE, STRONG = (99, 101, 95, 100), (100, 101, 99, 100), (100, 108, 100, 107)


@pytest.mark.covers("QA-055")
def test_a_strong_candle_after_a_sweep_is_bought_on_its_pullback():
    bars = bars_from(ASIA, ("2022-11-29 02:00", [*flat(104, 3), SWEPT, PAUSE, STRONG, STRONG]))
    one = MASTERY(back=1, closest=0, farthest="0.03", buffer="0.1", confirm=6)
    found = one.setups(bars)
    assert rows(found) == [(26, 1)]  # the second strong candle is none: the first confirmed
    assert found.entries.level.values[0] == 104  # half of 100 to 108
    risk = 104 - found.stop.values[0]
    assert risk == 3  # three per cent of 104, where the sweep lies nine ticks away
    assert found.target.values[0] in (104 + 6, 104 + 5, 104 + 9)  # twice, or as ranges say
    wide = MASTERY(back=1, closest="0.01", farthest="0.03", pullback="0.3").setups(bars)
    assert wide.entries.level.values[0] == 102


def test_a_candle_that_stays_inside_the_sweep_or_comes_late_confirms_nothing():
    weak, late = (99, 101, 99, 101), [PAUSE] * 4
    for prices in ([SWEPT, weak], [SWEPT, *late, STRONG]):
        bars = bars_from(ASIA, ("2022-11-29 02:00", [*flat(104, 3), *prices]))
        assert not len(MASTERY(back=1, confirm=3).setups(bars))


def test_rewards_follow_the_place_of_the_range_which_is_a_share():
    """QF-19: 0.2 is quiet and 0.9 is loud; neither is compared with 25 or 75."""
    assert MASTERY().multiple(np.array([0.2, 0.5, 0.9])).tolist() == [1.5, 2.0, 3.0]


@pytest.mark.covers("QA-056")
def test_fractals_count_from_the_sweep_on_once_they_are_known():
    bars = quarter_hours()
    setups = MASTERY().setups(bars)
    found = fractals(bars)
    highs, lows = (np.flatnonzero(age == 2) for age in (found.high_age, found.low_age))
    known = setups.attribute("fractals")
    opposed = setups.attribute("opposed")
    assert (opposed <= known).all()
    assert known.max() > 0
    within = [((marks > b - 7) & (marks <= b)).sum() for b in setups.bar for marks in (highs, lows)]
    assert (known <= np.reshape(within, (-1, 2)).sum(axis=1)).all()


RISE = [(200 - 10 * k, 201 - 10 * k, 199 - 10 * k, 200 - 10 * k) for k in range(11)]


@pytest.mark.covers("QA-041")
def test_a_deep_retracement_swept_and_given_back_is_bought():
    """A swing from 201 to 99 whose low is the later one; 61.8 % of it lie at 138."""
    bars = bars_from((START, [*RISE, (139, 142, 134, 141), *flat(150, 2)]))
    found = SBS(lookback=10, buffer="0.1").setups(bars)
    top, bottom = 191, 99  # of the ten bars before
    line = top - round(0.618 * (top - bottom))
    assert line == 134
    assert not len(found)  # touched, not beyond
    bars = bars_from((START, [*RISE, (139, 142, 130, 141), *flat(150, 2)]))
    found = SBS(lookback=10, buffer="0.1").setups(bars)
    assert rows(found) == [(11, 1)]
    assert found.target.values[0] == top - round(0.236 * (top - bottom))
    assert found.attribute("pierce")[0] == pytest.approx(4 / 134)
    assert found.attribute("swing")[0] == pytest.approx(92 / 145)
    assert found.attribute("swing_end")[0] == 191 - 141


def test_the_swing_that_ended_high_is_sold():
    fall = turned(bars_from((START, [*RISE, (139, 142, 130, 141), *flat(150, 2)])), 400)
    found = SBS(lookback=10, buffer="0.1").setups(fall)
    assert rows(found) == [(11, -1)]
    assert found.target.values[0] == 400 - (191 - round(0.236 * 92))


@pytest.mark.parametrize("name", ["fvg", "momentum_mastery", "sbs", "liquidity_raid"])
def test_upside_down_every_long_is_a_short(name):
    bars, kind = quarter_hours(), load(name)
    about = 2 * int(bars.close[0])
    one, other = kind().setups(bars), kind().setups(turned(bars, about))
    assert rows(one) == [(bar, -side) for bar, side in rows(other)]
    if one.entries is not None:
        assert (one.entries.level.values == about - other.entries.level.values).all()


@pytest.mark.parametrize("name", ["fvg", "momentum_mastery", "sbs"])
def test_confidence_lies_between_nothing_and_all(name):
    kind = load(name)
    for preset in kind.presets:
        told = kind(**preset.values()).setups(quarter_hours()).attribute("confidence")
        known = told[~np.isnan(told)]
        assert len(known)
        assert (known >= 0).all()
        assert (known <= 1 + 1e-9).all()
