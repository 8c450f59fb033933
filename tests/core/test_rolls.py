"""Rolls: names and dates of contracts, the rules that choose the one in front, the table."""

from collections import Counter
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.contracts import instrument
from engine.core.errors import DataError, RefusedError
from engine.core.rolls.decide import Activity, by_calendar, by_interest, by_volume
from engine.core.rolls.delivery import Delivery, delivery_of, roll_day, third_friday
from engine.core.rolls.table import Prices, Roll, Rolls, last_common
from engine.core.zone import epoch_day
from tests.makers import at, bars_from, flat

ES = instrument("ES")
DAYS = ("2022-11-28", "2022-11-29", "2022-11-30", "2022-12-01", "2022-12-02")


def day(text):
    return epoch_day(text)


# Names and dates


@pytest.mark.parametrize(
    ("name", "near", "month"),
    [
        ("ESZ24", "2024-10-01", (2024, 12)),
        ("ESZ4", "2024-12-20", (2024, 12)),
        ("ESZ4", "2014-10-01", (2014, 12)),
        ("ESH4", "2013-12-02", (2014, 3)),
        ("ESH0", "2019-12-02", (2020, 3)),
        ("Z2013", "2013-10-07", (2013, 12)),
        ("ES 12-24", "2024-10-01", (2024, 12)),
        ("201312", "2013-10-07", (2013, 12)),
        ("2013-12", "2013-10-07", (2013, 12)),
        ("20131220", "2013-10-07", (2013, 12)),
        ("es_z24", "2024-10-01", (2024, 12)),
    ],
)
def test_a_contract_names_its_month(name, near, month):
    name = name.upper()
    found = delivery_of(name, "ES", date.fromisoformat(near))
    assert found == Delivery(*month)
    assert str(found) == f"{month[0]}-{month[1]:02d}"


@pytest.mark.parametrize("name", ["ES", "", "ESA24", "ESZ", "front", "201313", "ES 13-24"])
def test_a_name_without_a_month_is_refused(name):
    with pytest.raises(DataError, match="names no delivery month of ES; write it as ESZ24"):
        delivery_of(name, "ES", date(2024, 1, 2))


@pytest.mark.covers("A-014")
@pytest.mark.parametrize(
    ("month", "roll"),
    [
        ((2013, 12), "2013-12-12"),  # the Thursday eight days before the third Friday
        ((2020, 3), "2020-03-12"),
        ((2022, 3), "2022-03-10"),
        ((2022, 6), "2022-06-13"),  # from here on the Monday before it
        ((2022, 9), "2022-09-12"),
        ((2024, 3), "2024-03-11"),
    ],
)
def test_the_calendar_rolls_by_the_rule_of_its_time(month, roll):
    assert str(roll_day(ES, Delivery(*month))) == roll
    with pytest.raises(RefusedError, match="CL: roll dates are known for cme_equity, not nymex"):
        roll_day(instrument("CL"), Delivery(*month))


