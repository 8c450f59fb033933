"""Defects between bars: each kind on a hand-made tape, and none on a clean one."""

from datetime import date

import numpy as np
import pytest

from engine.core.calendars import calendar
from engine.core.contracts import instrument
from engine.synth.market import synthesise
from storage.judge.hours import all_sessions, placed
from storage.judge.kinds import KINDS, NOTE
from storage.judge.report import Found, Report
from storage.judge.series import Track, by_time, judge_series

SESSIONS = all_sessions(calendar("cme_equity"))
BARS = synthesise(instrument("ES"), date(2024, 3, 4), 4, 11)


def track(keep=None, **columns):
    """A clean tape with some columns changed, or some rows left out."""
    names = ("open", "high", "low", "close", "volume")
    values = {name: getattr(BARS, name).astype(np.int64) for name in names} | columns
    time = BARS.time
    if keep is not None:
        time, values = time[keep], {name: value[keep] for name, value in values.items()}
    return Track(time, **values, placed=placed(SESSIONS, time), minutes=1)


def found(tape):
    report = Report("x")
    report.add(judge_series(tape, SESSIONS, by_time(tape)))
    return {kind: (one.found, one.rows) for kind, one in report.defects.items()}


def put(name, rows, value):
    column = getattr(BARS, name).astype(np.int64)
    column[rows] = value
    return {name: column}


def test_a_clean_tape_has_no_defect():
    assert found(track()) == {}


def test_nothing_is_found_in_nothing():
    assert found(track(np.zeros(len(BARS), np.bool_))) == {}


def test_runs_of_volume_one_are_interpolated():
    assert found(track(**put("volume", slice(100, 150), 1))) == {"volume_ones": (1, 50)}
    assert found(track(**put("volume", slice(100, 120), 1))) == {}


def test_bars_without_volume_are_counted():
    assert found(track(**put("volume", [5, 77, 900], 0))) == {"zero_volume": (3, 3)}


def test_volume_that_only_grows_is_a_running_sum():
    running = np.cumsum(BARS.volume[:1380])
    tape = track(**put("volume", slice(0, 1380), running))
    assert found(tape) == {"cumulative_volume": (1, 1380)}


def test_a_market_that_stands_still_is_flat():
    price = int(BARS.close[199])
    still = {
        name: put(name, slice(200, 260), price)[name] for name in ("open", "high", "low", "close")
    }
    assert found(track(**still))["flat_run"] == (1, 60)


@pytest.mark.parametrize(("name", "by"), [("high", 400), ("low", -400)])
def test_one_price_far_away_is_an_outlier(name, by):
    column = getattr(BARS, name).astype(np.int64)
    column[300] += by
    assert found(track(**{name: column})) == {"outlier": (1, 1)}


def test_another_level_and_back_is_a_flip_counted_once():
    columns = {n: getattr(BARS, n).astype(np.int64) for n in ("open", "high", "low", "close")}
    for column in columns.values():
        column[300:340] += 200
        column[900:903] += 200
    assert found(track(**columns)) == {"level_flip": (2, 43)}


def test_two_bases_bar_by_bar_are_flips_and_no_outliers():
    columns = {n: getattr(BARS, n).astype(np.int64) for n in ("open", "high", "low", "close")}
    for column in columns.values():
        column[300:340:2] += 200
    assert found(track(**columns)) == {"level_flip": (20, 20)}


@pytest.mark.covers("A-010")
def test_gaps_are_counted_inside_sessions_alone():
    keep = np.ones(len(BARS), np.bool_)
    keep[[500, 501, 502, 900]] = False
    assert found(track(keep)) == {"gap": (2, 4)}
    one = next(judge_series(track(keep), SESSIONS, by_time(track(keep))))
    assert (one.most, one.most_at) == (3, "2024-03-04T07:23:00Z")


def test_a_gap_over_the_end_of_a_session_is_one():
    keep = np.ones(len(BARS), np.bool_)
    keep[1375:1390] = False
    assert found(track(keep)) == {"gap": (1, 15)}


def test_nobody_knows_what_lies_beyond_the_ends():
    assert found(track(slice(100, -100))) == {}


def test_in_the_middle_of_a_longer_series_the_ends_are_known():
    tape = track(slice(100, -100))
    session = int(tape.placed.session[0])
    assert found(tape._replace(since=session - 1, more=True)) == {"gap": (2, 200)}


def test_a_row_known_to_be_bad_is_no_gap_too():
    keep = np.ones(len(BARS), np.bool_)
    keep[[500, 501]] = False
    tape = track(keep)
    assert found(tape._replace(lost=BARS.time[500:502])) == {}
    assert found(tape._replace(lost=BARS.time[500:501])) == {"gap": (1, 1)}


def test_a_session_without_bars_is_missing():
    keep = BARS.session != BARS.session[1400]
    assert found(track(keep)) == {"missing_session": (1, 0)}


def test_defects_of_one_kind_are_counted_together_and_keep_the_longest():
    report = Report("x")
    report.add([Found("gap", 1, 3, ("a",), most=3, most_at="a")])
    report.add([Found("gap", 2, 9, ("b", "c", "d"), most=7, most_at="c")])
    one = report.defects["gap"]
    assert (one.found, one.rows, one.where) == (3, 12, ("a", "b", "c"))
    assert (one.most, one.most_at) == (7, "c")
    assert "the longest has 7 bars, at c" in report.frame()["sentence"][0]
    assert report.clean
    assert KINDS["gap"].severity == NOTE


def test_the_worst_stand_first_in_a_report():
    report = Report("x", counts={"read": 5, "stored": 3})
    kinds = ("gap", "order", "outlier", "missing")
    report.add([Found(kind, 1, 1, ("f:1",)) for kind in kinds])
    frame = report.frame()
    assert frame["defect"].to_list() == ["missing", "order", "outlier", "gap"]
    assert frame["quarantined"].to_list() == [True, True, False, False]
    assert report.quarantined == 2
    assert report.balanced
    assert not report.clean
    assert report.plain()["rows"] == {"read": 5, "stored": 3, "quarantined": 2}
