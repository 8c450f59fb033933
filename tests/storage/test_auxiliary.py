"""Auxiliary series: kept as delivered, their oddities told, joined only once published."""

from datetime import UTC, date, datetime

import numpy as np
import polars as pl
import pytest

from engine.core.asof import asof, auxiliary, binned, closes
from engine.core.contracts import instrument
from engine.core.errors import DataError, StoreError, UnknownError
from engine.synth.market import synthesise
from storage.auxiliary import (
    Clock,
    Oddity,
    load_series,
    oddities,
    series_of,
    store_series,
    stored_names,
)
from tests.makers import at, bars_from, flat

CLOSE = Clock("15:15", "America/Chicago")


@pytest.fixture
def vix(shared_data):
    return series_of("vix", pl.read_parquet(shared_data / "vix_1d_1990_2026.parquet"), CLOSE)


def daily(**columns):
    return pl.DataFrame({"date": [date(2022, 11, 28), date(2022, 11, 29)], **columns})


def test_a_series_comes_back_as_it_was(tmp_path):
    series = series_of("vix", daily(close=[20.5, None], n=[1, 2], note=["a", "b"]), CLOSE)
    path = store_series(tmp_path, series)
    assert path == tmp_path / "aux" / "vix.parquet"
    found = load_series(tmp_path, "vix")
    assert (
        found.time.tolist() == series.time.tolist() == [at(f"2022-11-{d} 15:15") for d in (28, 29)]
    )
    assert list(found.values) == ["close", "n"]
    np.testing.assert_array_equal(found.values["close"], [20.5, np.nan])
    assert stored_names(tmp_path) == ("vix",)
    assert pl.read_parquet(path)["ts"].dtype == pl.Datetime("ns", "UTC")


def test_a_series_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UnknownError, match=r"no auxiliary series 'vix'\. None exist yet"):
        load_series(tmp_path, "vix")
    store_series(tmp_path, auxiliary("vix", [1], {"close": [1]}))
    with pytest.raises(UnknownError, match="no auxiliary series 'vxi'; did you mean 'vix'"):
        load_series(tmp_path, "vxi")
    (tmp_path / "aux" / "vix.parquet").write_bytes(b"not a table")
    with pytest.raises(StoreError, match=r"vix.parquet cannot be read"):
        load_series(tmp_path, "vix")


def test_dates_alone_do_not_say_when():
    with pytest.raises(DataError, match="vix: date holds dates alone; say which time of the day"):
        series_of("vix", daily(close=[20.5, 21]))
    stamped = daily(close=[20.5, 21]).select(pl.col("date").cast(pl.Datetime).alias("ts"), "close")
    with pytest.raises(DataError, match="vix: ts holds dates alone"):
        series_of("vix", stamped)
    times = [datetime(2022, 11, 28, 21, 15, tzinfo=UTC), datetime(2022, 11, 29, 21, 15, tzinfo=UTC)]
    exact = series_of("vix", stamped.with_columns(ts=pl.Series(times)))
    assert exact.time.tolist() == series_of("vix", stamped, CLOSE).time.tolist()


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pl.DataFrame({"close": [1]}), "needs a column 'ts' or 'date'"),
        (pl.DataFrame({"date": ["2022-11-28"], "close": [1]}), "must hold a date or a moment"),
        (pl.DataFrame({"date": [date(2022, 11, 28), None], "c": [1, 2]}), "must hold a date"),
        (daily()[::-1].with_columns(c=1), r"times must increase; row 1 \(2022-11-28T21:15:00Z\)"),
        (daily(), "a series needs a column of values"),
    ],
)
def test_frames_that_are_no_series_are_refused(frame, said):
    with pytest.raises(DataError, match=said):
        series_of("vix", frame, CLOSE)


def test_a_clean_series_has_no_oddities():
    prices = {"open": [2.0, 3], "high": [4.0, 4], "low": [1.0, 2], "close": [3.0, 2]}
    assert oddities(series_of("x", daily(**prices), CLOSE)) == []
    assert oddities(series_of("x", daily(v=[1.0, None]), CLOSE)) == [
        Oddity("no v", 1, "2022-11-29T21:15:00Z", "v is missing")
    ]
    upside = {"open": [2.0, 3], "high": [1.0, 4], "low": [4.0, 2], "close": [3.0, 5]}
    assert [o.name for o in oddities(series_of("x", daily(**upside), CLOSE))] == [
        *("range", "open"),
        "close",
    ]


@pytest.mark.covers("B-004")
def test_the_oddities_of_the_vix_are_told(vix):
    assert {o.name: o.rows for o in oddities(vix)} == {"no volume": 9_235, "open": 47, "flat": 506}
    assert len(vix) == 9_235


@pytest.mark.covers("B-004")
def test_no_minute_knows_a_vix_that_was_not_published_yet(vix):
    bars = synthesise(instrument("ES"), date(2024, 3, 4), 8, 3)  # the clocks change in between
    lag = 15
    found = asof(bars, vix, "close", lag=lag)
    values = found.floats(np.arange(len(bars)))
    ends = closes(bars)
    for i in range(0, len(bars), 97):
        published = vix.time + lag * 60 * 10**9 <= ends[i]
        assert values[i] == vix.values["close"][published][-1]
    stamps = (
        pl.Series(bars.time).cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone("America/Chicago")
    )
    turns = np.flatnonzero(np.diff(values) != 0) + 1
    assert {stamps[int(i)].strftime("%H:%M") for i in turns} == {"15:29"}  # it closes at 15:30
    calm = binned(found, [15, 20, 30])
    assert set(calm.dense()[0].tolist()) <= {0, 1}


def test_before_the_first_row_and_after_too_long_nothing_is_known(vix):
    early = bars_from(("2022-11-28 09:00", flat(5, 2)))
    late = auxiliary("late", [at("2022-11-29 15:15")], {"close": [1]})
    assert not known(early, late).any()
    assert known(early, vix).all()
    assert not known(early, vix, oldest=24 * 60).any()  # over a weekend
    assert known(early, vix, oldest=4 * 24 * 60).all()


def known(bars, series, **limits):
    return asof(bars, series, "close", lag=0, **limits).dense()[1]
