"""Liquidity raids on tapes worked by hand: levels that are over, sweeps that are given back."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from adapters import load
from engine.core.aside import Aside, attached
from engine.core.asof import auxiliary
from engine.features.estimators import atr_percentile
from engine.fills import OUTCOMES, Costs, Exits, Rules, Table, simulate
from engine.research.plan import passed
from tests.adapters.markets import quarter_hours
from tests.makers import bars_from, flat, mark

RAID = load("liquidity_raid")
ASIA = ("2022-11-28 18:00", [(104, 110, 98, 104), *flat(104, 4)])  # 19:00 in New York
TAKEN = (99, 104, 95, 103)  # three ticks below 98, and closed above it
SPOILT = (109, 113, 104, 105)  # three ticks above 110, and closed below it


def london(*prices, start="2022-11-29 02:00"):
    return bars_from(ASIA, (start, [*flat(104, 3), *prices, *flat(104, 3)]))


def said(setups):
    return list(zip(setups.bar.tolist(), setups.side.tolist(), setups.stop.values, strict=True))


@pytest.mark.covers("QA-053")
def test_a_bar_that_takes_a_low_and_gives_it_back_is_a_long_and_its_mirror_a_short():
    assert said(RAID().setups(london(TAKEN))) == [(8, 1, 95)]
    assert said(RAID().setups(london(SPOILT))) == [(8, -1, 113)]
    found = RAID().setups(london(TAKEN))
    assert found.attribute("pierce")[0] == pytest.approx(3 / 98)
    assert found.attribute("body")[0] == pytest.approx(4 / 9)


@pytest.mark.parametrize(
    "bar",
    [(99, 104, 98, 103), (99, 104, 95, 97), (103, 104, 95, 99)],
    ids=["not beyond", "not given back", "no candle of its side"],
)
def test_what_is_no_raid(bar):
    assert not len(RAID().setups(london(bar)))


def test_levels_are_traded_in_their_kill_zones_alone():
    assert not len(RAID().setups(london(TAKEN, start="2022-11-29 15:30")))
    assert len(RAID().setups(london(TAKEN, start="2022-11-29 09:00")))


def test_a_level_counts_once_its_session_is_over():
    """QF-03: the evening's own low is no level that evening, and moves none of the day before."""
    evening = ("2022-11-29 18:00", [(104, 105, 60, 104), TAKEN, *flat(104, 3)])
    day = ("2022-11-29 02:00", [*flat(104, 3), TAKEN, *flat(104, 3)])
    assert said(RAID().setups(bars_from(ASIA, day, evening))) == [(8, 1, 95)]


def test_london_is_raided_in_new_york():
    night = ("2022-11-29 02:00", [(104, 110, 98, 104), *flat(104, 4), TAKEN])
    day = ("2022-11-29 09:00", [*flat(104, 2), (96, 104, 92, 103)])
    found = RAID(levels="london").setups(bars_from(ASIA, night, day))
    assert said(found) == [(13, 1, 92)]
    assert found.attribute("pierce")[0] == pytest.approx(3 / 95)  # London's own low is 95


def test_the_extremes_of_more_sessions():
    before = ("2022-11-27 18:00", [(104, 120, 90, 104), *flat(104, 4)])
    day = ("2022-11-29 02:00", [*flat(104, 3), (91, 104, 88, 103), *flat(104, 3)])
    bars = bars_from(before, ASIA, day)
    assert RAID(back=2).setups(bars).attribute("pierce")[0] == pytest.approx(2 / 90)
    assert RAID().setups(bars).attribute("pierce")[0] == pytest.approx(10 / 98)
    assert not len(RAID(back=3).setups(bars))


def test_a_sweep_is_reclaimed_before_it_is_confirmed():
    """QF-20: closing back does not forget the sweep; without it nothing is confirmed."""
    swept, inside = (97, 98, 94, 95), (96, 101, 96, 100)
    found = RAID(confirm="state").setups(london(swept, inside))
    assert said(found) == [(9, 1, 94)]
    assert not len(RAID(confirm="state").setups(london(swept, (95, 97, 94, 96), (97, 98, 95, 97))))


def test_half_of_the_candle_is_a_limit_order_from_the_next_bar_on():
    found = RAID(entry="half", works=3).setups(london(TAKEN))
    assert (found.entries.level.values[0], found.entries.bars.values[0]) == (99, 3)
    found = RAID(entry="half").setups(london(SPOILT))
    assert found.entries.level.values[0] == 109  # 108.5, against the trader


def test_a_second_try_waits_for_a_loss():
    again = (98, 101, 98, 99)
    bars = london(TAKEN, (103, 103, 90, 91), *flat(91, 2), again)
    setups = RAID(again=1, wait=2, window=6, near="0.02").setups(bars)
    assert said(setups) == [(8, 1, 95), (12, 1, 95)]  # the stop is the end of the first sweep
    for stop in (8, 2):
        assert played(bars, setups, {"stop": [stop]}) == ["taken", "taken"]
    won = replace_close(bars)
    assert played(won, setups, {"target": [2]}) == ["taken", "parent"]


