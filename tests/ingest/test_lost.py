"""Rows kept out cost the memory of a calendar, and are neither gaps nor cover for gaps."""

import numpy as np
import pytest

from engine.core.errors import DataError
from engine.core.zone import MINUTE
from storage.ingest import lost, years
from storage.ingest.lost import Lost
from storage.ingest.numbers import Bytes
from storage.ingest.text import PADDING, line_at
from tests.ingest.files import bring, frame, tape, written

BARS = tape()


def test_however_many_rows_are_lost_each_minute_is_held_once(monkeypatch):
    monkeypatch.setattr(lost, "WAITING", 1000)
    chance, held = np.random.default_rng(1), Lost()
    rows = chance.integers(-500 * MINUTE, 500 * MINUTE, 100_000)
    for part in np.array_split(rows, 50):
        held.add(part)
        assert len(held.known) + held.waiting <= 1000 + 1000
    expected = sorted({int(row // MINUTE) for row in rows})
    assert (held.all() // MINUTE).tolist() == expected
    among = held.between(-7 * MINUTE + 5, 9 * MINUTE)
    assert (among // MINUTE).tolist() == [m for m in expected if -7 <= m <= 9]


@pytest.mark.parametrize("length", [0, 1, 127, 128, 129, 5000])
def test_a_line_is_read_to_its_end_however_long(length):
    text: Bytes = np.frombuffer(b"ahead\n" + b"x" * length + b"\r\nbehind\n" + PADDING, np.uint8)
    assert line_at(text, 6) == "x" * length
    assert line_at(text, 8 + length) == "behind"


def test_a_lost_row_is_no_gap_and_rows_of_the_night_hide_none(tmp_path):
    """Five minutes after the night are missing, a bar is bad, twelve lie where the market shuts."""
    rows = frame(BARS).write_csv().splitlines()
    opens = next(n for n, row in enumerate(rows) if row.startswith("2024-03-04 23:00:00"))
    night = [
        f"2024-03-04 22:{minute}:00,{rows[opens].split(',', 1)[1]}" for minute in range(10, 22)
    ]
    bad = rows[2000].replace(rows[2000].split(",")[3], "99999")
    lines = [*rows[:opens], *night, *rows[opens + 5 : 2000], bad, *rows[2001:]]
    (tmp_path / "es.csv").write_text("\n".join(lines))
    done = bring(tmp_path / "data", tmp_path / "es.csv", zone="UTC", stamp="open")
    defects = {kind: found.rows for kind, found in done.report.defects.items()}
    assert defects == {"outside": 12, "order": 1, "gap": 5}


def test_a_year_that_holds_its_minutes_many_times_over_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(years, "MINUTES_A_YEAR", 100)
    path = written(tmp_path / "es.csv", frame(BARS))
    with pytest.raises(DataError, match="which has 100 minutes: the files hold the same bars"):
        bring(tmp_path / "data", path, zone="UTC", stamp="open")
    assert not list((tmp_path / "data").rglob("*.parquet"))
