"""Contracts that overlap in time: each stored whole, one series in front of them."""

from datetime import date

import numpy as np
import polars as pl
import pyarrow.parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.core.bars import MINUTE, Origin
from engine.core.contracts import instrument
from engine.core.errors import DataError, StoreError, UnknownError
from engine.core.frames import bars_of
from storage.lake import Lake
from storage.parts import Part, part_of, part_path, parts_of, write_part
from storage.sql import query
from tests.proof.sizes import sized as files
from tests.storage.made import NOON, contract_names, foreign, minutes, real, same, tape

DAY = 24 * 60  # minutes from one day's noon to the next


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


def bars(contract, rows, source="vendor"):
    """Flat bars: (minutes since noon of 2024-03-06, close, volume)."""
    at, price, volume = (list(column) for column in zip(*rows, strict=True))
    stamps = pl.Series([NOON + k * MINUTE for k in at]).cast(pl.Datetime("ns", "UTC"))
    ticks = pl.Series(price, dtype=pl.Int32)
    prices = dict.fromkeys(("open", "high", "low", "close"), ticks)
    frame = pl.DataFrame({"ts": stamps, **prices, "volume": volume})
    named = frame.with_columns(contract=pl.lit(contract, pl.String))
    return bars_of(named, instrument("ES"), origin=Origin(source))


def overlap(lake):
    """Three sessions of two contracts; volume crosses in the second."""
    lake.write_bars(bars("ESH24", [(0, 100, 9), (1, 101, 9), (DAY, 102, 3), (2 * DAY, 103, 1)]))
    lake.write_bars(bars("ESM24", [(1, 107, 1), (DAY, 108, 8), (2 * DAY, 109, 9)]))


def series(lake):
    return lake.root / "bars" / "source=vendor" / "symbol=ES" / "timeframe=1m"


@pytest.mark.covers("A-013")
def test_two_contracts_of_one_minute_are_two_bars(lake):
    overlap(lake)
    assert lake.contract_bars("ES", "ESH24").close.tolist() == [100, 101, 102, 103]
    assert lake.contract_bars("ES", "ESM24").close.tolist() == [107, 108, 109]
    assert lake.contract_bars("ES", "ESM24").origin.contracts == ("ESM24",)
    front = lake.bars("ES")
    assert front.close.tolist() == [100, 101, 102, 109]
    assert contract_names(front).tolist() == ["ESH24", "ESH24", "ESH24", "ESM24"]
    assert list(parts_of(series(lake))) == [Part(2024, "ESH24"), Part(2024, "ESM24")]
    assert query(lake.root, "SELECT count(*) AS n FROM bars")["n"][0] == 7


def test_ranges_of_dates_cut_contracts_too(lake):
    overlap(lake)
    assert lake.bars("ES", "2024-03-07").close.tolist() == [102, 109]
    assert lake.bars("ES", "2024-03-07", "2024-03-07").close.tolist() == [102]
    assert lake.contract_bars("ES", "ESH24", last="2024-03-06").close.tolist() == [100, 101]
    with pytest.raises(StoreError, match="stored from 2024-03-06 to 2024-03-08, with nothing"):
        lake.bars("ES", "2024-04-01")


@pytest.mark.covers("A-013")
def test_contracts_are_listed_and_found_by_prefix(lake):
    overlap(lake)
    found = lake.contracts("ES")
    assert found.listing().rows() == [
        ("ESH24", date(2024, 3, 6), date(2024, 3, 8), 3, 4),
        ("ESM24", date(2024, 3, 6), date(2024, 3, 8), 3, 3),
    ]
    assert found.names() == ("ESH24", "ESM24")
    assert found.names("ESM") == ("ESM24",)
    with pytest.raises(UnknownError, match=r"no contract 'ESM4' of ES 1m \(vendor\); did you mean"):
        lake.contract_bars("ES", "ESM4")
    assert lake.listing().rows() == [
        ("ES", "vendor", "1m", date(2024, 3, 6), date(2024, 3, 8), 3, 7, False)
    ]


sets = st.dictionaries(
    st.tuples(st.integers(0, 2), st.integers(0, 6)), st.integers(-99, 99), min_size=1, max_size=8
)


