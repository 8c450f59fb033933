"""Clocks against the standard library, change by change and at random."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.errors import CalendarError, ParameterError, UnknownError
from engine.core.zone import (
    DAY,
    MINUTE,
    SECOND,
    clock_minute,
    clock_text,
    day_date,
    epoch_day,
    local_day,
    local_ns,
    minute_of_day,
    offsets,
    utc_ns,
)

START = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = (
    "America/Chicago",
    "America/New_York",
    "Asia/Kolkata",
    "Asia/Singapore",
    "Australia/Lord_Howe",
    "Europe/London",
    "Pacific/Apia",
    "UTC",
)
SECONDS = st.integers(min_value=2 * 86_400, max_value=epoch_day("2040-12-30") * 86_400)


def wall_of(second: int, zone: str) -> int:
    """Seconds of the wall clock since 1970, by the standard library."""
    local = (START + timedelta(seconds=second)).astimezone(ZoneInfo(zone))
    return int((local.replace(tzinfo=UTC) - START).total_seconds())


def first_second_showing(wall: int, zone: str) -> int:
    """The rule of `utc_ns`, found by walking: first of a repeat, first instant after a gap."""
    local = (START + timedelta(seconds=wall)).replace(tzinfo=ZoneInfo(zone))
    tries = [int((local.replace(fold=fold) - START).total_seconds()) for fold in (0, 1)]
    if wall_of(tries[0], zone) == wall:
        return tries[0]
    low, high = sorted(tries)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if wall_of(middle, zone) >= wall else (middle, high)
    return high


@pytest.mark.covers("VA-036", "T23")
@given(st.sampled_from(ZONES), st.lists(SECONDS, min_size=1, max_size=20))
def test_wall_clocks_are_those_of_the_standard_library(zone, seconds):
    time = np.array(seconds, dtype=np.int64) * SECOND
    walls = np.array([wall_of(second, zone) for second in seconds])
    assert (local_ns(time, zone) // SECOND).tolist() == walls.tolist()
    assert minute_of_day(time, zone).tolist() == (walls % 86_400 // 60).tolist()
    assert local_day(time, zone).tolist() == (walls // 86_400).tolist()


@given(st.sampled_from(ZONES), st.integers(2, epoch_day("2040-12-30")), st.integers(-2000, 4000))
def test_the_way_back_is_that_of_the_standard_library(zone, day, minute):
    wall = day * 86_400 + minute * 60
    if wall >= 2 * 86_400:
        assert int(utc_ns(day, minute, zone)) == first_second_showing(wall, zone) * SECOND


@pytest.mark.covers("VA-036", "T23")
@pytest.mark.parametrize("zone", ["America/Chicago", "America/New_York", "Europe/London"])
def test_every_change_from_2010_to_2026_and_the_walls_around_it(zone):
    eras = offsets(zone)
    low, high = (int(utc_ns(epoch_day(day), 0, "UTC")) for day in ("2010-01-01", "2027-01-01"))
    changes = [int(t) for t in eras.since if low <= t < high]
    assert len(changes) == 34
    for change in changes:
        for off in range(-180, 181, 30):
            second = change // SECOND + off * 60
            wall = wall_of(second, zone)
            assert int(local_ns(second * SECOND, zone)) == wall * SECOND
            day, minute = wall // 86_400, wall % 86_400 // 60
            assert int(utc_ns(day, minute, zone)) == first_second_showing(wall, zone) * SECOND


def test_a_wall_time_that_does_not_exist_is_the_first_instant_after_the_gap():
    day = epoch_day("2024-03-10")
    after = int(utc_ns(day, 180, "America/Chicago"))
    assert [int(utc_ns(day, m, "America/Chicago")) for m in (120, 150, 179)] == [after] * 3
    assert int(utc_ns(day, 119, "America/Chicago")) == after - MINUTE


def test_a_wall_time_that_exists_twice_is_the_first():
    day = epoch_day("2024-11-03")
    assert int(utc_ns(day, 90, "America/Chicago")) == int(utc_ns(day, 30, "UTC")) + 6 * 60 * MINUTE
    assert int(utc_ns(day, 120, "America/Chicago") - utc_ns(day, 60, "America/Chicago")) == (
        120 * MINUTE
    )


def test_a_negative_minute_is_one_of_the_day_before():
    day = epoch_day("2024-03-11")
    assert int(utc_ns(day, -420, "America/Chicago")) == int(
        utc_ns(day - 1, 1_020, "America/Chicago")
    )
    assert int(utc_ns(day, 1_500, "UTC")) == int(utc_ns(day + 1, 60, "UTC"))


def test_tables_are_read_only_and_empty_columns_stay_empty():
    assert not any(column.flags.writeable for column in offsets("America/Chicago"))
    assert local_ns(np.array([], dtype=np.int64), "UTC").tolist() == []


def test_an_unknown_zone_gets_a_guess():
    with pytest.raises(UnknownError, match="did you mean 'America/Chicago'"):
        offsets("America/Chicagoo")
    with pytest.raises(UnknownError, match="no time zone '/etc/x'"):
        offsets("/etc/x")


@pytest.mark.parametrize("day", ["1969-12-30", "1970-01-01", "2042-06-01"])
def test_years_without_a_table_are_refused(day):
    with pytest.raises(CalendarError, match="outside the time zones known here"):
        utc_ns(epoch_day(day), 0, "UTC")
    with pytest.raises(CalendarError, match="1970-01-02 to 2041-12-30"):
        local_ns(epoch_day(day) * DAY, "UTC")


def test_days_and_clock_times_go_both_ways():
    assert epoch_day("1970-01-01") == 0
    assert epoch_day(date(2024, 3, 28)) == epoch_day("2024-03-28") == 19_810
    assert day_date(np.int32(19_810)) == date(2024, 3, 28)
    assert [clock_minute(text) for text in ("00:00", "08:30", "24:00")] == [0, 510, 1_440]
    assert clock_text(510) == "08:30"


@pytest.mark.parametrize("text", ["8:30", "0830", "24:01", "08:60", "ab:cd", "", "-1:00"])
def test_a_clock_time_is_written_one_way(text):
    with pytest.raises(ParameterError, match="no time of day"):
        clock_minute(text)


def test_a_date_is_written_one_way():
    with pytest.raises(ParameterError, match=r"'28\.3\.2024' is no date"):
        epoch_day("28.3.2024")
