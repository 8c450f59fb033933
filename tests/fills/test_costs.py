"""Costs and rules: read, refused, and charged in whole money units."""

from decimal import Decimal
from fractions import Fraction
from math import ceil

import numpy as np
import pytest

from engine.core.aside import Aside, attached
from engine.core.asof import auxiliary
from engine.core.bars import Bars
from engine.core.entries import Limit
from engine.core.errors import DataError, ParameterError, UnknownError
from engine.fills import Costs, Exits, Rules, Table, simulate
from engine.fills.simulate import Played
from tests.fills.hand import FREE, outcome, table
from tests.makers import at, bars_from, flat, long_at, short_at


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


HOURS = {"commission": 0, "slippage": {"market": 1, "stop": 3, "eth": {"market": 2}}}


@pytest.mark.parametrize(
    ("clock", "exits", "ticks"),
    [
        ("08:30", {"stop": 4}, 1 + 3),
        ("08:28", {"stop": 4}, 2 + 3),  # in at night, out by day
        ("08:20", {"stop": 4}, 2 + 3),  # `eth` says nothing of stops
        ("08:28", {}, 2 + 1),
        ("08:20", {}, 2 + 2),
        ("08:28", {"target": 2}, 2 + 0),
        ("08:28", {"stop": 4, "trail": 9}, 2 + 3),  # the kernel of all rules
    ],
)
def test_f64_slippage_by_part_of_the_session(clock: str, exits: dict, ticks: int) -> None:
    day = "2022-11-28"
    prices = [*flat(100, 3), (100, 102, 96, 98)]
    bars = bars_from((f"{day} {clock}", prices))
    made = Exits.grid(exits)[0]
    t = simulate(table(bars, made, costs=HOURS), long_at(bars, 0), made).trades
    assert t.slippage[0] == ticks * 1250
    assert t.net[0] == t.gross[0] - t.slippage[0]


@pytest.mark.parametrize("spread", ["1", "0.5", "0.3333"])
@pytest.mark.parametrize(
    ("exits", "entry", "halves"),
    [
        ({"stop": 4}, None, 2),
        ({"target": 2}, None, 1),
        ({"stop": 4, "trail": 9}, None, 2),
        ({"stop": 4}, Limit(100), 1),
        ({"target": 2}, Limit(100), 0),
    ],
)
def test_f65_orders_that_cross_pay_half_the_spread(
    spread: str, exits: dict, entry: object, halves: int
) -> None:
    bars = bars_from(("2022-11-28 09:00", [*flat(100, 3), (100, 100, 96, 98), *flat(102, 2)]))
    if "target" in exits:
        bars = bars_from(("2022-11-28 09:00", [*flat(100, 3), (100, 102, 99, 101)]))
    made, half = Exits.grid(exits)[0], ceil(Fraction(spread) * 1250 / 2)
    setups = long_at(bars, 0) if entry is None else long_at(bars, 0, entry=entry)
    t = simulate(table(bars, made, costs=FREE | {"spread": spread}), setups, made).trades
    assert t.slippage[0] == halves * half
    assert t.net[0] == t.gross[0] - halves * half


EIGHT = "2022-11-28 01:57"  # 07:57 UTC
PERPETUAL = FREE | {"funding": {"rate": "0.000125", "hours": 8}}


