"""A user's own table of setups: every row at the bar that was over by its time."""

from pathlib import Path

import polars as pl
import pytest

import adapters
from adapters.own.table import left_out
from app.resolve import experiment_of
from app.yaml_lines import read
from engine.core.errors import TickgridError
from engine.core.law import breaches, said_by_setups
from tests.adapters.reading import kept, rows
from tests.makers import bars_from, flat

TABLE = """\
time,side,confidence,stop,target,entry,size
2022-11-28T15:02:00Z,long,0.7,24.50,26.00,,2
2022-11-28T15:04:30Z,short,0.4,,24.00,25.25,1
2022-11-28T10:03:00-05:00,SELL,0.9,26.00,,,1
2022-11-28T15:02:00Z,sell,,,,,
2022-11-28T16:30:00Z,buy,0.8,24,26,,1
2022-11-28T14:00:00Z,buy,0.8,24,26,,1
"""
STUDY = """\
study: mine
data: {symbol: ES}
strategy: mine.csv
gates: {min_confidence: [null, 0.5]}
exits: {stop: level, target: [level, {r: 1}]}
"""


@pytest.fixture(scope="module")
def bars():
    """Six minutes from 15:00 UTC, then ten from 15:40: 09:00 and 09:40 in Chicago."""
    return bars_from(("2022-11-28 09:00", flat(100, 6)), ("2022-11-28 09:40", flat(100, 10)))


def table(tmp_path: Path, text: str = TABLE):
    path = tmp_path / "mine.csv"
    path.write_text(text)
    return adapters.load_file(path)


@pytest.mark.covers("B-017", "A-065")
def test_a_row_stands_at_the_last_bar_that_is_over_by_its_time(tmp_path, bars):
    setups = table(tmp_path)().setups(bars)
    assert rows(setups) == [(1, 1), (1, -1), (2, -1), (3, -1)]  # in a pause, and before: none
    assert setups.stop.present.tolist() == [True, False, True, False]
    assert setups.stop.values.tolist() == [98, 0, 104, 0]
    assert setups.target.values.tolist() == [104, 0, 0, 96]
    assert setups.attribute("size")[[0, 2, 3]].tolist() == [2, 1, 1]
    assert setups.attribute("confidence")[[0, 2, 3]].tolist() == [0.7, 0.9, 0.4]
    assert setups.entries.level.present.tolist() == [False, False, False, True]
    assert setups.entries.level.values[3] == 101
    assert setups.entries.order.tolist() == [0, 0, 0, 1]


def test_rows_that_stand_at_no_bar_are_counted_and_placed(tmp_path, bars):
    pause = "2022-11-28T15:20:00Z,buy,0.5,,,,1\n"
    strategy = table(tmp_path, TABLE + pause)()
    assert left_out(strategy, bars) == (
        "mine.csv: 3 of 7 setups are not played: 1 before the first bar, 1 after the last, "
        "1 while the market paused"
    )
    assert len(strategy.setups(bars)) == 4
    assert left_out(strategy, bars[:0]).startswith("mine.csv: 7 of 7 setups are not played")
    whole = table(tmp_path, TABLE.rsplit("2022-11-28T16", maxsplit=1)[0])()
    assert left_out(whole, bars) == left_out(adapters.load("crossover")(), bars) == ""


def test_its_columns_of_numbers_are_gates(tmp_path, bars):
    kind = table(tmp_path)
    assert {"min_confidence", "max_confidence", "min_size", "max_size"} == set(kind.gates())
    assert kept(kind(min_confidence="0.5"), bars) == [(1, 1), (2, -1)]
    assert kept(kind(max_size=1), bars) == [(2, -1), (3, -1)]


def test_a_table_obeys_the_prefix_law(tmp_path, bars):
    strategy = table(tmp_path)()
    for cut in range(1, len(bars)):
        assert not breaches(bars, cut, lambda b: said_by_setups(strategy.setups(b)), seed=cut)


def test_a_study_over_a_table_is_named_by_what_the_table_holds(tmp_path):
    table(tmp_path)
    (tmp_path / "s.yaml").write_text(STUDY)
    made = experiment_of(read(tmp_path / "s.yaml"))
    assert len(made.plan) == 4
    table(tmp_path, TABLE.replace("0.7", "0.6"))
    other = experiment_of(read(tmp_path / "s.yaml"))
    assert made.source != other.source
    assert made.sections == other.sections


def test_parquet_says_the_same(tmp_path, bars):
    first = table(tmp_path)
    frame = pl.read_csv(tmp_path / "mine.csv", try_parse_dates=False).with_columns(
        pl.col("time").str.to_datetime(time_zone="UTC")
    )
    frame.write_parquet(tmp_path / "mine.parquet")
    other = adapters.load_file(tmp_path / "mine.parquet")
    assert rows(other().setups(bars)) == rows(first().setups(bars))
    assert other.gates() == first.gates()
    assert first.__doc__.startswith("6 setups of mine.csv.")


HEAD = "time,side\n"
ROW = "2022-11-28T15:02:00Z,long\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("when,side\n", r"no column 'time' in mine\.csv"),
        ("", r"mine\.csv: no table of setups can be read"),
        (HEAD + "soon,long\n", r"mine\.csv row 1: 'soon' is no time"),
        (HEAD + ROW + "2022-11-28T15:02:00,long\n", r"row 2: .* has no zone; write it as .*Z"),
        (HEAD + "2022-11-28T15:02:00Z,up\n", r"no side 'up' \(mine\.csv row 1\)"),
        ("time,side,stop\n2022-11-28T15:02:00Z,long,x\n", r"row 1: stop 'x' is no price"),
        ("time,side,stop\n2022-11-28T15:02:00Z,long,nan\n", r"row 1: stop 'nan' is no price"),
        ("time,side,why\n2022-11-28T15:02:00Z,long,so\n", r"column 'why' holds more than numbers"),
        ("time,side,order\n2022-11-28T15:02:00Z,long,market\n", r"no order 'market'"),
        (
            "time,side,order\n" + ROW.replace("\n", ",limit\n") + ROW.replace("\n", ",stop\n"),
            "both",
        ),
    ],
)
def test_what_cannot_be_read_is_named_with_its_row(tmp_path, text, said):
    with pytest.raises(TickgridError, match=said):
        table(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("time,side,stop\n2022-11-28T15:02:00Z,long,24.10\n", r"mine\.csv: stop of .*24\.10 lies"),
        (HEAD + ROW + ROW.replace(":00Z", ":30Z"), r"15:02:00Z and .*15:02:30Z are of one side"),
    ],
)
def test_what_the_bars_cannot_hold_is_named_too(tmp_path, bars, text, said):
    with pytest.raises(TickgridError, match=said):
        table(tmp_path, text)().setups(bars)


def test_a_table_without_rows_or_with_one_value_plays(tmp_path, bars):
    assert rows(table(tmp_path, HEAD)().setups(bars)) == []
    one = table(tmp_path, "time,side,x\n2022-11-28T15:02:00Z,long,3\n")
    assert kept(one(min_x=3), bars) == [(1, 1)]
    assert table(tmp_path, "time,side,x\n2022-11-28T15:02:00Z,long,\n").gates()
