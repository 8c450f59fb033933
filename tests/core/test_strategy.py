"""A strategy is a frozen value with one method."""

import dataclasses

import numpy as np
import pytest

from engine.core.params import gate, param
from engine.core.setups import Setups
from engine.core.strategy import Strategy
from tests.makers import bars_from, flat


class Above(Strategy):
    """Long where the close is above a price."""

    price: int = param(default=100, low=0, high=1_000, step=10)
    least: object = gate("volume", ">=", default=None, low=0, high=100, step=10)

    def setups(self, bars):
        return Setups.where(bars, long=bars.close > self.price, attributes={"volume": bars.volume})


class Silent(Strategy):
    """Forgot its one method."""


def test_a_strategy_is_a_value():
    assert Above() == Above(price=100)
    assert hash(Above(price=110)) == hash(dataclasses.replace(Above(), price=110))
    assert len({Above(), Above(price=100), Above(price=110)}) == 2
    assert repr(Above(least=10)) == "Above(price=100, least=Decimal('10'))"
    with pytest.raises(dataclasses.FrozenInstanceError):
        Above().price = 5


def test_its_setups_follow_its_parameters():
    bars = bars_from(("2022-11-28 09:00", [*flat(100, 2), *flat(105, 2)]))
    assert np.array_equal(Above().setups(bars).bar, [2, 3])
    assert np.array_equal(Above(price=90).setups(bars).bar, range(4))


def test_a_strategy_without_setups_says_so():
    bars = bars_from(("2022-11-28 09:00", flat(100, 2)))
    with pytest.raises(NotImplementedError, match=r"Silent must define setups\(self, bars\)"):
        Silent().setups(bars)
    assert Silent.space() == {}
    assert Silent.grid() == [Silent()]