@pytest.mark.covers("QA-016")
@pytest.mark.parametrize("further", [{}, {"breakeven": 400}])  # the simple kernel, and the other
@pytest.mark.parametrize(
    ("rows", "hold", "times"),
    [(0, 1, 0), (0, 2, 1), (0, 5, 1), (1, 5, 1), (2, 5, 0)],  # the hour opens bar 3
)
def test_f66_funding_is_paid_at_its_hours(rows: int, hold: int, times: int, further: dict) -> None:
    bars = bars_from((EIGHT, flat(1_600_001, 9)), symbol="BTCUSDT-PERP")
    made = Exits.grid({"hold": hold} | further)[0]
    value = 1_600_001 * bars.instrument.tick_money
    fee = ceil(Fraction(value * 125, 10**6))
    for maker, sign in ((long_at, 1), (short_at, -1)):
        t = simulate(table(bars, made, costs=PERPETUAL), maker(bars, rows), made).trades
        paid = fee if sign > 0 else -(value * 125 // 10**6)
        assert t.funding[0] == times * paid
        assert t.net[0] == -t.fees[0] - times * paid


def test_f66_a_gap_owes_every_hour_in_it_and_a_leg_only_while_it_was_there() -> None:
    days = [
        (EIGHT, [*flat(1_000, 2), (1_000, 1_010, 1_000, 1_000)]),
        ("2022-11-28 11:00", flat(1_000, 2)),
    ]
    bars = bars_from(*days, symbol="BTCUSDT-PERP")
    dated = FREE | {"funding": [{"from": "2022-11-28", "rate": "0.001", "hours": 4}]}
    legs = Exits.grid({"legs": {"at": [10], "lots": [2, 1]}})[0]
    t = simulate(table(bars, legs, costs=dated), long_at(bars, 0), legs).trades
    value = 1_000 * bars.instrument.tick_money
    assert t.sold[0, 0] == 2
    assert t.funding[0] == 3 * ceil(Fraction(value, 1_000))  # at 8, 12 and 16 hours, of one lot
    early = FREE | {"funding": [{"from": "2022-11-29", "rate": "0.001"}]}
    assert simulate(table(bars, legs, costs=early), long_at(bars, 0), legs).trades.funding[0] == 0
    assert table(bars, legs, costs=dated).dearest_costs(value) >= t.funding[0]


def test_funding_counts_in_what_a_session_has_made() -> None:
    bars = bars_from((EIGHT, flat(1_600_000, 9)), symbol="BTCUSDT-PERP")
    rules = {"daily_loss": 170}  # the fees alone are 160.02
    assert outcome(charged(bars, rules, PERPETUAL)) == ["taken", "daily_loss"]
    assert outcome(charged(bars, rules, FREE)) == ["taken", "taken"]


def charged(bars: Bars, rules: dict, costs: dict) -> Played:
    made = Exits.grid({"hold": 4})[0]
    return simulate(table(bars, made, rules, costs), long_at(bars, 0, 6), made)


def paying(bars: Bars, moments: list[int], rates: list[float]) -> Bars:
    """Bars with a series of payments beside them."""
    series = auxiliary("paid", np.array(moments, np.int64), {"rate": np.array(rates)})
    return attached(bars, paid=Aside(series, "rate", lag=60))


STORED = FREE | {"funding": {"series": "paid"}}


def test_f66_stored_payments_fall_due_at_their_own_moments() -> None:
    """Rates that a constant could say give what the constant gives; others the sum by hand."""
    bars = bars_from((EIGHT, flat(1_600_001, 9)), symbol="BTCUSDT-PERP")
    made, minute = Exits.grid({"hold": 5})[0], 60 * 10**9
    eight = at("2022-11-28 02:00")
    same = paying(bars, [eight - 8 * 60 * minute, eight], [0.5, 0.000125])
    for maker in (long_at, short_at):
        stored = simulate(table(same, made, costs=STORED), maker(same, 0), made).trades
        fixed = simulate(table(bars, made, costs=PERPETUAL), maker(bars, 0), made).trades
        assert stored.funding[0] == fixed.funding[0] != 0
    twice = paying(bars, [eight, eight + minute], [0.000125, -0.0001])
    found = simulate(table(twice, made, costs=STORED), long_at(twice, 0), made).trades
    value = 1_600_001 * bars.instrument.tick_money
    assert found.funding[0] == ceil(Fraction(value * 125, 10**6)) - value // 10_000


def test_stored_payments_that_are_not_known_are_refused() -> None:
    runs = [(EIGHT, flat(1_000, 9)), ("2022-11-30 01:57", flat(1_000, 9))]
    bars = bars_from(*runs, symbol="BTCUSDT-PERP")
    with pytest.raises(UnknownError, match=r"no series 'paid' of data\.beside for costs\.funding"):
        table(bars, Exits(), costs=STORED)
    days = [at(f"2022-11-{day} 02:00") for day in (28, 29, 30)]
    with pytest.raises(DataError, match="paid gives no rate at 2022-11-29T08:00"):
        table(paying(bars, days, [0.1, np.nan, 0.1]), Exits(), costs=STORED)
    with pytest.raises(DataError, match=r"no payment from 2022-11-28T07:57:00Z to 2022-11-30"):
        table(paying(bars, days[2:], [0.1]), Exits(), costs=STORED)
    table(paying(bars, days, [0.1, 0.1, 0.1]), Exits(), costs=STORED)


def test_funding_is_of_perpetuals() -> None:
    bars = bars_from(("2022-11-28 09:00", flat(100, 3)))
    with pytest.raises(ParameterError, match="funding is of perpetuals; ES is none"):
        table(bars, Exits(), costs=PERPETUAL)


@pytest.mark.parametrize(
    ("values", "kind", "message"),
    [
        ({"spread": -1}, ParameterError, "spread must not be negative, not -1"),
        ({"slippage": {"eth": {"markt": 1}}}, UnknownError, "'markt' in costs.slippage.eth"),
        ({"slippage": {"eth": 2}}, ParameterError, "slippage.eth names ticks by order type"),
        (
            {"funding": {"rat": 1}},
            UnknownError,
            "no key 'rat' in costs.funding; did you mean 'rate'",
        ),
        ({"funding": {"series": "a", "hours": 8}}, ParameterError, "a series brings its own rates"),
        ({"funding": {"hours": 8}}, ParameterError, "funding names a rate such as 0.0001"),
        ({"funding": "0.0000000001"}, ParameterError, "a rate of funding has up to nine decimals"),
        ({"funding": {"rate": 0, "hours": 0}}, ParameterError, "hours is one whole number from 1"),
        (
            {"funding": {"rate": 0, "hours": [8]}},
            ParameterError,
            "hours is one whole number from 1",
        ),
        ({"funding": {"rate": 0, "from": 2024}}, ParameterError, "'2024' is no date"),
        ({"funding": [0.1, 0.2]}, ParameterError, "funding: dates must ascend, each once"),
    ],
)
def test_costs_of_the_market_refuse(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Costs.of(values)
    assert message in str(caught.value)


def test_costs_are_read() -> None:
    assert Costs.of({"funding": None, "spread": "1.5", "commission": None}) == Costs(
        spread=Decimal("1.5")
    )


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
        ({"entry_window": ["09:30", "09:30"]}, ParameterError, "from 09:30 to 09:30 is empty"),
    ],
)
def test_rules_refuse(values: dict, kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        Rules.of(values)
    assert message in str(caught.value)
