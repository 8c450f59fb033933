"""Series taken apart by contract and by time, and indicators beside the bars, for SQL."""

import json
from datetime import date

import duckdb
import numpy as np
import pytest
from typer.testing import CliRunner

from app.apart import parts_by_time
from app.commands.data import app
from app.indicators import LEAST
from engine.core.errors import ParameterError
from engine.features.averages import ema
from engine.features.oscillators import rsi
from engine.features.volatility import atr
from storage.lake import Lake
from storage.sql import connect, query
from tests.storage.made import real, tape
from tests.storage.test_contracts import overlap
from tests.storage.test_sql import stored

B11 = {  # what the tables of the earlier system held, and where it stands here
    "ohlcv": "symbol timeframe ts open high low close volume atr_14 ema_50 ema_100 ema_200 rsi_14",
    "trades": "run symbol side entry_ts entry exit_ts exit reason stop target net r mfe mae "
    "bars_held",
    "runs": "run strategy timeframe started",
    "setups": "run setup ts order",
    "session_levels": "symbol trade_date segment high low open close first_bar last_bar",
    "zones": "zone symbol timeframe formed_at side top bottom midpoint size_percent filled "
    "fill_percent filled_at",
    "strategy_performance": "strategy symbol trades win_rate net average_r profit_factor",
    "session_performance": "strategy symbol segment trades win_rate net average_r",
    "monthly_performance": "strategy symbol month trades win_rate net average_r",
}


def command(root, *words):
    done = CliRunner().invoke(app, [*map(str, words), "--root", str(root)], catch_exceptions=False)
    return done.exit_code, done.stdout


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """Two sessions with their indicators, and two runs."""
    root = tmp_path_factory.mktemp("analysed")
    bars = real(tape(sessions=2))
    Lake(root).write_bars(bars)
    stored(root, "a", net=[57, -1])
    stored(root, "b", net=[3, 4])
    assert command(root, "indicators", "ES")[0] == 0
    return root, bars


@pytest.mark.covers("QA-098")
def test_every_column_of_the_earlier_tables_is_there(analysed):
    connection = connect(analysed[0])
    for view, names in B11.items():
        missing = set(names.split()) - set(connection.sql(f"FROM {view} LIMIT 0").columns)
        assert not missing, f"{view} lacks {missing}"


def test_indicators_stand_beside_their_bars_in_prices(analysed):
    root, bars = analysed
    frame, every = query(root, "FROM ohlcv ORDER BY ts"), np.arange(len(bars))
    assert frame["close"].to_list() == [row * 0.25 for row in bars.close.tolist()]
    expected = {
        "atr_14": atr(bars, n=14).floats(every) * 0.25,
        "ema_200": ema(bars, n=200).floats(every) * 0.25,
        "rsi_14": rsi(bars, n=14).floats(every),
    }
    for name, values in expected.items():
        found = frame[name].fill_null(np.nan).to_numpy()
        assert np.array_equal(found, values, equal_nan=True), name
        assert np.isnan(found[0])
        assert not np.isnan(found[-1])


def plain_zones(bars):
    """Fair value gaps bar by bar, each followed to the bar that fills it."""
    low, high = bars.low.tolist(), bars.high.tolist()
    for i in range(2, len(low)):
        side = 1 if low[i] - high[i - 2] >= LEAST else -1 if low[i - 2] - high[i] >= LEAST else 0
        if side == 0:
            continue
        top, bottom = (low[i], high[i - 2]) if side > 0 else (low[i - 2], high[i])
        way, j = 0, i
        while way < top - bottom and j + 1 < len(low):
            j += 1
            way = max(way, top - low[j] if side > 0 else high[j] - bottom)
        share = min(way / (top - bottom), 1.0) * 100
        filled = way >= top - bottom
        yield (i, side, top * 0.25, bottom * 0.25, filled, share, j if filled else None)


def test_zones_are_those_found_bar_by_bar(analysed):
    root, bars = analysed
    moments = query(root, "SELECT ts FROM bars ORDER BY ts")["ts"].to_list()
    names = ("formed_at", "side", "top", "bottom", "filled", "fill_percent", "filled_at")
    found = query(root, "FROM zones ORDER BY zone").select(names).rows()
    expected = [
        (moments[i], *values, None if end is None else moments[end])
        for i, *values, end in plain_zones(bars)
    ]
    assert found == expected
    assert {row[1] for row in found} == {1, -1}
    assert {row[4] for row in found} == {True, False}


def test_performance_is_told_by_strategy_segment_and_month(analysed):
    root, _ = analysed
    (row,) = query(root, "FROM strategy_performance").to_dicts()
    assert (row["strategy"], row["trades"], row["win_rate"]) == ("vpoc", 4, 0.75)
    assert row["net"] == pytest.approx(0.63)
    assert row["profit_factor"] == pytest.approx(64)
    (row,) = query(root, "FROM monthly_performance").to_dicts()
    assert (row["month"], row["trades"]) == ("2024-03", 4)
    assert query(root, "FROM session_performance")["trades"].to_list() == [4]


@pytest.mark.covers("A-015")
def test_contracts_are_analysed_together_and_apart_in_one_call(tmp_path):
    root, out = tmp_path / "data", tmp_path / "levels"
    overlap(Lake(root))
    code, text = command(root, "contracts", "ES", "--out", out, "--json")
    rows = {row["contract"]: row for row in json.loads(text)}
    assert (code, list(rows)) == (0, ["combined", "ESH24", "ESM24"])
    assert [row["bars"] for row in rows.values()] == [4, 4, 3]
    assert [row["sessions"] for row in rows.values()] == [3, 3, 3]
    assert [row["volume"] for row in rows.values()] == [30, 22, 18]
    assert [row["highest"] for row in rows.values()] == [27.25, 25.75, 27.25]
    kept = duckdb.read_parquet(f"{out}/*/part.parquet", hive_partitioning=True)
    counted = kept.aggregate("contract, count(*)::INT AS n").fetchall()
    assert dict(counted) == {name: row["profiles"] for name, row in rows.items()}


@pytest.mark.covers("B-005")
def test_a_split_by_time_names_its_dates_and_its_embargo():
    bars = tape(first=date(2024, 1, 2), sessions=20)
    rows = parts_by_time(bars, "0.6", "0.2", 2)
    sizes = [(row["part"], row["sessions"]) for row in rows]
    assert sizes == [
        ("train", 12),
        ("embargo", 2),
        ("validate", 2),
        ("embargo", 2),
        ("test", 2),
    ]
    days = [str(bars.sessions.trade_date(int(row))) for row in np.unique(bars.session)]
    ends = np.cumsum([row["sessions"] for row in rows])
    assert [row["last"] for row in rows] == [days[end - 1] for end in ends]
    assert [row["first"] for row in rows] == [days[end] for end in (0, *ends[:-1])]
    assert sum(row["bars"] for row in rows) == len(bars)
    two = parts_by_time(bars, "0.7", "0", 0)
    assert [(row["part"], row["sessions"]) for row in two] == [("train", 14), ("test", 6)]


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("1", "0", 0), "--train 1 is no share"),
        (("0", "0.2", 0), "nothing to train on"),
        (("0.8", "0.2", 0), "leave nothing to test on"),
        (("much", "0", 0), "'much' is no number"),
        (("0.9", "0", 3), "4 sessions are too few"),
    ],
)
def test_a_split_that_leaves_nothing_is_refused(asked, why):
    with pytest.raises(ParameterError, match=why):
        parts_by_time(tape(), *asked)
