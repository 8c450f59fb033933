"""Labels of moments: against a slow oracle, at every edge, in every segment."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.calendars import calendar, crypto_at
from engine.core.errors import CalendarError, ParameterError, UnknownError
from engine.core.hours import openings
from engine.core.session import WINDOWS, Labels, Sessions, Window, raw_window, window
from engine.core.zone import MINUTE, day_date, epoch_day

START = datetime(1970, 1, 1, tzinfo=UTC)
CME = ("cme_equity", "nymex_energy", "comex_gold", "comex_silver", "cbot_rates", "cme_fx")
CALENDARS = (*CME, "crypto", "crypto@17:00 America/New_York")


def ns(text: str) -> int:
    """UTC ns of an ISO text, in UTC where it says nothing else."""
    moment = datetime.fromisoformat(text)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round((moment - START).total_seconds()) * 1_000_000_000


def chicago(text: str) -> int:
    return ns(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("America/Chicago")).isoformat())


def whole(name: str) -> Sessions:
    known = calendar(name)
    return known.sessions(known.first, known.last)


@cache
def oracle_spans(name: str) -> dict[date, list[tuple[datetime, datetime, date, int]]]:
    """Stretches by UTC date, from datetimes alone: start, stop, trade date, minutes before."""
    known = calendar(name)
    zone = ZoneInfo(known.zone)
    by_day: dict[date, list[tuple[datetime, datetime, date, int]]] = {}
    for opening in openings(known):
        before = 0
        for day, *minutes in opening.spans:
            start, stop = (
                datetime.combine(day_date(day) + timedelta(days=m // 1440), datetime.min.time())
                .replace(hour=m % 1440 // 60, minute=m % 60, tzinfo=zone)
                .astimezone(UTC)
                for m in minutes
            )
            row = (start, stop, day_date(opening.day), before)
            for at in {start.date(), start.date() + timedelta(days=1), stop.date()}:
                by_day.setdefault(at, []).append(row)
            before += int((stop - start).total_seconds()) // 60
    return by_day


def oracle_label(name: str, moment: datetime) -> tuple[date | None, int]:
    for start, stop, trade_date, before in oracle_spans(name).get(moment.date(), []):
        if start <= moment < stop:
            return trade_date, before + int((moment - start).total_seconds()) // 60
    return None, -1


@pytest.mark.covers("A-005", "VA-035", "VA-036", "QA-111")
@given(st.sampled_from(CALENDARS), st.lists(st.integers(0, 8_900_000), min_size=1, max_size=30))
def test_labels_are_those_of_an_oracle_that_walks_datetimes(name, minutes):
    table = whole(name)
    first = max(table.since, ns("2014-01-01"))
    time = first + np.array(minutes, dtype=np.int64) * MINUTE
    labels = table.label(time)
    for i, moment in enumerate(time.tolist()):
        trade_date, minute = oracle_label(name, START + timedelta(seconds=moment // 10**9))
        row = int(labels.session[i])
        assert (table.trade_date(row) if row >= 0 else None) == trade_date
        assert labels.minute[i] == minute


def test_the_oracle_met_open_and_closed_moments():
    moments = [START + timedelta(days=18_000, minutes=7 * i) for i in range(5_000)]
    dates = [oracle_label("cme_equity", moment)[0] for moment in moments]
    assert 3_000 < sum(day is not None for day in dates) < 4_000
    assert len(set(dates)) > 15


@pytest.mark.covers("A-005")
def test_the_edges_of_a_session_of_two_stretches():
    table = calendar("cme_equity").sessions("2024-01-10", "2024-01-20")
    row = table.index_of("2024-01-16")
    edges = {
        "2024-01-14 16:59": (-1, -1),
        "2024-01-14 17:00": (row, 0),
        "2024-01-15 11:59": (row, 1_139),
        "2024-01-15 12:00": (-1, -1),
        "2024-01-15 16:59": (-1, -1),
        "2024-01-15 17:00": (row, 1_140),
        "2024-01-16 15:59": (row, 2_519),
        "2024-01-16 16:00": (-1, -1),
        "2024-01-16 17:00": (row + 1, 0),
    }
    labels = table.label([chicago(text) for text in edges])
    assert list(zip(labels.session.tolist(), labels.minute.tolist(), strict=True)) == list(
        edges.values()
    )


@pytest.mark.covers("A-005")
def test_segments_split_the_open_hours():
    table = calendar("cme_equity").sessions("2024-03-04", "2024-03-08")
    time = np.arange(chicago("2024-03-03 16:00"), chicago("2024-03-08 17:00"), MINUTE)
    labels = table.label(time)
    rth, eth, full = (labels.mask(segment) for segment in ("rth", "eth", "full"))
    assert (rth.sum(), eth.sum(), full.sum()) == (5 * 390, 5 * 990, 5 * 1_380)
    assert not (rth & eth).any()
    assert labels.minute[rth].min() == 930
    assert [column.dtype for column in labels] == [np.int32, np.int32, np.bool_]
    with pytest.raises(UnknownError, match="no segment 'rht'; did you mean 'rth'"):
        labels.mask("rht")


def test_the_close_ahead_and_the_minutes_to_it():
    table = calendar("cme_equity").sessions("2020-01-06", "2020-01-08")
    close = chicago("2020-01-06 16:00")
    asked = {
        "2020-01-05 12:00": 1_365,  # closed before the session: all of it
        "2020-01-05 17:00": 1_365,
        "2020-01-06 15:14": 31,
        "2020-01-06 15:20": 30,  # in the halt
        "2020-01-06 15:30": 30,
        "2020-01-06 15:59": 1,
    }
    time = [chicago(text) for text in asked]
    assert table.next_close(time).tolist() == [close] * len(asked)
    assert table.minutes_left(time).tolist() == list(asked.values())
    assert int(table.next_close(close)) == chicago("2020-01-07 16:00")
    assert int(table.minutes_left(close)) == 1_365


def test_minutes_and_minutes_left_add_up_at_every_open_minute():
    table = calendar("cme_equity").sessions("2019-11-20", "2020-01-10")
    time = np.arange(table.start[0], table.stop[-1], MINUTE)
    labels = table.label(time)
    inside = labels.session >= 0
    total = labels.minute[inside] + table.minutes_left(time[inside])
    assert (total == table.minutes[labels.session[inside]]).all()
    assert inside.sum() == table.minutes.sum() > 40_000


def test_a_table_does_not_speak_about_times_it_was_not_taken_for():
    table = calendar("cme_equity").sessions("2024-03-04", "2024-03-08")
    assert table.label([]).session.tolist() == []
    assert table.label(table.since).session.tolist() == -1
    for wrong in (table.since - 1, table.until):
        with pytest.raises(CalendarError, match="outside the cme_equity sessions taken here"):
            table.label([table.since, wrong])
    with pytest.raises(CalendarError, match=r"behind the last .* \(2024-03-08\)"):
        table.next_close(table.stop[-1])
    assert table.next_close(np.array([], dtype=np.int64)).tolist() == []


def test_rows_and_dates_go_both_ways():
    table = calendar("cme_equity").sessions("2024-03-25", "2024-04-02")
    days = [table.trade_date(row) for row in range(len(table))]
    assert [day.isoformat()[5:] for day in days] == [
        "03-25",
        "03-26",
        "03-27",
        "03-28",
        "04-01",
        "04-02",
    ]
    assert [table.index_of(day) for day in days] == list(range(6))
    for missing in ("2024-03-29", "2024-04-03"):
        with pytest.raises(CalendarError, match=f"{missing} is no trade date of cme_equity"):
            table.index_of(missing)


def test_a_part_of_a_table_is_the_table_of_that_part():
    known = calendar("cme_equity")
    part = whole("cme_equity").between("2014-05-01", date(2014, 9, 30))
    again = known.sessions("2014-05-01", "2014-09-30").between("2014-05-01", "2014-09-30")
    assert len(part) == len(again) == 106  # 109 weekdays, three holidays
    for name in Sessions.__slots__:
        one, other = getattr(part, name), getattr(again, name)
        assert np.array_equal(one, other), name
        assert not isinstance(one, np.ndarray) or not one.flags.writeable, name
    assert part.span_session[0] == 0
    with pytest.raises(CalendarError, match="no session from 2014-04-18 to 2014-04-20"):
        known.sessions("2014-04-18", "2014-04-20")


def test_labels_do_not_depend_on_the_table_they_were_read_from():
    small = calendar("cme_equity").sessions("2021-06-01", "2021-07-31")
    large = whole("cme_equity")
    time = np.arange(small.since, small.until - 1, 7 * MINUTE)
    shift = large.index_of("2021-06-01")
    one, other = small.label(time), large.label(time)
    assert np.array_equal(np.where(one.session >= 0, one.session + shift, -1), other.session)
    assert np.array_equal(one.minute, other.minute)
    assert np.array_equal(one.rth, other.rth)


@pytest.mark.covers("VA-036", "T23", "QA-111")
@pytest.mark.parametrize("name", ["asia", "london", "new_york", "london_kill", "new_york_open"])
def test_windows_keep_their_wall_clock_over_every_change(name):
    """All 34 changes from 2010 to 2026, a week around each, minute by minute."""
    asked = window(name)
    zone = ZoneInfo(asked.zone)
    start, stop = (clock.fromisoformat(text) for text in (asked.start, asked.stop))
    seen = 0
    for year in range(2010, 2027):
        for first in (date(year, 3, 8), date(year, 11, 1)):
            sunday = first + timedelta(days=(6 - first.weekday()) % 7)
            noon = datetime(sunday.year, sunday.month, sunday.day, 12, tzinfo=UTC)
            moments = [noon + timedelta(minutes=15 * i) for i in range(-200, 200)]
            inside = asked.contains([round(m.timestamp()) * 10**9 for m in moments])
            for moment, flag in zip(moments, inside.tolist(), strict=True):
                wall = moment.astimezone(zone).time()
                wanted = start <= wall < stop if start < stop else wall >= start or wall < stop
                assert flag == wanted, (name, moment)
            seen += 1
    assert seen == 34


@pytest.mark.covers("VA-036", "T23")
def test_kill_zones_shift_against_london_in_the_mismatch_weeks():
    """New York changes its clocks weeks before and after London: 17 years, both times a year."""
    new_york, london = (ZoneInfo(zone) for zone in ("America/New_York", "Europe/London"))
    shifted = 0
    for year in range(2010, 2027):
        for month in range(1, 13):
            for day in (1, 5, 10, 15, 20, 25, 28):
                opens = datetime(year, month, day, 3, tzinfo=new_york).astimezone(UTC)
                time = round(opens.timestamp()) * 10**9
                kill = window("london_kill")
                assert kill.contains([time - MINUTE, time, time + 120 * MINUTE]).tolist() == [
                    False,
                    True,
                    False,
                ]
                hour = opens.astimezone(london).hour
                assert hour in {7, 8}
                shifted += hour == 7
    assert shifted >= 2 * 17


def test_windows_may_run_over_midnight_and_the_three_of_a_day_do_not_meet():
    time = np.arange(ns("2024-03-03T05:00"), ns("2024-03-17T04:00"), MINUTE)  # 14 days in New York
    flags = [window(name).contains(time) for name in ("asia", "london", "new_york")]
    assert int(np.sum(flags, axis=0).max()) == 1
    assert WINDOWS["asia_levels"].contains(time).sum() == 14 * 300


@pytest.mark.covers("A-005")
def test_a_raw_window_reads_the_stamp_as_it_stands():
    raw = raw_window("09:30", "16:00")
    assert raw == Window("09:30", "16:00", "UTC")
    stamps = [ns(f"2024-07-01T{clock}") for clock in ("09:29", "09:30", "15:59", "16:00")]
    assert raw.contains(stamps).tolist() == [False, True, True, False]
    true = window("new_york").contains(stamps)
    assert true.tolist() != raw.contains(stamps).tolist()


def test_a_window_that_makes_no_sense_is_refused():
    with pytest.raises(ParameterError, match="from 08:30 to 08:30 is empty"):
        Window("08:30", "08:30")
    with pytest.raises(ParameterError, match="'25:00' is no time of day"):
        Window("25:00", "08:30")
    with pytest.raises(UnknownError, match="did you mean 'london_kill'"):
        window("london_kil")


def test_a_day_of_coins_may_begin_at_any_hour_of_any_zone():
    table = crypto_at("17:00", "America/New_York").sessions("2024-03-08", "2024-03-12")
    assert table.minutes.tolist() == [1_440, 1_380, 1_440, 1_440, 1_440]
    assert table.label(ns("2024-03-10T21:30:00+00:00")).minute.tolist() == 30
    assert isinstance(table.label(table.start), Labels)
    assert epoch_day(table.trade_date(0)) == table.date[0]