@settings(max_examples=files(ci=30, full=1_000, small=10))
@given(st.lists(st.tuples(st.sampled_from(["ESH24", "ESM24", "ES 06-24"]), sets), max_size=4))
def test_nothing_of_any_contract_is_lost(tmp_path_factory, writes):
    lake, told = Lake(tmp_path_factory.mktemp("lake")), {}
    for name, rows in writes:
        closes = {day * DAY + k: price for (day, k), price in sorted(rows.items())}
        lake.write_bars(minutes(closes, name))
        told[name] = told.get(name, {}) | closes
    for name, rows in told.items():
        assert same(lake.contract_bars("ES", name), minutes(dict(sorted(rows.items())), name))


def test_two_names_of_one_month_are_told_to_who_reads_the_series(lake):
    lake.write_bars(minutes({0: 5, 1: 6}, "ESM24"))
    lake.write_bars(minutes({1: 7}, "ES 06-24"))
    with pytest.raises(DataError, match="are for the same month; store them under one name"):
        lake.bars("ES")
    assert lake.contract_bars("ES", "ES 06-24").close.tolist() == [7]


def test_contracts_that_follow_one_another_are_one_series_as_before(lake):
    lake.write_bars(minutes({0: 5, 1: 6, DAY: 7}, "ESH24"))
    lake.write_bars(minutes({DAY + 1: 8, 2 * DAY: 9}, "ESM24"))  # the change within a session
    found = lake.bars("ES")
    assert found.close.tolist() == [5, 6, 7, 8, 9]
    assert contract_names(found).tolist() == ["ESH24"] * 3 + ["ESM24"] * 2
    assert lake.contracts("ES").rolls().method == "spliced"
    assert not (lake.root / "rolls").exists()
    lake.write_bars(minutes({2 * DAY + 2: 5}, "ESH24"))  # and back: 08 Mar, behind ESM24
    assert lake.bars("ES").close.tolist() == [5, 6, 7, 8, 9, 5]


def test_three_contracts_of_one_session_are_one_roll(lake):
    for k, name in enumerate(("ESH24", "ESM24", "ESU24")):
        lake.write_bars(minutes({k: 5 + k}, name))
    assert lake.bars("ES").close.tolist() == [5, 6, 7]
    (row,) = lake.contracts("ES").rolls().rows
    assert (row.old, row.new) == ("ESH24", "ESU24")


def test_a_store_without_contracts_is_as_before(lake):
    lake.write_bars(minutes({0: 5, 1: 6}))
    assert lake.contracts("ES").names() == ("",)
    assert same(lake.contract_bars("ES", ""), lake.bars("ES"))
    assert list(parts_of(series(lake))) == [Part(2024)]


def test_the_contracts_of_a_synthetic_tape_stay_in_its_files(lake):
    bars = tape(first=date(2020, 12, 7), sessions=6)
    lake.write_bars(bars)
    found = lake.contracts("ES")
    assert found.names() == ("ESZ20", "ESH21")
    part = lake.contract_bars("ES", "ESH21")
    assert len(part) == np.sum(contract_names(bars) == "ESH21")
    assert set(contract_names(part)) == {"ESH21"}
    assert len(lake.contract_bars("ES", "ESZ20")) + len(part) == len(bars)
    rows = found.table().select("trade_date", "old", "new", "old_price", "method").rows()
    assert rows[1:] == [(date(2020, 12, 10), "ESZ20", "ESH21", None, "spliced")]
    with pytest.raises(StoreError, match="no bars of ESH21 lie in the range asked for"):
        lake.contract_bars("ES", "ESH21", last="2020-12-08")
    lake.write_bars(real(bars))
    assert same(lake.bars("ES", source="vendor"), bars)
    assert lake.contracts("ES", source="vendor").names() == ("ESZ20", "ESH21")


def test_bars_without_a_name_among_those_of_contracts_are_a_question(lake):
    lake.write_bars(minutes({0: 5, 1: 6}))
    lake.write_bars(minutes({1: 7}, "ESH24"))
    with pytest.raises(StoreError, match="has bars without a contract's name in the sessions of"):
        lake.bars("ES")


