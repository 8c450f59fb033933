"""The clock detective: no false alarm on clean files, planted shifts named, honest ignorance."""

import numpy as np
import pytest

from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.core.zone import MINUTE, local_ns, utc_ns
from engine.synth.clock import clock_of
from storage.judge.clock import Stretch, edges_of, judge_clock
from storage.judge.hours import all_sessions

SYMBOLS = ("ES", "CL", "GC", "SI", "ZN", "6E")
SHIFTS = (60, -60, 1, -1, 300, -360, 480, 720, 45)


def hours(symbol):
    sessions = all_sessions(calendar(instrument(symbol).calendar))
    return sessions, clock_of(sessions)


HOURS = {symbol: hours(symbol) for symbol in SYMBOLS}


def cut(chance):
    """Every minute of some weeks or months of one market, now and then with holes."""
    sessions, clock = HOURS[SYMBOLS[chance.integers(len(SYMBOLS))]]
    first = int(chance.integers(300, len(sessions) - 300))
    count = int(chance.integers(12, 250))
    time = clock.time[clock.first[first] : clock.first[first + count]]
    if chance.integers(2):
        time = time[chance.random(len(time)) > 0.002 * chance.integers(1, 10)]
    return sessions, time


def verdict(time, sessions, minutes=1):
    return judge_clock(edges_of(time, np.arange(len(time)), minutes), sessions, minutes)


def test_no_clean_file_raises_an_alarm(sized):
    chance, told = np.random.default_rng(1), 0
    files = sized("clean clocks", ci=40, full=1000)
    for _ in range(files):
        sessions, time = cut(chance)
        found = verdict(time, sessions)
        assert found.fits or not found.tells
        told += found.fits
    assert told >= 0.9 * files, f"only {told} of {files} files told anything"


def test_planted_shifts_are_named(sized):
    chance, named = np.random.default_rng(2), 0
    files = sized("planted clocks", ci=40, full=1000)
    for _ in range(files):
        sessions, time = cut(chance)
        shift = SHIFTS[chance.integers(len(SHIFTS))]
        found = verdict(time + shift * MINUTE, sessions)
        named += found.stretches == (Stretch(0, shift),)
    assert named >= 0.99 * files, f"{named} of {files}"


