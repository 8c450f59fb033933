"""Costs and rules: read, refused, and charged in whole money units."""

import numpy as np
import pytest

from engine.core.errors import ParameterError, UnknownError
from engine.fills import Costs, Exits, Rules, Table, simulate
from tests.makers import bars_from, flat, long_at


def test_the_instrument_pays_where_the_study_is_silent() -> None:
    bars = bars_from(("2022-11-28 09:00", flat(100, 3)))
    assert set(Costs().schedule(bars).fixed.tolist()) == {65 + 140}
    assert set(Costs.of({"commission": "2.051"}).schedule(bars).fixed.tolist()) == {206}


def test_shares_of_the_value_round_up_and_targets_pay_the_makers() -> None:
    day = "2022-11-28 09:00"
    bars = bars_from(
        (day, [*flat(1_600_000, 2), (1_600_000, 1_600_500, 1_600_000, 1_600_000)]),
        symbol="BTCUSDT-PERP",
    )
    setups = long_at(bars, 0)
    for exits, reason, rate in (({"target": 500}, 1, 2), ({"stop": 500}, 4, 5)):
        made = Exits.grid(exits)[0]
        t = simulate(Table.of(bars, Rules(), Costs(), [made]), setups, made).trades
        assert t.reason[0] == reason
        entry, exit_ = (int(price) * 10 for price in (t.entry[0], t.exit[0]))  # cents a coin
        assert t.fees[0] == -(-entry * 5 // 10_000) + -(-exit_ * rate // 10_000)


def test_the_dearest_trade_bounds_every_trade() -> None:
    bars = bars_from(("2022-11-28 09:00", flat(1_600_000, 4)), symbol="BTCUSDT-PERP")
    made = Exits.grid({"stop": 5})[0]
    table = Table.of(bars, Rules(), Costs(), [made])
    t = simulate(table, long_at(bars, 0), made).trades
    assert np.all(t.fees + t.slippage <= table.dearest_costs(16_000_000))


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"comission": 2}, UnknownError, "no cost 'comission'; did you mean 'commission'?"),
        ({"slippage": {"markt": 1}}, UnknownError, "no order type 'markt' in costs.slippage"),
        ({"slippage": {"stop": 0.5}}, ParameterError, "slippage.stop is a whole number of ticks"),
        ({"slippage": 1}, ParameterError, "slippage names ticks by order type"),
        ({"commission": -1}, ParameterError, "commission must not be negative, not -1"),
    ],
)
def test_costs_refuse(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Costs.of(values)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"max_per_sesion": 2}, UnknownError, "did you mean 'max_per_session'?"),
        ({"max_per_session": -2}, ParameterError, "a whole number from 1 on, not -2"),
        ({"max_per_session": "2"}, ParameterError, "a whole number from 1 on, not 2"),
        ({"entry_window": "08:30"}, ParameterError, "entry_window is two clock times"),
        ({"entry_window": ["09:30", "08:30"]}, ParameterError, "ends at 08:30, before it begins"),
    ],
)
def test_rules_refuse(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Rules.of(values)
    assert message in str(caught.value)
