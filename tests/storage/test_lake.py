"""Bars into the store and out again: nothing lost, nothing mixed, nothing made up."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import Origin
from engine.core.contracts import instrument
from engine.core.errors import DataError, ParameterError, StoreError, UnknownError
from storage.lake import Lake
from tests.proof.sizes import sized as files
from tests.storage.made import foreign, minutes, real, same, tape

closes = st.dictionaries(st.integers(0, 300), st.integers(-(10**9), 10**9), min_size=1, max_size=20)


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path / "the data")


def series(lake, source="synthetic", symbol="ES"):
    return lake.root / "bars" / f"source={source}" / f"symbol={symbol}" / "timeframe=1m"


@pytest.mark.parametrize("symbol", ["ES", "ETHUSDT-PERP"])
def test_bars_come_back_as_they_were(lake, symbol):
    bars = tape(symbol, sessions=3)
    lake.write_bars(bars)
    found = lake.bars(symbol)
    assert same(found, bars)
    np.testing.assert_array_equal(found.session, bars.session)
    np.testing.assert_array_equal(found.sessions.date, bars.sessions.date)
    assert found.origin.synthetic
    assert found.origin.contracts == bars.origin.contracts
    assert not found.close.flags.writeable


@settings(max_examples=files(ci=40, full=1_000, small=10))
@given(closes=closes, contract=st.sampled_from([None, "ESH24"]))
def test_any_bars_come_back_as_they_were(tmp_path_factory, closes, contract):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    bars = minutes(dict(sorted(closes.items())), contract)
    lake.write_bars(bars)
    assert same(lake.bars("ES"), bars)


@settings(max_examples=files(ci=40, full=1_000, small=10))
@given(first=closes, second=closes)
def test_real_bars_are_merged_and_the_newer_hold(tmp_path_factory, first, second):
    lake = Lake(tmp_path_factory.mktemp("lake"))
    for part in (first, second):
        lake.write_bars(minutes(dict(sorted(part.items()))))
    assert same(lake.bars("ES"), minutes(dict(sorted((first | second).items()))))


def test_a_contract_may_be_unknown_for_some_bars(lake):
    lake.write_bars(minutes({0: 5, 1: 6}))
    lake.write_bars(minutes({2: 7}, contract="ESH24"))
    found = lake.bars("ES")
    assert found.origin.contracts == ("", "ESH24")
    assert found.contract.tolist() == [0, 0, 1]


def test_storing_the_same_again_changes_no_file(lake):
    assert len(lake.write_bars(real(tape()))) == 2
    stamps = {path: path.stat().st_mtime_ns for path in lake.root.rglob("*.parquet")}
    assert lake.write_bars(real(tape())) == ()
    assert stamps == {path: path.stat().st_mtime_ns for path in lake.root.rglob("*.parquet")}
    assert lake.write_bars(tape()) != ()
    assert lake.write_bars(tape()) == ()


def test_years_are_those_of_the_trade_date(lake):
    lake.write_bars(tape(first=date(2020, 12, 31), sessions=2))
    years = sorted(path.name for path in series(lake).iterdir())
    assert years == ["year=2020", "year=2021"]


def test_a_range_of_dates_includes_both_ends(lake):
    bars = tape()
    lake.write_bars(bars)
    days = np.unique(bars.sessions.date[bars.session])
    some = lake.bars("ES", "2020-12-30", date(2020, 12, 31))
    assert np.unique(some.sessions.date[some.session]).tolist() == days[1:3].tolist()
    inside = np.isin(bars.sessions.date[bars.session], days[1:3])
    np.testing.assert_array_equal(some.close, bars.close[inside])
    assert len(lake.bars("ES", last="2020-12-29")) == np.sum(bars.session == bars.session[0])
    with pytest.raises(StoreError, match=r"ES 1m \(synthetic\) is stored from 2020-12-29 to 2021"):
        lake.bars("ES", "2022-01-01")


@pytest.mark.covers("QA-147")
def test_the_fingerprint_names_the_data_of_the_range(lake, tmp_path):
    lake.write_bars(tape(sessions=4))
    whole, some = lake.bars("ES"), lake.bars("ES", last="2020-12-30")
    other = Lake(tmp_path / "other")
    other.write_bars(tape(sessions=2))
    assert some.fingerprint == other.bars("ES").fingerprint
    assert (
        len({whole.fingerprint, some.fingerprint, lake.bars("ES", "2020-12-30").fingerprint}) == 3
    )


@pytest.mark.covers("QA-111")
def test_new_data_has_a_new_name_and_a_new_memo(lake):
    lake.write_bars(minutes({0: 5, 1: 6}))
    before = lake.bars("ES")
    assert before.memo.get("sum", lambda: before.close.sum(keepdims=True))[0] == 11
    lake.write_bars(minutes({1: 7}))
    after = lake.bars("ES")
    assert after.fingerprint != before.fingerprint
    assert after.memo.get("sum", lambda: after.close.sum(keepdims=True))[0] == 12


def test_synthetic_bars_never_stand_before_real_ones(lake):
    lake.write_bars(tape())
    assert lake.bars("ES").origin.source == "synthetic"
    lake.write_bars(minutes({0: 5}))
    found = lake.bars("ES")
    assert (found.origin.source, found.origin.synthetic, len(found)) == ("vendor", False, 1)
    assert lake.bars("ES", source="synthetic").origin.synthetic
    assert lake.sources("ES") == ("synthetic", "vendor")


def test_two_real_sources_are_a_question(lake):
    for source in ("vendor", "broker"):
        lake.write_bars(minutes({0: 5}, source=source))
    with pytest.raises(StoreError, match="ES 1m is stored from broker and vendor; say which"):
        lake.bars("ES")
    assert lake.bars("ES", source="broker").origin.source == "broker"


def test_missing_bars_say_what_there_is_and_how_to_make_some(lake):
    nothing = (
        r"no bars of ES 1m in .*the data. Stored: nothing yet. To make some: tickgrid data syn"
    )
    with pytest.raises(StoreError, match=nothing):
        lake.bars("ES")
    lake.write_bars(tape())
    held = r"no bars of NQ 1m .* Stored: ES 1m \(synthetic\) 2020-12-29 to 2021-01-04"
    with pytest.raises(StoreError, match=held):
        lake.bars("NQ")
    with pytest.raises(StoreError, match="no bars of ES 1m from 'vendor'"):
        lake.bars("ES", source="vendor")
    with pytest.raises(StoreError, match="no bars of NQ 5m"):
        lake.bars("NQ", timeframe="5m")
    with pytest.raises(UnknownError, match="no instrument 'EX'"):
        lake.bars("EX")


@pytest.mark.parametrize(("text", "known"), [("5m", 5), ("1h", 60), ("1d", 1440)])
def test_a_timeframe_is_minutes(lake, text, known):
    lake.write_bars(replace(real(tape()), minutes=known))
    assert lake.bars("ES", timeframe=text).minutes == known
    assert lake.listing()["timeframe"].to_list() == [f"{known}m"]


@pytest.mark.parametrize("text", ["", "m", "0m", "1w", "1.5h"])
def test_what_is_no_timeframe_is_refused(lake, text):
    with pytest.raises(ParameterError, match="is no timeframe; write it as 1m"):
        lake.bars("ES", timeframe=text)


def test_a_new_synthetic_tape_takes_the_place_of_the_old(lake):
    lake.write_bars(tape())
    lake.write_bars(tape(sessions=2, seed=8))
    assert same(lake.bars("ES"), tape(sessions=2, seed=8))


def test_parts_of_two_tapes_are_refused(lake):
    lake.write_bars(tape())
    kept = (series(lake) / "year=2021" / "part.parquet").read_bytes()
    lake.write_bars(tape(seed=8))
    (series(lake) / "year=2021" / "part.parquet").write_bytes(kept)
    with pytest.raises(StoreError, match="parts of two synthetic tapes"):
        lake.bars("ES")


def test_only_synthetic_bars_are_stored_as_synthetic(lake):
    bars = tape()
    for origin in (Origin("synthetic"), Origin("vendor", synthetic=True)):
        with pytest.raises(StoreError, match="synthetic bars, and they alone"):
            lake.write_bars(replace(bars, origin=origin))


def test_names_that_no_folder_can_have_are_refused(lake):
    with pytest.raises(StoreError, match=r"'\.\./x' cannot name a folder"):
        lake.write_bars(replace(minutes({0: 5}), origin=Origin("../x")))
    odd = replace(instrument("ES"), symbol="BTC/USD")
    with pytest.raises(StoreError, match="'BTC/USD' cannot name a folder"):
        lake.write_bars(replace(minutes({0: 5}), instrument=odd))


def test_the_listing_says_what_is_stored(lake):
    assert lake.listing().is_empty()
    lake.write_bars(tape())
    lake.write_bars(minutes({0: 5, 1: 6}))
    rows = lake.listing().rows()
    assert rows == [
        ("ES", "synthetic", "1m", date(2020, 12, 29), date(2021, 1, 4), 4, len(tape()), True),
        ("ES", "vendor", "1m", date(2024, 3, 6), date(2024, 3, 6), 1, 2, False),
    ]


def test_the_rows_of_the_calendar_are_kept(lake):
    path = lake.root / "sessions" / "symbol=ES" / "part.parquet"
    lake.write_bars(tape(sessions=2))
    lake.write_bars(tape(sessions=4))
    lake.write_bars(minutes({0: 5}))
    kept = pl.read_parquet(path, hive_partitioning=False)
    days = [date(2020, 12, 29), date(2020, 12, 30), date(2020, 12, 31), date(2021, 1, 4)]
    assert kept["trade_date"].to_list() == [*days, date(2024, 3, 6)]
    assert kept["minutes"].to_list()[:2] == [1365, 1365]


def test_files_of_another_program_are_checked(lake):
    path = series(lake, "other") / "year=2020" / "x.parquet"
    bars = tape(sessions=2)
    foreign(path, bars)
    found = lake.bars("ES")
    np.testing.assert_array_equal(found.close, bars.close)
    assert not found.origin.synthetic
    assert lake.listing().select("sessions", "bars").row(0) == (3, len(bars))
    some = lake.bars("ES", "2020-12-30")
    assert 0 < len(some) < len(bars)
    with pytest.raises(
        StoreError, match=r"ES 1m \(other\) is stored from 2020-12-29 to 2020-12-30"
    ):
        lake.bars("ES", "2022-01-03")
    broken = bars.arrays._replace(high=bars.low - 1)
    foreign(path, replace(bars, arrays=broken))
    with pytest.raises(DataError, match="high must be the highest price"):
        lake.bars("ES")


def test_decimal_prices_of_another_program_wait_to_be_imported(lake):
    path = series(lake, "other") / "year=2020" / "x.parquet"
    foreign(path, tape(sessions=2), scale=0.25)
    with pytest.raises(StoreError, match=r"x.parquet holds decimal prices.*tickgrid data import"):
        lake.bars("ES")


def test_bars_are_merged_into_files_of_another_program(lake):
    path = series(lake, "vendor") / "year=2024" / "x.parquet"
    foreign(path, minutes({0: 5, 1: 6}))
    assert lake.write_bars(minutes({1: 7, 2: 8})) == (path,)
    assert lake.bars("ES").close.tolist() == [5, 7, 8]


def test_a_year_has_one_file(lake):
    lake.write_bars(minutes({0: 5}))
    folder = series(lake, "vendor") / "year=2024"
    (folder / "copy.parquet").write_bytes((folder / "part.parquet").read_bytes())
    with pytest.raises(StoreError, match="a year with more than one file"):
        lake.bars("ES")


def test_a_file_that_is_no_parquet_is_named(lake):
    lake.write_bars(minutes({0: 5}))
    path = series(lake, "vendor") / "year=2024" / "part.parquet"
    path.write_bytes(b"not a table")
    with pytest.raises(StoreError, match=r"part.parquet cannot be read"):
        lake.bars("ES")


def test_a_file_with_another_number_of_rows_than_it_says_is_refused(lake):
    lake.write_bars(minutes({0: 5, 1: 6}))
    path = series(lake, "vendor") / "year=2024" / "part.parquet"
    facts = {"tickgrid": pl.read_parquet_metadata(path)["tickgrid"]}
    pl.read_parquet(path).head(1).write_parquet(path, metadata=facts)
    with pytest.raises(StoreError, match="holds 1 rows where its files say 2"):
        lake.bars("ES")


def test_another_grid_than_the_stored_one_is_refused(lake):
    bars = minutes({0: 5})
    lake.write_bars(bars)
    (lake.root / "instruments.yaml").write_text("ES: {tick: 0.5}\n")
    said = r"stored in 0.25 x 1 \(tick x lot\), but the instrument now has 0.5 x 1"
    with pytest.raises(StoreError, match=said):
        lake.bars("ES")
    finer = replace(bars.instrument, tick=Decimal("0.5"))
    with pytest.raises(StoreError, match=said):
        lake.write_bars(replace(bars, instrument=finer))


def test_a_half_written_file_is_not_seen(lake):
    lake.write_bars(minutes({0: 5}))
    folder = series(lake, "vendor") / "year=2024"
    (folder / ".part.parquet.1.partial").write_bytes(b"half")
    (folder / ".half.parquet").write_bytes(b"half")
    assert len(lake.bars("ES")) == 1
