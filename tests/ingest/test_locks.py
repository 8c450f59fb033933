"""One writer of a symbol at a time, and writes of many files that are there whole or not at all."""

import os
import subprocess
import sys
import time
from functools import partial
from threading import Thread

import polars as pl
import pytest

from engine.core.errors import StoreError
from storage import lake as lake_module
from storage import together
from storage.atomic import write_text
from storage.lake import Lake
from storage.locks import orphaned, owned, writing
from tests.ingest.files import bring, frame, loaded, same, tape, written

HOLD = """
import sys, time
from pathlib import Path
from storage.locks import writing
with writing(Path(sys.argv[1]), "ES"):
    print("held", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock of a symbol."""
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        yield process
        process.kill()


def test_a_writer_that_waited_too_long_is_told_who_writes(tmp_path, holder):
    assert holder.poll() is None
    with (
        pytest.raises(StoreError, match=r"another process has been writing ES to .* for 0.1 s"),
        writing(tmp_path, "ES", patience=0.1),
    ):
        pass
    with writing(tmp_path, "NQ", patience=0):
        pass


def test_a_lock_dies_with_a_killed_process(tmp_path, holder):
    holder.kill()
    holder.wait()
    with writing(tmp_path, "ES", patience=5):
        pass


def test_a_second_writer_waits_until_the_first_is_done(tmp_path):
    order = []

    def second():
        with writing(tmp_path, "ES"):
            order.append("second")

    with writing(tmp_path, "ES"):
        thread = Thread(target=second)
        thread.start()
        time.sleep(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_writing_bars_takes_the_lock(tmp_path, monkeypatch, holder):
    assert holder.poll() is None
    monkeypatch.setattr(lake_module, "writing", partial(writing, patience=0))
    with pytest.raises(StoreError, match="another process has been writing ES"):
        Lake(tmp_path).write_bars(tape(sessions=1))


def test_a_folder_nobody_may_write_is_named(tmp_path, monkeypatch):
    def refused(*_args, **_how):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refused)
    with (
        pytest.raises(StoreError, match=r"cannot write .*symbol=ES: Permission denied"),
        writing(tmp_path, "ES"),
    ):
        pass


def test_a_name_is_owned_until_its_owner_is_done(tmp_path):
    with owned(tmp_path, "it"), orphaned(tmp_path, "it") as free:
        assert not free
    with orphaned(tmp_path, "it") as free:
        assert free
    assert list((tmp_path / ".locks").iterdir()) == []


def test_a_draft_of_a_killed_writer_is_swept_and_one_at_work_is_not(tmp_path):
    left = tmp_path / f"{together.DRAFT}dead" / "inside"
    left.mkdir(parents=True)
    (left / "part.parquet").touch()
    with together.draft(tmp_path) as first, together.draft(tmp_path) as second:
        assert not left.parent.exists()
        assert first.is_dir()
        assert second.is_dir()
    assert [path.name for path in tmp_path.iterdir()] == [".locks"]


def files(root):
    return {
        str(path.relative_to(root)): path.read_text()
        for path in root.rglob("*")
        if path.is_file() and ".locks" not in path.parts
    }


def test_files_appear_together(tmp_path):
    places = [tmp_path / "a" / "1", tmp_path / "b" / "c" / "2"]
    with together.draft(tmp_path) as draft:
        for place in places:
            write_text(together.waiting_for(draft, tmp_path, place), "new")
        assert not (tmp_path / "a").exists()
        assert together.publish(draft, tmp_path) == places
    assert files(tmp_path) == {"a/1": "new", "b/c/2": "new"}
    with together.draft(tmp_path) as draft:
        assert together.publish(draft, tmp_path) == []


@pytest.mark.parametrize("moved", [0, 1, 2])
def test_a_write_killed_while_it_moves_is_finished_by_the_next(tmp_path, monkeypatch, moved):
    count, real = [0], os.replace

    def dying(source, place):
        if ".done-" in str(source):
            count[0] += 1
            if count[0] > moved:
                raise KeyboardInterrupt
        real(source, place)

    places = [tmp_path / "a" / "1", tmp_path / "a" / "2"]
    monkeypatch.setattr(os, "replace", dying)
    try:
        with together.draft(tmp_path) as draft:
            for place in places:
                write_text(together.waiting_for(draft, tmp_path, place), "new")
            together.publish(draft, tmp_path)
    except KeyboardInterrupt:
        assert moved < len(places)
    monkeypatch.undo()
    together.recover(tmp_path)
    assert files(tmp_path) == {"a/1": "new", "a/2": "new"}
    assert not list(tmp_path.glob(".done-*"))


def test_two_that_finish_a_write_at_once_do_no_harm(tmp_path, monkeypatch):
    done = tmp_path / f"{together.DONE}1"
    write_text(done / "a", "new")
    listed = together.files_in(done)
    together.finish(tmp_path, done)
    monkeypatch.setattr(together, "files_in", lambda _folder: listed)
    together.finish(tmp_path, done)
    assert files(tmp_path) == {"a": "new"}


IMPORT = """
import sys
from pathlib import Path
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake
print("ready", flush=True)
sys.stdin.readline()
import_files(Lake(Path(sys.argv[1])), [Path(sys.argv[2])], Order(symbol="ES"))
"""


def test_two_imports_at_once_into_one_year_are_both_stored(tmp_path):
    bars = tape(sessions=12)
    table, root = frame(bars), tmp_path / "data"
    halves = [
        written(tmp_path / "1.csv", table[: len(table) // 2]),
        written(tmp_path / "2.csv", table[len(table) // 2 :]),
    ]
    bring(root, written(tmp_path / "0.csv", table[:100]))
    running = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, str(root), str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for path in halves
    ]
    for process in running:
        assert process.stdout.readline() == b"ready\n"
    for process in running:
        process.stdin.write(b"go\n")
        process.stdin.flush()
    for process in running:
        process.communicate()
        assert process.returncode == 0
    assert same(loaded(root), bars)
    assert pl.read_parquet(root / "sessions" / "symbol=ES" / "part.parquet").height == 12
