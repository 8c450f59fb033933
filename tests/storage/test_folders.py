"""A folder is replaced whole; a kill between its two moves is made good by the next reader."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from engine.core.errors import UnknownError
from storage import folders
from storage.lake import Lake
from storage.results import Results
from tests.proof.sizes import sized
from tests.storage.made import manifest, same, tape

WRITER = """
import sys
from itertools import count
from pathlib import Path
from storage.lake import Lake
from storage.results import Results
from tests.storage.made import manifest, tape
root = Path(sys.argv[1])
tapes = [tape(sessions=3, seed=seed) for seed in (1, 2)]
for k in count():
    Lake(root).write_bars(tapes[k % 2])
    draft = Results(root).begin("run")
    draft.path("k").write_text(str(k))
    draft.finish(manifest("run"))
    print(k, flush=True)
"""


def built(place, text):
    folder = folders.building(place)
    folder.mkdir(parents=True)
    (folder / "x").write_text(text)
    return folder


def test_a_folder_takes_the_place_of_another(tmp_path):
    place = tmp_path / "place"
    for text in ("one", "two"):
        folders.install(built(place, text), place)
        assert (place / "x").read_text() == text
    assert list(tmp_path.iterdir()) == [place]


def test_a_kill_after_the_old_moved_away_is_made_good(tmp_path):
    place = tmp_path / "place"
    folders.install(built(place, "old"), place)
    built(place, "new").rename(folders.waiting(place))
    place.rename(tmp_path / f".place.1{folders.OLD}")
    folders.recover(tmp_path)
    assert (place / "x").read_text() == "new"
    folders.install(built(place, "newer"), place)
    assert list(tmp_path.iterdir()) == [place]


def test_a_kill_before_the_old_moved_away_keeps_the_old(tmp_path):
    place = tmp_path / "place"
    folders.install(built(place, "old"), place)
    built(place, "new").rename(folders.waiting(place))
    folders.recover(tmp_path)
    assert (place / "x").read_text() == "old"


def test_what_a_quicker_reader_moved_is_no_matter(tmp_path, monkeypatch):
    built(tmp_path / "place", "new").rename(folders.waiting(tmp_path / "place"))
    move = Path.rename

    def slow(path, target):
        move(path, target)
        raise FileNotFoundError

    monkeypatch.setattr(Path, "rename", slow)
    folders.recover(tmp_path)
    assert (tmp_path / "place" / "x").read_text() == "new"


def test_abandoned_folders_are_swept(tmp_path):
    old, young = (built(tmp_path / "place", text) for text in ("old", "young"))
    os.utime(old, (0, 0))
    folders.building(tmp_path / "place")
    assert not old.exists()
    assert young.exists()


def test_a_removed_run_does_not_come_back(tmp_path):
    results = Results(tmp_path)
    run = results.begin("run").finish(manifest("run"))
    results.begin("run").folder.rename(folders.waiting(run.folder))
    results.remove("run")
    with pytest.raises(UnknownError, match="no run 'run'"):
        results.run("run")


def killed_writer(root, where, pause):
    """Let a process write tapes and runs, and kill it at some moment; say how many it finished."""
    command = [sys.executable, "-c", WRITER, str(root)]
    writer = subprocess.Popen(command, cwd=where, stdout=subprocess.PIPE, text=True)
    with writer:
        done = writer.stdout.readline()
        time.sleep(pause)
        writer.send_signal(signal.SIGKILL)
        lines = [done, *writer.stdout.read().splitlines(keepends=True)]
    return int([line for line in lines if line.endswith("\n")][-1])


def test_a_kill_at_any_moment_leaves_a_tape_and_a_run(tmp_path, pytestconfig):
    pauses = np.random.default_rng(7)
    tapes = [tape(sessions=3, seed=seed) for seed in (1, 2)]
    for _ in range(sized(ci=5, full=100, small=1)):
        done = killed_writer(tmp_path, pytestconfig.rootpath, pauses.uniform(0, 0.3))
        found = Lake(tmp_path).bars("ES")
        assert any(same(found, known) for known in tapes)
        run = Results(tmp_path).run("run")
        assert int((run.folder / "k").read_text()) >= done
        assert run.manifest == manifest("run")
