"""Our calendars against two public libraries: every difference stands in docs/calendars.md."""

import warnings
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from engine.core.calendars import calendar
from engine.core.hours import openings
from engine.core.zone import clock_text, day_date, epoch_day

PAGE = Path(__file__).parents[2] / "docs" / "calendars.md"
HEADING = "## Differences from the public libraries"
CHICAGO = ZoneInfo("America/Chicago")
PAIRS = {
    ("cme_equity", "CME_Equity"): 5_478,
    ("cme_equity", "CME Globex Equity"): 5_478,
    ("cme_equity", "CMES"): 5_478,
    ("nymex_energy", "CMEGlobex_Energy"): 4_957,
    ("comex_gold", "CMEGlobex_Metals"): 4_957,
    ("comex_silver", "CMEGlobex_Metals"): 4_957,
    ("cbot_rates", "CME Globex Fixed Income"): 4_435,
    ("cme_fx", "CMEGlobex_FX"): 5_478,
}
Days = dict[int, str]


class Difference(NamedTuple):
    """Days on which we say one thing and a library another."""

    calendar: str
    library: str
    ours: str
    theirs: str
    days: int
    first: str
    last: str


def said(spans):
    return " ".join(f"{clock_text(a % 1440)}-{clock_text(b % 1440)}" for a, b in spans) or "closed"


def our_days(name: str) -> Days:
    """What is open for each weekday, holidays that fold into another trade date as well."""
    days = defaultdict(list)
    for opening in openings(calendar(name)):
        for day, start, stop in opening.spans:
            days[day].append((start, stop))
    return {day: said(spans) for day, spans in days.items()}


@cache
def their_days(library: str, first: str, last: str) -> Days:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if library == "CMES":
            module = pytest.importorskip("exchange_calendars")
            frame = module.get_calendar(library, start=first, end=last).schedule
            columns = ["open", "close"]
        else:
            module = pytest.importorskip("pandas_market_calendars")
            frame = module.get_calendar(library).schedule(first, last)
            columns = [
                c for c in ("market_open", "break_start", "break_end", "market_close") if c in frame
            ]
    days = {}
    for row in frame[columns].itertuples():
        day = epoch_day(row[0].date())
        minutes = [wall_minute(moment, day) for moment in row[1:] if str(moment) != "NaT"]
        halted = len(minutes) == 4 and minutes[1] < minutes[2]
        ends = minutes if halted else [minutes[0], minutes[-1]]
        pairs = [(a, min(b, minutes[-1])) for a, b in zip(ends[::2], ends[1::2], strict=True)]
        days[day] = said([(a, b) for a, b in pairs if a < b])
    return days


def wall_minute(moment, day: int) -> int:
    local = moment.tz_convert(CHICAGO)
    return (epoch_day(local.date()) - day) * 1440 + local.hour * 60 + local.minute


def differences(name: str, library: str) -> tuple[int, list[Difference]]:
    """How many weekdays were compared, and what differed, one row a kind."""
    known = calendar(name)
    ours = our_days(name)
    theirs = their_days(library, str(known.first), str(known.last))
    kinds = defaultdict(list)
    compared = 0
    for day in range(epoch_day(known.first), epoch_day(known.last) + 1):
        if day_date(day).weekday() < 5:
            compared += 1
            pair = ours.get(day, "closed"), theirs.get(day, "closed")
            if pair[0] != pair[1]:
                kinds[pair].append(str(day_date(day)))
    rows = [
        Difference(name, library, *pair, len(days), days[0], days[-1])
        for pair, days in kinds.items()
    ]
    return compared, rows


def explained() -> dict[Difference, str]:
    table = PAGE.read_text().split(HEADING)[1].split("\n## ")[0]
    found = {}
    for line in table.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) == 8 and cells[4].isdecimal():
            row = Difference(*cells[:4], int(cells[4]), *cells[5:7])
            assert row not in found, f"explained twice: {row}"
            found[row] = cells[7]
    return found


@pytest.mark.covers("A-005", "VA-035", "T22")
@pytest.mark.parametrize(("name", "library"), PAIRS)
def test_every_difference_is_explained_and_every_explanation_still_holds(name, library):
    compared, found = differences(name, library)
    known = {row: why for row, why in explained().items() if row[:2] == (name, library)}
    assert compared == PAIRS[name, library]
    assert set(found) - set(known) == set(), "differences nobody explained"
    assert set(known) - set(found) == set(), "explanations of differences that are gone"
    assert all(len(why) > 20 for why in known.values())


def test_the_page_explains_these_pairs_and_no_others():
    rows = explained()
    assert {row[:2] for row in rows} == set(PAIRS)
    assert len(rows) == 59
