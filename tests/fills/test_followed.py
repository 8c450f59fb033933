"""Columns that exits follow, and legs: rows F42 to F46, worked by hand."""

import numpy as np
import pytest

from engine.core.columns import Column
from engine.core.entries import Limit
from engine.core.errors import UnknownError
from engine.fills import Costs, Exits, Rules, Table, simulate
from tests.fills.hand import NINE, both, ended, free
from tests.makers import bars_from, flat, long_at, short_at


@pytest.mark.covers("VA-030")
def test_f42_the_target_follows_a_column() -> None:
    prices = [*flat(100, 3), (100, 105, 100, 100), (100, 106, 100, 100), *flat(100, 2)]
    bars = bars_from((NINE, prices))
    mean = np.array([108, 108, 108, 106, 103, 99, 99])
    setups = long_at(bars, 0, follow={"vwap": mean})
    assert ended(free(setups, bars, target={"follow": "vwap"})) == (4, 106, "target")
    gaps = Column(mean, np.array([True, True, False, False, False, False, False]))
    setups = long_at(bars, 0, follow={"vwap": gaps})
    assert ended(free(setups, bars, target={"follow": "vwap"})) == (6, 100, "data_end")


def test_f42_a_column_that_crosses_the_price_closes_at_the_open() -> None:
    bars = bars_from((NINE, flat(100, 6)))
    setups = long_at(bars, 0, follow={"vwap": np.array([105, 104, 103, 99, 99, 99])})
    assert ended(free(setups, bars, target={"follow": "vwap"})) == (4, 100, "target")


def test_f42_until_the_trail() -> None:
    prices = [*flat(100, 2), (100, 104, 100, 104), (104, 107, 104, 105), *flat(105, 2)]
    bars = bars_from((NINE, prices))
    setups = long_at(bars, 0, follow={"vwap": np.full(len(bars), 106)})
    exits = {"target": {"follow": "vwap", "until": "trail"}, "trail": {"by": 50, "after": 4}}
    assert ended(free(setups, bars, **exits)) == (5, 105, "data_end")
    assert ended(free(setups, bars, target=exits["target"])) == (3, 106, "target")


@pytest.mark.covers("VA-029")
def test_f43_a_flag_ends_it() -> None:
    bars = bars_from((NINE, flat(100, 7)))
    up = np.arange(7)
    setups = long_at(bars, 0, follow={"stretched": (up == 3, up == 2)})
    assert ended(free(setups, bars, leave="stretched")) == (4, 100, "signal")
    mirror = short_at(bars, 0, follow={"stretched": (up == 3, up == 2)})
    assert ended(free(mirror, bars, leave="stretched")) == (3, 100, "signal")
    with pytest.raises(UnknownError, match="no followed column 'streched'"):
        free(setups, bars, leave="streched")


@pytest.mark.parametrize(
    ("tighten", "stop"),
    [
        ({"to": 4}, 96),
        ({"by": "0.3"}, 93),
        ({"to": {"times": 3, "of": "atr"}}, 94),
        ({"to": 15}, 90),
    ],
)
def test_f44_tighten(tighten: dict, stop: int) -> None:
    bars = bars_from((NINE, [*flat(100, 4), (100, 100, 80, 80), *flat(80, 1)]))
    flag = np.arange(6) == 2
    atr = np.full(6, 2.0)
    setups = long_at(bars, 0, follow={"regime": flag}, attributes={"atr": atr})
    result = free(setups, bars, stop=10, tighten={"when": "regime", **tighten})
    assert ended(result) == (4, stop, "stop" if stop == 90 else "tighten")


@pytest.mark.covers("VA-024", "QA-020", "T18")
def test_f45_legs_leave_at_their_own_prices() -> None:
    """Risk 4: half at 2 R, three tenths at 3 R, the rest at 5 R; each its own price."""
    prices = [*flat(100, 2), (100, 109, 100, 109), (113, 113, 110, 112), (112, 121, 112, 120)]
    bars = bars_from((NINE, [*prices, *flat(120, 2)]))
    legs = {"at": [{"r": 2}, {"r": 3}], "lots": [5, 3, 2]}
    result = free(long_at(bars, 0), bars, stop=4, target={"r": 5}, legs=legs)
    t = result.trades
    assert ended(result) == (4, 120, "target")
    assert t.leg[0].tolist()[:2] == [108, 113]  # the second opened beyond its level
    assert t.leg_bar[0].tolist()[:2] == [2, 3]
    assert t.sold[0].tolist() == [5, 3, 0]
    assert t.lots[0] == 10
    assert t.net[0] == (5 * 8 + 3 * 13 + 2 * 20) * 1250


def test_f45_legs_pay_their_own_costs() -> None:
    bars = bars_from(
        (NINE, [*flat(100, 2), (100, 104, 100, 104), (104, 104, 90, 90), *flat(90, 2)])
    )
    made = Exits.grid({"stop": 8, "legs": {"at": [4], "lots": [1, 2]}})[0]
    costs = Costs.of({"commission": "2.05", "slippage": {"market": 3, "stop": 2, "limit": 1}})
    t = simulate(Table.of(bars, Rules(), costs, [made]), long_at(bars, 0), made).trades
    assert t.slippage[0] == (3 * 3 + 1 * 1 + 2 * 2) * 1250
    assert t.fees[0] == 3 * 2 * 205
    assert t.gross[0] == (4 - 2 * 8) * 1250
    assert t.r[0] == round(t.net[0] / (3 * (8 * 1250 + 5 * 1250 + 410)) * 10_000)


def test_f46_stop_and_leg_in_one_bar() -> None:
    bars = bars_from((NINE, [*flat(100, 2), (100, 105, 94, 100), *flat(100, 2)]))
    setups = long_at(bars, 0)
    exits = {"stop": 5, "target": 20, "legs": {"at": [3], "lots": [1, 1]}}
    assert both(setups, bars, **exits) == (-10, 3 - 5)
    assert free(setups, bars, **exits).trades.ambiguous[0]


def test_f46_legs_in_the_bar_of_a_limit_entry() -> None:
    """The close is sure to follow the fill: legs before it are sold, one beyond it is in doubt."""
    bars = bars_from((NINE, [*flat(100, 1), (100, 106, 97, 101), *flat(101, 2)]))
    setups = long_at(bars, 0, entry=Limit(97))
    sure = free(setups, bars, legs={"at": [2, 3, 30], "lots": [1, 1, 1, 1]}).trades
    assert sure.leg[0].tolist()[:2] == [99, 100]
    assert not sure.ambiguous[0]
    doubt = free(setups, bars, legs={"at": [2, 5], "lots": [1, 1, 1]}).trades
    assert doubt.sold[0].tolist() == [1, 0, 0]
    assert doubt.ambiguous[0]
    assert both(setups, bars, legs={"at": [2, 5], "lots": [1, 1, 1]}) == (2 + 4 + 4, 2 + 5 + 4)