def test_a_shift_of_a_part_is_named_to_the_row(sized):
    chance, named = np.random.default_rng(3), 0
    files = sized("planted parts", ci=40, full=1000)
    for _ in range(files):
        sessions, time = cut(chance)
        shift = SHIFTS[chance.integers(len(SHIFTS))]
        row = int(chance.integers(len(time) // 4, 3 * len(time) // 4))
        moved = time.copy()
        moved[row:] += shift * MINUTE
        found = verdict(moved, sessions)
        shifts = [stretch.minutes for stretch in found.stretches]
        # among holes a jump by one minute can pass for one more
        exact = abs(shift) == 1 or (len(shifts) == 2 and found.stretches[1].row == row)
        named += shifts == [0, shift] and exact
    assert named >= 0.99 * files, f"{named} of {files}"


ZONES = (
    *("America/Chicago", "America/New_York", "Europe/London", "Europe/Berlin", "UTC"),
    *("Asia/Tokyo", "Asia/Kolkata", "Australia/Sydney", "America/Los_Angeles", "Etc/GMT+5"),
)


def misread(time, true, taken):
    """Moments whose stamps on the clock of one zone are taken for those of another."""
    local = local_ns(time, true)
    day, minute = local // (1440 * MINUTE), local // MINUTE % 1440
    return utc_ns(day, minute, taken)


def stretches_of(time, wrong):
    """Where the lateness of stamps changes; none where some stretch has too few pauses to tell."""
    late = wrong - time
    rows = np.flatnonzero(np.diff(late, prepend=late[0] - 1))
    nights = np.flatnonzero(np.diff(time) >= 30 * MINUTE)
    held = np.diff(np.searchsorted(nights, [*rows, len(time)]))
    if held.min() < 4:
        return ()
    return tuple(Stretch(int(row), int(late[row]) // MINUTE) for row in rows)


def planted(chance, mix):
    """Stamps of another zone, from the first row on or from some session on."""
    while True:
        sessions, time = cut(chance)
        true, taken = chance.choice(ZONES, 2, replace=False)
        row = 0
        if mix:
            at = chance.integers(len(time) // 4, 3 * len(time) // 4)
            row = at + int(np.argmax(np.diff(time[at - 1 :]) > 30 * MINUTE))
        wrong = np.concatenate((time[:row], misread(time[row:], true, taken)))
        expected = stretches_of(time, wrong)
        if expected:
            return sessions, wrong, expected


@pytest.mark.parametrize("mix", [False, True], ids=["files", "appends"])
def test_stamps_of_another_zone_are_named_to_the_row(sized, mix):
    """Summer times of both zones included; an append begins with a session, without a jump."""
    chance, named = np.random.default_rng(4 + mix), 0
    files = sized(f"{'appends' if mix else 'files'} of another zone", ci=25, full=1000)
    for _ in range(files):
        sessions, wrong, expected = planted(chance, mix)
        named += verdict(wrong, sessions).stretches == expected
    assert named >= 0.99 * files, f"{named} of {files}"


@pytest.mark.parametrize("minutes", [5, 15])
def test_bars_stamped_at_their_end_are_late_by_their_length(sized, minutes):
    chance, named = np.random.default_rng(minutes), 0
    files = sized(f"ends of {minutes} minutes", ci=25, full=500)
    for _ in range(files):
        sessions, clock = HOURS[SYMBOLS[chance.integers(len(SYMBOLS))]]
        first = int(chance.integers(300, len(sessions) - 300))
        time = clock.time[clock.first[first] : clock.first[first + 60]]
        span = np.searchsorted(sessions.span_start, time, side="right") - 1
        time = time[(time - sessions.span_start[span]) // MINUTE % minutes == 0]
        late = minutes * int(chance.integers(2))
        found = verdict(time + late * MINUTE, sessions, minutes)
        named += found.stretches == (Stretch(0, late),)
    assert named >= 0.99 * files, f"{named} of {files}"


def test_weeks_of_another_summer_time_are_found():
    sessions, clock = HOURS["ES"]
    days = slice(sessions.index_of("2024-01-02"), sessions.index_of("2024-12-20"))
    time = clock.time[clock.first[days.start] : clock.first[days.stop]]
    london = local_ns(time, "Europe/London") - 6 * 60 * MINUTE  # six hours ahead most of the year
    day, minute = london // (1440 * MINUTE), london // MINUTE % 1440
    found = verdict(utc_ns(day, minute, "America/Chicago"), sessions)
    assert [stretch.minutes for stretch in found.stretches] == [0, -60, 0, -60, 0]


@pytest.mark.parametrize("days", [1, 2])
def test_a_short_file_cannot_tell(days):
    sessions, clock = HOURS["ES"]
    time = clock.time[clock.first[3000] : clock.first[3000 + days]]
    assert not verdict(time, sessions).tells


def test_a_market_that_never_shuts_cannot_tell():
    sessions = all_sessions(calendar("crypto"))
    time = clock_of(sessions.between("2024-01-01", "2024-03-01")).time
    assert not verdict(time, sessions).tells
    assert not verdict(np.delete(time, slice(2000, 3000)), sessions).tells


@pytest.mark.parametrize("shift", [0, 60, 1])
def test_a_file_of_regular_hours_alone_is_held_against_their_nights(shift):
    sessions, clock = HOURS["ES"]
    time = clock.time[clock.first[3000] : clock.first[3060]]
    regular = time[sessions.label(time).rth] + shift * MINUTE
    assert verdict(regular, sessions).stretches == (Stretch(0, shift),)


def test_bars_of_five_minutes_stamped_at_their_end_are_five_minutes_late():
    sessions, clock = HOURS["ES"]
    time = clock.time[clock.first[3000] : clock.first[3060] : 5]
    assert verdict(time, sessions, 5).fits
    assert verdict(time + 5 * MINUTE, sessions, 5).stretches == (Stretch(0, 5),)
