"""The roll table: decided from what is stored, kept, seen in SQL, and the same however read."""

import json
from datetime import date

import numpy as np
import polars as pl
import pytest
import typer
from typer.testing import CliRunner

from app.commands import roll
from engine.core.bars import Origin
from engine.core.contracts import instrument
from engine.core.errors import DataError, ParameterError, StoreError, UnknownError
from engine.core.frames import bars_of
from engine.core.rolls.adjust import adjusted, scaled
from engine.core.rolls.holding import Position, RollCosts, held
from engine.core.rolls.table import Prices
from storage.lake import Lake
from storage.sql import query
from tests.storage.made import tape
from tests.storage.test_contracts import DAY, NOON, bars, overlap

SHOWN = ("trade_date", "old", "new", "old_price", "new_price", "method")


@pytest.fixture
def lake(tmp_path):
    return Lake(tmp_path)


@pytest.fixture
def contracts(lake):
    overlap(lake)
    return lake.contracts("ES")


@pytest.fixture
def real(lake, shared_data):
    """Minutes of sixteen dates with up to five contracts at once."""
    frame = pl.read_parquet(shared_data / "es_1m_lean_percontract_2013_2020.parquet")
    for (name,), rows in frame.partition_by("symbol", as_dict=True).items():
        named = rows.with_columns(contract=pl.lit(name)).drop("symbol")
        lake.write_bars(bars_of(named, instrument("ES"), origin=Origin("lean")))
    return lake


@pytest.mark.covers("A-014")
def test_volume_decides_where_nothing_was_said_and_the_table_is_stored(lake, contracts):
    rows = contracts.table().select(SHOWN).rows()
    assert rows == [
        (date(2024, 3, 6), None, "ESH24", None, None, "volume"),
        (date(2024, 3, 8), "ESH24", "ESM24", 102, 108, "volume"),
    ]
    measured = contracts.table()["measured"][1]
    assert measured.timestamp() == NOON / 1e9 + DAY * 60
    seen = query(lake.root, "SELECT * FROM rolls ORDER BY trade_date")
    assert seen.select(SHOWN).rows()[1][3:5] == (25.5, 27.0)
    assert seen.columns == contracts.table().columns


@pytest.mark.covers("A-014")
def test_the_calendar_and_a_given_table_decide_otherwise(lake, contracts):
    assert len(contracts.roll("calendar")) == 1
    assert lake.bars("ES").close.tolist() == [100, 101, 102, 103]
    given = pl.DataFrame({"trade_date": ["2024-03-07"], "old": ["ESH24"], "new": ["ESM24"]})
    found = contracts.roll("table", given)
    assert found.select(SHOWN).rows()[1] == (date(2024, 3, 7), "ESH24", "ESM24", 101, 107, "table")
    assert lake.bars("ES").close.tolist() == [100, 101, 108, 109]
    assert lake.contracts("ES").rolls().rows[0].prices.gap == 6


def test_given_prices_hold_as_ticks_or_as_decimals(contracts):
    row = {"trade_date": ["2024-03-07"], "old": ["ESH24"], "new": ["ESM24"]}
    for prices in ([400], [470]), ([100.0], [117.5]), (["100.00"], ["117.50"]):
        given = pl.DataFrame({**row, "old_price": prices[0], "new_price": prices[1]})
        contracts.roll("table", given)
        assert contracts.rolls().rows[0].prices == Prices(400, 470)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"trade_date": ["2024-03-07"], "old": ["ESH24"]}, "rows and the columns trade_date, old"),
        ({"trade_date": [], "old": [], "new": []}, "a roll table has rows"),
        ({"old": ["ESH24"], "new": ["ESM4"]}, "no bars of ESM4 are stored"),
        ({"old": ["ESH24"], "new": ["ESM24"], "old_price": ["1"], "new_price": [""]}, "two prices"),
        (
            {"old": ["ESH24"], "new": ["ESM24"], "old_price": ["1.1"], "new_price": ["1"]},
            "1.1 lies",
        ),
    ],
)
def test_a_table_that_is_none_is_refused(contracts, columns, said):
    whole = {"trade_date": ["2024-03-07"]} | columns
    with pytest.raises(DataError, match=said):
        contracts.roll("table", pl.DataFrame(whole))


def test_a_given_table_that_ends_too_early_is_refused(lake, contracts):
    given = pl.DataFrame({"trade_date": ["2024-03-07"], "old": ["ESH24"], "new": ["ESM24"]})
    contracts.roll("table", given)
    lake.write_bars(bars("ESU24", [(DAY, 120, 1), (2 * DAY, 121, 50), (5 * DAY, 122, 5)]))
    with pytest.raises(StoreError, match="stored to 2024-03-11, but its roll table ends with ESM"):
        lake.bars("ES")
    assert lake.contracts("ES").roll("volume")["new"].to_list() == ["ESH24", "ESM24", "ESU24"]
    assert lake.bars("ES").close.tolist() == [100, 101, 102, 109, 122]