def test_a_second_try_asks_for_the_level_of_the_raid_it_goes_back_to():
    """Not for that of a later raid, which it is too early to repeat."""
    bars = bars_from(("2022-11-28 09:00", [*flat(100, 7), (97, 99, 97, 98), *flat(100, 3)]))
    level = np.full(len(bars), 50)
    level[[2, 6]] = 98, 80
    first = mark(bars, 2, 6), mark(bars)
    found = RAID(again=1, wait=3, window=9, near="0.02").retried(bars, first, level)
    assert np.flatnonzero(found.parents[0].present).tolist() == [7]
    assert found.origin[7] == 2


def test_the_live_preset_measures_as_the_one_it_comes_from_did():
    """1.35 times 2.5 ranges for an hour, 2.5 after it; half of 2.5 to its target and breakeven."""
    exits = RAID.preset("live").exits
    wide, (later,) = Decimal(exits["stop"]["times"]), exits["decay"]["by"]
    assert wide == Decimal("2.5") * Decimal("1.35")
    assert abs(wide * (1 - Decimal(later)) - Decimal("2.5")) < Decimal("0.001")
    assert exits["target"] == exits["breakeven"]["after"] == exits["trail"]["after"]
    assert Decimal(exits["target"]["times"]) == Decimal("2.5") / 2


def replace_close(bars):
    """The bar after the first try goes up instead of down."""
    high = bars.high.copy()
    high[9] = 110
    return replace(bars, arrays=bars.arrays._replace(high=high))


def played(bars, setups, exits):
    one = Exits.grid(exits)[0]
    table = Table.of(bars, Rules(), Costs.of({"commission": 0}), [one])
    return [OUTCOMES[k] for k in simulate(table, setups, one).outcome]


@pytest.mark.covers("QA-059")
def test_the_stop_is_wider_in_wide_times_and_closer_in_narrow_ones():
    bars = quarter_hours()
    setups = RAID(levels="both").setups(bars)
    place = atr_percentile(bars).floats(setups.bar)
    scale = setups.attribute("reach") / setups.attribute("atr")
    known = ~np.isnan(place)
    expected = np.where(place >= 0.8, 1.25, np.where(place <= 0.2, 0.8, 1.0))
    assert np.allclose(scale[known], expected[known])
    assert {0.8, 1.0, 1.25} == set(expected[known])


@pytest.mark.covers("QA-057", "QA-058")
def test_fear_and_gamma_stand_beside_the_bars_of_their_own_market():
    """QF-21: without a series nothing is known, and a closed gate says so."""
    bars = quarter_hours()
    alone = RAID(max_dvol=70).setups(bars)
    assert np.isnan(alone.attribute("dvol")).all()
    assert not passed(RAID(max_dvol=70), alone)["max_dvol"].any()
    margin = alone.attribute("depth") - alone.attribute("margin")
    assert np.allclose(margin[~np.isnan(margin)], 0.15)
    for level, need in ((40.0, 0.25), (50.0, 0.35), (80.0, 0.25)):
        fear = auxiliary("dvol", bars.time[:1], {"close": [level]})
        sign = auxiliary("gamma", bars.time[:1], {"sign": [-1.0]})
        beside = attached(bars, dvol=Aside(fear, "close"), gamma=Aside(sign, "sign"))
        setups = RAID(max_dvol=70).setups(beside)
        margin = setups.attribute("depth") - setups.attribute("margin")
        assert np.allclose(margin[~np.isnan(margin)], need)
        assert passed(RAID(max_dvol=70), setups)["max_dvol"].all() == (level <= 70)
        assert (setups.attribute("gamma") == -1).all()
        assert (setups.attribute("reward") == setups.attribute("reach"))[5] == (level != 50.0)
        assert beside.fingerprint != bars.fingerprint == beside[:].of_bars
    stand_in = alone.attribute("gamma")
    assert np.nanmin(stand_in) >= -1 < 1 >= np.nanmax(stand_in)


def test_a_series_published_later_is_not_known_before():
    bars = quarter_hours()
    fear = auxiliary("dvol", bars.time[:1], {"close": [50.0]})
    late = attached(bars, dvol=Aside(fear, "close", lag=60 * 24 * 10))
    setups = RAID().setups(late)
    known = ~np.isnan(setups.attribute("dvol"))
    assert known.any()
    assert (bars.time[setups.bar[known]] > bars.time[0] + 60 * 24 * 9 * 60_000_000_000).all()


@pytest.mark.covers("QA-053")
@pytest.mark.parametrize("name", ["readme", "v3", "lr_v3", "live"])
def test_presets_speak_and_their_exits_play(name):
    preset, bars = RAID.preset(name), quarter_hours()
    strategy = RAID(**preset.values())
    setups = strategy.setups(bars)
    assert len(setups)
    assert set(passed(strategy, setups)) == set(preset.gates)
    outcomes = played(bars, setups, {k: [v] for k, v in preset.exits.items()})
    assert "taken" in outcomes
