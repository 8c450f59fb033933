"""Trades are kept as they are and built into bars; quotes are never counted as volume."""

from datetime import date

import duckdb
import numpy as np
import polars as pl
import pytest

from engine.core.bars import MINUTE
from engine.core.errors import DataError, StoreError
from engine.core.resample import resample
from storage.attach import script
from storage.lake import Lake
from storage.sql import query
from storage.trades import trades_between
from tests.ingest.files import bring, frame, loaded, snapshot, stamps, tape, written

BARS = tape(first=date(2023, 12, 28), sessions=4)  # over the turn of a year
TICK = 0.25


def trades_of(bars, chance):
    """A few trades a minute that make exactly these bars: open, high, low, close in some order."""
    rows = []
    for at in range(len(bars)):
        path = [bars.open[at], bars.high[at], bars.low[at], bars.close[at]]
        sizes = chance.multinomial(bars.volume[at], [0.25] * 4)
        moments = np.sort(chance.integers(0, 60_000_000_000, 4))
        rows += [
            (int(bars.time[at] + moment), price * TICK, int(size))
            for moment, price, size in zip(moments, path, sizes, strict=True)
        ]
    return pl.DataFrame(rows, ["ts", "price", "size"], orient="row")


SAME = trades_of(BARS, np.random.default_rng(1))


def table(rows=SAME, form="%Y-%m-%dT%H:%M:%S%.9fZ"):
    return rows.with_columns(pl.col("ts").cast(pl.Datetime("ns", "UTC")).dt.strftime(form))


def rename(frame, *names):
    return frame.rename(dict(zip(frame.columns, names, strict=True)))


def same(ours, theirs=BARS):
    names = ("time", "open", "high", "low", "close", "volume")
    return all(np.array_equal(getattr(ours, name), getattr(theirs, name)) for name in names)


def kept(root, dates=(None, None), source=None):
    return trades_between(root, Lake(root).instrument("ES"), dates, source)


FORMS = {
    "header": lambda path: written(path, rename(table(), "timestamp", "price", "size")),
    "other names": lambda path: written(
        path, rename(table(), "Time (UTC)", "Last", "Qty"), separator=";"
    ),
    "no header": lambda path: written(path, table(), include_header=False),
    "epochs": lambda path: written(path, SAME),
    "day and clock": lambda path: written(
        path,
        table(form="%Y%m%d %H%M%S%.9f").select(
            pl.col("ts").str.slice(0, 8).alias("d"),
            pl.col("ts").str.slice(9).alias("t"),
            "price",
            "size",
        ),
        include_header=False,
    ),
}


@pytest.mark.covers("VA-004", "VA-077")
@pytest.mark.parametrize("name", FORMS)
def test_trades_are_kept_and_make_the_bars_they_came_from(tmp_path, name):
    done = bring(tmp_path / "data", FORMS[name](tmp_path / "es.csv"), zone="UTC")
    assert done.report.counts["stored"] == len(SAME) == done.report.counts["new"]
    assert done.report.balanced
    assert same(loaded(tmp_path / "data"))
    trades = kept(tmp_path / "data")
    assert trades["ts"].to_physical().equals(SAME["ts"])
    assert (trades["price"] * TICK).equals(SAME["price"])
    assert trades["size"].equals(SAME["size"])
    assert done.report.facts["source"] == "ticks"


