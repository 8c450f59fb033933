"""Our calendars against what was traded, and against a third table of half days."""

import json
from pathlib import Path

import numpy as np
import pytest

from engine.core.calendars import calendar
from engine.core.session import moment_text
from engine.core.zone import MINUTE, clock_text, local_day, minute_of_day

DATA = Path(__file__).parents[3] / "shared" / "data"
BARS = DATA / "es_1m_lean_percontract_2013_2020.parquet"
HALF_DAYS = DATA / "lean" / "market_hours_es.json"


def needs(path: Path) -> Path:
    if not path.exists():
        pytest.skip(f"../shared/data/{path.relative_to(DATA)} is not here")
    return path


@pytest.fixture(scope="module")
def traded():
    pl = pytest.importorskip("polars")
    frame = pl.read_parquet(needs(BARS)).sort("ts")
    time = frame["ts"].cast(pl.Int64).to_numpy() * 1_000
    assert len(time) == 23_948
    return time, frame["volume"].to_numpy()


@pytest.mark.covers("A-005", "VA-035", "T22")
def test_bars_and_volume_lie_inside_the_sessions(traded):
    time, volume = traded
    labels = calendar("cme_equity").covering(time).label(time)
    inside = labels.session >= 0
    outside = [moment_text(t) for t in time[~inside].tolist()]
    assert inside.mean() >= 0.999, outside
    assert volume[inside].sum() / volume.sum() >= 0.999
    assert outside == []  # so nothing is left to explain
    assert labels.rth.sum() > 5_000


@pytest.mark.covers("A-005", "T22")
def test_the_halt_and_the_old_close_are_in_the_data(traded):
    """222 bars between 16:00 and 16:14 in 2013 are valid, none stands in the halt."""
    time, _ = traded
    table = calendar("cme_equity").covering(time)
    minute = minute_of_day(time, "America/Chicago")
    late = (minute >= 960) & (minute < 975)
    assert late.sum() == 222
    assert (table.label(time[late]).session >= 0).all()
    assert local_day(time[late], "UTC").max() < local_day(time, "UTC").max()
    halt = (minute >= 915) & (minute < 930)
    assert halt.sum() == 0
    quiet = table.start[0] + (np.arange(7 * 1_440) * MINUTE)
    asked = minute_of_day(quiet, "America/Chicago")
    assert (table.label(quiet[(asked >= 915) & (asked < 930)]).session == -1).all()


@pytest.mark.covers("A-005", "VA-035")
def test_what_we_call_open_was_traded(traded):
    """The other half of the check: no open hour of a well covered session is without a bar."""
    time, _ = traded
    table = calendar("cme_equity").covering(time)
    labels = table.label(time)
    covered = 0
    for row in range(len(table)):
        minutes = np.unique(labels.minute[labels.session == row])
        if len(minutes) > 900:
            covered += 1
            assert (np.diff(np.unique(minutes // 60)) == 1).all(), table.trade_date(row)
            assert table.minutes[row] - 1 in minutes or minutes[0] == 0, table.trade_date(row)
            rth = labels.rth & (labels.session == row)
            assert len(np.unique(time[rth])) == 390, table.trade_date(row)
    assert covered >= 10


# Days of that table which differ from ours; New York time there. What it lacks is `-`.
LEAN = """
2012-10-29 -     09:15 hurricane, not in that table
2012-10-30 -     09:15 hurricane, not in that table
2018-12-05 -     09:30 day of mourning, not in that table
2023-07-03 -     13:15 eve of Independence Day, forgotten there
2024-07-03 -     13:15 eve of Independence Day, forgotten there
2024-11-29 -     13:15 day after Thanksgiving, forgotten there
2024-12-31 17:00 -     the regular close
2025-01-09 -     09:30 day of mourning, not in that table
2025-04-17 17:00 -     the regular close
2025-12-25 17:00 -     Christmas: closed; the 24th is the half day
2025-12-31 17:00 -     the regular close
2026-12-31 17:00 -     the regular close
"""


@pytest.mark.covers("VA-035")
def test_half_days_are_those_of_a_third_table():
    entry = json.loads(needs(HALF_DAYS).read_text())["Future-cme-ES"]
    assert entry["exchangeTimeZone"] == "America/New_York"
    theirs = {}
    for text, clock in entry["earlyCloses"].items():
        month, day, year = map(int, text.split("/"))
        if 2010 <= year <= 2026:
            theirs[f"{year}-{month:02d}-{day:02d}"] = clock[:5]
    ours = {}
    for special in calendar("cme_equity").specials:
        day = str(np.datetime64(special.day, "D"))
        if special.shut[0] > 0 and day < "2027":
            ours[day] = clock_text(special.shut[0] + 60)
    found = {
        day: (theirs.get(day, "-"), ours.get(day, "-"))
        for day in theirs.keys() | ours.keys()
        if theirs.get(day) != ours.get(day)
    }
    rows = [line.split(maxsplit=3) for line in LEAN.strip().splitlines()]
    assert len(theirs) == 151
    assert found == {day: (there, here) for day, there, here, _ in rows}