def test_ways_that_do_not_exist_are_refused(contracts):
    with pytest.raises(UnknownError, match="no way to roll 'volum'; did you mean 'volume'"):
        contracts.roll("volum")
    with pytest.raises(ParameterError, match="rolling by table needs a table"):
        contracts.roll("table")
    with pytest.raises(ParameterError, match="rolling by volume takes no table"):
        contracts.roll("volume", pl.DataFrame({"x": [1]}))


@pytest.mark.covers("A-014")
def test_open_interest_decides_where_it_is_given(contracts):
    interest = pl.DataFrame(
        {
            "trade_date": ["2024-03-06", "2024-03-06", "2024-03-07"],
            "contract": ["ESH24", "ESM24", "ESZ24"],
            "open_interest": [5, 9, 99],
        }
    )
    found = contracts.roll("interest", interest)
    assert found.select("trade_date", "new", "method").rows()[1] == (
        *(date(2024, 3, 8), "ESM24"),
        "interest",
    )
    with pytest.raises(DataError, match="open interest has the columns trade_date, contract"):
        contracts.roll("interest", interest.drop("contract"))


def test_new_bars_bring_the_stored_table_up_to_date(lake, contracts):
    contracts.roll("calendar")
    path = lake.root / "rolls" / "source=vendor" / "symbol=ES" / "timeframe=1m" / "part.parquet"
    before = path.read_bytes()
    lake.write_bars(bars("ESM24", [(5 * DAY, 110, 9)]))  # 11 March, when the calendar rolls
    assert query(lake.root, "FROM rolls")["method"].to_list() == ["calendar"] * 2
    fresh = path.read_bytes()
    path.write_bytes(before)  # as a kill before the table leaves it
    assert lake.bars("ES").close.tolist() == [100, 101, 102, 103, 110]
    assert lake.contracts("ES").table().rows() == query_rows(fresh, lake)
    path.write_bytes(b"not a table")
    with pytest.raises(StoreError, match=r"part.parquet cannot be read"):
        lake.bars("ES")


def query_rows(content, lake):
    path = lake.root / "fresh.parquet"
    path.write_bytes(content)
    return pl.read_parquet(path).rows()


def test_contracts_without_a_common_minute_have_no_gap(lake):
    lake.write_bars(bars("ESH24", [(0, 100, 9), (DAY, 102, 3), (2 * DAY, 103, 1)]))
    lake.write_bars(bars("ESM24", [(0 + 1, 1, 1), (DAY - 1, 108, 8), (DAY + 5, 108, 8)]))
    lake.write_bars(bars("ESM24", [(2 * DAY + 1, 109, 9)]))
    rolls = lake.contracts("ES").rolls()
    assert [row.prices for row in rolls.rows] == [None]
    with pytest.raises(DataError, match="the two have no minute in common before it"):
        adjusted(lake.bars("ES"), rolls)
    assert adjusted(lake.bars("ES", "2024-03-08"), rolls).offset.tolist() == [0]


@pytest.mark.covers("A-014", "T21")
def test_setups_on_adjusted_bars_and_fills_on_raw_ones(lake, contracts):
    raw, rolls = lake.bars("ES"), contracts.rolls()
    series = adjusted(raw, rolls)
    assert series.close.tolist() == [100, 101, 102, 103]
    assert series.raw().close.tolist() == raw.close.tolist()
    assert scaled(raw, rolls).close[-1] == 109 * 102 / 108
    found = held(raw, rolls, Position(1, 1, 0, 100, 3, 109), RollCosts(1, 205))
    each = [lake.contract_bars("ES", leg.contract).close.tolist() for leg in found.legs]
    assert (found.legs[0].exit, found.legs[1].entry) == (each[0][2], each[1][1])
    assert found.net == (102 - 100 + 109 - 108) * 1250 - 1250 - 4 * 205


# Real contracts


@pytest.mark.covers("A-014")
def test_real_contracts_cross_in_the_week_of_expiry(real):
    """The file has no session between 4 and 18 December 2013."""
    contracts = real.contracts("ES")
    by_volume = contracts.table().select("trade_date", "old", "new").rows()
    assert by_volume[1:] == [
        (date(2013, 12, 19), "201312", "201403"),  # it crossed on the 18th, the first day back
        (date(2020, 1, 6), "201403", "202003"),  # the others expired in years without data
    ]
    by_calendar = contracts.roll("calendar")
    assert by_calendar["trade_date"].to_list()[1:] == [date(2013, 12, 18), date(2020, 1, 6)]
    assert by_calendar["old_price"].to_list()[2] is None
    # the last minute both traded is of the evening of the 2nd: March stood 6 points below December
    assert by_calendar["new_price"][1] - by_calendar["old_price"][1] == -24
    assert by_calendar["measured"][1].date() == date(2013, 12, 2)