@pytest.mark.covers("VA-004")
def test_bars_of_fifteen_minutes_are_those_of_the_trades(tmp_path):
    bring(tmp_path / "data", FORMS["header"](tmp_path / "es.csv"))
    bars = resample(loaded(tmp_path / "data"), 15)
    quarter = SAME.with_columns(pl.col("ts") // (15 * MINUTE) * (15 * MINUTE))
    plain = quarter.group_by("ts", maintain_order=True).agg(
        pl.col("price").max().alias("high"), pl.col("size").sum()
    )
    assert np.array_equal(bars.time, plain["ts"].to_numpy())
    assert np.array_equal(bars.high * TICK, plain["high"].to_numpy())
    assert np.array_equal(bars.volume, plain["size"].to_numpy())


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_tables_of_trades_are_read(tmp_path, kind):
    frame = SAME.with_columns(pl.col("ts").cast(pl.Datetime("ns", "UTC")))
    path = tmp_path / f"es.{kind}"
    frame.write_parquet(path) if kind == "parquet" else frame.write_ipc(path)
    bring(tmp_path / "data", path)
    assert same(loaded(tmp_path / "data"))


@pytest.mark.covers("VA-004")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_quotes_are_counted_and_never_traded(tmp_path, kind):
    trades = table().with_columns(type=pl.lit("Trade"))
    quotes = trades[::3].with_columns(type=pl.lit("Quote"), size=pl.lit(99, pl.Int64))
    mixed = pl.concat([trades, quotes]).sort("ts", maintain_order=True)
    path = tmp_path / f"es.{kind}"
    moments = mixed["ts"].str.to_datetime("%Y-%m-%dT%H:%M:%S%.9fZ", time_zone="UTC")
    mixed.write_csv(path) if kind == "csv" else mixed.with_columns(moments).write_parquet(path)
    done = bring(tmp_path / "data", path)
    assert done.report.defects["quote"].rows == len(quotes)
    assert done.report.balanced
    assert done.quarantine.is_empty()
    assert same(loaded(tmp_path / "data"))
    with pytest.raises(DataError, match="the row is a quote, no trade"):
        bring(tmp_path / "none", written(tmp_path / "q.csv", quotes))


def ninjatrader(rows=SAME):
    """Its export of ticks: parts of a second behind a blank, the quotes beside each trade."""
    moment = pl.col("ts").cast(pl.Datetime("ns", "UTC")).dt.strftime("%Y%m%d %H%M%S %9f")
    return rows.select(
        moment.str.slice(0, 23),
        *("price", pl.col("price").alias("bid"), pl.col("price").add(TICK).alias("ask"), "size"),
    )


@pytest.mark.covers("VA-004", "VA-077")
@pytest.mark.parametrize("quoted", [True, False])
def test_ticks_of_ninjatrader_are_read_with_and_without_quotes(tmp_path, quoted):
    whole = SAME.with_columns(pl.col("ts") // 100 * 100)
    table = ninjatrader(whole) if quoted else ninjatrader(whole).drop("bid", "ask")
    path = written(tmp_path / "ES 03-24.Last.txt", table, separator=";", include_header=False)
    done = bring(tmp_path / "data", path, zone="UTC")
    assert done.report.counts["stored"] == len(SAME)
    assert done.report.facts["source"] == "ninjatrader"
    assert done.report.facts["contracts"] == "ESH24"
    assert kept(tmp_path / "data")["ts"].to_physical().equals(whole["ts"])
    assert same(loaded(tmp_path / "data"))


def test_bids_and_asks_are_no_trades_and_series_of_their_own(tmp_path):
    how = {"separator": ";", "include_header": False}
    ticks = written(tmp_path / "ES 03-24.Bid.txt", ninjatrader()[:1000], **how)
    with pytest.raises(DataError, match="holds quotes by its name: trades are in"):
        bring(tmp_path / "data", ticks)
    late = stamps(BARS, form="%Y%m%d %H%M%S", late=1)
    paths = [
        written(tmp_path / f"ES 06-24.{kind}.txt", frame(BARS, time=late), **how)
        for kind in ("Last", "Ask")
    ]
    with pytest.raises(DataError, match="of ninjatrader-ask and another file of ninjatrader; impo"):
        bring(tmp_path / "data", *paths)
    done = bring(tmp_path / "data", paths[1])
    assert done.report.facts["source"] == "ninjatrader-ask"


def test_trades_stand_in_the_listing_and_in_sql(tmp_path):
    root = tmp_path / "data"
    bring(root, FORMS["header"](tmp_path / "es.csv"))
    first, last = date(2023, 12, 28), date(2024, 1, 3)
    assert Lake(root).listing().rows() == [
        ("ES", "ticks", "1m", first, last, 4, len(BARS), False),
        ("ES", "ticks", "ticks", first, last, 4, len(SAME), False),
    ]
    seen = query(root, "SELECT * FROM ticks ORDER BY ts")
    assert seen.columns == ["symbol", "source", "trade_date", "ts", "price", "size", "contract"]
    assert seen["price"].equals(SAME["price"])
    assert seen["size"].sum() == SAME["size"].sum()
    assert (seen["trade_date"].min(), seen["trade_date"].max()) == (first, last)
    connection = duckdb.connect()
    connection.execute(script(root))
    assert connection.sql("SELECT count(*) AS n FROM ticks").pl()["n"][0] == len(SAME)


def test_the_same_again_writes_nothing_and_parts_make_the_whole(tmp_path):
    whole = FORMS["header"](tmp_path / "es.csv")
    bring(tmp_path / "whole", whole)
    before = snapshot(tmp_path / "whole")
    again = bring(tmp_path / "whole", whole)
    assert again.written == ()
    assert again.report.counts["already stored"] == len(SAME)
    assert snapshot(tmp_path / "whole") == before
    cut = len(SAME) // 2 + 2  # within a minute
    for name, rows in (("1", SAME[:cut]), ("2", SAME[cut - 1000 :])):
        path = written(tmp_path / f"{name}.csv", table(rows))
        done = bring(tmp_path / "parts", path, zone="UTC")
    assert done.report.counts == {
        "read": len(SAME) - cut + 1000,
        "stored": len(SAME) - cut + 1000,
        "new": len(SAME) - cut,
        "already stored": 1000,
        "replaced": 0,
    }
    assert snapshot(tmp_path / "parts") == before


def test_trades_that_differ_from_stored_ones_need_a_word(tmp_path):
    root = tmp_path / "data"
    bring(root, FORMS["header"](tmp_path / "es.csv"))
    before = snapshot(root)
    changed = SAME.with_columns(
        pl.when(pl.int_range(pl.len()) == 400).then(4444).otherwise("size").alias("size")
    )
    path = written(tmp_path / "other.csv", table(changed))
    with pytest.raises(
        DataError, match=r"differ from those stored, first at 2023-12-28T00:40:\d\dZ: \d+ lots"
    ):
        bring(root, path)
    assert snapshot(root) == before
    done = bring(root, path, replace=True)
    assert done.report.counts["replaced"] == 5520  # the trades of that date
    assert kept(root)["size"][400] == 4444
    assert loaded(root).volume.sum() == changed["size"].sum()
    fewer = written(tmp_path / "fewer.csv", table(SAME[[*range(100), *range(110, 4000)]]))
    with pytest.raises(DataError, match=r"3990 trades differ .* stored, the file has"):
        bring(root, fewer, zone="UTC")


def test_contracts_are_kept_apart(tmp_path):
    both = pl.concat([table().with_columns(contract=pl.lit(c)) for c in ("ESH24", "ESM24")])
    done = bring(tmp_path / "data", written(tmp_path / "es.csv", both.sort("ts")))
    assert done.report.facts["contracts"] == "ESH24, ESM24"
    for contract in ("ESH24", "ESM24"):
        assert same(Lake(tmp_path / "data").contract_bars("ES", contract))
    assert kept(tmp_path / "data")["contract"].value_counts()["count"].to_list() == [len(SAME)] * 2


def test_a_range_of_dates_and_a_source_are_chosen(tmp_path):
    bring(tmp_path / "data", FORMS["header"](tmp_path / "es.csv"), source="mine")
    day = kept(tmp_path / "data", (date(2023, 12, 29), date(2023, 12, 29)))
    assert set(day["ts"].dt.date()) == {date(2023, 12, 28), date(2023, 12, 29)}
    with pytest.raises(StoreError, match=r"no trades of ES .*mine"):
        kept(tmp_path / "data", source="other")
    with pytest.raises(StoreError, match="no trades of ES"):
        kept(tmp_path / "nowhere")
    bring(tmp_path / "data", FORMS["header"](tmp_path / "es.csv"), source="yours")
    with pytest.raises(StoreError, match="from mine and yours; say which"):
        kept(tmp_path / "data")


def test_bars_and_trades_are_not_one_import(tmp_path):
    bars = tape(sessions=1)
    paths = [FORMS["header"](tmp_path / "t.csv"), written(tmp_path / "b.csv", frame(bars))]
    with pytest.raises(DataError, match=r"b.csv holds bars and t.csv does not"):
        bring(tmp_path / "data", *paths)
    with pytest.raises(DataError, match="--stamp close is said of bars"):
        bring(tmp_path / "data", paths[0], stamp="close")


def test_trades_of_another_grid_are_refused(tmp_path):
    root = tmp_path / "data"
    bring(root, FORMS["header"](tmp_path / "es.csv"))
    (root / "instruments.yaml").write_text("ES: {tick: 0.05, money_unit: 0.01}")
    with pytest.raises(StoreError, match=r"is stored in 0.25 x 1 .*now has 0.05 x 1"):
        kept(root)
