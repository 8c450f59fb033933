"""Frames into bars and back, and every frame that is none."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Origin, checked
from engine.core.contracts import instrument
from engine.core.errors import CalendarError, DataError, UnknownError
from engine.core.frames import PRICES, bars_of, frame_of, on_grid
from tests.makers import at
from tests.tapes import tapes

ES, COIN = instrument("ES"), instrument("BTCUSD")
START = "2022-11-28 09:00"
ZERO = np.zeros(1, np.int64)


def table(rows=4, **columns):
    """Whole ticks of ES at consecutive minutes, with some columns in place of the usual ones."""
    times = np.arange(rows) * MINUTE + at(START)
    usual = {
        "ts": pl.Series(times).cast(pl.Datetime("ns", "UTC")),
        "open": np.full(rows, 16_001),
        "high": np.full(rows, 16_004),
        "low": np.full(rows, 15_999),
        "close": np.full(rows, 16_003),
        "volume": np.arange(rows),
    }
    return pl.DataFrame(usual | columns)


def same(one, other):
    for name, a, b in zip(one.arrays._fields, one.arrays, other.arrays, strict=True):
        assert a.dtype == b.dtype, name
        assert np.array_equal(a, b), name


def decimals(frame, step=Decimal("0.25")):
    """The same prices as binary floats of money."""
    return frame.with_columns(pl.col(name).cast(pl.Float64) * float(step) for name in PRICES)


def test_whole_numbers_are_ticks_or_money_as_is_said():
    whole = table(
        **{k: np.full(4, v) for k, v in zip(PRICES, (4001, 4004, 3999, 4003), strict=True)}
    )
    same(bars_of(whole, ES, prices="ticks"), bars_of(whole, ES))
    assert bars_of(whole, ES, prices="money").close.tolist() == [16_012] * 4
    same(bars_of(decimals(table()), ES, prices="money"), bars_of(table(), ES))
    same(bars_of(decimals(table(), 1), ES, prices="ticks"), bars_of(table(), ES))
    mixed = whole.with_columns(pl.col("open").cast(pl.Float64))
    assert bars_of(mixed, ES, prices="money").open.tolist() == [16_004] * 4
    with pytest.raises(DataError, match="open must be a multiple of 1"):
        bars_of(decimals(table()), ES, prices="ticks")
    with pytest.raises(UnknownError, match="no kind of prices 'dollars'"):
        bars_of(whole, ES, prices="dollars")


@given(tapes(most=12), st.booleans())
def test_bars_come_back_from_their_frame(bars, arrow):
    frame = frame_of(bars)
    again = bars_of(frame.to_arrow() if arrow else frame, bars.instrument)
    same(again, bars)
    assert again.fingerprint == bars.fingerprint
    assert frame_of(again).equals(frame)
    days = [bars.sessions.trade_date(s) for s in bars.session]
    assert frame["trade_date"].to_list() == days


def test_the_frame_is_in_the_columns_of_the_store():
    frame = frame_of(bars_of(table(), ES))
    assert dict(frame.schema) == {
        "ts": pl.Datetime("ns", "UTC"),
        **dict.fromkeys(PRICES, pl.Int32),
        "volume": pl.Int64,
        "contract": pl.String,
        "trade_date": pl.Date,
    }
    assert frame["contract"].null_count() == 4
    assert frame["trade_date"].unique().to_list() == [date(2022, 11, 28)]
    empty = frame_of(bars_of(table(), ES)[:0])
    assert (len(empty), empty.schema) == (0, frame.schema)


@given(st.integers(-(10**9), 10**9 - 5), st.sampled_from(["ES", "ZN", "6E", "6J", "RTY", "BTCUSD"]))
def test_decimal_prices_on_the_grid_are_the_ticks_they_mean(ticks, symbol):
    step = instrument(symbol).tick
    floats = pl.Series("close", [float(ticks * step), float((ticks + 5) * step)])
    assert on_grid(floats, step, ZERO, np.int32).tolist() == [ticks, ticks + 5]


@given(st.integers(-(10**9), 10**9), st.integers(1, 999))
def test_decimal_prices_between_two_ticks_are_never_rounded(ticks, thousandths):
    price = pl.Series("close", [(ticks + thousandths / 1000) * 0.25])
    with pytest.raises(DataError, match=r"close must be a multiple of 0.25; 1 row does not: row 0"):
        on_grid(price, Decimal("0.25"), ZERO, np.int32)


@given(st.integers(0, 10**12))
def test_half_a_lot_is_never_rounded_however_large_the_volume(lots):
    step = COIN.lot
    whole = pl.Series("volume", [float(lots * step)])
    assert on_grid(whole, step, ZERO, np.int64).tolist() == [lots]
    half = pl.Series("volume", [float((lots + Decimal("0.5")) * step)])
    with pytest.raises(DataError, match="volume must be a multiple of 1E-8"):
        on_grid(half, step, ZERO, np.int64)


def test_sums_of_fractions_are_the_lots_they_mean():
    parts = [0.1] * 7 + [12.34567891, 999.99999999] * 200
    total = sum(Decimal(str(part)) for part in parts)
    summed = pl.Series("volume", [sum(parts)])
    assert on_grid(summed, COIN.lot, ZERO, np.int64).tolist() == [int(total / COIN.lot)]


def test_money_ticks_and_exact_decimals_are_the_same_bars():
    ticks = bars_of(table(), ES)
    same(bars_of(decimals(table()), ES), ticks)
    exact = decimals(table()).with_columns(pl.col(PRICES).cast(pl.Decimal(12, 2)))
    same(bars_of(exact, ES), ticks)
    same(bars_of(exact.to_arrow(), ES), ticks)
    small = table().with_columns(pl.col(PRICES).cast(pl.UInt16), pl.col("volume").cast(pl.Int8))
    same(bars_of(small, ES), ticks)
    assert ticks.close.tolist() == [16_003] * 4


def test_fractional_volumes_of_a_coin_are_lots():
    prices = {name: [30_000.5, 30_000.51] for name in PRICES}
    bars = bars_of(table(2, **prices, volume=[0.12345678, 5_000.0]), COIN)
    assert bars.volume.tolist() == [12_345_678, 500_000_000_000]
    assert bars.close.tolist() == [3_000_050, 3_000_051]
    assert bars.volume.dtype == np.int64
    with pytest.raises(DataError, match=r"volume must be a multiple of 1; 1 row does not: row 1"):
        bars_of(table(2, volume=[1.0, 1.5]), ES)


def test_bars_own_their_memory():
    times = np.arange(2) * MINUTE + at(START)
    volume = np.array([1, 2])
    bars = bars_of(table(2, ts=pl.Series(times), volume=volume), ES)
    times[0], volume[0] = 0, 99
    assert bars.time[0] == at(START)
    assert bars.volume.tolist() == [1, 2]


@pytest.mark.parametrize("unit", ["ms", "us", "ns"])
@pytest.mark.parametrize("zone", ["UTC", "America/Chicago", "Asia/Tokyo", None])
def test_a_moment_is_the_same_in_every_zone_and_unit(unit, zone):
    moments = table()["ts"].cast(pl.Datetime(unit, "UTC"))
    there = moments.dt.convert_time_zone(zone) if zone else moments.dt.replace_time_zone(None)
    same(bars_of(table(ts=there), ES), bars_of(table(), ES))


@pytest.mark.parametrize("name", ["ts", *PRICES, "volume"])
def test_a_missing_column_is_named(name):
    with pytest.raises(DataError, match=rf"ES: no column \['{name}'\]; bars need \['ts', 'open', "):
        bars_of(table().drop(name), ES)


@pytest.mark.parametrize("name", ["ts", *PRICES, "volume", "contract"])
def test_a_missing_value_is_located(name):
    frame = table(contract=["A"] * 4)
    holed = frame.with_columns(pl.when(pl.int_range(4) < 2).then(pl.col(name)).alias(name))
    said = rf"ES: {name} is missing \(null or NaN\) in 2 of 4 rows, first in row 2"
    with pytest.raises(DataError, match=said):
        bars_of(holed, ES)


@pytest.mark.parametrize("name", [*PRICES, "volume"])
def test_nan_is_missing_too(name):
    holes = pl.Series(name, [1.0, float("nan"), 1.0, 2.0])
    with pytest.raises(DataError, match=rf"{name} is missing .* in 1 of 4 rows, first in row 1"):
        bars_of(decimals(table()).with_columns(holes), ES)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"close": ["a"] * 4}, "ES: close is String, not numbers"),
        ({"open": ["a"] * 4}, "ES: open is String, not numbers"),
        ({"volume": [True] * 4}, "ES: volume is Boolean, not numbers"),
        ({"ts": ["2022-11-28"] * 4}, "ES: ts is String; bars need UTC moments"),
        ({"ts": [date(2022, 11, 28)] * 4}, "ES: ts is Date; bars need UTC moments"),
        ({"ts": [1.5] * 4}, "ES: ts is Float64; bars need UTC moments"),
        ({"close": [4_000.75] * 4}, "ES: ['open', 'high', 'low'] hold integers, which are ticks"),
        ({n: [1.0] * 4 for n in PRICES[:3]}, "ES: ['close'] hold integers, which are ticks, and"),
        ({"close": [3 * 10**9] * 4}, "close: row 0 holds 3000000000, which is no int32"),
        ({n: [float("inf")] * 4 for n in PRICES}, "open must be a multiple of 0.25; 4 rows do not"),
        ({n: [1e300] * 4 for n in PRICES}, "open: row 0 holds 4e+300, which is no int32"),
        ({n: [1e9] * 4 for n in PRICES}, "open: row 0 holds 4000000000.0, which is no int32"),
        (
            {"volume": [1, 2, -3, 4]},
            "volume must not be negative; 1 row does not: row 2 (2022",
        ),
        ({"high": [1] * 4}, "high must be the highest price; 4 rows do not: row 0"),
    ],
)
def test_what_cannot_be_bars_is_refused(columns, said):
    with pytest.raises(DataError, match=re.escape(said)):
        bars_of(table(**columns), ES)


def test_moments_the_calendar_does_not_know():
    shut = [at("2022-11-28 15:59") + k * MINUTE for k in range(4)]
    with pytest.raises(DataError, match=r"inside the cme_equity sessions; 3 rows do not: row 1"):
        bars_of(table(ts=pl.Series(shut)), ES)
    later = pl.Series([datetime(2150, 1, 4 + k, 15, tzinfo=UTC) for k in range(4)])
    with pytest.raises(CalendarError, match=r"2150-01-0.* lies outside the cme_equity sessions"):
        bars_of(table(ts=later), ES)
    with pytest.raises(DataError, match=r"times must increase; 3 rows do not: row 1"):
        bars_of(table().reverse(), ES)
    with pytest.raises(DataError, match="ES: the frame has no rows"):
        bars_of(table(0), ES)


@pytest.mark.parametrize("thing", [{"ts": [1]}, [1], None, table().lazy()])
def test_what_is_no_table_is_refused(thing):
    with pytest.raises(DataError, match=r"made of a Polars or an Arrow table, not \w+"):
        bars_of(thing, ES)


def test_contracts_are_codes_in_order_of_name():
    bars = bars_of(table(contract=["ESZ2", "ESZ2", "ESH3", "ESH3"]), ES)
    assert bars.origin.contracts == ("ESH3", "ESZ2")
    assert bars.contract.tolist() == [1, 1, 0, 0]
    assert bars.contract.dtype == np.int16
    assert frame_of(bars)["contract"].to_list() == ["ESZ2", "ESZ2", "ESH3", "ESH3"]
    assert frame_of(bars[1:3])["contract"].to_list() == ["ESZ2", "ESH3"]
    same(bars_of(frame_of(bars), ES), bars)
    assert bars_of(frame_of(bars), ES).fingerprint == bars.fingerprint
    for none in ([None] * 4, pl.Series([None] * 4, dtype=pl.String)):
        plain = bars_of(table(contract=none), ES)
        assert (plain.contract, plain.origin.contracts) == (None, ())


def test_where_bars_come_from_is_carried():
    origin = Origin("archive", synthetic=True, fingerprint="abc", contracts=("stale",))
    bars = bars_of(table(), ES, minutes=5, origin=origin)
    assert bars.origin == replace(origin, contracts=())
    assert (bars.minutes, bars.fingerprint) == (5, "abc")
    plain = bars_of(table(), ES)
    assert (plain.origin, plain.minutes) == (Origin(), 1)
    assert checked(bars) is bars
    assert isinstance(pa.table(frame_of(bars)), pa.Table)
