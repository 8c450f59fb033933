"""Naked poc, value re-entry and developing fade on tapes whose levels are known by hand."""

from datetime import date

import numpy as np
import pytest

from adapters.developing_fade import DevelopingFade
from adapters.naked_poc import NakedPoc
from adapters.value_reentry import ValueReentry
from engine.core.contracts import instrument
from engine.profile.developing import developing_levels
from engine.profile.sessions import prior_levels
from engine.synth.market import synthesise
from tests.adapters.reading import rows
from tests.makers import bars_from, flat

# ten prices, 39 bars each: poc 104 (nearest the middle, then the lower); value 102 to 108
VALUE = [bar for price in range(100, 110) for bar in flat(price, 39)]
POC, VAL, VAH = 104, 102, 108
HALF_HOUR = 30


def two_days(*brackets):
    """Yesterday's value, then today's regular hours: each bracket's price up to its last close."""
    today = [bar for first, close in brackets for bar in [*flat(first, 29), *flat(close, 1)]]
    return bars_from(("2022-11-28 08:30", VALUE), ("2022-11-29 08:30", today))


def test_the_value_of_these_tapes_is_what_they_say():
    prior = prior_levels(two_days((95, 95)))
    levels = [level.floats(np.array([395]))[0] for level in (prior.poc, prior.val, prior.vah)]
    assert levels == [POC, VAL, VAH]


def today(bar):
    """The place of today's bar of the regular hours in the tape."""
    return len(VALUE) + bar


def test_two_closes_inside_value_after_an_open_below_it_are_bought():
    bars = two_days((95, 103), (101, 104), (104, 104))
    setups = ValueReentry().setups(bars)
    assert rows(setups) == [(today(59), 1)]  # known when the second bracket is over, not before
    assert setups.target.values.tolist() == [VAH]
    assert setups.stop.values.tolist() == [VAL]
    assert setups.attribute("outside").tolist() == [1]
    assert setups.attribute("minute").tolist() == [59]
    assert setups.attribute("depth").tolist() == [pytest.approx((104 - VAL) / (VAH - VAL))]
    assert setups.attribute("value_width").tolist() == [6]


def test_an_open_above_value_is_sold():
    setups = ValueReentry().setups(two_days((109, 107), (107, 105)))
    assert rows(setups) == [(today(59), -1)]
    assert setups.target.values.tolist() == [VAL]
    assert setups.stop.values.tolist() == [VAH]
    assert setups.attribute("outside").tolist() == [0]  # inside yesterday's range
    assert setups.attribute("depth").tolist() == [pytest.approx((VAH - 105) / (VAH - VAL))]


def test_closes_must_follow_one_another_in_one_session():
    assert not rows(ValueReentry().setups(two_days((95, 103), (104, 101), (103, 104))))
    late = two_days((95, 103), (104, 101), (103, 104), (103, 104))
    assert rows(ValueReentry().setups(late)) == [(today(119), 1)]
    assert rows(ValueReentry(closes=1).setups(late)) == [(today(29), 1), (today(89), 1)]
    assert not rows(ValueReentry(closes=3).setups(late))
    edges = two_days((95, VAL), (101, VAH))  # the edges belong to value
    assert rows(ValueReentry().setups(edges)) == [(today(59), 1)]


def test_an_open_inside_value_and_other_brackets():
    assert not rows(ValueReentry().setups(two_days((104, 103), (101, 104))))
    quarters = two_days((95, 103), (104, 104))
    assert rows(ValueReentry(minutes=15).setups(quarters)) == [(today(44), 1)]


def test_value_of_a_day_says_nothing_of_itself():
    """F-A01: the first session has no value before it, whatever its own will be."""
    assert not rows(ValueReentry().setups(bars_from(("2022-11-28 08:30", VALUE))))


def walked(*closes):
    """Today: a bar at each close."""
    return bars_from(("2022-11-28 08:30", VALUE), ("2022-11-29 08:30", [(c,) * 4 for c in closes]))


