"""The kernels of storage.ingest.numbers, moments, swift and lines against a plain oracle."""

from datetime import datetime  # naive ones: what is read is a wall clock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.ingest import lines, moments, numbers, swift
from tests.ingest import plainly

FIRST, LAST = (datetime.fromisoformat(day) for day in ("1970-01-02", "2199-01-01"))
PAD = "\n" * swift.PAD
NUMBERS = [
    *("0", "4500.25", "-37.63", "+1", ".5", "5.", "1e3", "4.5E-2", "1e308", "1E-400", "NaN"),
    *("", " ", "null", "None", "N/A", "na", "-", "--1", "1.2.3", "0x12", "1e", "e5", ".", "1,5"),
    *("12345678901234567890", "99999999999999999999999.5", "1676.7499999999998", "0.0000005"),
    *("nano", "inf", "Infinity", "1 000", "١"),
]


def read_number(text, places=9):
    field = numbers.plain(text)
    return numbers.number(field, 0, len(field), places, ord("."))


@pytest.mark.parametrize("text", NUMBERS)
def test_a_number_is_read_as_the_oracle_reads_it(text):
    assert read_number(text) == plainly.number(text, 9)


@given(
    st.from_regex(r"[-+]?[0-9]{0,12}(\.[0-9]{0,12})?([eE][-+]?[0-9]{1,2})?", fullmatch=True),
    st.integers(0, 9),
)
def test_numbers_agree_with_the_oracle(text, places):
    assert read_number(text, places) == plainly.number(text, places)


@given(st.text("0123456789.+-eE ,xnaN", max_size=12))
def test_nonsense_is_told_from_numbers_as_the_oracle_does(text):
    assert read_number(text) == plainly.number(text, 9)


MOMENTS = [
    *("2024-03-28 09:30:00", "2024/3/8 9:30", "20240328 093000", "20240328", "2024-02-29"),
    *("2023-02-29", "2024-13-01", "2024-03-28T09:30:00Z", "2024-03-28T09:30:00.123456-05:00"),
    *("2024-03-28 09:30 PM", "2024-03-28 21:30 PM", "2024-03-28 12:00 am", "2024-03-28 24:00:00"),
    *("2024-03-28 24:00:01", "2024-03-28 09:60", "2024-03-28x09:30", "2024-03-28 09:30 CST"),
    *("2024-03-28 09:30+0530", "2024-03-28 0930", "2024-03/28", "2024-03-28 09:30:00 UTC"),
    *("20240328 093000 1234567", "2024-03-28 09:30:00 0000001", "20240328 093000 123456"),
    *("2024-03-28 09:30:00 0530", "20240328 0930 1234567", "20240328 093000 12345678"),
    *("03/28/2024 09:30", "28.03.2024 09:30", "3/8/2024 9:30:15", "2024-03-2809:30", "", "x"),
]


def read_moment(text, order):
    field = numbers.plain(text)
    wall, east = moments.moment(field, 0, len(field), order)
    return None if wall < 0 else (wall, None if east == moments.NAIVE else east)


@pytest.mark.parametrize("order", [moments.YMD, moments.MDY, moments.DMY])
@pytest.mark.parametrize("text", MOMENTS)
def test_a_moment_is_read_as_the_oracle_reads_it(text, order):
    assert read_moment(text, order) == plainly.moment(text, order)


@given(
    st.datetimes(FIRST, LAST),
    st.sampled_from(["%Y-%m-%d %H:%M:%S", "%Y%m%d %H%M%S", "%Y/%m/%dT%H:%M", "%Y-%m-%d %I:%M %p"]),
)
def test_moments_agree_with_the_oracle(when, form):
    text = when.strftime(form)
    assert read_moment(text, moments.YMD) == plainly.moment(text, 0)


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("1577978400", 1_577_978_400),
        ("1577978400.5", 1_577_978_400.5),
        ("1577978400000", 1_577_978_400),
        ("1577978400000000", 1_577_978_400),
        ("1577978400000000000", 1_577_978_400),
    ],
)
def test_the_unit_of_an_epoch_is_told_by_its_size(text, second):
    field = numbers.plain(text)
    assert moments.epoch(field, 0, len(field)) == int(second * 10**9)


@pytest.mark.parametrize("text", ["", "x", "12", "1577978400x", "1577978400.", "-1577978400"])
def test_what_is_no_epoch_is_refused(text):
    field = numbers.plain(text)
    assert moments.epoch(field, 0, len(field)) == -1


