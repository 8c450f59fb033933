"""What a user may ask of an import beyond the form of the files, and what it never does."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from app.commands.importing import decimal_of
from engine.core.errors import ParameterError
from engine.core.resample import resample
from storage.auxiliary import Clock, beside, store_series
from storage.auxiliary_files import read_series
from tests.ingest.files import bring, frame, loaded, tape, written

BARS = tape()
TABLE = frame(BARS)


@pytest.mark.covers("A-006")
@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_rows_below_a_floor_are_kept_out_and_counted(tmp_path, kind):
    floor = Decimal(str(TABLE["low"].sort()[500])) + Decimal("0.1")
    path = tmp_path / f"es.{kind}"
    TABLE.write_csv(path) if kind == "csv" else TABLE.write_parquet(path)
    plain = bring(tmp_path / "plain", path)
    assert "floor" not in plain.report.defects
    assert plain.report.counts["stored"] == len(BARS)
    done = bring(tmp_path / "data", path, floor=floor)
    below = int((TABLE["low"] < float(floor)).sum())
    assert below > 500
    assert done.report.defects["floor"].rows == below
    assert done.quarantine["reason"].to_list() == ["floor"] * below
    assert done.report.balanced
    assert loaded(tmp_path / "data").low.min() * Decimal("0.25") >= floor


def test_a_floor_must_be_a_number():
    with pytest.raises(ParameterError, match="--floor: 'low' is no number"):
        decimal_of("--floor", "low")
    assert decimal_of("--floor", None) is None


@pytest.mark.covers("QA-100", "A-009")
def test_what_is_missing_stays_missing_and_what_is_wrong_is_never_put_right(tmp_path):
    rows = TABLE.write_csv().splitlines()
    rows[100] = rows[100].replace(rows[100].split(",")[2], "")  # no high
    del rows[200:210]
    (tmp_path / "es.csv").write_text("\n".join(rows))
    done = bring(tmp_path / "data", tmp_path / "es.csv")
    bars = loaded(tmp_path / "data")
    kept = np.delete(np.arange(len(BARS)), [99, *range(199, 209)])
    for name in ("time", "open", "high", "low", "close", "volume"):
        assert np.array_equal(getattr(bars, name), getattr(BARS, name)[kept])
    assert done.report.defects["missing"].where == ("es.csv:101 (high)",)
    assert done.report.defects["gap"].rows == 10


@pytest.mark.covers("A-003")
def test_a_file_merged_with_the_vix_gives_bars_and_the_vix_comes_when_it_is_known(tmp_path):
    root, days = tmp_path / "data", TABLE["time"].str.slice(0, 10)
    level = days.rank("dense").cast(pl.Float64)
    odd = {"bar_range": 1.5, "bar_return": 0.1, "session": "RTH", "contract": "ESH24"}
    merged = TABLE.with_columns(date=days, VIX=level, **{k: pl.lit(v) for k, v in odd.items()})
    done = bring(root, written(tmp_path / "merged_es_vix.csv", merged))
    typed = merged.with_columns(pl.col("time").str.to_datetime(time_unit="us"))
    typed.write_parquet(tmp_path / "merged.parquet")
    again = bring(root, tmp_path / "merged.parquet")
    assert again.report.counts["already stored"] == len(BARS)
    assert len(loaded(root)) == len(BARS)
    assert any("no use here" in said and "VIX" in said for said in done.report.guesses)
    daily = merged.group_by("date", maintain_order=True).agg(pl.col("VIX").first())
    read = read_series(
        written(tmp_path / "vix.csv", daily), "vix", Clock("15:15", "America/Chicago")
    )
    store_series(root, read, lag=15)
    seen = beside(root, loaded(root), "vix", "vix").floats(np.arange(len(BARS)))
    moment = pl.Series(BARS.time + 60_000_000_000).cast(pl.Datetime("ns", "UTC"))
    local = moment.dt.convert_time_zone("America/Chicago")
    out = local.dt.date().cast(pl.String) + local.dt.strftime(" %H:%M")
    published = [f"{day} 15:30" for day in daily["date"]]
    for now, value in zip(out.to_list()[::37], seen[::37].tolist(), strict=True):
        known = sum(at <= now for at in published)
        assert value == known if known else np.isnan(value)


@pytest.mark.covers("QA-107")
def test_four_hours_of_a_coin_are_aggregated_from_utc_midnight(tmp_path):
    bars = tape("BTCUSDT", sessions=5)
    hours = resample(bars, 60)
    bring(tmp_path / "data", written(tmp_path / "btc.csv", frame(hours)), symbol="BTCUSDT")
    found = resample(loaded(tmp_path / "data", "BTCUSDT", timeframe="60m"), 240)
    plain = (
        pl.DataFrame({name: getattr(hours, name) for name in ("time", "open", "high", "low")})
        .with_columns(close=hours.close, volume=hours.volume)
        .with_columns(pl.col("time") // (240 * 60_000_000_000) * (240 * 60_000_000_000))
        .group_by("time", maintain_order=True)
        .agg(
            pl.col("open").first(),
            pl.col("high").max(),
            pl.col("low").min(),
            pl.col("close").last(),
            pl.col("volume").sum(),
        )
    )
    assert len(plain) == 30
    for name in plain.columns:
        assert np.array_equal(getattr(found, name), plain[name].to_numpy())
