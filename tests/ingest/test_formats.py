"""Every form in which vendors write bars ends as the same bars in the store."""

import gzip
import zipfile
from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from engine.core.frames import PRICES
from tests.ingest.files import bring, frame, loaded, same, stamps, tape, written

BARS = tape()
SECONDS = BARS.time // 10**9


def as_text(table, separator=",", **how):
    return table.write_csv(separator=separator, **how)


def split(bars, form="%m/%d/%Y"):
    table = frame(bars).drop("time")
    return table.insert_column(0, stamps(bars, form=form).alias("Date")).insert_column(
        1, stamps(bars, form="%H:%M:%S").alias("Time")
    )


FORMS = {
    "plain": as_text(frame(BARS)),
    "no header": as_text(frame(BARS), include_header=False),
    "tabs": as_text(frame(BARS), "\t"),
    "semicolons": as_text(frame(BARS), ";"),
    "bars": as_text(frame(BARS), "|"),
    "windows line ends": as_text(frame(BARS), line_terminator="\r\n"),
    "old line ends": as_text(frame(BARS)).replace("\n", "\r"),
    "quoted": as_text(frame(BARS), quote_style="always"),
    "a mark of the encoding": "\ufeff" + as_text(frame(BARS)),
    "blank lines": "\n\n" + as_text(frame(BARS)).replace("\n", "\n\n"),
    "no last line end": as_text(frame(BARS)).rstrip("\n"),
    "comma decimals": as_text(frame(BARS), ";", decimal_comma=True),
    "two columns, month first": as_text(split(BARS)),
    "two columns, day first": as_text(split(tape(sessions=14), "%d.%m.%Y")),
    "two columns without header": as_text(split(BARS, "%Y%m%d"), include_header=False),
    "iso with Z": as_text(frame(BARS, time=stamps(BARS, form="%Y-%m-%dT%H:%M:%SZ"))),
    "iso with offset": as_text(
        frame(BARS, time=stamps(BARS, "America/Chicago", "%Y-%m-%dT%H:%M:%S%:z"))
    ),
    "twelve hours": as_text(frame(BARS, time=stamps(BARS, form="%m/%d/%Y %I:%M:%S %p"))),
    "seconds": as_text(frame(BARS, time=SECONDS)),
    "seconds with a point": as_text(frame(BARS, time=SECONDS.astype(np.float64))),
    "milliseconds": as_text(frame(BARS, time=SECONDS * 10**3)),
    "microseconds": as_text(frame(BARS, time=SECONDS * 10**6)),
    "nanoseconds": as_text(frame(BARS, time=BARS.time)),
    "columns in another order, with others": as_text(
        frame(BARS, bar_range=1.5, session="RTH").select(
            *("session", "volume", "close", "low", "high", "open", "bar_range", "time")
        )
    ),
    "newest first": as_text(frame(BARS).reverse()),
}


@pytest.mark.covers("A-002", "VA-077")
@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_text_is_read(tmp_path, name):
    path = tmp_path / "bars.csv"
    path.write_text(FORMS[name], newline="")
    done = bring(tmp_path / "data", path)
    bars = tape(sessions=14) if "day first" in name else BARS
    assert same(loaded(tmp_path / "data"), bars)
    assert done.report.counts["read"] == len(bars)
    assert done.report.balanced


@pytest.mark.covers("A-002")
@pytest.mark.parametrize(
    "names",
    [
        ("Timestamp", "Open", "High", "Low", "Close", "Volume"),
        ("TIMESTAMP", "OPEN", "HIGH", "LOW", "CLOSE", "VOLUME"),
        ("datetime", "o", "h", "l", "c", "v"),
        ("<DATE>", "<OPEN>", "<HIGH>", "<LOW>", "<CLOSE>", "<VOL>"),
        ("Gmt time", "Open", "High", "Low", "Last", "Total Volume"),
        ("Time (UTC)", "open_price", "high_price", "low_price", "close_price", "vol"),
    ],
)
def test_headers_by_many_names_mean_the_same(tmp_path, names):
    table = frame(BARS)
    path = written(tmp_path / "es.csv", table.rename(dict(zip(table.columns, names, strict=True))))
    bring(tmp_path / "data", path)
    assert same(loaded(tmp_path / "data"), BARS)


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path, encoding):
    path = tmp_path / "es.csv"
    path.write_text(as_text(frame(BARS)), encoding=encoding)
    bring(tmp_path / "data", path)
    assert same(loaded(tmp_path / "data"), BARS)


def test_packed_files_are_read(tmp_path):
    text = as_text(frame(BARS)).encode()
    (tmp_path / "es.csv.gz").write_bytes(gzip.compress(text))
    with zipfile.ZipFile(tmp_path / "es.zip", "w") as archive:
        archive.writestr("inside/es.csv", text)
    for name in ("es.csv.gz", "es.zip"):
        bring(tmp_path / name[-3:], tmp_path / name)
        assert same(loaded(tmp_path / name[-3:]), BARS)