@pytest.mark.covers("A-014")
def test_reference_rolls_differ_by_the_rule_alone(shared_data):
    """The reference keeps a contract to the day before it expires, or to where interest crosses."""
    frame = pl.read_csv(shared_data / "lean" / "es_map.csv", has_header=False, skip_rows=1)
    frame.columns = ["day", "contract", "market", "mode"]
    by_mode = {0: [], 2: []}
    for stamp, mode in frame.select("day", "mode").iter_rows():
        if mode in by_mode and stamp < 20300000:
            by_mode[mode].append(date(stamp // 10_000, stamp // 100 % 100, stamp % 100))
    expiring = [Delivery(d.year, d.month) for d in by_mode[0]]
    assert expiring == [Delivery(y, m) for y in range(2009, 2024) for m in (3, 6, 9, 12)][3:-2]
    assert {(third_friday(m) - d).days for m, d in zip(expiring, by_mode[0], strict=True)} == {1}
    ahead = {}
    for month, last in zip(expiring, by_mode[0], strict=True):
        ahead.setdefault((last - roll_day(ES, month)).days, []).append(str(month))
    assert set(ahead) == {7, 3}  # we leave a week before they do, since June 2022 four days
    assert ahead[3] == ["2022-06", "2022-09", "2022-12", "2023-03", "2023-06"]
    days = Counter((third_friday(Delivery(d.year, d.month)) - d).days for d in by_mode[2])
    # last days in front where open interest decides: Tuesday or Wednesday of the week of expiry,
    # but for a Sunday in 2011 and a change on the eve of a closed market in October 2012
    assert days == {3: 43, 2: 6, 5: 1, -9: 1}


# Rules


def traded(amounts, days=DAYS, begun=None):
    """Volumes by contract, one a session."""
    amount = np.array(list(amounts.values()), np.int64)
    first = np.argmax(amount > 0, axis=1) if begun is None else np.array(begun)
    return Activity(np.array([day(d) for d in days]), tuple(amounts), first, amount)


def said(rolls):
    return [(str(np.datetime64(row.day, "D")), row.old, row.new) for row in rolls.rows]


@pytest.mark.covers("A-014")
def test_volume_that_crosses_rolls_the_next_session():
    sessions = traded({"ESZ22": [9, 9, 5, 1, 1], "ESH23": [1, 9, 6, 9, 9]})
    rolls = by_volume(ES, sessions)
    assert rolls.first == "ESZ22"
    assert said(rolls) == [("2022-12-01", "ESZ22", "ESH23")]  # it crossed on the day before
    assert rolls.method == "volume"


def test_volume_never_rolls_back_and_takes_the_busiest():
    flips = traded({"ESZ22": [9, 5, 9, 9, 9], "ESH23": [1, 6, 1, 1, 1], "ESM23": [1, 7, 1, 1, 1]})
    assert said(by_volume(ES, flips)) == [("2022-11-30", "ESZ22", "ESM23")]


def test_a_crossing_in_the_last_session_is_no_roll_yet():
    assert not by_volume(ES, traded({"ESZ22": [9] * 5, "ESH23": [1, 1, 1, 1, 99]})).rows


@pytest.mark.covers("A-014")
def test_open_interest_is_known_a_session_later():
    sessions = traded({"ESZ22": [9, 9, 5, 1, 1], "ESH23": [1, 9, 6, 9, 9]})
    assert said(by_interest(ES, sessions)) == [("2022-12-02", "ESZ22", "ESH23")]


WEEKS = ("2022-12-08", "2022-12-09", "2022-12-12", "2022-12-15", "2022-12-16")


def test_the_calendar_rolls_on_its_day_or_the_next_session_there_is():
    sessions = traded({"ESH23": [1] * 5, "ESZ22": [9] * 5}, WEEKS)
    rolls = by_calendar(ES, sessions)
    assert (rolls.first, rolls.method) == ("ESZ22", "calendar")
    assert said(rolls) == [("2022-12-12", "ESZ22", "ESH23")]
    late = traded({"ESZ22": [9] * 3, "ESH23": [1] * 3}, ("2022-12-08", "2022-12-15", "2022-12-16"))
    assert said(by_calendar(ES, late)) == [("2022-12-15", "ESZ22", "ESH23")]


def test_a_contract_that_expires_leaves_the_front_whatever_its_volume():
    sessions = traded({"ESZ22": [9] * 5, "ESH23": [1] * 5}, WEEKS)
    assert said(by_volume(ES, sessions)) == [("2022-12-16", "ESZ22", "ESH23")]


def test_years_without_data_pass_over_what_expired_in_them():
    days = ("2013-12-02", "2020-01-06", "2020-01-07")
    amounts = {"201312": [9, 0, 0], "201403": [1, 0, 0], "202003": [0, 9, 9]}
    for rule in (by_calendar, by_volume):
        assert said(rule(ES, traded(amounts, days))) == [("2020-01-06", "201312", "202003")]


def test_a_contract_stays_in_front_while_there_is_no_other():
    days = ("2013-12-19", "2013-12-20", "2013-12-23")
    assert not by_calendar(ES, traded({"201312": [9, 9, 9]}, days)).rows
    first = traded({"201312": [9, 9, 9], "201403": [0, 0, 1]}, days)
    assert said(by_calendar(ES, first)) == [("2013-12-23", "201312", "201403")]


def test_where_no_expiry_is_known_volume_decides_alone():
    oil = instrument("CL")
    sessions = traded({"CLG23": [2, 2, 1, 1, 1], "CLF23": [9, 9, 1, 1, 1], "CLH23": [1] * 5})
    rolls = by_volume(oil, sessions)
    assert rolls.first == "CLF23"
    assert not rolls.rows
    with pytest.raises(RefusedError, match="roll by volume, or by a table"):
        by_calendar(oil, sessions)


def test_two_names_of_one_month_are_refused():
    with pytest.raises(DataError, match="ES: two of the contracts ESZ2, ESZ22 are for the same"):
        by_volume(ES, traded({"ESZ2": [1] * 5, "ESZ22": [1] * 5}))


@given(st.lists(st.lists(st.integers(0, 20), min_size=12, max_size=12), min_size=3, max_size=3))
def test_more_sessions_change_no_earlier_roll(amounts):
    days = [day("2022-12-05") + k + 2 * (k // 5) for k in range(12)]
    names = ("ESZ22", "ESH23", "ESM23")
    begun = [next((k for k, v in enumerate(row) if v), 11) for row in amounts]
    begun[0], amounts[0][0] = 0, 5
    for rule in (by_calendar, by_volume, by_interest):
        full = rule(ES, Activity(np.array(days), names, np.array(begun), np.array(amounts)))
        for cut in range(1, 12):
            kept = [k for k in range(3) if begun[k] < cut]
            past = Activity(
                np.array(days[:cut]),
                tuple(names[k] for k in kept),
                np.array([begun[k] for k in kept]),
                np.array([amounts[k][:cut] for k in kept]),
            )
            earlier = rule(ES, past)
            assert earlier.first == full.first
            assert earlier.rows == tuple(row for row in full.rows if row.day <= days[cut - 1])


# The table


def test_a_table_hangs_together():
    one, two = Roll(5, "A", "B"), Roll(9, "B", "C")
    rolls = Rolls("A", (one, two))
    assert rolls.contracts == ("A", "B", "C")
    assert rolls.front([4, 5, 8, 9, 10]).tolist() == [0, 1, 1, 2, 2]
    with pytest.raises(DataError, match="B to C on 1970-01-10: the contract in front is A then"):
        Rolls("A", (two,))
    with pytest.raises(DataError, match="does not come after A to B on 1970-01-06"):
        Rolls("A", (one, two._replace(day=5)))
    with pytest.raises(DataError, match="no minute in common before it"):
        rolls.gaps(0, 2)
    assert rolls.gaps(1, 1).tolist() == []


def test_prices_of_a_roll_are_those_of_the_last_common_minute():
    old = bars_from(("2022-11-28 09:00", [(k, k, k, k) for k in range(4)]))
    new = bars_from(("2022-11-28 09:01", flat(7, 2)), ("2022-11-28 09:09", flat(8, 1)))
    assert last_common(old, new) == Prices(2, 7, at("2022-11-28 09:02"))
    assert last_common(old, new).gap == 5
    assert last_common(old[:1], new) is None
