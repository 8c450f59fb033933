"""Bad files end in one clear line with file, row and column; the store is as it was."""

import errno
import gzip
import zipfile
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from engine.core.errors import DataError, ParameterError, StoreError, TickgridError, UnknownError
from storage.ingest.order import Order
from tests.ingest.files import bring, frame, snapshot, tape, written

BARS = tape(sessions=2)
TABLE = frame(BARS)
TEXT = TABLE.write_csv()
LINES = TEXT.splitlines()
PLAIN = "2024-03-04 00:00:00,5000.00,5000.50,4999.75,5000.25,7"


def text_of(*lines):
    return "\n".join((LINES[0], *lines)) + "\n"


CASES = {
    "empty": (b"", "x.csv is empty"),
    "blank lines": (b"\n\n \n", "blank lines only"),
    "header only": (f"{LINES[0]}\n".encode(), "header and no rows"),
    "header twice its size": (b"a,b,c,d,e\n1,2\n", "header and no rows of 5 fields"),
    "binary": (b"\x00\x01\x02\x7f" * 64, "row 1 holds the byte 0"),
    "binary in a later row": (f"{TEXT[:200]}\n\x01".encode(), r"row \d holds the byte 1"),
    "prose": (b"these are no bars\nat all\n", "no comma, semicolon, tab or bar"),
    "wrong columns": (
        b"a,b,c,d,e\n1,2,3,4,5\n",
        "no column for open, high, low, time; it has a, b, c, d, e",
    ),
    "a column is missing": (
        TABLE.drop("low").write_csv().encode(),
        "x.csv: row 1 has no column for low; it has time, open, high, close, volume",
    ),
    "too few fields without header": (
        b"2024-03-04 00:00:00,1,2,3\n" * 3,
        "row 1 has 4 fields; bars need a time and four prices, trades a",
    ),
    "times nobody can read": (
        text_of("yesterday,1,2,3,4,5", "today,1,2,3,4,5").encode(),
        "x.csv: row 2 has the time 'yesterday'",
    ),
    "two date formats in the first rows": (
        text_of("03/28/2024 09:30,1,2,3,4,5", "28/03/2024 09:31,1,2,3,4,5").encode(),
        "row 2 has the time '03/28/2024 09:30' and row 3 '28/03/2024 09:31'",
    ),
    "two forms of dates, half and half": (
        text_of("2024-03-04 15:00:00,1,2,3,4,5", "04/03/2024 15:01:00,1,2,3,4,5").encode(),
        "row 2 has the time '2024-03-04 15:00:00' and row 3 '04/03/2024 15:01:00': two date",
    ),
    "two date formats far apart": (
        (TEXT + "28/03/2024 09:31:00,1,2,3,4,5\n").encode(),
        rf"x.csv: row {len(LINES) + 1}, column time: '28/03/2024 09:31:00' is written in another",
    ),
    "epochs among dates": (
        (TEXT + "1711618260,1,2,3,4,5\n").encode(),
        rf"row {len(LINES) + 1}, column time: '1711618260' is written in another order",
    ),
    "day or month first": (
        text_of(*["01/02/2024 09:30:00,1,2,3,4,5"] * 3).encode(),
        "could be day or month first; say --dates mdy or --dates dmy",
    ),
    "with and without zone": (
        text_of(PLAIN, PLAIN.replace(" 00:00:00", "T00:01:00Z")).encode(),
        "x.csv: row 3: times with and without a zone are mixed",
    ),
    "prices out of this world": (
        text_of(*["2024-03-04 00:00:00,1,1e308,1,1,5"] * 3).encode(),
        r"3 of 3 rows cannot be stored, first x.csv:2 \(high\).*beyond any price",
    ),
    "NaN": (
        text_of(*["2024-03-04 00:00:00,1,1,NaN,1,5"] * 3).encode(),
        r"first x.csv:2 \(low\), x.csv:3 \(low\).*empty, null or NaN",
    ),
    "off the grid": (
        text_of(*[PLAIN.replace("4999.75", "4999.80")] * 3).encode(),
        "all prices would lie on a grid of 0.05 where ES has 0.25: another --symbol or --scale",
    ),
    "outside the calendar": (
        text_of(*[f"2024-03-02 0{n}:00:00,5000,5000,5000,5000,5" for n in range(9)]).encode(),
        "9 of 9 rows cannot be stored.*outside the sessions.*check --tz and --symbol",
    ),
    "before the calendar": (
        text_of(*[f"1999-03-02 0{n}:00:00,1,1,1,1,5" for n in range(9)]).encode(),
        "cme_equity is known from 2010-01-01 to 2030-12-31",
    ),
    "bad for many reasons": (
        text_of(
            f"{PLAIN},1", PLAIN.replace("5000.50", "x"), PLAIN.replace("5000.50", "1")
        ).encode(),
        "not one row can be stored: fields, unreadable, order",
    ),
    "another scale": (
        text_of(*[f"2024-03-04 0{n}:00:00,45,45,45,45,5" for n in range(9)]).encode(),
        "--scale 100 would fit",
    ),
    "one endless line": (
        text_of(PLAIN).encode() + b"1," * 5_000_000,
        "row 3 is over 1048576 bytes: no text",
    ),
    "a damaged gz": (gzip.compress(TEXT.encode())[:-20], "x.csv is damaged"),
    "a damaged zip": (b"PK\x03\x04" + b"junk" * 9, "x.csv is damaged"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_bad_file_is_one_clear_line_and_changes_nothing(tmp_path, name):
    content, said = CASES[name]
    root = tmp_path / "data"
    bring(root, written(tmp_path / "good.csv", frame(tape())))
    before = snapshot(root)
    (tmp_path / "x.csv").write_bytes(content)
    with pytest.raises(TickgridError, match=said) as caught:
        bring(root, tmp_path / "x.csv")
    assert "\n" not in str(caught.value)
    assert snapshot(root) == before
    assert [path for path in root.iterdir() if path.name.startswith(".draft-")] == []


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_a_table_cut_short_is_refused(tmp_path, kind):
    path = tmp_path / f"x.{kind}"
    TABLE.write_parquet(path) if kind == "parquet" else TABLE.write_ipc(path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DataError, match=f"x.{kind} is a {kind} file cut short"):
        bring(tmp_path / "data", path)


@pytest.mark.parametrize("kind", ["parquet", "feather"])
def test_a_table_with_junk_inside_is_refused(tmp_path, kind):
    path = tmp_path / f"x.{kind}"
    TABLE.write_parquet(path) if kind == "parquet" else TABLE.write_ipc(path)
    content = bytearray(path.read_bytes())
    content[-200:-8] = b"\xff" * 192
    path.write_bytes(content)
    with pytest.raises(DataError, match=f"x.{kind} cannot be read as {kind}"):
        bring(tmp_path / "data", path)


def test_a_table_without_rows_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    TABLE.clear().write_parquet(path)
    with pytest.raises(DataError, match=r"x.parquet holds no rows"):
        bring(tmp_path / "data", path)


def test_an_archive_without_files_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "x.zip", "w"):
        pass
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04" + (tmp_path / "x.zip").read_bytes())
    with pytest.raises(DataError, match=r"damaged|without files"):
        bring(tmp_path / "data", tmp_path / "x.zip")


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"there is no file .*nowhere.csv"):
        bring(tmp_path / "data", tmp_path / "nowhere.csv")
    assert not (tmp_path / "data").exists()


