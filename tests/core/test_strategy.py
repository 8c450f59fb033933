"""A strategy is a frozen value with one method."""

import dataclasses

import numpy as np
import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.core.params import gate, param
from engine.core.setups import Setups
from engine.core.strategy import Preset, Strategy
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


class Preferred(Above):
    """Has an opinion."""

    presets = (
        Preset(name="low", doc="Where it began.", params={"price": 50}, exits={"stop": 8}),
        Preset(name="busy", doc="Volume only.", gates={"least": "2.5"}, rules={"cooldown": 3}),
    )


def test_a_preset_is_a_documented_set_of_values():
    assert Preferred(**Preferred.preset("low").values()) == Preferred(price=50)
    assert Preferred(**Preferred.preset("busy").values()) == Preferred(least="2.5")
    assert Preferred.preset("low").sections() == {
        "params": {"price": 50},
        "gates": {},
        "exits": {"stop": 8},
        "rules": {},
    }
    assert Above.presets == ()
    assert list(Preferred.space()) == ["price", "least"]  # presets are no parameter
    with pytest.raises(UnknownError, match=r"no preset 'bussy' of Preferred; did you mean 'busy'"):
        Preferred.preset("bussy")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"params": {"prise": 50}}, r"no param 'prise' in preset 'x' of Wrong; did you mean"),
        ({"params": {"least": 2}}, r"no param 'least' in preset 'x'"),
        ({"gates": {"price": 50}}, r"no gate 'price' in preset 'x'"),
        ({"params": {"price": 5_000}}, r"preset 'x' of Wrong: price=5000 is outside"),
        ({"params": {"price": [50, 60]}}, r"preset 'x' of Wrong: price: .* is not a number"),
        ({"exits": {"stop": [8, 16]}}, r"preset 'x' of Wrong: stop is one value, not a list"),
    ],
)
def test_a_preset_is_checked_where_it_is_declared(values, said):
    with pytest.raises((ParameterError, UnknownError), match=said):
        type("Wrong", (Above,), {"presets": (Preset(name="x", doc="", **values),)})


def test_two_presets_of_one_name_are_refused():
    twice = (Preset(name="x", doc=""), Preset(name="x", doc=""))
    with pytest.raises(ParameterError, match="Twice has two presets of one name: x, x"):
        type("Twice", (Above,), {"presets": twice})
