"""Percent, money, offsets and the nearest of several: rows F31 to F34, and how they are read."""

import numpy as np
import pytest

from engine.core.entries import Limit
from engine.core.errors import ParameterError
from engine.fills import Exits
from engine.fills.distances import Level, Percent, distance, span
from tests.fills.hand import NINE, ended, free, outcome, played
from tests.makers import bars_from, flat, long_at, short_at


@pytest.mark.parametrize(("percent", "ticks"), [("1", 10), ("0.25", 3), ("0.24", 2), ("0.01", 1)])
def test_f31_percent_of_the_price_it_is_sent_at(percent: str, ticks: int) -> None:
    bars = bars_from((NINE, [*flat(1000, 1), *flat(900, 3)]))
    assert free(long_at(bars, 0), bars, stop={"percent": percent}).trades.risk[0] == ticks
    waiting = long_at(bars, 0, entry=Limit(900))
    assert free(waiting, bars, stop={"percent": "1"}).trades.risk[0] == 9


@pytest.mark.covers("VA-014")
@pytest.mark.parametrize(("dollars", "ticks"), [(100, 5), (91.6, 5), (91.5, 4), (54.1, 2), (42, 1)])
def test_f32_the_loss_stays_within_the_money(dollars: float, ticks: int) -> None:
    """A tick is 12.50; two ticks of slippage and 2 x 2.05 of fees are 29.10."""
    bars = bars_from((NINE, [*flat(1000, 2), (1000, 1000, 900, 900), *flat(900, 2)]))
    result = played(long_at(bars, 0), bars, stop={"dollars": dollars})
    assert result.trades.risk[0] == ticks
    assert result.trades.net[0] == -ticks * 1250 - 2910
    assert -result.trades.net[0] <= dollars * 100


def test_f32_less_than_a_tick_is_no_distance() -> None:
    bars = bars_from((NINE, flat(1000, 3)))
    assert outcome(played(long_at(bars, 0), bars, stop={"dollars": 41})) == ["no_distance"]


def test_f33_an_offset_lies_farther_from_the_trade() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 106, 93, 100), *flat(100, 2)]))
    far, near = {"of": "level", "offset": 2}, {"of": "level", "offset": -2}
    longs = long_at(bars, 0, stop=(95, 0), target=(104, 0))
    t = free(longs, bars, stop=far, target=far).trades
    assert (t.stop[0], t.target[0]) == (93, 106)
    t = free(longs, bars, stop=near, target=near).trades
    assert (t.stop[0], t.target[0]) == (97, 102)
    t = free(short_at(bars, 0, stop=(0, 105), target=(0, 96)), bars, stop=far, target=far).trades
    assert (t.stop[0], t.target[0]) == (107, 94)


@pytest.mark.parametrize(
    ("parts", "stop"),
    [([8, "level"], 95), ([3, "level"], 97), ([8, 6, {"of": "level", "offset": 1}], 94)],
)
def test_f34_the_nearest_is_hit_first(parts: list, stop: int) -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 100, 90, 91), *flat(91, 2)]))
    setups = long_at(bars, 0, stop=(95, 0))
    result = free(setups, bars, stop={"nearest": parts})
    assert ended(result) == (2, stop, "stop")
    assert result.trades.risk[0] == 100 - stop


def test_f34_of_levels_and_for_shorts() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 110, 100, 109), *flat(109, 2)]))
    setups = short_at(bars, 0, stop=(0, 105))
    several = {"nearest": ["level", {"of": "level", "offset": -2}]}
    assert ended(free(setups, bars, stop=several)) == (2, 103, "stop")
    lost = {"nearest": [4, {"times": 1, "of": "atr"}]}
    lame = short_at(bars, 0, attributes={"atr": np.full(len(bars), np.nan)})
    assert outcome(free(lame, bars, stop=lost)) == ["no_distance"]


def test_forms_are_read_and_shown() -> None:
    forms = {
        "1.5 x atr": {"times": "1.50", "of": "atr"},
        "0.5 %": {"percent": "0.5"},
        "400 $": {"dollars": 400},
        "level +2": {"of": "level", "offset": 2},
        "follow vwap": {"follow": "vwap"},
        "follow vwap until the trail": {"follow": "vwap", "until": "trail"},
        "nearest of 8, level": {"nearest": [8, "level"]},
    }
    assert {str(distance(form)) for form in forms.values()} == set(forms)
    assert distance({"percent": 1}) == Percent(1)
    assert distance({"of": "level", "offset": 0}) == Level()
    assert str(span(20)) == "20 bars"
    assert span("none") is None
    assert str(span({"minutes": {"times": 2, "of": "patience"}})) == "2 x patience minutes"


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        ({"stop": {"nearest": [8]}}, "nearest names at least two distances"),
        ({"stop": {"nearest": [8, {"r": 1}]}}, "nearest takes ticks, levels, percent"),
        ({"stop": {"nearest": [8, "none"]}}, "nearest takes ticks, levels, percent"),
        ({"target": {"nearest": [8, 9]}}, "a target is one distance or level"),
        ({"stop": {"follow": "vwap"}}, "a stop follows no column"),
        ({"stop": {"of": "level", "offset": 0.5}}, "an offset must be a whole number, not 0.5"),
        ({"hold": {"hours": 3}}, "a time is {bars: 20} or {minutes: 30}, not one of: hours"),
        ({"hold": 0}, "bars must be a whole number from 1 on, not 0"),
        ({"hold": {"bars": {"r": 1}}}, "bars are a number or {times: 1, of: attribute}"),
    ],
)
def test_what_is_refused(axes: dict, message: str) -> None:
    with pytest.raises(ParameterError) as caught:
        Exits.grid(axes)
    assert message in str(caught.value)
