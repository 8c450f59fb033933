"""Flaws of the published systems that no other test names, each seen to be absent."""

import numpy as np
import pytest

from adapters import load
from adapters.vpoc import score
from engine import Costs, Exits, Rules
from engine.core.columns import Column
from engine.features.migration import Trend
from engine.fills import OUTCOMES, Table, simulate
from tests.adapters.markets import quarter_hours
from tests.makers import bars_from

ABOVE = (111, 113, 110, 112)
GAP = [(100, 102, 99, 101), (102, 110, 102, 109), (109, 112, 108, 111), ABOVE, ABOVE]


def played(bars, setups, exits):
    one = Exits.grid(exits)[0]
    return simulate(Table.of(bars, Rules(), Costs.of({"commission": 0}), [one]), setups, one)


@pytest.mark.parametrize(("low", "became"), [(106, "expired"), (105, "taken")])
def test_qf_07_an_entry_inside_a_zone_is_filled_by_a_later_bar_or_not_at_all(low, became):
    """The bar that touches the zone has been over when the order is sent, whatever it reached."""
    touch, next_ = (111, 111, 100, 109), (109, 110, low, 109)
    bars = bars_from(("2022-11-28 09:00", [*GAP, touch, next_, *[ABOVE] * 6]))
    setups = load("fvg")(works=2).setups(bars)
    assert (setups.bar.tolist(), setups.entries.level.values.tolist()) == ([5], [105])
    found = played(bars, setups, {"stop": [40]})
    assert [OUTCOMES[code] for code in found.outcome] == [became]
    assert found.trades.entry_bar.tolist() == ([6] if became == "taken" else [])


def test_qf_22_second_tries_hold_the_place_that_a_later_first_one_wants():
    """One position at a time, in order of time, whichever try it comes from."""
    bars, raid = quarter_hours(), load("liquidity_raid")
    setups = raid(levels="both", again=2, wait=2, window=30, near="0.02").setups(bars)
    assert setups.parents.waits.any()
    found = played(bars, setups, {"stop": [12], "target": [60]})
    trades = found.trades
    tried = setups.parents.waits[trades.setup]
    assert tried.any()
    assert (trades.entry_bar[1:] >= trades.exit_bar[:-1]).all()
    assert "busy" in {OUTCOMES[code] for code in found.outcome[~setups.parents.waits]}


def test_vb_08_high_and_low_volatility_do_occur():
    """The base of the ratio shares no bar with what it is compared to."""
    told = load("vwap_bounce")(band="1.5").setups(quarter_hours()).attribute("volatility")
    assert {-1.0, 0.0, 1.0} == set(told[~np.isnan(told)])


def test_f_a62_the_score_of_vpoc_ends_at_a_hundred():
    best = Column(np.array([1.0]), np.array([True]))
    calm = Column(np.array([0.0]), np.array([True]))
    assert score(Trend(*[best] * len(Trend._fields)), best, calm).values.tolist() == [100]
