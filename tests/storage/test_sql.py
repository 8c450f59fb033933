"""Every view, over no files and over many, in the units a person reads; reading only."""

from datetime import date

import duckdb
import polars as pl
import pytest

from engine.core.errors import StoreError
from storage.derived import DERIVED
from storage.lake import Lake
from storage.results import Results
from storage.schema import RUN_TABLES, TABLES
from storage.sql import query
from tests.storage.made import filled, foreign, manifest, minutes, tape

SERIES = ("bars", "sessions", "levels", "ticks", "quarantine", "rolls", "families", "across")
MADE = ("indicators", "zones", *DERIVED)
VIEWS = ("auxiliary", *SERIES, *MADE, "runs", *RUN_TABLES)


@pytest.fixture
def root(tmp_path):
    return tmp_path / "it's data"


def stored(root, name, money="0.01", **columns):
    """A run whose every table holds two rows."""
    draft = Results(root).begin(name)
    for table in RUN_TABLES:
        given = {k: v for k, v in columns.items() if k in TABLES[table].columns}
        more = columns.get(table, {})
        frame = filled(TABLES[table], 2, **(given | {"run": [name] * 2}), **more)
        draft.write(table, frame)
    return draft.finish(manifest(name, money_unit=money))


@pytest.mark.parametrize("view", VIEWS)
def test_a_view_over_nothing_has_its_columns(root, view):
    frame = query(root, f"FROM {view}")
    assert frame.is_empty()
    if view in TABLES:
        assert set(TABLES[view].columns) <= set(frame.columns)


def test_bars_show_prices(root):
    lake = Lake(root)
    lake.write_bars(minutes({0: 5, 1: -6}, contract="ESH24"))
    lake.write_bars(tape("ETHUSDT-PERP", sessions=1))
    frame = query(root, "SELECT * FROM bars WHERE source = 'vendor' ORDER BY ts")
    assert frame.columns[:5] == ["symbol", "source", "timeframe", "ts", "open"]
    assert frame["close"].to_list() == [1.25, -1.5]
    assert frame["volume"].to_list() == [1.0, 1.0]
    assert frame["contract"].to_list() == ["ESH24", "ESH24"]
    assert frame["trade_date"].to_list() == [date(2024, 3, 6)] * 2
    coins = query(root, "SELECT sum(volume) AS v FROM bars WHERE symbol LIKE 'ETH%'")
    volume = lake.bars("ETHUSDT-PERP").volume.sum()
    assert coins["v"][0] == pytest.approx(volume / 1000)


def test_time_functions_take_the_stamps(root):
    Lake(root).write_bars(minutes({0: 5, 90: 6}))
    frame = query(root, "SELECT hour(ts) AS h, count(*) AS n FROM bars GROUP BY h ORDER BY h")
    assert frame.rows() == [(15, 1), (16, 1)]


def test_sessions_are_seen(root):
    Lake(root).write_bars(tape(sessions=2))
    frame = query(root, "SELECT trade_date, minutes FROM sessions ORDER BY trade_date")
    assert frame["trade_date"].to_list() == [date(2020, 12, 29), date(2020, 12, 30)]


def test_files_of_another_program_are_seen_when_they_hold_ticks(root):
    where = root / "bars" / "source=x" / "symbol=ES" / "timeframe=1m"
    foreign(where / "year=2020" / "a.parquet", minutes({0: 5}))
    foreign(where / "year=2021" / "a.parquet", minutes({0: 5}), scale=0.25)
    assert query(root, "SELECT close, contract FROM bars").rows() == [(1.25, None)]


def test_money_is_shown_in_the_currency_of_its_run(root):
    stored(root, "cents", net=[57, -1])
    stored(root, "mills", money="0.001", net=[57, -1])
    for view in ("combinations", "trades", "equity"):
        frame = query(root, f"FROM {view} SELECT run, net ORDER BY ALL")
        assert frame.rows() == [
            ("cents", -0.01),
            ("cents", 0.57),
            ("mills", -0.001),
            ("mills", 0.057),
        ]
    stored(root, "cents", train_net=[57, 0], test_net=[None, 1])
    folds = query(root, "SELECT train_net, test_net FROM folds WHERE run = 'cents'")
    assert folds.rows() == [(0.57, None), (0.0, 0.01)]


def test_prices_quantities_and_r_of_trades_are_decimals(root):
    stored(root, "a", entry=[5, 6], stop=[None, 1], r=[15_000, None], quantity=[2, 1])
    frame = query(root, "SELECT entry, stop, r, quantity FROM trades ORDER BY entry")
    assert frame.rows() == [(1.25, None, 1.5, 2.0), (1.5, 0.25, None, 1.0)]


