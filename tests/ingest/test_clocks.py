"""The clock of a file: guessed from its pauses, and refused where it contradicts what is said."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from engine.core.calendars import calendar
from engine.core.errors import DataError
from storage.ingest.moments import NAIVE
from storage.ingest.walls import utc_of
from storage.judge.hours import all_sessions
from storage.judge.pulse import Pulse
from tests.ingest.files import bring, frame, loaded, same, snapshot, stamps, tape, written

BARS = tape(first=date(2024, 2, 20), sessions=40)  # two changes of summer time lie within
ZONES = ["UTC", "America/New_York", "America/Chicago", "Europe/London", "Asia/Tokyo"]


def file_of(folder, bars=BARS, zone="UTC", late=0):
    return written(folder / "es.csv", frame(bars, time=stamps(bars, zone, late=late)))


@pytest.mark.covers("A-004")
@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("zone", ZONES)
def test_zone_and_stamp_are_guessed_from_the_pauses(tmp_path, zone, late):
    done = bring(tmp_path / "data", file_of(tmp_path, zone=zone, late=late))
    assert same(loaded(tmp_path / "data"), BARS)
    said = " ".join(done.report.guesses)
    assert f"stamps are {zone} time, a guess" in said
    assert f"the {'close' if late else 'open'} of its bar" in said
    assert "pauses lie where the market is shut" in said


@pytest.mark.covers("A-004")
@pytest.mark.parametrize("late", [0, 1])
@pytest.mark.parametrize("zone", ZONES)
def test_what_is_said_is_used_and_checked(tmp_path, zone, late):
    path, stamp = file_of(tmp_path, zone=zone, late=late), "close" if late else "open"
    bring(tmp_path / "data", path, zone=zone, stamp=stamp)
    assert same(loaded(tmp_path / "data"), BARS)
    other = "America/New_York" if zone != "America/New_York" else "Europe/London"
    with pytest.raises(DataError, match=f"--tz {zone} --stamp {stamp} would fit"):
        bring(tmp_path / "other", path, zone=other)
    with pytest.raises(DataError, match=f"--tz {zone} --stamp {stamp} would fit"):
        bring(tmp_path / "other", path, zone=zone, stamp="open" if late else "close")


def test_a_shift_of_a_part_is_named_to_the_row(tmp_path):
    times = BARS.time.copy()
    times[20_000:] += 60 * 60_000_000_000
    moments = pl.Series(times).cast(pl.Datetime("ns", "UTC")).dt.strftime("%Y-%m-%d %H:%M:%S")
    path = written(tmp_path / "es.csv", frame(BARS, time=moments))
    said = r"from es.csv:20002 on they are 60 minutes late; no zone fits the whole: split the file"
    with pytest.raises(DataError, match=said):
        bring(tmp_path / "data", path)
    with pytest.raises(DataError, match=said):
        bring(tmp_path / "data", path, zone="UTC")


def test_a_zone_with_other_summer_time_is_found_out(tmp_path):
    path = file_of(tmp_path, zone="Europe/London")
    shifted = pl.read_csv(path).with_columns(
        (pl.col("time").str.to_datetime() - pl.duration(hours=6)).dt.strftime("%Y-%m-%d %H:%M:%S")
    )
    said = r"read as America/Chicago time.* from es.csv:\d+ to es.csv:\d+ they are 60 minutes early"
    with pytest.raises(DataError, match=said):
        bring(tmp_path / "data", written(path, shifted), zone="America/Chicago")


def test_stamps_that_name_a_wrong_zone_are_refused(tmp_path):
    late = pl.Series(BARS.time + 3_600_000_000_000).cast(pl.Datetime("ns", "UTC"))
    path = tmp_path / "es.parquet"
    frame(BARS, time=late).write_parquet(path)
    with pytest.raises(DataError, match=r"from es.parquet:1 on they are 60 minutes late"):
        bring(tmp_path / "data", path)


@pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
def test_where_there_are_no_nights_the_volume_tells_the_zone(tmp_path, zone):
    rows = np.flatnonzero((BARS.labels.minute >= 600) & (BARS.labels.minute < 1300))
    table = frame(BARS, time=stamps(BARS, zone))[rows]
    done = bring(tmp_path / "data", written(tmp_path / "es.csv", table))
    assert np.array_equal(loaded(tmp_path / "data").time, BARS.time[rows])
    assert "volume steps up at the cash open" in " ".join(done.report.guesses)
    with pytest.raises(DataError, match=r"volume steps up -?\d+ minutes away from the cash open"):
        bring(tmp_path / "other", written(tmp_path / "es.csv", table), zone="Asia/Tokyo")
    bring(tmp_path / "given", written(tmp_path / "es.csv", table), zone=zone)
    assert snapshot(tmp_path / "given") == snapshot(tmp_path / "data")


def test_a_short_file_cannot_tell(tmp_path):
    done = bring(tmp_path / "data", file_of(tmp_path, tape(sessions=2)))
    assert "too few pauses" in done.report.defects["clock_unknown"].detail
    assert "UTC is assumed" in " ".join(done.report.guesses)


def test_a_market_that_never_shuts_cannot_tell(tmp_path):
    bars = tape("BTCUSD", sessions=30)
    path = written(tmp_path / "btc.csv", frame(bars))
    done = bring(tmp_path / "data", path, symbol="BTCUSD")
    assert "never shuts" in done.report.defects["clock_unknown"].detail
    assert same(loaded(tmp_path / "data", "BTCUSD"), bars)


@pytest.mark.covers("A-004", "T23")
def test_an_hour_that_comes_twice_follows_the_file_and_a_skipped_one_is_kept_out(tmp_path):
    zone, bars = "Europe/Berlin", tape("BTCUSD", date(2024, 10, 26), sessions=3)
    path = written(tmp_path / "btc.csv", frame(bars, time=stamps(bars, zone)))
    bring(tmp_path / "data", path, symbol="BTCUSD", zone=zone)
    assert same(loaded(tmp_path / "data", "BTCUSD"), bars)
    spring = tape("BTCUSD", date(2024, 3, 30), sessions=3)
    path = written(tmp_path / "btc.csv", frame(spring, time=stamps(spring, "UTC")))
    done = bring(tmp_path / "spring", path, symbol="BTCUSD", zone=zone)
    assert done.report.defects["no_such_time"].rows == 60
    assert done.report.balanced


@pytest.mark.covers("T23")
@pytest.mark.parametrize("zone", ["America/New_York", "America/Chicago", "Europe/London"])
def test_every_change_of_the_clocks_is_undone_exactly(zone):
    days = [f"{year}-{month:02d}-01" for year in range(2010, 2027) for month in (3, 10)]
    for day in days:
        start = np.datetime64(day, "ns").astype(np.int64)
        time = start + np.arange(45 * 48) * 1_800_000_000_000
        moments = pl.Series(time).cast(pl.Datetime("ns", "UTC")).dt.convert_time_zone(zone)
        wall = moments.dt.replace_time_zone(None).to_physical().to_numpy()
        found, skipped = utc_of(wall, np.full(len(wall), NAIVE, np.int32), zone)
        assert np.array_equal(found, time)
        assert not skipped.any()


def test_a_header_that_says_utc_is_believed(tmp_path):
    bars = tape(sessions=2)
    path = written(tmp_path / "es.csv", frame(bars).rename({"time": "Time (UTC)"}))
    bring(tmp_path / "data", path)
    assert same(loaded(tmp_path / "data"), bars)


def test_files_with_and_without_a_zone_are_one_import(tmp_path):
    zoned = stamps(BARS, "America/Chicago", "%Y-%m-%dT%H:%M:%S%:z")
    local = stamps(BARS, "America/Chicago")
    paths = [
        written(tmp_path / "1.csv", frame(BARS, time=zoned)[:20_000]),
        written(tmp_path / "2.csv", frame(BARS, time=local)[20_000:]),
    ]
    bring(tmp_path / "data", *paths)
    assert same(loaded(tmp_path / "data"), BARS)


@pytest.mark.parametrize("order", ["mdy", "dmy"])
def test_the_order_of_dates_is_told_by_time_that_runs_one_way_or_by_the_user(tmp_path, order):
    bars = tape(first=date(2024, 2, 2), sessions=4)  # from the 1st on: no number above 12
    form = {"mdy": "%m/%d/%Y %H:%M", "dmy": "%d/%m/%Y %H:%M"}[order]
    path = written(tmp_path / "es.csv", frame(bars, time=stamps(bars, form=form)))
    bring(tmp_path / "told", path, dates=order)
    assert same(loaded(tmp_path / "told"), bars)
    sparse = np.arange(0, len(bars), 60)
    path = written(tmp_path / "es.csv", frame(bars, time=stamps(bars, form=form))[sparse])
    done = bring(tmp_path / "guessed", path)
    assert "only so the times of the first rows run one way" in " ".join(done.report.guesses)
    assert np.array_equal(loaded(tmp_path / "guessed", timeframe="60m").time, bars.time[sparse])


@pytest.mark.covers("A-004")
def test_a_file_too_short_for_pauses_is_held_against_the_hours(tmp_path):
    some, bars = slice(0, 2000), tape(sessions=3)
    local = frame(bars, time=stamps(bars, "America/Chicago"))[some]
    path = written(tmp_path / "es.csv", local)
    done = bring(tmp_path / "data", path)
    said = " ".join(done.report.guesses)
    assert "stamps are America/Chicago time, a guess: by UTC 21% of the rows lie outside" in said
    assert done.report.counts["stored"] == 2000
    assert "clock_unknown" in done.report.defects
    with pytest.raises(DataError, match=r"--tz says, but so 21% .*--tz America/Chicago would fit"):
        bring(tmp_path / "data", path, zone="UTC")
    again = bring(tmp_path / "data", path, zone="America/Chicago")
    assert again.report.counts["already stored"] == 2000
    plain = bring(tmp_path / "utc", written(tmp_path / "utc.csv", frame(bars)[some]))
    assert "UTC is assumed" in plain.report.guesses
    assert plain.report.counts["stored"] == 2000


def test_a_pulse_without_weeks_or_steps_tells_nothing():
    pulse, sessions = Pulse(), all_sessions(calendar("cme_equity"))
    pulse.add(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert pulse.shift(sessions, "UTC") is None
    pulse.add(BARS.time, np.ones(len(BARS), np.int64))
    assert pulse.shift(sessions, "UTC") is None
