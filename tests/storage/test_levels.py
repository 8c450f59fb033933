"""Tables of levels in the store: one file a question, newer rows before older ones."""

import numpy as np
import polars as pl
import pytest

from engine.core.errors import StoreError
from engine.profile.table import Question, session_table
from storage.levels import store_levels
from storage.sql import query
from tests.storage.made import tape


@pytest.fixture
def table():
    return session_table(tape())


def test_a_table_is_stored_and_seen_in_prices(tmp_path, table):
    assert len(store_levels(tmp_path, table)) == 1
    seen = query(tmp_path, "SELECT trade_date, poc, up, fraction, delta FROM levels ORDER BY 1")
    assert seen["poc"].to_list() == [0.25 * ticks for ticks in table["poc"]]
    assert seen["up"].to_list() == [0.25 * ticks for ticks in table["up"]]
    assert seen["delta"].to_list() == table["delta"].to_list()
    assert set(seen["fraction"]) == {0.7}


@pytest.mark.covers("A-031")
def test_a_session_is_one_parquet_row_with_everything_found_in_it(tmp_path, table):
    (path,) = store_levels(tmp_path, table)
    row, bars = pl.read_parquet(path, glob=False).row(0, named=True), tape()
    first = slice(int(np.argmax(bars.rth)), int(np.argmax(bars.rth)) + 390)
    prices = [getattr(bars, name)[first].astype(float) for name in ("high", "low", "close")]
    assert row["trade_date"] == bars.sessions.trade_date(int(bars.session[0]))
    assert row["val"] <= row["poc"] <= row["vah"]
    assert 0.7 <= row["share"] <= 1
    assert row["volume"] == sum(row["profile"]) == bars.volume[first].sum()
    assert row["typical"] == row["average"] == pytest.approx(np.mean(prices))
    inside = row["profile"][row["val"] - row["low"] : row["vah"] - row["low"] + 1]
    assert sum(inside) / row["volume"] == row["share"]


def test_storing_the_same_again_changes_nothing(tmp_path, table):
    store_levels(tmp_path, table)
    assert store_levels(tmp_path, table) == ()


def test_dates_stored_before_give_way_and_others_stay(tmp_path, table):
    store_levels(tmp_path, table[:3])
    other = table[2:].with_columns(poc=pl.col("poc") + 1)
    store_levels(tmp_path, other)
    seen = query(tmp_path, "SELECT poc FROM levels ORDER BY trade_date")["poc"].to_list()
    assert seen == [0.25 * poc for poc in [*table["poc"][:2], *other["poc"]]]


def test_levels_of_another_tape_give_way_altogether(tmp_path, table):
    store_levels(tmp_path, table, tape="a")
    store_levels(tmp_path, table[:1], tape="b")
    assert query(tmp_path, "SELECT count(*) AS n FROM levels")["n"].to_list() == [1]


def test_each_question_has_a_file_of_its_own(tmp_path, table):
    store_levels(tmp_path, table)
    full = session_table(tape(), Question("full"))
    assert store_levels(tmp_path, pl.concat([table, full])) == tuple(
        (tmp_path / "levels").rglob("full-*.parquet")
    )
    kinds = query(tmp_path, "SELECT segment, count(*) AS n FROM levels GROUP BY 1 ORDER BY 1")
    assert kinds.rows() == [("full", 4), ("rth", 4)]


def test_a_table_of_another_shape_is_refused(tmp_path, table):
    with pytest.raises(StoreError, match="table 'levels' lacks poc"):
        store_levels(tmp_path, table.drop("poc"))