def test_a_close_that_comes_near_a_naked_poc_goes_with_it():
    bars = walked(150, 129, 128, 127, 129, 128, 110)
    setups = NakedPoc(near=24).setups(bars)
    assert rows(setups) == [(today(2), -1), (today(5), -1)]  # once each time it comes near
    assert setups.target.values.tolist() == [POC, POC]
    assert setups.attribute("distance").tolist() == [24, 24]
    assert setups.attribute("age").tolist() == [1, 1]
    below = NakedPoc(near=24).setups(walked(60, 80))
    assert rows(below) == [(today(1), 1)]
    assert below.target.values.tolist() == [POC]


def test_a_level_that_was_touched_draws_nothing_more():
    assert rows(NakedPoc(near=24).setups(walked(150, 120, 104, 150, 120))) == [(today(1), -1)]
    through = [(150,) * 4, (120, 120, 100, 100), (100,) * 4]
    passed = bars_from(("2022-11-28 08:30", VALUE), ("2022-11-29 08:30", through))
    assert not rows(NakedPoc(near=24).setups(passed))
    jumped = NakedPoc(near=24).setups(walked(150, 120, 100))  # over it, with no price on it
    assert rows(jumped) == [(today(1), -1), (today(2), 1)]


def test_its_own_session_and_old_ones_have_no_naked_level():
    own = bars_from(("2022-11-28 08:30", [*VALUE, *flat(150, 2), *flat(120, 2)]))
    assert not rows(NakedPoc(near=24).setups(own))
    later = bars_from(
        ("2022-11-28 08:30", VALUE),
        ("2022-11-29 08:30", flat(150, 30)),
        ("2022-11-30 08:30", [*flat(200, 30), *flat(128, 1)]),
    )
    found = NakedPoc(near=24, oldest=1).setups(later)
    assert POC not in found.target.values
    assert (found.attribute("age") <= 1).all()
    assert POC in NakedPoc(near=24, oldest=2).setups(later).target.values


def test_other_levels_are_those_of_value():
    found = NakedPoc(level="vah", near=24).setups(walked(150, 130))
    assert found.target.values.tolist() == [VAH]
    assert NakedPoc(level="val", near=24).setups(walked(60, 90)).target.values.tolist() == [VAL]


@pytest.fixture(scope="module")
def market():
    return synthesise(instrument("ES"), date(2024, 1, 2), 3, 5)


def test_first_closes_outside_developing_value_are_faded(market):
    value = developing_levels(market)
    val, vah, poc = (
        level.floats(np.arange(len(market))) for level in (value.val, value.vah, value.poc)
    )
    expected, was = [], {1: False, -1: False}
    for i in range(len(market)):
        close = int(market.close[i])
        now = {1: val[i] - close >= 4, -1: close - vah[i] >= 4}
        expected += [(i, side) for side in (1, -1) if now[side] and not was[side] and i > 0]
        was = now
    setups = DevelopingFade(beyond=4).setups(market)
    assert rows(setups) == expected
    assert {side for _, side in expected} == {1, -1}
    assert market.rth[setups.bar].all()
    assert (setups.target.values == poc[setups.bar]).all()
    away = np.where(setups.side > 0, val[setups.bar] - market.close[setups.bar], 0)
    away += np.where(setups.side < 0, market.close[setups.bar] - vah[setups.bar], 0)
    width = (vah - val)[setups.bar]
    wide = width > 0
    assert np.allclose(setups.attribute("stretch")[wide], (away[wide] / width[wide]))
    drift = setups.attribute("drift")
    for row, bar in enumerate(setups.bar):
        then = bar - 30
        known = then >= 0 and market.session[then] == market.session[bar] and poc[then] == poc[then]
        expected_drift = abs(poc[bar] - poc[then]) if known else np.nan
        assert np.array_equal(drift[row], expected_drift, equal_nan=True)
    assert np.isfinite(drift).any()


def test_the_targets_of_a_fade_move_with_value(market):
    value = developing_levels(market)
    setups = DevelopingFade().setups(market)
    poc, edges = setups.followed("poc"), setups.followed("value")
    assert (poc.values[0][market.rth] == value.poc.values[market.rth]).all()
    assert (edges.values[0][market.rth] == value.val.values[market.rth]).all()
    assert (edges.values[1][market.rth] == value.vah.values[market.rth]).all()
    assert not poc.present[0][~market.rth].any()
