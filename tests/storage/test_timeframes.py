"""Timeframes nobody stored are folded from minute bars, by the engine's own rule, and say so."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest

from app.market import bars_of
from app.study import Study
from engine.core.errors import StoreError
from engine.core.resample import resample
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake
from tests.storage.made import real, same, tape


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "data")


@pytest.mark.covers("A-019")
@pytest.mark.parametrize(("text", "span"), [("5m", 5), ("1h", 60), ("4h", 240), ("1d", "session")])
def test_a_timeframe_that_is_not_stored_is_folded_from_minutes(lake, text, span):
    lake.write_bars(real(tape()))
    fine, coarse = lake.bars("ES"), lake.bars("ES", timeframe=text)
    assert same(coarse, resample(fine, span))
    assert coarse.volume.sum() == fine.volume.sum()
    assert coarse.origin == replace(coarse.origin, source="vendor", folded="1m")
    assert f"ES {coarse.minutes}m of 1m" in repr(coarse)
    assert fine.origin.folded == ""
    assert "of" not in repr(fine)
    assert coarse.fingerprint not in {fine.fingerprint, lake.bars("ES", timeframe="2m").fingerprint}


def test_four_hours_of_coins_are_those_of_the_utc_clock(shared_data, lake):
    path = shared_data / "btc_spot_1h_binance_2017_2024.parquet"
    import_files(lake, [path], Order(symbol="BTCUSDT"))
    coarse = lake.bars("BTCUSDT", timeframe="4h")
    assert coarse.origin.folded == "60m"
    first, last = (pl.col(name) for name in ("open", "close"))
    theirs = (
        pl.read_parquet(path)
        .group_by_dynamic("ts", every="4h")
        .agg(first.first(), pl.col("high").max(), pl.col("low").min(), last.last())
    )
    stamps = theirs["ts"].cast(pl.Datetime("ns", "UTC")).to_physical().to_numpy()
    np.testing.assert_array_equal(coarse.time, stamps)
    for name in ("open", "high", "low", "close"):
        ticks = (theirs[name] / float(coarse.instrument.tick)).round().to_numpy()
        np.testing.assert_array_equal(getattr(coarse, name), ticks)


def test_a_range_of_dates_is_that_of_the_minutes(lake):
    lake.write_bars(real(tape()))
    some = lake.bars("ES", "2020-12-30", date(2020, 12, 31), timeframe="30m")
    assert len(np.unique(some.session)) == 2


def test_stored_bars_of_a_timeframe_stand_before_folded_ones(lake):
    lake.write_bars(real(tape()))
    lake.write_bars(replace(real(tape(seed=8)), minutes=5))
    assert lake.bars("ES", timeframe="5m").origin.folded == ""
    assert lake.bars("ES", timeframe="15m").origin.folded == "1m"


def test_a_source_that_is_named_is_folded_even_where_another_stores_the_timeframe(lake):
    lake.write_bars(real(tape(), "broker"))
    lake.write_bars(replace(real(tape(seed=8)), minutes=5))
    assert lake.bars("ES", timeframe="5m").origin.source == "vendor"
    folded = lake.bars("ES", timeframe="5m", source="broker")
    assert (folded.origin.source, folded.origin.folded) == ("broker", "1m")
    with pytest.raises(StoreError, match="no bars of ES 5m from 'nobody'"):
        lake.bars("ES", timeframe="5m", source="nobody")


def test_a_study_may_ask_for_a_timeframe_that_is_folded(lake):
    lake.write_bars(tape())
    data = {"symbol": "ES", "timeframe": "5m"}
    study = Study.model_validate({"study": "x", "strategy": "opening_drive", "data": data})
    assert bars_of(lake, study, 2).origin.folded == "1m"


@pytest.mark.covers("A-016")
def test_a_part_of_the_bars_is_their_head_their_tail_or_a_range_of_dates(lake):
    bars = tape(sessions=4)
    lake.write_bars(bars)
    found = lake.bars("ES")
    assert np.array_equal(found[:100].time, bars.time[:100])
    assert np.array_equal(found[-100:].time, bars.time[-100:])
    some = lake.bars("ES", "2020-12-30", "2020-12-31")
    days = bars.sessions.date[bars.session].astype("datetime64[D]").astype(str)
    within = (days >= "2020-12-30") & (days <= "2020-12-31")
    assert 0 < within.sum() < len(bars)
    assert np.array_equal(some.time, bars.time[within])
    with pytest.raises(TypeError, match="in order"):
        found[::10]
