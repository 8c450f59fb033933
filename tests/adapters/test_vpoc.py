"""The value-area test against a plain reading of its sentence."""

from datetime import date

import numpy as np
import pytest

from adapters import load
from adapters.vpoc import Vpoc, agreed, score, supported
from engine import Exits
from engine.core.columns import Column
from engine.core.contracts import instrument
from engine.features.migration import Trend
from engine.features.validation import Validation
from engine.profile.histogram import profiles
from engine.profile.spans import prior_period_levels
from engine.synth.market import synthesise
from tests.adapters.reading import rows

LOOKBACK = 5


@pytest.fixture(scope="module")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 14, 3)


def slope(values):
    """Least squares, by hand."""
    n = len(values)
    x = [k - (n - 1) / 2 for k in range(n)]
    return sum(a * b for a, b in zip(x, values, strict=True)) / sum(a * a for a in x)


@pytest.mark.covers("A-054")
def test_setups_are_first_touches_of_yesterdays_value_in_the_direction_it_moves(bars):
    found = profiles(bars, segment="rth")
    levels = found.levels()
    expected, touched = [], {1: False, -1: False}
    for i in range(len(bars)):
        before = [k for k, session in enumerate(found.session) if session < bars.session[i]]
        now = {1: False, -1: False}
        if before:
            now[1] = bars.low[i] <= levels.val[before[-1]]
            now[-1] = bars.high[i] >= levels.vah[before[-1]]
        if len(before) >= LOOKBACK and bars.rth[i]:
            tilt = slope([int(levels.poc[k]) for k in before[-LOOKBACK:]])
            edges = {1: levels.vah[before[-1]], -1: levels.val[before[-1]]}
            expected += [
                (i, side, int(edges[side]), abs(tilt))
                for side in (1, -1)
                if now[side] and not touched[side] and tilt * side > 0
            ]
        touched = now
    setups = load("vpoc")(lookback=LOOKBACK).setups(bars)
    said = list(zip(setups.bar, setups.side, setups.target.values, strict=True))
    assert [row[:3] for row in expected] == said
    assert said
    assert {1, -1} == set(setups.side)
    steep = [row[3] for row in expected]
    assert np.allclose(setups.attribute("steepness"), steep, rtol=1e-12)


def of(*values):
    """A session column that knows what is not None."""
    there = np.array([value is not None for value in values])
    filled = np.array([0.0 if value is None else float(value) for value in values])
    return Column(filled, there, np.arange(len(values)))


@pytest.mark.covers("A-053")
def test_orders_rest_at_the_edge_on_the_side_the_poc_moved_to(bars):
    """F-A01, F-A09, F-A17: levels of finished sessions, filled only if reached, one side a day."""
    found = profiles(bars, segment="rth")
    levels = found.levels()
    opens = [i for i in range(1, len(bars)) if bars.rth[i] and not bars.rth[i - 1]]
    expected = []
    for i in opens:
        before = [k for k, session in enumerate(found.session) if session < bars.session[i]]
        if len(before) >= 2:
            move = int(levels.poc[before[-1]] - levels.poc[before[-2]])
            edge = levels.val if move > 0 else levels.vah
            far = levels.vah if move > 0 else levels.val
            expected += [(i, np.sign(move), edge[before[-1]], far[before[-1]])] if move else []
    setups = Vpoc(direction="move", entry="limit").setups(bars)
    orders = zip(setups.entries.level.values, setups.target.values, strict=True)
    assert [(*row, *levels) for row, levels in zip(rows(setups), orders, strict=True)] == expected
    assert {side for _, side in rows(setups)} == {1, -1}
    assert len(set(bars.session[setups.bar])) == len(setups)


def test_the_aim_may_be_the_poc(bars):
    found = profiles(bars, segment="rth")
    setups = Vpoc(lookback=LOOKBACK, aim="poc").setups(bars)
    before = np.searchsorted(found.session, bars.session[setups.bar]) - 1
    assert (setups.target.values == found.levels().poc[before]).all()


