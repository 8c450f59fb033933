"""Any client of DuckDB sees the store by one script, and may look while others write."""

from concurrent.futures import ThreadPoolExecutor

import duckdb
import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from engine.core.asof import auxiliary
from storage.attach import literal, script
from storage.auxiliary import store_series
from storage.lake import Lake
from storage.quarantine import QUARANTINE
from storage.queries import QUERIES, sql_of
from storage.sql import connect, query
from tests.storage.made import minutes, real, tape
from tests.storage.test_sql import stored


@pytest.fixture
def root(tmp_path):
    return tmp_path / "the data"


def client(root):
    """A connection of somebody who has DuckDB and nothing of ours."""
    connection = duckdb.connect()
    connection.execute(script(root))
    return connection


def asked(connection, text):
    return connection.sql(text).pl()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """Bars with a gap, two runs, an auxiliary series, a row kept out."""
    root = tmp_path_factory.mktemp("filled")
    bars = real(tape())
    Lake(root).write_bars(bars)
    Lake(root).write_bars(minutes({0: 5, 1: 6, 2: 9}, source="other"))
    stored(root, "a", net=[57, -1])
    stored(root, "b", net=[3, 4])
    times = np.arange(3) * 10**9
    store_series(root, auxiliary("vix", times, {"close": [1.0, 2.0, np.nan]}))
    folder = root / "quarantine" / "source=vendor" / "symbol=ES" / "timeframe=1m"
    folder.mkdir(parents=True)
    row = dict.fromkeys(QUARANTINE.columns) | {"file": "x", "row": 3, "reason": "order"}
    pl.DataFrame([row], schema=QUARANTINE.columns).write_parquet(folder / "a.parquet")
    return root


def test_a_plain_connection_says_what_our_own_query_says(filled):
    theirs, ours = client(filled), connect(filled)
    views = query(filled, "SHOW TABLES")["name"].to_list()
    assert {"bars", "quarantine", "auxiliary", "trades", "sessions"} <= set(views)
    for name in views:
        found, known = (asked(one, f"FROM {name} ORDER BY ALL") for one in (theirs, ours))
        assert_frame_equal(found, known, rel_tol=1e-12, abs_tol=1e-12)  # money adds in any order


def test_the_script_may_be_read_again(filled):
    connection = client(filled)
    connection.execute(script(filled))
    assert asked(connection, "SELECT count(*) AS n FROM runs").item() == 2


def test_an_empty_store_has_all_views_and_no_row(root):
    connection = client(root)
    for name in ("bars", "trades", "auxiliary", "quarantine", "runs"):
        assert asked(connection, f"FROM {name} SELECT count(*)").item() == 0


@pytest.mark.parametrize("name", QUERIES)
def test_every_named_query_answers_over_an_empty_and_a_filled_store(root, filled, name):
    nothing = query(root, sql_of(name))
    found = query(filled, sql_of(name))
    assert nothing.is_empty()
    assert nothing.columns == found.columns
    assert asked(client(filled), sql_of(name)).equals(found)


@pytest.mark.covers("A-012")
def test_the_two_returns_of_a_bar_have_a_name_each(filled):
    found = query(filled, sql_of("returns")).filter(source="other").sort("ts").to_dicts()
    closes = [price * 0.25 for price in (5, 6, 9)]
    assert [row["bar_range"] for row in found] == [0, 0, 0]
    assert [row["return_within"] for row in found] == [0, 0, 0]
    assert found[0]["return_since"] is None
    assert [row["return_since"] for row in found[1:]] == [
        closes[1] / closes[0] - 1,
        closes[2] / closes[1] - 1,
    ]


def test_the_gaps_of_a_session_are_the_minutes_it_lacks(filled):
    (row,) = query(filled, sql_of("gaps")).to_dicts()
    assert (row["source"], row["bars"], row["missing"]) == ("other", 3, row["minutes"] - 3)


def test_auxiliary_series_stand_in_one_long_table(filled):
    rows = query(filled, "SELECT series, field, value FROM auxiliary ORDER BY ts").rows()
    assert rows[:2] == [("vix", "close", 1.0), ("vix", "close", 2.0)]


def test_many_readers_see_whole_bars_while_bars_are_written(root, sized):
    """Every read sees a state that was written: as many bars as some write left, all alike."""
    rounds, lake = sized("reads during writes", ci=12, full=200, small=4), Lake(root)
    lake.write_bars(minutes(dict.fromkeys(range(50), 0)))

    def write():
        for k in range(rounds):
            lake.write_bars(minutes(dict.fromkeys(range(50), k)))

    def read(text):
        connection = duckdb.connect()
        connection.execute(text)
        asks = "SELECT count(*), count(DISTINCT close), min(close) = max(close) FROM bars"
        return [connection.execute(asks).fetchone() for _ in range(rounds)]

    with ThreadPoolExecutor(4) as pool:
        written = pool.submit(write)
        readers = [pool.submit(read, script(root)) for _ in range(3)]
        seen = {row for reader in readers for row in reader.result()}
        written.result()
    assert seen == {(50, 1, True)}


def test_values_are_written_as_sql_has_them():
    assert [literal(value) for value in (None, True, 3, "it's")] == ["NULL", "True", "3", "'it''s'"]
