"""Contract facts, and the arithmetic that hangs on them."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.calendars import calendar
from engine.core.contracts import INSTRUMENTS, instrument
from engine.core.errors import DataError, ParameterError, UnknownError
from engine.core.instrument import Dated, Fees, Instrument, Margin, always, instrument_from

DAY = date(2024, 3, 1)
# The eleven contracts of the acceptance row: tick and money of one tick.
SPECIFIED = {
    "ES": ("0.25", "12.5"),
    "MES": ("0.25", "1.25"),
    "NQ": ("0.25", "5"),
    "MNQ": ("0.25", "0.5"),
    "YM": ("1", "5"),
    "RTY": ("0.1", "5"),
    "CL": ("0.01", "10"),
    "GC": ("0.10", "10"),
    "NG": ("0.001", "10"),
    "6E": ("0.00005", "6.25"),
    "ZN": (str(Decimal(1) / 64), "15.625"),
}
OTHERS = {
    "M2K": ("0.1", "0.5"),
    "MYM": ("1", "0.5"),
    "MCL": ("0.01", "1"),
    "MGC": ("0.1", "1"),
    "SI": ("0.005", "25"),
    "ZB": (str(Decimal(1) / 32), "31.25"),
    "6J": ("0.0000005", "6.25"),
    "BTCUSDT": ("0.01", "0.01"),
    "ETHUSDT": ("0.01", "0.01"),
    "BTCUSDT-PERP": ("0.1", "0.1"),
    "ETHUSDT-PERP": ("0.01", "0.01"),
    "BTCUSD": ("0.01", "0.01"),
}
NEW = {
    "symbol": "FDAX",
    "name": "Dax",
    "exchange": "EUREX",
    "kind": "future",
    "currency": "EUR",
    "tick": "0.5",
    "point_value": 25,
    "calendar": "crypto",
}


@pytest.mark.covers("VA-099")
def test_the_eleven_specified_contracts_match_exactly():
    assert len(SPECIFIED) == 11
    for symbol, (tick, value) in SPECIFIED.items():
        assert instrument(symbol).tick == Decimal(tick), symbol
        assert instrument(symbol).tick_value == Decimal(value), symbol


def test_the_table_holds_these_instruments_and_no_others():
    assert set(INSTRUMENTS) == set(SPECIFIED) | set(OTHERS)
    for symbol, (tick, value) in OTHERS.items():
        assert instrument(symbol).tick == Decimal(tick), symbol
        assert instrument(symbol).tick_value == Decimal(value), symbol


@pytest.mark.covers("VA-099")
def test_a_symbol_is_matched_exactly():
    assert instrument("MES").point_value * 10 == instrument("ES").point_value
    assert instrument("MES").symbol == "MES"
    for wrong, near in (("MESS", "MES"), ("es", "ES"), ("BTCUSDT-PREP", "BTCUSDT-PERP")):
        with pytest.raises(UnknownError, match=f"no instrument '{wrong}'; did you mean '{near}'"):
            instrument(wrong)


@pytest.mark.parametrize("symbol", INSTRUMENTS)
def test_every_instrument_is_whole(symbol):
    one = instrument(symbol)
    assert one.symbol == symbol
    assert one.tick_money * one.money_unit == one.tick_value > 0
    assert calendar(one.calendar).name == one.calendar
    assert one.ticks(one.price(12_345)) == 12_345
    assert one.row >= 1
    fees, rates = one.fee_money(DAY), one.fee_rates(DAY)
    assert (fees > 0) == (one.kind == "future")
    assert (rates[0] > 0) == (rates[1] > 0) == (one.kind != "future")
    assert (one.months != "") == (one.kind == "future")
    assert one.steps.on(DAY) == 1
    assert hash(one) == hash(replace(one))


def test_fees_are_whole_money_units_against_the_trader():
    assert instrument("ES").fee_money(DAY) == 205
    assert instrument("ZN").fee_money(DAY) == 1_470
    odd = replace(instrument("ES"), fees=always(Fees(Decimal("0.6501"), Decimal("1.40"))))
    assert odd.fee_money(DAY) == 206
    coin = replace(instrument("BTCUSDT"), fees=always(Fees(taker=Decimal("0.00050000001"))))
    assert instrument("BTCUSDT").fee_rates(DAY) == (1_000_000, 1_000_000)
    assert coin.fee_rates(DAY) == (0, 500_001)


def test_prices_become_ticks_exactly_or_not_at_all():
    es = instrument("ES")
    assert [es.ticks(p) for p in (4500.25, "4500.25", Decimal("-0.50"), 0)] == [
        18_001,
        18_001,
        -2,
        0,
    ]
    assert es.price(18_001) == Decimal("4500.25")
    assert instrument("ZN").ticks(110.015625) == 7_041
    with pytest.raises(
        DataError, match=r"ES: 4500.3 lies between .* 0.25 grid; the nearest is 4500.25"
    ):
        es.ticks(4500.3)
    with pytest.raises(DataError, match=r"the nearest is -0\.25"):
        es.ticks("-0.2")
    for wrong in (float("nan"), float("inf"), "x"):
        with pytest.raises(DataError, match="is no price"):
            es.ticks(wrong)


@given(st.sampled_from(sorted(INSTRUMENTS)), st.integers(-(2**31), 2**31 - 1))
def test_every_tick_comes_back_through_text_and_float(symbol, ticks):
    one = instrument(symbol)
    price = one.price(ticks)
    assert one.ticks(price) == one.ticks(str(price)) == one.ticks(float(price)) == ticks


def test_a_money_unit_must_divide_a_tick():
    with pytest.raises(
        ParameterError, match=r"a tick is 15.625\d* USD, no .* of 0.01; a money_unit of 0.001 would"
    ):
        replace(instrument("ZN"), money_unit=Decimal("0.01"))
    with pytest.raises(ParameterError, match=r"a money_unit of 0\.1 would do"):
        replace(instrument("ES"), money_unit=Decimal(1))
    assert replace(instrument("ES"), money_unit=Decimal("0.1")).tick_money == 125


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("tick", Decimal(0), "tick must be above 0, not 0"),
        ("tick", Decimal("NaN"), "tick must be above 0"),
        ("point_value", Decimal(-1), "point_value must be above 0"),
        ("lot", Decimal(0), "lot must be above 0"),
        ("money_unit", Decimal(0), "money_unit must be above 0"),
        ("row", 0, "row must be above 0"),
        ("kind", "option", "kind is one of future, spot, perpetual"),
    ],
)
def test_facts_that_cannot_be_are_refused(field, value, said):
    with pytest.raises(ParameterError, match=f"ES: {said}"):
        replace(instrument("ES"), **{field: value})
    with pytest.raises(UnknownError, match="no calendar 'cme'"):
        replace(instrument("ES"), calendar="cme")


def test_what_holds_on_a_day_is_the_last_row_that_began():
    margins = instrument("ES").margins
    assert margins.on(date(2020, 3, 18)) == Margin(*map(Decimal, (11_660, 11_660, 10_600)))
    assert margins.on(date(2020, 3, 19)).maintenance == 12_000
    assert instrument("6E").steps.on(date(2016, 1, 10)) == 2
    assert instrument("6E").steps.on(date(2016, 1, 11)) == 1
    with pytest.raises(ParameterError, match="known on 2012-03-25, only from 2012-03-26 on"):
        margins.on(date(2012, 3, 25))
    with pytest.raises(ParameterError, match="nothing is known on 2024-03-01, only for no day"):
        instrument("CL").margins.on(DAY)
    with pytest.raises(
        ParameterError, match="dates must ascend, each once: 2024-03-01, 2024-03-01"
    ):
        Dated(((DAY, 1), (DAY, 2)))


@pytest.mark.parametrize("symbol", ["ES", "NQ"])
def test_margins_are_those_of_notices(symbol):
    rows = instrument(symbol).margins.rows
    assert len(rows) >= 8
    assert all(m.day == m.initial > m.maintenance > 0 for _, m in rows)


def test_a_new_instrument_from_plain_values():
    one = instrument_from(NEW)
    assert (one.tick_value, one.tick_money, one.lot) == (Decimal("12.5"), 1_250, 1)
    assert instrument_from({**NEW, "tick": "1/64", "point_value": 64}).tick == Decimal("0.015625")
    rows = [{"from": "2020-01-01", "commission": 1}, {"from": date(2021, 1, 1), "exchange": 0.5}]
    dated = instrument_from({**NEW, "fees": rows, "row": 2, "lot": 0.1}).fees
    assert dated.on(date(2020, 6, 1)) == Fees(Decimal(1))
    assert dated.on(DAY) == Fees(Decimal(1), Decimal("0.5"))
    with pytest.raises(ParameterError, match="needs calendar, currency, exchange, kind, name"):
        instrument_from({"symbol": "X"})


def test_an_override_changes_what_it_names():
    es = instrument("ES")
    cheap = instrument_from({"fees": {"commission": "0.25"}}, es)
    assert cheap.fees.on(DAY) == Fees(Decimal("0.25"), Decimal("1.40"))
    assert replace(cheap, fees=es.fees) == es
    day = instrument_from({"margins": {"day": 500}}, es).margins.on(DAY)
    assert day == Margin(*map(Decimal, (500, 11_880, 10_800)))
    plain = instrument_from({"margins": {"initial": 100, "maintenance": 90}}, instrument("CL"))
    assert plain.margins.on(DAY) == Margin(*map(Decimal, (100, 100, 90)))
    assert instrument_from({"steps": 2}, es).steps.on(DAY) == 2
    steps = instrument_from({"steps": [{"from": "2020-01-01", "ticks": 2}]}, es).steps
    assert steps == Dated(((date(2020, 1, 1), 2),))
    assert instrument_from({}, es) is not es
    assert instrument_from({}, es) == es


@pytest.mark.parametrize(
    ("given_", "error", "said"),
    [
        ({"tik": 1}, UnknownError, "no instrument key 'tik'; did you mean 'tick'"),
        ({"fees": {"comission": 1}}, UnknownError, "no key of fees 'comission'; did you mean"),
        ({"fees": 2.05}, ParameterError, "fees has the keys commission, exchange, maker, taker"),
        ({"tick": "1/3"}, ParameterError, "tick: 1/3 has no exact decimal"),
        ({"tick": "a quarter"}, ParameterError, "tick: 'a quarter' is no number"),
        ({"tick": "1/0"}, ParameterError, "tick: '1/0' is no number"),
        ({"row": 1.5}, ParameterError, "row: 1.5 is no whole number"),
        ({"margins": [{"initial": 1}]}, ParameterError, "every row of the list needs a from date"),
        ({"margins": [{"from": "2020-01-01", "day": 1}]}, ParameterError, "initial, maintenance"),
        ({"margins": [5]}, ParameterError, "needs a from date, not 5"),
        ({"fees": [{"from": 2020}]}, ParameterError, "fees: '2020' is no date"),
        ({"fees": [{"from": "1.1.2020"}]}, ParameterError, "'1.1.2020' is no date"),
        ({"money_unit": 1}, ParameterError, "a money_unit of 0.1 would do"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(given_, error, said):
    with pytest.raises(error, match=said):
        instrument_from(given_, instrument("ES"))


def test_an_instrument_is_a_frozen_value():
    with pytest.raises(AttributeError):
        instrument("ES").tick = Decimal(1)
    assert isinstance(instrument("ES"), Instrument)