@pytest.mark.covers("A-055")
def test_the_bias_is_where_yesterday_stands_to_last_week(bars):
    week = prior_period_levels(bars, period="week").poc
    setups = Vpoc(direction="move", entry="limit").setups(bars)
    found, levels = profiles(bars, segment="rth"), profiles(bars, segment="rth").levels()
    before = np.searchsorted(found.session, bars.session[setups.bar]) - 1
    expected = np.sign(levels.poc[before] - week.floats(setups.bar)) * setups.side
    assert np.array_equal(setups.attribute("bias"), expected, equal_nan=True)
    assert {1.0, -1.0} <= set(expected)
    preset = Vpoc.preset("bias")
    exits = Exits.grid(dict(preset.exits))[0]
    assert (str(exits.stop), str(exits.target)) == ("0.5 x value_width", "2 r")
    assert preset.gates == {"min_bias": 1}


def test_the_score_is_the_published_sum_the_trades_way_and_can_pass_its_threshold():
    """F-A16: at most 59.8 with the published constants, 60 asked for; F-A18: nothing is capped."""
    trend = Trend(*(of(0.69, 1, None, 0.2) for _ in range(5)))
    found = score(trend, of(0.53, 0.8, 0.6, 0.3), of(0.9, 0.7, 0.7, 1.5))
    said = [40 * 0.69 + 60 * 0.03 + 20, 40 + 60 * 0.3 + 30, 8.0]
    assert found.present.tolist() == [True, True, False, True]
    assert found.values[[0, 1, 3]].tolist() == pytest.approx(said)
    assert found.values[1] > 60


def test_support_and_validity_count_for_their_side_only():
    found = supported(of(0.9, 1.1, 1.1, None), of(0.4, 0.53, 0.52, 0.9))
    assert found.values[:3].tolist() == [1, 1, 0]
    assert found.present.tolist() == [True, True, True, False]
    valid = Validation(of(50, 50, 50), of(1, -1, 1), of(1, 1, 0))
    assert agreed(valid, 1).values.tolist() == [1, 0, 0]
    assert agreed(valid, -1).values.tolist() == [0, 1, 0]


def test_stops_and_sizes_follow_how_far_value_wanders():
    """F-A14, F-A15: distances in ticks on the trade's own side; A-059: a size for the account."""
    bars = synthesise(instrument("ES"), date(2024, 1, 2), 24, 3)
    pocs = profiles(bars, segment="rth").levels().poc.astype(float)
    setups = Vpoc(lookback=LOOKBACK, entry="limit").setups(bars)
    known = 0
    for row, bar in enumerate(setups.bar):
        last = int(bars.session[bar] - bars.session[0])
        if last < 20:
            continue
        short, middle = (np.std(pocs[last - n : last], ddof=1) for n in (10, 20))
        assert setups.attribute("wander")[row] == pytest.approx(short)
        times = 1.5 if short < middle else 2.0
        assert setups.attribute("caution")[row] == pytest.approx(times * short)
        known += 1
    assert known >= 2
    assert np.isnan(setups.attribute("size")).all()  # fifty sessions are not over


@pytest.mark.covers("A-054")
def test_every_published_threshold_is_a_gate():
    headline, published = Vpoc.preset("headline"), Vpoc.preset("published")
    assert headline.params["lookback"] == 10
    assert headline.gates == {"min_r2": "0.6", "min_support": 1, "min_confidence": 60}
    assert published.gates == {"min_slope": "9.88", "min_r2": "0.69", "min_up": "0.53"}
    gates = {gate.attribute for gate in Vpoc.gates().values()}
    asked = {"r2", "steepness", "luck", "agreement", "chance", "unrest", "support", "valid"}
    assert asked | {"confidence", "bias", "reading"} == gates


def test_the_reading_of_the_profile_is_told_when_asked_for(bars):
    plain, told = (Vpoc(lookback=LOOKBACK, read=read).setups(bars) for read in (False, True))
    assert "reading" not in plain.attributes
    assert rows(plain) == rows(told)
    assert set(told.attribute("reading")) <= {1.0, 0.0, -1.0}
    assert (told.attribute("chance") > 0).all()
