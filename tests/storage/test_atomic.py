"""A file is there whole or not at all, whenever its writer dies."""

import os
import resource
import signal
import subprocess
import sys
import time

import numpy as np
import polars as pl
import pytest
from polars.exceptions import ComputeError, PolarsError

from engine.core.errors import StoreError
from storage.atomic import append_line, on_disk, replacing, write_bytes, write_frame, write_text
from tests.proof.sizes import sized

WRITER = """
import sys
from itertools import count
from pathlib import Path
import polars as pl
from storage.atomic import append_line, write_frame
folder = Path(sys.argv[1])
for k in count(int(sys.argv[2])):
    write_frame(folder / "table.parquet", pl.DataFrame({"k": [k] * 20_000}))
    append_line(folder / "log.jsonl", str(k))
    print(k, flush=True)
"""


def killed_writer(folder, begin, root, pause):
    """Let a process write again and again, and kill it at some moment."""
    command = [sys.executable, "-c", WRITER, str(folder), str(begin)]
    writer = subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)
    with writer:
        done = int(writer.stdout.readline())
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        rest = writer.stdout.read().split()
    return int(rest[-1]) if rest else done


def test_a_kill_at_any_moment_leaves_the_last_whole_file(tmp_path, pytestconfig):
    pauses = np.random.default_rng(7)
    acknowledged = 0
    for _ in range(sized(ci=5, full=200, small=2)):
        pause = pauses.uniform(0, 0.05)
        acknowledged = killed_writer(tmp_path, acknowledged + 1, pytestconfig.rootpath, pause)
        found = pl.read_parquet(tmp_path / "table.parquet")["k"].unique().to_list()
        assert len(found) == 1
        assert found[0] >= acknowledged
        lines = (tmp_path / "log.jsonl").read_text().splitlines()
        assert str(acknowledged) in lines
    names = {path.name for path in tmp_path.iterdir() if not path.name.startswith(".")}
    assert names == {"table.parquet", "log.jsonl"}


def half_written(path):
    with replacing(path) as temporary:
        temporary.write_text("half")
        raise OSError(28, "disk full")


def test_a_disk_that_is_full_is_told_as_the_system_tells_it(tmp_path):
    path = tmp_path / "x.parquet"
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(StoreError, match=r"cannot write .*x.parquet: File too large"):
            write_frame(path, pl.DataFrame({"k": range(10_000)}))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert list(tmp_path.iterdir()) == []


def test_what_polars_itself_refuses_is_no_matter_of_the_disk(tmp_path):
    with pytest.raises(PolarsError, match="nothing of the system"), on_disk(tmp_path):
        raise ComputeError("nothing of the system")


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path):
    path = tmp_path / "x.txt"
    write_text(path, "old")
    with pytest.raises(StoreError, match=r"cannot write .*: disk full"):
        half_written(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_leftovers_of_a_kill_are_swept_by_the_next_writer_once_they_are_old(tmp_path):
    old, young = tmp_path / ".x.1.partial", tmp_path / ".x.2.partial"
    for path in (old, young):
        path.touch()
    os.utime(old, (0, 0))
    write_bytes(tmp_path / "x", b"new")
    assert not old.exists()
    assert young.exists()


def test_a_leftover_that_vanishes_while_it_is_swept_is_no_matter(tmp_path):
    (tmp_path / ".gone.partial").symlink_to(tmp_path / "nowhere")
    write_bytes(tmp_path / "x", b"new")
    assert (tmp_path / "x").read_bytes() == b"new"


def test_a_frame_keeps_the_facts_about_it(tmp_path):
    path = tmp_path / "deep" / "x.parquet"
    write_frame(path, pl.DataFrame({"a": [1]}), {"fact": "told"})
    assert pl.read_parquet_metadata(path)["fact"] == "told"
    again = tmp_path / "y.parquet"
    write_frame(again, pl.DataFrame({"a": [1]}), {"fact": "told"})
    assert path.read_bytes() == again.read_bytes()


def test_a_torn_line_does_not_swallow_the_next(tmp_path):
    path = tmp_path / "log"
    path.write_bytes(b"one\ntw")
    append_line(path, "three")
    append_line(path, "four")
    assert path.read_text().splitlines() == ["one", "tw", "three", "four"]
    with pytest.raises(StoreError, match="a log entry is one line"):
        append_line(path, "a\nb")


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match=r"cannot write in .*file"):
        write_text(tmp_path / "file" / "x", "text")
    with pytest.raises(StoreError, match=r"cannot write in .*file"):
        append_line(tmp_path / "file" / "x", "text")
    (tmp_path / "folder").mkdir()
    with pytest.raises(StoreError, match=r"cannot write .*folder: Is a directory"):
        append_line(tmp_path / "folder", "text")
