"""Broken files: a load or one clear line, every row accounted for; faults are found once."""

from decimal import Decimal

import numpy as np
import polars as pl
import pytest

from engine.core.errors import TickgridError
from storage.ingest import lines, numbers, swift
from storage.ingest.moments import NAIVE
from tests.ingest import plainly
from tests.ingest.files import bring, frame, loaded, same, tape, written

BARS = tape(sessions=12)
TABLE = frame(BARS)
HEAD, *ROWS = TABLE[:600].write_csv().splitlines()
LETTERS = b'0123456789.,:- "\nTZe+;\txN/\xc3\xff'
LAYOUT = lines.Layout(np.array([5, 0, 1, 2, 3, 4]), np.array([9, 9, 9, 9, 3, 46, 0, 44]))
STATES = {0: 0, 1: numbers.MISSING, 2: numbers.UNREADABLE, 3: numbers.TOO_LARGE}


def mutated(content, chance, times):
    """Bytes changed, inserted, lost, and pieces moved or doubled."""
    text = bytearray(content)
    for _ in range(times):
        at = chance.integers(len(text))
        kind = chance.integers(5)
        if kind == 0:
            text[at] = LETTERS[chance.integers(len(LETTERS))]
        elif kind == 1:
            text.insert(at, LETTERS[chance.integers(len(LETTERS))])
        elif kind == 2:
            del text[at]
        elif kind == 3:
            piece = text[at : at + chance.integers(80)]
            text[at:at] = piece
        else:
            del text[at : at + chance.integers(80)]
    return bytes(text)


def attempt(root, path):
    """What an import did, or what it said instead."""
    try:
        return bring(root, path, zone="UTC", stamp="open"), ""
    except TickgridError as error:
        return None, str(error)


@pytest.mark.covers("T24")
def test_a_mutated_file_loads_with_every_row_accounted_for_or_is_one_clear_line(tmp_path, sized):
    chance, loads, refusals = np.random.default_rng(24), 0, 0
    for n in range(sized("T24", ci=120, full=20_000)):
        body = mutated("\n".join(ROWS).encode(), chance, chance.integers(1, 30))
        path, root = tmp_path / "x.csv", tmp_path / str(n)
        path.write_bytes(f"{HEAD}\n".encode() + body)
        rows = sum(bool(line.strip(bytes(range(33)))) for line in body.split(b"\n"))
        done, said = attempt(root, path)
        if done is None:
            assert "x.csv" in said or "ES" in said
            assert "\n" not in said
            assert not (root / "bars").exists()
            refusals += 1
            continue
        loads += 1
        assert done.report.counts["read"] == rows
        assert done.report.counts["stored"] == len(loaded(root))
        assert done.report.quarantined == len(done.quarantine)
        assert done.report.balanced
    assert loads > refusals, f"{loads} loads, {refusals} refusals: the files are not mutated enough"


@pytest.mark.covers("T24")
def test_mutated_lines_are_read_as_the_oracle_reads_them(sized):
    chance, unusual = np.random.default_rng(25), 0
    letters = bytes(byte for byte in LETTERS if byte not in b'"\n\xc3\xff\t;')
    for _ in range(sized("T24 lines", ci=2_000, full=1_000_000)):
        line = bytearray(ROWS[chance.integers(len(ROWS))].encode())
        for _ in range(chance.integers(4)):
            line[chance.integers(len(line))] = letters[chance.integers(len(letters))]
        text = line.decode()
        out = lines.columns(1, NAIVE)
        padded = np.frombuffer(line + b"\n" * swift.PAD, np.uint8)
        lines.scan(padded, len(line) + 1, LAYOUT, out)
        state, field, values = plain_line(text)
        assert (out.state[0], out.field[0] if state else 0) == (state, field), text
        unusual += state > 0
        if state == 0:
            assert [int(out.wall[0]), *out.numbers[:, 0].tolist()] == values, text
    assert unusual > 0


def plain_line(text):
    """State, field to blame and values of a line, by the rules."""
    fields = text.split(",")
    if len(fields) != 6:
        return lines.FIELDS, 0, []
    when = plainly.moment(fields[0].strip(), 0)
    found = [(0, numbers.GOOD) if when else (0, numbers.UNREADABLE)]
    if fields[0].strip().lower() in plainly.MISSING:
        found = [(0, numbers.MISSING)]
    found += [plainly.number(field, 9 if k < 4 else 3) for k, field in enumerate(fields[1:])]
    bad = [k for k, (_, state) in enumerate(found) if state]
    if bad:
        return STATES[found[bad[0]][1]], bad[0], []
    return 0, 0, [when[0], *(value for value, _ in found[1:])]


