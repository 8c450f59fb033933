"""The days that are not like the others: written out, by rule, and day by day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from engine.core.calendars import calendar
from engine.core.calendars.days import holidays, specials
from engine.core.errors import CalendarError, ParameterError
from engine.core.hours import Calendar, Hours, Special
from engine.core.session import Sessions
from engine.core.zone import MINUTE, clock_text, day_date, local_day, minute_of_day


def whole(known: Calendar) -> Sessions:
    return known.sessions(known.first, known.last)


def spans(table: Sessions, day: str, zone: str = "America/Chicago") -> str:
    """The stretches of a trade date as one reads them: Mon 17:00 - Tue 16:00."""
    mine = table.span_session == table.index_of(day)
    texts = []
    for start, stop in zip(table.span_start[mine], table.span_stop[mine], strict=True):
        ends = [
            f"{day_date(int(local_day(t, zone))):%a} {clock_text(int(minute_of_day(t, zone)))}"
            for t in (start, stop)
        ]
        texts.append(" - ".join(ends))
    return ", ".join(texts)


EQUITY_DAYS = """
2012-11-16 | Thu 15:30 - Thu 16:30, Thu 17:00 - Fri 15:15 | 1395 | 390
2012-11-12 | Sun 17:00 - Mon 15:15 | 1335 | 390
2012-11-19 | Sun 17:00 - Mon 15:15, Mon 15:30 - Mon 16:15 | 1380 | 390
2015-09-18 | Thu 17:00 - Fri 15:15, Fri 15:30 - Fri 16:15 | 1380 | 390
2015-09-21 | Sun 17:00 - Mon 15:15, Mon 15:30 - Mon 16:00 | 1365 | 390
2021-06-25 | Thu 17:00 - Fri 15:15, Fri 15:30 - Fri 16:00 | 1365 | 390
2021-06-28 | Sun 17:00 - Mon 16:00 | 1380 | 390
2024-01-16 | Sun 17:00 - Mon 12:00, Mon 17:00 - Tue 16:00 | 2520 | 390
2013-01-22 | Sun 17:00 - Mon 10:30, Mon 17:00 - Tue 15:15, Tue 15:30 - Tue 16:15 | 2430 | 390
2011-11-25 | Wed 15:30 - Wed 16:30, Wed 17:00 - Thu 10:30, Thu 17:00 - Fri 12:15 | 2265 | 225
2024-11-29 | Wed 17:00 - Thu 12:00, Thu 17:00 - Fri 12:15 | 2295 | 225
2014-07-07 | Thu 17:00 - Fri 12:00, Sun 17:00 - Mon 15:15, Mon 15:30 - Mon 16:15 | 2520 | 390
2025-07-07 | Thu 17:00 - Fri 12:00, Sun 17:00 - Mon 16:00 | 2520 | 390
2026-06-22 | Thu 17:00 - Fri 12:00, Sun 17:00 - Mon 16:00 | 2520 | 390
2025-07-03 | Wed 17:00 - Thu 12:15 | 1155 | 225
2024-12-24 | Mon 17:00 - Tue 12:15 | 1155 | 225
2024-12-26 | Wed 17:00 - Thu 16:00 | 1380 | 390
2022-01-03 | Sun 17:00 - Mon 16:00 | 1380 | 390
2021-12-31 | Thu 17:00 - Fri 16:00 | 1380 | 390
2022-06-21 | Sun 17:00 - Mon 12:00, Mon 17:00 - Tue 16:00 | 2520 | 390
2018-12-05 | Tue 17:00 - Wed 08:30 | 930 | 0
2025-01-09 | Wed 17:00 - Thu 08:30 | 930 | 0
2012-10-29 | Sun 17:00 - Mon 08:15 | 915 | 0
2012-10-30 | Mon 17:00 - Tue 08:15 | 915 | 0
2012-10-31 | Tue 17:00 - Wed 15:15 | 1335 | 390
2025-11-28 | Wed 17:00 - Thu 12:00, Thu 17:00 - Fri 12:15 | 2295 | 225
"""


@pytest.mark.covers("A-005", "VA-035")
@pytest.mark.parametrize("line", EQUITY_DAYS.strip().splitlines())
def test_days_of_the_equity_calendar(line):
    day, wanted, minutes, rth = line.split(" | ")
    table = whole(calendar("cme_equity"))
    row = table.index_of(day)
    assert spans(table, day) == wanted
    assert table.minutes[row] == int(minutes)
    assert (table.rth_stop[row] - table.rth_start[row]) // MINUTE == int(rth)


@pytest.mark.covers("A-005", "VA-035")
def test_good_friday_is_open_to_08_15_only_when_payrolls_are_due():
    table = whole(calendar("cme_equity"))
    dates = set(table.date.tolist())
    fridays = {day: name for day, name in holidays() if name in {"good_f", "payroll"}}
    assert len(fridays) == 21
    open_in = {day_date(day).year for day in fridays if day in dates}
    assert open_in == {2010, 2012, 2015, 2021, 2023, 2026}
    for day in fridays:
        # The payroll report is due on the first Friday of a month, on the second at the latest.
        assert ((day_date(day).day <= 7) and day_date(day).month == 4) == (day in dates)
        if day in dates:
            row = table.index_of(day_date(day))
            assert int(minute_of_day(table.stop[row], "America/Chicago")) == 495
            assert table.rth_start[row] == table.rth_stop[row]


def observed(year: int, month: int, day: int) -> date:
    fixed = date(year, month, day)
    return fixed + timedelta(days={5: -1, 6: 1}.get(fixed.weekday(), 0))


def nth(year: int, month: int, weekday: int, which: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (which - 1))


def easter(year: int) -> date:
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return date(year, f // 31, f % 31 + 1)


@pytest.mark.covers("VA-035")
def test_the_written_days_are_those_of_the_rules():
    written: dict[int, dict[str, date]] = {}
    for day, name in holidays():
        written.setdefault(day_date(day).year, {})[name] = day_date(day)
    assert sorted(written) == list(range(2010, 2031))
    for year, days in written.items():
        thanksgiving = nth(year, 11, 3, 4)
        july4, christmas = observed(year, 7, 4), observed(year, 12, 25)
        last_may = date(year, 5, 31)
        wanted = {
            "mlk": nth(year, 1, 0, 3),
            "presid": nth(year, 2, 0, 3),
            "memor": last_may - timedelta(days=last_may.weekday()),
            "july4": july4,
            "labor": nth(year, 9, 0, 1),
            "thanksg": thanksgiving,
            "black_f": thanksgiving + timedelta(days=1),
            "xmas": christmas,
        }
        if date(year, 1, 1).weekday() != 5:
            wanted["new_year"] = observed(year, 1, 1)
        if year >= 2022:
            wanted["juneteen"] = observed(year, 6, 19)
        if date(year, 7, 3).weekday() < 4:
            # July 3 a Friday is the holiday itself; a Monday holiday has no eve.
            wanted["july_eve"] = date(year, 7, 3)
        if date(year, 12, 24).weekday() < 4:
            wanted["xmas_eve"] = date(year, 12, 24)
        friday = easter(year) - timedelta(days=2)
        assert friday in {days.get("good_f"), days.get("payroll")}
        assert {k: v for k, v in days.items() if k not in {"good_f", "payroll"}} == wanted, year


@pytest.mark.covers("A-005")
@pytest.mark.parametrize(
    ("name", "hours"),
    [
        ("cme_equity", "08:30-15:00"),
        ("nymex_energy", "08:00-13:30"),
        ("comex_gold", "07:20-12:30"),
        ("comex_silver", "07:25-12:25"),
        ("cbot_rates", "07:20-14:00"),
        ("cme_fx", "07:20-14:00"),
    ],
)
def test_the_regular_hours_of_each_group(name, hours):
    table = calendar(name).sessions("2024-03-04", "2024-03-15")
    assert len(table) == 10
    ends = [
        {clock_text(int(m)) for m in minute_of_day(column, "America/Chicago")}
        for column in (table.rth_start, table.rth_stop)
    ]
    assert ends == [{hours[:5]}, {hours[6:]}]


@pytest.mark.covers("VA-035")
@pytest.mark.parametrize(
    ("name", "day", "wanted"),
    [
        ("nymex_energy", "2015-09-18", "Thu 17:00 - Fri 16:15"),
        ("nymex_energy", "2013-12-24", "Mon 17:00 - Tue 12:45"),
        ("nymex_energy", "2013-07-05", "Wed 17:00 - Thu 12:15, Thu 17:00 - Fri 16:15"),
        ("comex_gold", "2023-02-21", "Sun 17:00 - Mon 13:30, Mon 17:00 - Tue 16:00"),
        ("comex_silver", "2024-07-05", "Wed 17:00 - Thu 13:30, Thu 17:00 - Fri 16:00"),
        ("comex_gold", "2018-12-05", "Tue 17:00 - Wed 16:00"),
        ("cbot_rates", "2014-01-02", "Thu 05:00 - Thu 16:00"),
        ("cbot_rates", "2025-01-09", "Wed 17:00 - Thu 12:15"),
        ("cbot_rates", "2023-04-07", "Thu 17:00 - Fri 10:15"),
        ("cme_fx", "2023-02-21", "Sun 17:00 - Mon 16:00, Mon 17:00 - Tue 16:00"),
        ("cme_fx", "2021-01-19", "Sun 17:00 - Mon 12:00, Mon 17:00 - Tue 16:00"),
        ("cme_fx", "2010-12-31", "Thu 17:00 - Fri 12:15"),
    ],
)
def test_days_of_the_other_calendars(name, day, wanted):
    assert spans(whole(calendar(name)), day) == wanted


def test_rates_were_shut_on_the_first_day_of_mourning():
    table = whole(calendar("cbot_rates"))
    with pytest.raises(CalendarError, match="2018-12-05 is no trade date of cbot_rates"):
        table.index_of("2018-12-05")


def test_the_reason_of_a_day():
    known = calendar("cme_equity")
    assert known.reason("2012-10-29") == "Hurricane Sandy"
    assert known.reason(date(2024, 1, 15)) == "Martin Luther King Day"
    assert known.reason("2024-01-16") == ""


def made(special: Special) -> Calendar:
    return Calendar(
        name="made",
        zone="UTC",
        hours=(Hours(0, ((480, 960),), (540, 900)),),
        specials=(special,),
        first=date(2024, 1, 1),
        last=date(2024, 1, 31),
        why="made for a test",
    )


@pytest.mark.covers("VA-035")
@pytest.mark.parametrize(
    ("how", "minutes", "rth"),
    [
        ("closed", None, None),
        ("to 10:00", 120, 60),
        ("from 10:00", 360, 300),
        ("halt 11:00-11:30", 450, 360),
        ("to 09:00", 60, 0),
    ],
)
def test_ways_to_keep_a_day(how, minutes, rth):
    (special,) = specials("", f"2024-01-10 {how} | a day")
    table = whole(made(special))
    if minutes is None:
        assert len(table) == 22
        return
    assert len(table) == 23
    row = table.index_of("2024-01-10")
    assert table.minutes[row] == minutes
    assert (table.rth_stop[row] - table.rth_start[row]) // MINUTE == rth


def test_a_halt_makes_two_stretches_of_one():
    table = whole(made(specials("", "2024-01-10 halt 11:00-11:30 | a halt")[0]))
    assert spans(table, "2024-01-10", "UTC") == "Wed 08:00 - Wed 11:00, Wed 11:30 - Wed 16:00"


def test_tables_that_cannot_be_read_are_refused():
    with pytest.raises(ParameterError, match="no such holiday: mkl; there are new_year, mlk"):
        specials("mkl 2010 closed")
    with pytest.raises(ParameterError, match="'sometimes' is no way to keep a holiday"):
        specials("mlk 2010 sometimes")
    known = calendar("cme_equity")
    with pytest.raises(ParameterError, match="the hours of cme_equity are not in order of date"):
        replace(known, hours=known.hours[::-1])
    with pytest.raises(ParameterError, match="special days of cme_equity are not in order"):
        replace(known, specials=known.specials[:1] * 2)
    with pytest.raises(ParameterError, match="cme_equity has no hours on 2010-01-01"):
        replace(known, hours=known.hours[1:])
    with pytest.raises(ParameterError, match="cme_equity has no hours"):
        replace(known, hours=())