def test_parameters_of_all_runs_stand_side_by_side(root):
    stored(root, "a", combinations={"length": [3, 5], "mode": ["x", "y"]})
    stored(root, "b", combinations={"fraction": [0.7, 0.8], "length": [1.5, 2.5]})
    frame = query(root, "SELECT run, length, mode, fraction FROM combinations ORDER BY run, length")
    assert frame.rows() == [
        *[("a", 3.0, "x", None), ("a", 5.0, "y", None)],
        *[("b", 1.5, None, 0.7), ("b", 2.5, None, 0.8)],
    ]
    columns = query(root, "SELECT * FROM combinations").columns
    assert columns[:5] == ["run", "combination", "length", "mode", "fraction"]


def test_a_parameter_may_be_a_word_in_one_run_and_a_number_in_another(root):
    stored(root, "a", combinations={"target": [3, 5]})
    stored(root, "b", combinations={"target": ["level", "2 r"]})
    found = query(root, "SELECT target FROM combinations ORDER BY run, target")
    assert found["target"].to_list() == ["3", "5", "2 r", "level"]


def test_attributes_stand_behind_the_setups(root):
    stored(root, "a", setups={"atr": [1.5, None]})
    frame = query(root, "SELECT * FROM setups ORDER BY atr")
    assert frame.columns == [*TABLES["setups"].columns, "atr"]


def test_runs_join_their_tables(root):
    stored(root, "a", net=[1, 2])
    text = "SELECT strategy, sum(n) AS n FROM runs JOIN equity USING (run) GROUP BY strategy"
    frame = query(root, text)
    assert frame.rows() == [("vpoc", 0)]
    assert frame.schema["n"] == pl.Int64


def test_a_run_in_the_making_is_not_seen(root):
    Results(root).begin("a").write("equity", filled(TABLES["equity"], 2))
    assert query(root, "SELECT * FROM equity").is_empty()


def test_levels_are_seen_in_prices(root):
    folder = root / "levels" / "symbol=ES"
    folder.mkdir(parents=True)
    row = filled(TABLES["levels"], 1, symbol=["ES"], poc=[5], fraction=[7000], ib_low=[None])
    row.write_parquet(folder / "part.parquet")
    row.write_parquet(folder / ".half.parquet")
    frame = query(root, "SELECT poc, fraction, ib_low FROM levels")
    assert frame.rows() == [(1.25, 0.7, None)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT nett FROM trades", r'"nett" not found.*Candidate bindings: "net"'),
        ("SELECT * FROM trade", r'trade does not exist! Did you mean "trades"\?'),
        ("SELEC 1", r'syntax error at or near "SELEC"'),
        ("", "one SQL statement is needed, not 0"),
        ("SELECT 1; SELECT 2", "one SQL statement is needed, not 2"),
        ("COPY (SELECT 1) TO 'x.csv'", "COPY is not for reading; ask with SELECT"),
        ("CREATE TABLE x (a INT)", "CREATE is not for reading"),
        ("SET threads = 1", "SET is not for reading"),
        ("ATTACH 'x.db'", "ATTACH is not for reading"),
    ],
)
def test_a_question_gone_wrong_is_one_clear_line(root, text, said):
    with pytest.raises(StoreError, match=said) as caught:
        query(root, text)
    assert "\n" not in str(caught.value)


def test_nothing_outside_the_store_is_read(root, tmp_path):
    other = tmp_path / "other.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(other)
    with pytest.raises(StoreError, match="Cannot access file"):
        query(root, f"FROM '{other}'")


def test_any_reading_question_is_answered(root):
    assert query(root, "DESCRIBE equity").height == len(TABLES["equity"].columns)
    assert query(root, "EXPLAIN SELECT 1").height == 1
    assert query(root, "SHOW TABLES")["name"].to_list() == sorted(VIEWS)
    assert query(root, "WITH a AS (SELECT 1 AS b) FROM a").rows() == [(1,)]


def test_a_relative_root_serves(root, monkeypatch):
    Lake(root).write_bars(minutes({0: 5}))
    monkeypatch.chdir(root.parent)
    relative = root.relative_to(root.parent)
    assert query(relative, "SELECT close FROM bars").rows() == [(1.25,)]


def test_any_client_of_duckdb_reads_the_files(root):
    run = stored(root, "a", net=[57, -1])
    path = str(run.folder / "equity.parquet").replace("'", "''")
    assert duckdb.sql(f"FROM '{path}' SELECT net").fetchall() == [(57,), (-1,)]