def test_files_of_an_archive_are_read_one_after_the_other(tmp_path):
    table = frame(BARS)
    with zipfile.ZipFile(tmp_path / "es.zip", "w") as archive:
        archive.writestr("1.csv", as_text(table[:3000]))
        archive.writestr("2.csv", as_text(table[3000:]))
    done = bring(tmp_path / "data", tmp_path / "es.zip")
    assert same(loaded(tmp_path / "data"), BARS)
    assert "es.zip/1.csv, es.zip/2.csv" in done.report.subject


def tables():
    plain = frame(BARS)
    moments = pl.Series(BARS.time).cast(pl.Datetime("ns", "UTC"))
    naive = moments.dt.convert_time_zone("America/Chicago").dt.replace_time_zone(None)
    return {
        "moments": plain.with_columns(time=moments),
        "naive microseconds": plain.with_columns(time=naive.dt.cast_time_unit("us")),
        "texts": plain,
        "whole numbers": plain.with_columns(time=pl.Series(SECONDS * 1000)),
        "decimals": plain.with_columns(pl.col("open").cast(pl.Decimal(12, 2)), time=moments),
        "prices as texts": plain.with_columns(pl.col("close").cast(pl.String), time=moments),
        "day and time": plain.with_columns(Date=moments.dt.date(), time=moments.dt.time()),
    }


@pytest.mark.parametrize("kind", ["parquet", "feather"])
@pytest.mark.parametrize("name", tables())
def test_parquet_and_feather_are_read(tmp_path, name, kind):
    path = tmp_path / f"es.{kind}"
    table = tables()[name]
    table.write_parquet(path) if kind == "parquet" else table.write_ipc(path)
    done = bring(tmp_path / "data", path)
    assert same(loaded(tmp_path / "data"), BARS)
    assert done.report.balanced


@pytest.mark.covers("A-001")
def test_a_folder_of_ninjatrader_exports_is_read_contract_by_contract(tmp_path):
    folder = tmp_path / "minute"
    folder.mkdir()
    late = stamps(BARS, form="%Y%m%d %H%M%S", late=1)
    table = frame(BARS, time=late)
    for name, rows in (("ES 03-24", slice(0, 4000)), ("ES 06-24", slice(2000, None))):
        text = as_text(table[rows], ";", include_header=False)
        (folder / f"{name}.Last.txt").write_text(f"20240304 bad line\n{text}")
    done = bring(tmp_path / "data", folder)
    assert done.report.facts["contracts"] == "ESH24, ESM24"
    assert done.report.facts["source"] == "ninjatrader"
    assert done.report.defects["fields"].rows == 2
    assert done.report.counts["stored"] == len(BARS) + 2000
    assert any("a stamp is the close of its bar" in said for said in done.report.guesses)
    files = sorted(p.name for p in (tmp_path / "data" / "bars").rglob("*.parquet"))
    assert files == ["contract-ESH24.parquet", "contract-ESM24.parquet"]


def kline(bars, unit):
    """Binance's own dump: twelve columns, times of open and close."""
    table = frame(bars, time=bars.time // (10**9 // unit))
    return table.with_columns(
        close_time=pl.col("time") + 60 * unit - 1, quote=1.5, trades=3, base=0.1, taker=2.0, x=0
    )


@pytest.mark.parametrize("unit", [10**3, 10**6])
@pytest.mark.parametrize("header", [True, False])
def test_binance_dumps_are_known_by_their_twelve_columns(tmp_path, unit, header):
    bars = tape("BTCUSDT-PERP", sessions=1)
    path = written(tmp_path / "btc.csv", kline(bars, unit), include_header=header)
    done = bring(tmp_path / "data", path, symbol="BTCUSDT-PERP")
    assert same(loaded(tmp_path / "data", "BTCUSDT-PERP"), bars)
    assert done.report.facts["source"] == "binance"


def test_a_scale_turns_other_units_into_prices(tmp_path):
    ticks = {name: getattr(BARS, name) for name in PRICES}
    path = written(tmp_path / "es.csv", frame(BARS, **ticks))
    bring(tmp_path / "data", path, scale=Decimal("0.25"))
    assert same(loaded(tmp_path / "data"), BARS)


@pytest.mark.parametrize("minutes", [5, 60])
def test_the_length_of_bars_is_told_by_their_distance(tmp_path, minutes):
    rows = np.flatnonzero(BARS.time // 60_000_000_000 % minutes == 0)
    path = written(tmp_path / "es.csv", frame(BARS)[rows])
    done = bring(tmp_path / "data", path)
    assert done.report.facts["timeframe"] == f"{minutes}m"
    assert len(loaded(tmp_path / "data", timeframe=f"{minutes}m")) == len(rows)


def test_a_file_without_volume_says_so(tmp_path):
    path = written(tmp_path / "es.csv", frame(BARS).drop("volume"))
    done = bring(tmp_path / "data", path)
    assert done.report.defects["no_volume"].rows == len(BARS)
    assert not loaded(tmp_path / "data").volume.any()