def test_files_of_another_program_are_listed_by_contract(lake):
    path = series(lake) / "year=2024" / "x.parquet"
    foreign(path, minutes({0: 5, 1: 6}))
    assert lake.contracts("ES").listing().row(0)[3:] == (1, 2)
    frame = pl.read_parquet(path).with_columns(contract=pl.Series(["ESH24", "ESM24"]))
    frame.write_parquet(path)
    assert lake.contracts("ES").names() == ("ESH24", "ESM24")
    assert lake.contract_bars("ES", "ESM24").close.tolist() == [6]
    lake.write_bars(minutes({2: 7}, "ESM24"))
    assert lake.bars("ES").close.tolist() == [5, 6, 7]
    with pytest.raises(StoreError, match="lies in files of another program; import them first"):
        lake.contracts("ES").rolls()


def test_storing_a_contract_again_changes_no_file(lake):
    overlap(lake)
    stamps = {path: path.stat().st_mtime_ns for path in lake.root.rglob("*.parquet")}
    overlap(lake)
    assert stamps == {path: path.stat().st_mtime_ns for path in lake.root.rglob("*.parquet")}


def test_any_name_of_a_contract_can_be_a_file(tmp_path):
    for name in ("ESH24", "ES 03-24", "ES/H24", "ES.H%24", "..", "part"):
        path = part_path(tmp_path, Part(2024, name))
        assert path.parent == tmp_path / "year=2024"
        assert part_of(path) == Part(2024, name)
    assert part_of(part_path(tmp_path, Part(2024))) == Part(2024)


def test_the_fingerprint_is_that_of_the_contracts_in_front(lake, tmp_path):
    overlap(lake)
    other = Lake(tmp_path / "other")
    other.write_bars(bars("ESH24", [(0, 100, 9), (1, 101, 9), (DAY, 102, 3)]))
    assert lake.bars("ES", last="2024-03-07").fingerprint == other.bars("ES").fingerprint
    before = lake.bars("ES").fingerprint
    lake.write_bars(bars("ESH24", [(2 * DAY + 1, 103, 1)]))  # behind the roll: not in front
    assert lake.bars("ES").fingerprint == before


def test_two_expiries_at_once(lake, shared_data):
    """Every row of the file comes back, contract by contract."""
    frame = pl.read_parquet(shared_data / "es_1m_lean_percontract_2013_2020.parquet")
    for (name,), rows in frame.partition_by("symbol", as_dict=True).items():
        named = rows.with_columns(contract=pl.lit(name)).drop("symbol")
        lake.write_bars(bars_of(named, instrument("ES"), origin=Origin("lean")))
    found = lake.contracts("ES")
    assert found.listing()["bars"].sum() == len(frame) == 23_948
    for (name,), rows in frame.partition_by("symbol", as_dict=True).items():
        assert lake.contract_bars("ES", name).volume.sum() == rows["volume"].sum()
    assert set(contract_names(lake.bars("ES"))) == {"201312", "201403", "202003"}


def test_files_of_contracts_are_cut_finer_as_only_months_of_them_are_read(tmp_path):
    rows = 40_000
    ticks = pl.repeat(5, rows, dtype=pl.Int32, eager=True)
    frame = pl.DataFrame(
        {
            "ts": pl.Series(NOON + np.arange(rows) * MINUTE).cast(pl.Datetime("ns", "UTC")),
            **dict.fromkeys(("open", "high", "low", "close"), ticks),
            "volume": pl.repeat(1, rows, dtype=pl.Int64, eager=True),
            "contract": pl.repeat("ESH24", rows, eager=True),
            "trade_date": pl.repeat(date(2024, 3, 6), rows, eager=True),
            "flags": pl.repeat(0, rows, dtype=pl.UInt16, eager=True),
        }
    )
    groups = []
    for part in (Part(2024), Part(2024, "ESH24")):
        path = part_path(tmp_path, part)
        write_part(path, frame, instrument("ES"), "")
        groups.append(pyarrow.parquet.read_metadata(path).num_row_groups)
    assert groups == [1, 2]
