"""Every session of every calendar, and the days that are not like the others."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from engine.core.calendars import calendar, crypto_at, names
from engine.core.errors import CalendarError, ParameterError, UnknownError
from engine.core.hours import ALWAYS, Calendar
from engine.core.session import Sessions
from engine.core.zone import MINUTE, clock_text, day_date, epoch_day, local_day, minute_of_day

CME = ("cme_equity", "nymex_energy", "comex_gold", "comex_silver", "cbot_rates", "cme_fx")
# Open minutes of a regular session, by the first trade date they hold from.
REGULAR = {
    "cme_equity": {"2010-01-01": {1_395, 1_335}, "2012-11-19": {1_380}, "2015-09-21": {1_365}}
    | {"2021-06-28": {1_380}},
    "nymex_energy": {"2012-01-01": {1_395}, "2015-09-21": {1_380}},
    "comex_gold": {"2012-01-01": {1_395}, "2015-09-21": {1_380}},
    "comex_silver": {"2012-01-01": {1_395}, "2015-09-21": {1_380}},
    "cbot_rates": {"2014-01-01": {1_380}},
    "cme_fx": {"2010-01-01": {1_380}},
    "crypto": {"2010-01-01": {1_440}},
}
SESSIONS = {
    "cme_equity": 5_289,
    "nymex_energy": 4_779,
    "comex_gold": 4_779,
    "comex_silver": 4_779,
    "cbot_rates": 4_278,
    "cme_fx": 5_288,
    "crypto": 11_323,
}


def whole(known: Calendar) -> Sessions:
    return known.sessions(known.first, known.last)


@pytest.mark.covers("A-005", "VA-035", "T23")
@pytest.mark.parametrize("name", names())
def test_sessions_follow_each_other_and_never_meet(name):
    known = calendar(name)
    table = whole(known)
    assert len(table) == SESSIONS[name]
    assert (np.diff(table.date) > 0).all()
    assert (table.start < table.stop).all()
    assert (table.start[1:] >= table.stop[:-1]).all()
    assert (table.span_start < table.span_stop).all()
    assert (table.span_start[1:] >= table.span_stop[:-1]).all()
    assert (np.diff(table.span_session) >= 0).all()
    assert table.since <= table.start[0]
    assert table.until >= table.stop[-1]
    assert ((table.date + 3) % 7 < known.weekdays).all()


@pytest.mark.covers("A-005", "T23")
@pytest.mark.parametrize("name", names())
def test_minutes_are_those_of_the_stretches(name):
    table = whole(calendar(name))
    length = (table.span_stop - table.span_start) // MINUTE
    total = np.zeros(len(table), dtype=np.int64)
    for session, before, minutes in zip(table.span_session, table.span_before, length, strict=True):
        assert before == total[session]
        total[session] += minutes
    assert (total == table.minutes).all()
    assert (table.rth_start <= table.rth_stop).all()
    closed = table.rth_start == table.rth_stop
    assert (table.label(table.rth_start[~closed]).rth).all()
    assert (table.label(table.rth_stop[~closed] - MINUTE).rth).all()


@pytest.mark.covers("A-005", "VA-035", "T23")
@pytest.mark.parametrize("name", names())
def test_only_days_with_a_reason_have_other_minutes(name):
    known = calendar(name)
    table = whole(known)
    odd = {special.day: special for special in known.specials}
    folded = {special.day for special in known.specials if special.folds}
    first = epoch_day(known.first)
    irregular = 0
    for row, day in enumerate(table.date.tolist()):
        previous = table.date[row - 1] if row else first
        held = any(d in folded for d in range(previous, day))
        if day in odd or held:
            irregular += 1
        else:
            assert table.minutes[row] in minutes_on(name, day), day_date(day)
    closed = [d for d in odd if d not in set(table.date.tolist()) and d not in folded]
    weekdays = sum((d + 3) % 7 < known.weekdays for d in range(first, epoch_day(known.last) + 1))
    assert len(table) == weekdays - len(closed) - len(folded)
    assert (irregular > 100) == (name != "crypto")


def minutes_on(name: str, day: int) -> set[int]:
    return [m for since, m in REGULAR[name].items() if epoch_day(since) <= day][-1]


@pytest.mark.covers("A-005", "VA-035", "VA-036")
@pytest.mark.parametrize("name", CME)
def test_every_session_begins_and_ends_on_the_clock_of_chicago(name):
    """Sessions start at 17:00 (until 2012-11-16 also 15:30), whatever the clocks did."""
    known = calendar(name)
    table = whole(known)
    starts = set(minute_of_day(table.start, known.zone).tolist())
    evening = {930} if name == "cme_equity" else set()
    late = {300} if name == "cbot_rates" else set()
    assert starts == {1_020} | evening | late
    stops = {clock_text(int(m)) for m in minute_of_day(table.stop, known.zone)}
    early = {
        "cme_equity": {"08:15", "08:30", "12:15", "15:15", "16:00", "16:15"},
        "nymex_energy": {"12:45", "13:45", "16:00", "16:15"},
        "comex_gold": {"12:45", "13:45", "16:00", "16:15"},
        "comex_silver": {"12:45", "13:45", "16:00", "16:15"},
        "cbot_rates": {"10:15", "12:15", "15:15", "16:00"},
        "cme_fx": {"10:15", "12:15", "15:15", "16:00"},
    }
    assert stops == early[name]
    assert (local_day(table.stop, known.zone) == table.date).all()


@pytest.mark.covers("VA-035", "VA-036", "T23")
@pytest.mark.parametrize("name", CME)
def test_the_sessions_around_all_34_changes_of_the_clock(name):
    known = calendar(name)
    table = whole(known)
    seen = 0
    for year in range(2010, 2027):
        for first in (date(year, 3, 8), date(year, 11, 1)):
            sunday = first + timedelta(days=(6 - first.weekday()) % 7)
            monday = sunday + timedelta(days=1)
            seen += 1
            if sunday < known.first:
                continue
            row = table.index_of(monday)
            assert int(minute_of_day(table.start[row], known.zone)) == 1_020
            assert int(local_day(table.start[row], known.zone)) == epoch_day(sunday)
            gap = int(table.start[row] - table.stop[row - 1]) // (3_600 * 10**9)
            assert gap in ({47, 48} if first.month == 3 else {49, 50}), (monday, gap)
            assert table.minutes[row] in minutes_on(name, epoch_day(monday))
    assert seen == 34


@pytest.mark.covers("A-005")
def test_regular_hours_are_a_choice():
    known = calendar("cme_equity")
    wide = known.with_rth("08:30", "15:15").sessions("2020-11-23", "2020-11-30")
    minutes = ((wide.rth_stop - wide.rth_start) // MINUTE).tolist()
    assert minutes == [405, 405, 405, 225, 405]  # the day after Thanksgiving is cut at 12:15
    over = known.with_rth("08:30", "16:00").sessions("2020-11-23", "2020-11-24")
    time = np.arange(over.rth_start[0], over.rth_stop[0], MINUTE)
    assert over.label(time).rth.sum() == 450 - 15  # nothing is regular inside the halt
    with pytest.raises(ParameterError, match="from 15:00 to 08:30 are empty"):
        known.with_rth("15:00", "08:30")


def test_what_is_not_known_is_refused_with_a_reason():
    with pytest.raises(CalendarError, match="known from 2010-01-01 to 2030-12-31, not on 2031"):
        calendar("cme_equity").sessions("2030-01-01", "2031-01-01")
    with pytest.raises(CalendarError, match=r"2012-01-01 .* Fridays before holidays in 2010"):
        calendar("nymex_energy").sessions("2011-12-30", "2012-01-31")
    with pytest.raises(CalendarError, match="before 2014 the evening open was another"):
        calendar("cbot_rates").sessions("2013-12-31", "2014-01-31")


def test_the_table_that_covers_given_times():
    known = calendar("cme_equity")
    table = known.covering(known.sessions("2024-03-04", "2024-03-06").start + MINUTE)
    assert [table.trade_date(row).day for row in range(len(table))] == [4, 5, 6, 7]
    end = whole(known).stop[-1]
    assert len(known.covering([end - MINUTE])) == 1
    assert known.covering([end + MINUTE]).label(end + MINUTE).session == -1
    with pytest.raises(CalendarError, match="no times to find the sessions of cme_equity for"):
        known.covering([])
    with pytest.raises(CalendarError, match="outside the cme_equity sessions"):
        known.covering([0])


def test_calendars_have_names():
    assert names() == tuple(sorted(SESSIONS))
    with pytest.raises(UnknownError, match="no calendar 'cme_equty'; did you mean 'cme_equity'"):
        calendar("cme_equty")


def test_the_day_of_coins_begins_where_one_says():
    assert calendar("crypto@08:00 Asia/Singapore") == crypto_at("08:00", "Asia/Singapore")
    assert calendar("crypto@08:00") == crypto_at("08:00")
    plain = calendar("crypto").sessions("2024-03-01", "2024-03-31")
    asia = crypto_at("08:00", "Asia/Singapore").sessions("2024-03-01", "2024-03-31")
    assert np.array_equal(plain.start, asia.start)
    assert (plain.minutes == 1_440).all()
    assert np.array_equal(plain.rth_start, plain.start)
    assert np.array_equal(plain.rth_stop, plain.stop)
    with pytest.raises(UnknownError, match="no time zone 'Asia/Singapor'"):
        crypto_at("08:00", "Asia/Singapor")


def test_new_york_days_of_coins_have_23_or_25_hours_when_clocks_change():
    known = crypto_at("17:00", "America/New_York")
    table = known.sessions("2010-01-01", "2026-12-31")
    counts = dict(zip(*np.unique(table.minutes, return_counts=True), strict=True))
    assert counts == {1_380: 17, 1_440: len(table) - 34, 1_500: 17}
    assert np.array_equal(table.stop[:-1], table.start[1:])


def test_calendars_are_values_and_tables_are_kept():
    known = calendar("cme_equity")
    assert hash(known) == hash(replace(known))
    assert known.sessions("2024-01-01", "2024-12-31") is replace(known).sessions(
        "2024-01-01", "2024-12-31"
    )
    assert ALWAYS[0] < -1_440
    for name in Sessions.__slots__:
        column = getattr(whole(known), name)
        assert not isinstance(column, np.ndarray) or not column.flags.writeable, name
