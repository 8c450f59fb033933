"""Bad input from the command line: one clear line, exit 2, every byte of the store as it was."""

import errno

import polars as pl
import pytest

from app import cli
from tests.ingest.files import bring, frame, snapshot, tape, written

TABLE = frame(tape(sessions=2))
LINES = TABLE.write_csv().splitlines()


def with_line(text):
    return "\n".join([*LINES[:5], text, *LINES[5:9]]).encode()


FILES = {
    "empty": (b"", "x.csv is empty"),
    "header only": (f"{LINES[0]}\n".encode(), "header and no rows"),
    "binary": (bytes(range(256)) * 9, "row 1 holds the byte 0"),
    "wrong columns": (b"a,b,c,d,e\n1,2,3,4,5\n", "no column for"),
    "mixed dates": (with_line("28/03/2024 09:31:00,1,2,3,4,5"), "row 6, column time"),
    "all prices 1e308": (
        b"\n".join([LINES[0].encode()] + [b"2024-03-04 00:00:00,1,1e308,1,1,5"] * 3),
        "x.csv:2 (high)",
    ),
    "all NaN": (
        b"\n".join([LINES[0].encode()] + [b"2024-03-04 00:00:00,1,1,NaN,1,5"] * 3),
        "x.csv:2 (low)",
    ),
}


@pytest.fixture
def store(tmp_path):
    root = tmp_path / "data"
    bring(root, written(tmp_path / "good.csv", frame(tape())))
    return root


@pytest.fixture
def refused(store, capsys):
    """Run an import that must fail; hand back what was said."""
    before = snapshot(store)

    def run(path, *words):
        capsys.readouterr()
        words = ("data", "import", str(path), "--symbol", "ES", *words, "--root", str(store))
        assert cli.main(list(words)) == 2
        out, err = capsys.readouterr()
        assert out == ""
        assert err.startswith("tickgrid: ")
        assert err.count("\n") == 1
        assert snapshot(store) == before
        return err

    return run


@pytest.mark.parametrize("name", FILES)
def test_a_bad_file_is_refused(tmp_path, refused, name):
    content, said = FILES[name]
    (tmp_path / "x.csv").write_bytes(content)
    assert said in refused(tmp_path / "x.csv")


def test_a_parquet_file_cut_short_is_refused(tmp_path, refused):
    TABLE.write_parquet(tmp_path / "x.parquet")
    (tmp_path / "x.parquet").write_bytes((tmp_path / "x.parquet").read_bytes()[:-50])
    assert "cut short" in refused(tmp_path / "x.parquet")


def test_a_directory_and_a_file_that_is_not_there_are_refused(tmp_path, refused):
    (tmp_path / "folder").mkdir()
    assert "folder without data files" in refused(tmp_path / "folder")
    assert "there is no file" in refused(tmp_path / "nothing.csv")


def test_a_full_disk_is_refused(tmp_path, refused, monkeypatch):
    path = written(tmp_path / "x.csv", frame(tape(sessions=9)))

    def full(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    assert "No space left on device" in refused(path)


def test_a_store_nobody_may_write_is_refused(tmp_path, refused, monkeypatch):
    path = written(tmp_path / "x.csv", frame(tape(sessions=9)))

    def locked(*_args, **_kwargs):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("pathlib.Path.mkdir", locked)
    assert "Permission denied" in refused(path)


def test_bars_that_differ_are_refused_and_a_missing_symbol_is_asked_for(tmp_path, refused, capsys):
    other = written(tmp_path / "x.csv", frame(tape(seed=4)))
    assert "Give --replace" in refused(other)
    assert cli.main(["data", "import", str(other)]) == 2
    assert "Missing option '--symbol'" in capsys.readouterr().err