@pytest.mark.covers("A-014")
def test_the_gap_is_the_one_of_the_reference(real, shared_data):
    """The reference sums gaps backwards: a row holds up to its date, the next one from then on."""
    lines = (shared_data / "lean" / "es_factor.csv").read_text().split()
    rows = [json.loads(line) for line in lines]
    scale = {(r["DataMappingMode"], r["Date"][:7]): r["BackwardsPanamaCanalScale"][0] for r in rows}
    gaps = {mode: scale[mode, "2013-12"] - scale[mode, "2014-03"] for mode in (0, 2)}
    ours = real.contracts("ES").rolls().rows[0].prices
    assert (gaps, ours.gap / 4) == ({0: -6.75, 2: -6.5}, -6.25)  # by the day it is measured on


@pytest.mark.covers("T21")
def test_a_real_position_held_through_the_roll(real):
    raw, rolls = real.bars("ES", "2013-12-02", "2013-12-20"), real.contracts("ES").rolls()
    series = adjusted(raw, rolls)
    last = len(raw) - 1
    position = Position(1, 2, 0, int(raw.open[0]), last, int(raw.close[last]))
    found = held(raw, rolls, position, RollCosts(1, 205))
    december, march = (real.contract_bars("ES", leg.contract) for leg in found.legs)
    assert found.legs[0].exit in december.close
    assert found.legs[1].exit == march.close[-1]
    assert found.gross == 2 * 1250 * int(series.close[last] - series.open[0])
    assert found.gross - found.net == 2 * (1250 + 4 * 205)
    raw_sum = found.legs[1].exit - found.legs[0].entry - rolls.rows[0].prices.gap
    assert found.gross == 2 * 1250 * raw_sum


# The commands


@pytest.fixture
def run(lake):
    app = typer.Typer()
    app.command("roll")(roll.roll)
    app.command("show")(roll.show_symbol)

    def called(*words):
        return CliRunner().invoke(app, [*words, "--root", str(lake.root)])

    return called


@pytest.mark.covers("A-014")
def test_the_commands_show_contracts_and_rolls(lake, run, tmp_path):
    overlap(lake)
    shown = json.loads(run("show", "ES", "--json").stdout)
    assert [row["contract"] for row in shown["contracts"]] == ["ESH24", "ESM24"]
    assert shown["rolls"][1]["gap"] == 1.5
    assert "ESM24" in run("show", "ES").stdout
    rows = json.loads(run("roll", "ES", "--adjust", "difference", "--json").stdout)
    assert [row["add"] for row in rows] == [0, -1.5]
    rows = json.loads(run("roll", "ES", "--adjust", "ratio", "--json").stdout)
    assert [row["times"] for row in rows] == [1.0, 102 / 108]
    assert len(json.loads(run("roll", "ES", "--method", "calendar", "--json").stdout)) == 1
    table = tmp_path / "table.csv"
    table.write_text("trade_date,old,new,old_price,new_price\n2024-03-07,ESH24,ESM24,100.25,101\n")
    found = run("roll", "ES", "--method", "table", "--table", str(table), "--json")
    assert json.loads(found.stdout)[1]["gap"] == 0.75
    assert isinstance(run("roll", "ES", "--adjust", "sum").exception, UnknownError)
    missing = run("roll", "ES", "--method", "table", "--table", str(tmp_path / "none.csv"))
    assert isinstance(missing.exception, StoreError)


def test_sessions_without_the_contract_in_front_are_told(lake, run):
    overlap(lake)
    lake.write_bars(bars("ESH24", [(5 * DAY, 104, 1)]))
    done = run("roll", "ES")
    assert "1 session has bars, but none of the contract in front: 2024-03-11" in done.output


def test_a_series_that_is_continuous_needs_no_table(lake, run):
    lake.write_bars(tape(first=date(2020, 12, 7), sessions=6))
    done = run("roll", "ES", "--adjust", "difference")
    assert "is continuous as it is stored" in done.output
    assert "spliced" in done.output
    rows = json.loads(run("roll", "ES", "--adjust", "ratio", "--json").stdout)
    assert [row["times"] for row in rows] == [1.0, None]
    assert np.all([row["gap"] is None for row in rows])