def layout(roles, order=moments.YMD, point="."):
    form = [9, 9, 9, 9, 3, ord(point), order, ord(",")]
    return lines.Layout(np.array(roles), np.array(form))


USUAL = layout([lines.MOMENT, 0, 1, 2, 3, 4])


def scanned(text, shape=USUAL):
    whole = text if text.endswith("\n") else text + "\n"
    out = lines.columns(whole.count("\n"), moments.NAIVE)
    count = lines.scan(numbers.plain(whole + PAD), len(whole.encode()), shape, out)
    return lines.Columns._make(column[..., :count] for column in out)


def careful(text, shape=USUAL):
    """The same through the careful reading alone: a blank ahead makes a line unusual."""
    return scanned("".join(f" {line}\n" for line in text.splitlines()), shape)


@given(
    st.lists(
        st.tuples(
            st.datetimes(FIRST, LAST),
            st.lists(st.decimals(0, 10**6, places=3), min_size=5, max_size=5),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_the_quick_and_the_careful_reading_agree_with_the_oracle(rows):
    text = "\n".join(f"{when:%Y-%m-%d %H:%M:%S}," + ",".join(map(str, v)) for when, v in rows)
    quick, slow = scanned(text), careful(text)
    for ours, theirs in zip(quick[2:], slow[2:], strict=True):
        assert np.array_equal(ours, theirs)
    for row, (when, values) in enumerate(rows):
        assert (quick.wall[row], None) == plainly.moment(f"{when:%Y-%m-%d %H:%M:%S}", 0)
        units = [plainly.number(str(v), 9 if k < 4 else 3)[0] for k, v in enumerate(values)]
        assert quick.numbers[:, row].tolist() == units


@pytest.mark.parametrize(
    ("text", "state", "field"),
    [
        ("2024-03-28 09:30:00,1,2,3,4", lines.FIELDS, 0),
        ("2024-03-28 09:30:00,1,2,3,4,5,6", lines.FIELDS, 0),
        ("2024-03-28 09:30:00,x,2,3,4,5", numbers.UNREADABLE, 1),
        ("2024-03-28 09:30:00,1,,3,4,5", numbers.MISSING, 2),
        ("2024-03-28 09:30:00,1,2,1e308,4,5", numbers.TOO_LARGE, 3),
        (",1,2,3,4,5", numbers.MISSING, 0),
        ("2024-03-32 09:30:00,1,2,3,4,5", numbers.UNREADABLE, 0),
        ('"2024-03-28 09:30:00,1,2,3,4,5', lines.FIELDS, 0),
        ('2024-03-28 09:30:00,1"2,2,3,4,5', lines.FIELDS, 0),
    ],
)
def test_a_bad_line_says_which_field_is_to_blame(text, state, field):
    good = "2024-03-28 09:30:00,1,2,3,4,5"
    read = scanned(f"{good}\n{text}\n\n{good}")
    assert read.state.tolist() == [0, state, 0]
    assert read.field[1] == field
    assert read.line.tolist() == [0, 1, 3]


def test_a_day_and_a_clock_time_stand_in_two_fields():
    shape = layout([lines.DAY, lines.CLOCK, 0, 1, 2, 3, lines.OTHER, lines.NAME], moments.DMY)
    text = "28/03/2024,09:30,1,2,3,4,x,ES\n8/3/2024,9:30 PM,1,2,3,4,x,NQ\n28/03/2024,9,1,2,3,4,x,ES"
    read = scanned(text, shape)
    assert read.wall[:2].astype("M8[ns]").astype(str).tolist() == [
        "2024-03-28T09:30:00.000000000",
        "2024-03-08T21:30:00.000000000",
    ]
    assert read.state.tolist() == [0, 0, numbers.UNREADABLE]
    assert read.contract[0] != read.contract[1]


def test_quoted_fields_may_hold_the_delimiter():
    shape = layout([lines.MOMENT, 0, 1, 2, 3, lines.NAME])
    read = scanned('"2024-03-28 09:30:00","1","2",3,4,"ES, front"', shape)
    assert read.state.tolist() == [0]
    assert read.numbers[:4, 0].tolist() == [10**9, 2 * 10**9, 3 * 10**9, 4 * 10**9]