def fault(name):
    """How a fault is put into lines: those that replace the line at a row."""

    def put(line):
        when, opened, high, low, close, volume = line.split(",")
        said = {
            "off_tick": [when, str(Decimal(opened) + Decimal("0.1")), high, low, close, volume],
            "order": [when, opened, low, str(Decimal(high) + 1), close, volume],
            "missing": [when, opened, "", low, close, volume],
            "unreadable": [when, opened, high, "l0w", close, volume],
            "too_large": [when, opened, "1e308", low, close, volume],
            "negative_volume": [when, opened, high, low, close, f"-{volume}"],
            "off_lot": [when, opened, high, low, close, f"{volume}.5"],
            "not_positive": [when, opened, high, "0", close, volume],
            "zero_volume": [when, opened, high, low, close, "0"],
            "outlier": [when, opened, str(Decimal(high) + 300), low, close, volume],
            "off_minute": [f"{when[:-2]}30", opened, high, low, close, volume],
        }
        if name in said:
            return [",".join(said[name])]
        extra = {"duplicate": line, "fields": f"{line},more"}
        return [line, extra[name]] if name in extra else []

    return put


FAULTS = (
    *("off_tick", "order", "missing", "unreadable", "too_large", "negative_volume", "off_lot"),
    *("not_positive", "zero_volume", "outlier", "duplicate", "fields", "gap"),
)


@pytest.mark.covers("T25", "A-008", "A-009", "A-010")
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_is_found_exactly_once(tmp_path, sized, name):
    rows = TABLE.write_csv().splitlines()
    chance = np.random.default_rng(list(name.encode()))
    for n in range(sized(f"T25 {name}", ci=2, full=200)):
        count = chance.integers(1, 9)
        # never at the edge of a session, where a gap has one side only
        apart = [r for r in range(50, len(BARS), 10) if 20 < r % 1380 < 1360]
        places = chance.choice(apart, count, replace=False).tolist()
        text = [
            put
            for r, line in enumerate(rows)
            for put in (fault(name)(line) if r in places else [line])
        ]
        (tmp_path / "x.csv").write_text("\n".join(text))
        done = bring(tmp_path / str(n), tmp_path / "x.csv")
        assert {kind: found.found for kind, found in done.report.defects.items()} == {name: count}
        assert done.report.balanced


@pytest.mark.covers("T25")
def test_rows_out_of_order_are_counted_once_and_stored_in_their_place(tmp_path, sized):
    rows = TABLE.write_csv().splitlines()
    chance = np.random.default_rng(3)
    for n in range(sized("T25 order", ci=3, full=200)):
        text, count = rows.copy(), chance.integers(1, 9)
        for place in chance.choice(range(100, len(BARS) - 100, 60), count, replace=False):
            text.insert(place + 20 - 40 * chance.integers(2), text.pop(place))
        (tmp_path / "x.csv").write_text("\n".join(text))
        done = bring(tmp_path / str(n), tmp_path / "x.csv")
        assert same(loaded(tmp_path / str(n)), BARS)
        assert done.report.defects["out_of_order"].found == count
        assert list(done.report.defects) == ["out_of_order"]


@pytest.mark.covers("T25")
def test_a_missing_session_is_found_once(tmp_path):
    done = bring(tmp_path / "data", written(tmp_path / "x.csv", TABLE.filter(BARS.session != 4)))
    assert {k: f.found for k, f in done.report.defects.items()} == {"missing_session": 1}
    assert done.report.defects["missing_session"].where == ("2024-03-08",)


@pytest.mark.covers("T25")
def test_a_bar_outside_the_sessions_is_found_once(tmp_path):
    rows = TABLE.write_csv().splitlines()
    rows.insert(1381, f"2024-03-04 22:30:00,{rows[1380].split(',', 1)[1]}")
    (tmp_path / "x.csv").write_text("\n".join(rows))
    done = bring(tmp_path / "data", tmp_path / "x.csv")
    assert {k: f.found for k, f in done.report.defects.items()} == {"outside": 1}
    assert done.report.defects["outside"].where == ("x.csv:1382",)


@pytest.mark.covers("T25")
def test_minutes_that_name_no_minute_are_kept_out(tmp_path):
    rows = TABLE.write_csv().splitlines()
    rows[700] = fault("off_minute")(rows[700])[0]
    (tmp_path / "x.csv").write_text("\n".join(rows))
    done = bring(tmp_path / "data", tmp_path / "x.csv", zone="UTC")
    assert done.report.defects["off_minute"].where == ("x.csv:701",)
    assert done.report.balanced


@pytest.mark.covers("T25")
def test_two_contracts_in_one_series_are_told_by_their_levels(tmp_path):
    far = {name: pl.col(name) + 60.0 for name in ("open", "high", "low", "close")}
    inside = pl.int_range(pl.len()).is_between(3000, 3099)
    table = TABLE.with_columns(
        pl.when(inside).then(value).otherwise(pl.col(name)).alias(name)
        for name, value in far.items()
    )
    done = bring(tmp_path / "data", written(tmp_path / "x.csv", table))
    assert {k: (f.found, f.rows) for k, f in done.report.defects.items()} == {
        "level_flip": (1, 100)
    }
