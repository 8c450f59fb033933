"""The holidays United States futures keep, day by day, and the words that say how."""

from functools import lru_cache
from typing import Final

from engine.core.errors import ParameterError
from engine.core.hours import ALWAYS, Special, Stretch
from engine.core.zone import clock_minute, day_date, epoch_day

# The days as they are observed. A `-`: falls on a weekend and takes no trading day. Good Fridays
# on which the payroll report is due stand in a column of their own. `july_eve` and `xmas_eve` are
# the half days before Independence Day and Christmas.
HOLIDAYS: Final = """
year new_year mlk   presid good_f payroll memor juneteen july_eve july4 labor thanksg black_f xmas_eve xmas
2010 01-01    01-18 02-15  -      04-02   05-31 -        -        07-05 09-06 11-25   11-26   -        12-24
2011 -        01-17 02-21  04-22  -       05-30 -        -        07-04 09-05 11-24   11-25   -        12-26
2012 01-02    01-16 02-20  -      04-06   05-28 -        07-03    07-04 09-03 11-22   11-23   12-24    12-25
2013 01-01    01-21 02-18  03-29  -       05-27 -        07-03    07-04 09-02 11-28   11-29   12-24    12-25
2014 01-01    01-20 02-17  04-18  -       05-26 -        07-03    07-04 09-01 11-27   11-28   12-24    12-25
2015 01-01    01-19 02-16  -      04-03   05-25 -        -        07-03 09-07 11-26   11-27   12-24    12-25
2016 01-01    01-18 02-15  03-25  -       05-30 -        -        07-04 09-05 11-24   11-25   -        12-26
2017 01-02    01-16 02-20  04-14  -       05-29 -        07-03    07-04 09-04 11-23   11-24   -        12-25
2018 01-01    01-15 02-19  03-30  -       05-28 -        07-03    07-04 09-03 11-22   11-23   12-24    12-25
2019 01-01    01-21 02-18  04-19  -       05-27 -        07-03    07-04 09-02 11-28   11-29   12-24    12-25
2020 01-01    01-20 02-17  04-10  -       05-25 -        -        07-03 09-07 11-26   11-27   12-24    12-25
2021 01-01    01-18 02-15  -      04-02   05-31 -        -        07-05 09-06 11-25   11-26   -        12-24
2022 -        01-17 02-21  04-15  -       05-30 06-20    -        07-04 09-05 11-24   11-25   -        12-26
2023 01-02    01-16 02-20  -      04-07   05-29 06-19    07-03    07-04 09-04 11-23   11-24   -        12-25
2024 01-01    01-15 02-19  03-29  -       05-27 06-19    07-03    07-04 09-02 11-28   11-29   12-24    12-25
2025 01-01    01-20 02-17  04-18  -       05-26 06-19    07-03    07-04 09-01 11-27   11-28   12-24    12-25
2026 01-01    01-19 02-16  -      04-03   05-25 06-19    -        07-03 09-07 11-26   11-27   12-24    12-25
2027 01-01    01-18 02-15  03-26  -       05-31 06-18    -        07-05 09-06 11-25   11-26   -        12-24
2028 -        01-17 02-21  04-14  -       05-29 06-19    07-03    07-04 09-04 11-23   11-24   -        12-25
2029 01-01    01-15 02-19  03-30  -       05-28 06-19    07-03    07-04 09-03 11-22   11-23   12-24    12-25
2030 01-01    01-21 02-18  04-19  -       05-27 06-19    07-03    07-04 09-02 11-28   11-29   12-24    12-25
"""  # noqa: E501  a table reads as a table

NAMES: Final = {
    "new_year": "New Year",
    "mlk": "Martin Luther King Day",
    "presid": "Presidents' Day",
    "good_f": "Good Friday",
    "payroll": "Good Friday with a payroll report",
    "memor": "Memorial Day",
    "juneteen": "Juneteenth",
    "july_eve": "eve of Independence Day",
    "july4": "Independence Day",
    "labor": "Labor Day",
    "thanksg": "Thanksgiving",
    "black_f": "day after Thanksgiving",
    "xmas_eve": "Christmas Eve",
    "xmas": "Christmas",
}


@lru_cache(maxsize=1)
def holidays() -> tuple[tuple[int, str], ...]:
    """(epoch day, column) of every holiday from 2010 to 2030, in order."""
    head, *rows = (line.split() for line in HOLIDAYS.split("\n") if line)
    days = [
        (epoch_day(f"{row[0]}-{text}"), name)
        for row in rows
        for name, text in zip(head[1:], row[1:], strict=True)
        if text != "-"
    ]
    return tuple(sorted(days))


def specials(kept: str, single: str = "") -> tuple[Special, ...]:
    """The special days of one group of products.

    `kept` says how a holiday is kept, from which year on: `mlk 2015 fold 12:00`; the last line
    that fits a year holds, and a holiday of which it says nothing is a regular day. `single`
    gives days of their own, with a reason: `2018-12-05 to 08:30 | day of mourning`; they hold
    in place of the rule.
    """
    rules = [line.split(maxsplit=2) for line in kept.split("\n") if line.strip()]
    odd = [name for name, _, _ in rules if name not in NAMES]
    if odd:
        raise ParameterError(f"no such holiday: {', '.join(odd)}; there are {', '.join(NAMES)}")
    found: dict[int, Special] = {}
    for day, name in holidays():
        year = day_date(day).year
        since = [how for rule, first, how in rules if rule == name and int(first) <= year]
        if since:
            found[day] = _special(day, since[-1], NAMES[name])
    for line in filter(str.strip, single.split("\n")):
        when, reason = (part.strip() for part in line.split("|"))
        day_text, how = when.split(maxsplit=1)
        day = epoch_day(day_text)
        found[day] = _special(day, how, reason)
    return tuple(found[day] for day in sorted(found))


def _special(day: int, how: str, reason: str) -> Special:
    return Special(day, _shut(how), how.startswith("fold"), reason)


def _shut(how: str) -> Stretch:
    """What falls away: closed, to 12:15, from 05:00, halt 10:00-11:00, fold, fold 12:00."""
    word, _, clock = how.partition(" ")
    if word == "closed":
        return ALWAYS
    if word == "from":
        return (ALWAYS[0], clock_minute(clock))
    if word == "halt":
        start, _, stop = clock.partition("-")
        return (clock_minute(start), clock_minute(stop))
    if word in {"to", "fold"}:
        return (clock_minute(clock or "24:00"), ALWAYS[1])
    raise ParameterError(f"'{how}' is no way to keep a holiday")
