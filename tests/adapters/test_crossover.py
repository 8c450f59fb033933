"""The crossover baseline against averages by their definition."""

from datetime import date

import numpy as np
import pytest

from adapters.crossover import Crossover
from engine import Exits
from engine.core.contracts import instrument
from engine.synth.market import synthesise
from tests.adapters.reading import rows
from tests.makers import bars_from


@pytest.fixture(scope="module")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 1, 5)[:700]


def simple(closes, n):
    return [None if i < n - 1 else sum(closes[i - n + 1 : i + 1]) / n for i in range(len(closes))]


def smooth(closes, n):
    found = [None] * (n - 1) + [sum(closes[:n]) / n]
    for close in closes[n:]:
        found.append(found[-1] + (close - found[-1]) * 2 / (n + 1))
    return found


def crosses(fast, slow):
    """Above from not above is a long, below from not below a short; both bars must be known."""
    found = set()
    for i in range(1, len(fast)):
        if None in (fast[i - 1], slow[i - 1]):
            continue
        before, now = fast[i - 1] - slow[i - 1], fast[i] - slow[i]
        if before <= 0 < now:
            found.add((i, 1))
        if before >= 0 > now:
            found.add((i, -1))
    return found


@pytest.mark.covers("B-016")
def test_crosses_of_both_kinds_both_ways(bars):
    """F-B07: the published baseline had no short side that worked."""
    closes = bars.close.tolist()
    sma = crosses(simple(closes, 10), simple(closes, 30))
    ema = crosses(smooth(closes, 12), smooth(closes, 26))
    assert set(rows(Crossover().setups(bars))) == sma
    assert set(rows(Crossover(kind="ema").setups(bars))) == ema
    assert set(rows(Crossover(kind="either").setups(bars))) == sma | ema
    assert {side for _, side in sma} == {1, -1}


@pytest.mark.covers("B-016")
def test_the_first_bar_that_knows_both_averages_crosses_nothing():
    """A rise from the first bar on: the averages were never the other way round."""
    up = [(p, p, p, p) for p in range(100, 160)]
    assert not rows(Crossover().setups(bars_from(("2022-11-28 09:00", up))))
    down_and_up = [(p, p, p, p) for p in [*range(160, 120, -1), *range(120, 160)]]
    found = rows(Crossover().setups(bars_from(("2022-11-28 09:00", down_and_up))))
    assert [side for _, side in found] == [1]
    assert found[0][0] > 40


def test_averages_that_only_touch_do_not_cross():
    level = [(100, 100, 100, 100)] * 60
    assert not rows(Crossover().setups(bars_from(("2022-11-28 09:00", level))))
    then_up = [*level, *[(101 + k,) * 4 for k in range(3)]]
    bars = bars_from(("2022-11-28 09:00", then_up))
    assert rows(Crossover().setups(bars)) == [(60, 1)]  # equal averages are not above


def test_the_baseline_is_a_preset():
    preset = Crossover.preset("baseline")
    assert Crossover(**preset.values()) == Crossover(kind="either")
    exits = Exits.grid(dict(preset.exits))[0]
    assert (str(exits.stop), str(exits.target)) == ("2 x atr", "2 r")


def test_parameters_of_the_other_kind_make_no_further_combination():
    assert len(Crossover.grid(kind=["sma"], fast=[5, 10], quick=[6, 12])) == 2
    assert len(Crossover.grid(kind=["sma", "ema"], fast=[5, 10], quick=[6, 12])) == 4


def test_the_range_is_an_attribute_for_stops(bars):
    setups = Crossover().setups(bars)
    assert np.isfinite(setups.attribute("atr")).all()
