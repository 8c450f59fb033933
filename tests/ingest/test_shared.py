"""Real market data as delivered: every oddity listed beside it is found."""

import numpy as np
import polars as pl
import pytest

from engine.core.frames import PRICES
from storage.judge.check import check
from storage.judge.kinds import CODES
from storage.judge.rows import judge_prices
from storage.lake import Lake
from tests.ingest.files import bring

OURS = """
SPY: {symbol: SPY, name: the 500 as a fund, exchange: ARCA, kind: spot, currency: USD, tick: 0.001, point_value: 1, money_unit: 0.001, calendar: crypto}
VIX: {symbol: VIX, name: volatility, exchange: CBOE, kind: spot, currency: USD, tick: 0.01, point_value: 1, calendar: crypto}
"""  # noqa: E501 - one instrument a line


@pytest.fixture
def root(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "instruments.yaml").write_text(OURS)
    return tmp_path / "data"


def found(done):
    assert done.report.balanced
    return {kind: (one.found, one.rows) for kind, one in done.report.defects.items()}


@pytest.mark.covers("A-005", "A-013", "A-018", "T22")
def test_es_contracts_are_told_apart_and_lie_within_the_calendar(shared_data, root):
    path = shared_data / "es_1m_lean_percontract_2013_2020.parquet"
    done = bring(root, path)
    what = found(done)
    assert done.report.counts["stored"] == 23_948  # 222 bars of 2013 after 16:00 included
    assert what["zero_volume"] == (47, 47)
    assert "outside" not in what
    assert done.report.facts["contracts"].split(", ") == [
        *("ESH14", "ESH20", "ESM14", "ESM20", "ESU14", "ESU20", "ESZ13", "ESZ14")
    ]
    assert (done.report.facts["first"], done.report.facts["last"]) == ("2013-10-07", "2020-01-07")
    again = check(Lake(root), "ES")[0]
    assert (again.counts["read"], again.counts["stored"]) == (23_948, 23_948)
    assert again.defects["zero_volume"].rows == 47
    assert "clock" not in again.defects  # a contract that hardly trades steps up at the close


def test_one_contract_of_es_is_one_series(shared_data, root, tmp_path):
    table = pl.read_parquet(shared_data / "es_1m_lean_percontract_2013_2020.parquet")
    path = tmp_path / "es.csv"
    front = table.filter(pl.col("symbol") == "201312").drop("symbol")
    front.with_columns(pl.col("ts").dt.strftime("%Y-%m-%dT%H:%M:%SZ")).write_csv(path)
    done = bring(root, path, contract="ESZ3")
    assert done.report.facts["contracts"] == "ESZ13"
    assert done.report.counts["stored"] == len(front)


def test_bitcoin_by_the_hour_shows_its_outages(shared_data, root):
    done = bring(root, shared_data / "btc_spot_1h_binance_2017_2024.parquet", symbol="BTCUSDT")
    what, longest = found(done), done.report.defects["gap"]
    assert done.report.facts["timeframe"] == "60m"
    assert done.report.counts["stored"] == 58_419
    assert what["gap"] == (28, 128)
    assert longest.most == 33  # no bar for 34 hours
    row = int(longest.most_at.rpartition(":")[2]) - 1
    stamps = pl.read_parquet(shared_data / "btc_spot_1h_binance_2017_2024.parquet")["ts"]
    assert str(stamps[row]) == "2018-02-09 10:00:00+00:00"
    assert what["zero_volume"][0] > 0


@pytest.mark.parametrize(
    ("name", "symbol", "rows"), [("btc", "BTCUSDT-PERP", 43_199), ("eth", "ETHUSDT-PERP", 60_191)]
)
def test_perpetuals_have_volumes_of_fractions_and_begin_within_a_day(
    shared_data, root, name, symbol, rows
):
    path = shared_data / f"{name}_perp_1m_binance_202505.parquet"
    done = bring(root, path, symbol=symbol)
    assert found(done) == {"clock_unknown": (1, 0)}
    bars = Lake(root).bars(symbol)
    assert len(bars) == rows
    assert bars.labels.minute[0] == 15 * 60 + 33
    whole = pl.read_parquet(path)["volume"].to_numpy()
    assert np.allclose(bars.volume * float(bars.instrument.lot), whole, rtol=0, atol=1e-9)


def test_coinbase_lacks_whole_days(shared_data, root):
    done = bring(root, shared_data / "btcusd_1m_lean_coinbase.parquet", symbol="BTCUSD")
    what = found(done)
    assert what["missing_session"] == (538, 0)
    assert done.report.counts["stored"] == 12_423


def test_spy_has_no_bar_where_nobody_traded(shared_data, root):
    path = shared_data / "spy_1m_lean_2013_2023.parquet"
    done = bring(root, path, symbol="SPY")
    assert found(done)["gap"][0] > 400
    assert done.report.counts["stored"] == 5_786
    assert "missing_session" in found(done)


@pytest.mark.covers("A-008")
def test_the_vix_shows_its_odd_and_its_flat_days(shared_data, root):
    table = pl.read_parquet(shared_data / "vix_1d_1990_2026.parquet")
    ticks = np.stack([(table[name] * 100).round().cast(pl.Int64).to_numpy() for name in PRICES])
    code = np.zeros(len(table), np.uint8)
    judge_prices(ticks, code, positive=True)
    assert (code == CODES["order"]).sum() == 47
    assert (ticks[1] == ticks[2]).sum() == 506
    done = bring(root, shared_data / "vix_1d_1990_2026.parquet", symbol="VIX")
    what = found(done)
    assert done.report.facts["timeframe"] == "1440m"
    assert what["order"] == (47, 47)
    assert what["no_volume"] == (1, 9235)  # the column is there and nothing stands in it
    old = (table["ts"].dt.year() < 2010).to_numpy() & (code == 0)
    assert what["unknown_hours"][1] == old.sum()
    assert done.report.counts["stored"] == (~old & (code == 0)).sum()
