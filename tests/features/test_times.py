"""engine.features.times beyond its oracle: DST, named contracts, other calendars."""

from datetime import date

import numpy as np

from engine.core.bars import Bars, Origin
from engine.core.contracts import instrument
from engine.features.times import days_to_expiry, in_window
from engine.synth.market import synthesise
from tests.makers import bars_from, flat


def named(*contracts: str) -> Bars:
    bars = bars_from(("2024-12-12 08:30", flat(100, 2)), ("2024-12-16 08:30", flat(100, 2)))
    rolled = np.array([0, 0, 1, 1], np.int16)
    origin = Origin(contracts=contracts)
    return Bars(bars.instrument, bars.sessions, bars.arrays, 1, origin, rolled)


def test_days_count_to_the_expiry_of_the_bars_own_contract():
    found = days_to_expiry(named("ESZ4", "ESH5"))
    assert found.values.tolist() == [8, 8, 95, 95]  # December 20th 2024, March 21st 2025


def test_bars_without_contracts_count_to_the_next_month_of_the_instrument():
    bars = bars_from(("2024-12-20 08:30", flat(100, 1)), ("2024-12-23 08:30", flat(100, 1)))
    assert days_to_expiry(bars).values.tolist() == [0, 88]


def test_unknown_expiries_are_absent():
    bars = synthesise(instrument("CL"), date(2024, 1, 3), 1, 7)[:5]
    assert not days_to_expiry(bars).present.any()


def test_a_kill_zone_keeps_to_new_york_when_its_clocks_change():
    """Chicago changes with New York: 08:00 in New York is 07:00 there, on both sides."""
    bars = bars_from(
        ("2024-03-08 06:59", flat(100, 2)),  # New York is 5 hours behind UTC
        ("2024-03-11 06:59", flat(100, 2)),  # and 4 from March 10th on
    )
    assert in_window(bars, name="new_york_kill").present.tolist() == [False, True, False, True]
    assert np.diff(bars.time[[1, 3]]) == (3 * 24 - 1) * 3_600 * 10**9