def test_a_folder_without_data_is_refused(tmp_path):
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "notes.md").touch()
    with pytest.raises(DataError, match="folder without data files"):
        bring(tmp_path / "data", tmp_path / "folder")


def test_a_file_named_twice_is_refused(tmp_path):
    path = written(tmp_path / "x.csv", TABLE)
    with pytest.raises(DataError, match="named twice"):
        bring(tmp_path / "data", path, path)


def test_a_file_nobody_may_read_is_named(tmp_path, monkeypatch):
    path = written(tmp_path / "x.csv", TABLE)
    plain = Path.open

    def locked(self, *args, **kwargs):
        if self == path:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", locked)
    with pytest.raises(DataError, match=r"x.csv cannot be read: Permission denied"):
        bring(tmp_path / "data", path)


def test_a_full_disk_leaves_the_store_as_it_was(tmp_path, monkeypatch):
    root = tmp_path / "data"
    bring(root, written(tmp_path / "x.csv", frame(tape())))
    before = snapshot(root)

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(StoreError, match="No space left on device"):
        bring(root, written(tmp_path / "y.csv", frame(tape(sessions=9))))
    assert snapshot(root) == before


@pytest.mark.parametrize(
    ("order", "said"),
    [
        ({"stamp": "end"}, "--stamp is one of open, close"),
        ({"duplicates": "some"}, "--duplicates is one of refuse, first, last, aggregate"),
        ({"dates": "iso"}, "--dates is one of ymd, mdy, dmy"),
        ({"scale": Decimal(0)}, "--scale must be above 0"),
        ({"floor": Decimal("NaN")}, "--floor must be a price"),
        ({"source": "a/b"}, "cannot name a folder"),
        ({"source": "synthetic"}, "the source of made bars"),
    ],
)
def test_an_option_nobody_knows_is_refused(order, said):
    with pytest.raises((ParameterError, StoreError), match=said):
        Order(symbol="ES", **order)


def test_a_zone_and_a_symbol_nobody_knows_get_the_nearest():
    with pytest.raises(UnknownError, match="did you mean 'Europe/London'"):
        Order(symbol="ES", zone="Europe/Londen")
    with pytest.raises(UnknownError, match="no instrument 'EZ'"):
        bring(Path("nowhere"), symbol="EZ")
