"""Every kind of defect, planted at random rows of a clean tape and found at these rows alone."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from engine.core.bars import MINUTE
from engine.core.contracts import instrument
from engine.core.session import moment_text
from engine.synth.market import synthesise
from storage.judge.check import check
from storage.judge.kinds import KINDS
from storage.lake import Lake

BARS = synthesise(instrument("ES"), date(2024, 4, 1), 9, 5)
PRICES = ("open", "high", "low", "close")
MANY = 10**6
PER_SESSION = 1380


def columns():
    """A tape as writable columns."""
    names = ("time", *PRICES, "volume")
    return {name: np.array(getattr(BARS, name)).astype(np.int64) for name in names}


def apart(chance, count=4):
    """Rows far from each other and from the ends of sessions."""
    slots = chance.choice(len(BARS) // PER_SESSION, count, replace=False)
    return np.sort(slots * PER_SESSION + chance.integers(100, 1200, count))


def stored(root, table):
    """Ticks as another program would write them into the store's folders."""
    folder = root / "bars" / "source=other" / "symbol=ES" / "timeframe=1m" / "year=2024"
    folder.mkdir(parents=True)
    frame = pl.DataFrame(table).with_columns(pl.col("time").cast(pl.Datetime("ns", "UTC")))
    frame.rename({"time": "ts"}).write_parquet(folder / "part.parquet")
    return Lake(root)


def places(root, table):
    """Every defect that is found, with every place it is found at."""
    (report,) = check(stored(root, table), "ES", places=MANY)
    assert report.balanced
    return {kind: set(one.where) for kind, one in report.defects.items()}


def said(moments):
    return {moment_text(int(moment)) for moment in moments}


def order(table, rows, _):
    table["high"][rows] = table["low"][rows] - 1


def not_positive(table, rows, _):
    table["low"][rows] = 0


def too_large(table, rows, _):
    table["high"][rows] = 2_000_000_000


def negative_volume(table, rows, chance):
    table["volume"][rows] = -chance.integers(1, 99, len(rows))


def zero_volume(table, rows, _):
    table["volume"][rows] = 0


def off_minute(table, rows, _):
    table["time"][rows] += 7 * 10**9


def outlier(table, rows, chance):
    table["high"][rows] += chance.integers(200, 900, len(rows))


def volume_ones(table, rows, chance):
    table["volume"][rows - 1] = 2
    for row in rows:
        table["volume"][row : row + int(chance.integers(30, 99))] = 1


def flat_run(table, rows, chance):
    for row in rows:
        part = slice(row, row + int(chance.integers(30, 99)))
        for name in PRICES:
            table[name][part] = table["close"][row - 1] + 1


def level_flip(table, rows, chance):
    for row in rows:
        part = slice(row, row + int(chance.integers(2, 99)))
        heights = table["high"] - table["low"]
        wild = max(np.median(heights[at - 8 : at + 9]) for at in (part.start, part.stop))
        step = int(chance.integers(80, 300) + 12 * wild)
        for name in PRICES:
            table[name][part] += step


PLANTS = (
    *(order, not_positive, too_large, negative_volume, off_minute),
    *(zero_volume, outlier, volume_ones, flat_run, level_flip),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.__name__)
def test_a_planted_defect_is_found_at_its_rows_and_nowhere_else(tmp_path, plant, sized):
    for seed in range(sized("planted defects", ci=2, full=40, small=1)):
        chance, table = np.random.default_rng(seed), columns()
        rows = apart(chance)
        plant(table, rows, chance)
        expected = said(table["time"][rows])
        assert places(tmp_path / str(seed), table) == {plant.__name__: expected}


def test_rows_left_out_are_gaps_from_the_bar_behind_them(tmp_path):
    chance, table = np.random.default_rng(3), columns()
    rows = apart(chance)
    lengths = chance.integers(1, 40, len(rows))
    gone = np.concatenate([np.arange(r, r + n) for r, n in zip(rows, lengths, strict=True)])
    expected = said(table["time"][rows + lengths])
    kept = {name: np.delete(column, gone) for name, column in table.items()}
    (report,) = check(stored(tmp_path, kept), "ES", places=MANY)
    assert set(report.defects) == {"gap"}
    assert set(report.defects["gap"].where) == expected
    assert report.defects["gap"].rows == lengths.sum()


def test_a_session_left_out_is_missing_and_no_gap(tmp_path):
    table, gone = columns(), BARS.session == BARS.session[4 * PER_SESSION]
    kept = {name: column[~gone] for name, column in table.items()}
    assert places(tmp_path, kept) == {"missing_session": {"2024-04-05"}}


def test_rows_written_twice_are_duplicates_wherever_they_stand(tmp_path):
    table, rows = columns(), apart(np.random.default_rng(4))
    copied = {name: np.append(column, column[rows]) for name, column in table.items()}
    expected = said(table["time"][rows])
    found = places(tmp_path, copied)
    assert found == {"duplicate": expected, "out_of_order": expected}


def test_rows_moved_elsewhere_are_out_of_order_and_nothing_else(tmp_path):
    table, rows = columns(), apart(np.random.default_rng(5))
    moved = {
        name: np.append(np.delete(column, rows), column[rows]) for name, column in table.items()
    }
    assert places(tmp_path, moved) == {"out_of_order": said(table["time"][rows])}


def test_bars_of_closed_hours_are_outside(tmp_path):
    table, row = columns(), 2 * PER_SESSION
    early = {name: np.insert(column, row, column[row]) for name, column in table.items()}
    early["time"][row] -= 30 * MINUTE
    assert places(tmp_path, early) == {"outside": said(early["time"][[row]])}


def test_a_running_sum_of_volume_is_named_with_its_sessions(tmp_path):
    table = columns()
    part = slice(3 * PER_SESSION, 4 * PER_SESSION)
    table["volume"][part] = np.cumsum(table["volume"][part])
    assert places(tmp_path, table) == {"cumulative_volume": said(table["time"][[part.start]])}


def test_missing_values_of_another_program_are_found_by_row(tmp_path):
    table, rows = columns(), apart(np.random.default_rng(6))
    volume = pl.Series(table["volume"])
    volume[rows.tolist()] = None
    assert places(tmp_path, table | {"volume": volume}) == {
        "missing": {f"row {row + 1}" for row in rows}
    }


def test_every_kind_that_a_row_can_have_is_known():
    assert {plant.__name__ for plant in PLANTS} <= set(KINDS)
