"""Imports killed at any moment: the store holds what it held before or after, never a mixture."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from storage.lake import Lake
from tests.ingest.files import bring, frame, loaded, same, snapshot, tape, written

# Kernels are loaded and hours looked up once, before any thread of a frame runs; then each line
# asks for a process that brings in one version of the bars and stays until it is killed.
SERVER = """
import os
import signal
import sys
from pathlib import Path
from engine.core.calendars import calendar
from storage.ingest.gather import reader_of
from storage.ingest.importing import import_files
from storage.ingest.opened import opened
from storage.ingest.order import Order, grid_of
from storage.judge.hours import all_sessions
from storage.lake import Lake
root, *paths = map(Path, sys.argv[1:])
lake, order = Lake(root), Order(symbol="ES", replace=True, zone="UTC", stamp="open")
instrument = lake.instrument("ES")
file = next(opened(paths[0], root))
list(reader_of(file, order, grid_of(instrument, None, None)).batches)
all_sessions(calendar(instrument.calendar))
for line in sys.stdin:
    child = os.fork()
    if child:
        print(child, flush=True)
        os.waitpid(child, 0)
        print("over", flush=True)
    else:
        import_files(lake, [paths[int(line)]], order)
        if line.startswith("+"):
            print("stored", flush=True)
        signal.pause()
"""
WIDER = 1.25  # by which the next kill waits longer where the old bars were found, or less


@pytest.fixture
def versions(tmp_path):
    """Two files of the same minutes over two years, and the bars of the store each makes."""
    made = []
    for seed in (3, 4):
        bars = tape(first=date(2023, 12, 28), sessions=3, seed=seed)
        path = written(tmp_path / f"{seed}.csv", frame(bars))
        bring(tmp_path / str(seed), path, zone="UTC", stamp="open")
        made.append((path, bars, stored(tmp_path / str(seed))))
    return made


def stored(root: Path) -> dict[Path, bytes]:
    """What a reader finds: reading ends what a killed writer had begun to put in its place."""
    Lake(root).stored()
    return {name: held for name, held in snapshot(root).items() if name.parts[0] == "bars"}


@contextmanager
def importing(server, version):
    """An import of one of the versions, killed when the caller is done."""
    server.stdin.write(f"{version}\n")
    server.stdin.flush()
    child = int(server.stdout.readline())
    yield
    os.kill(child, signal.SIGKILL)
    assert server.stdout.readline() == "over\n"


def test_a_kill_at_any_moment_leaves_the_old_bars_or_the_new(tmp_path, versions, sized):
    """Kills gather around the moment at which files appear, however busy the machine is."""
    root, chance = tmp_path / "data", np.random.default_rng(9)
    (one, bars, _), (two, _, _) = versions
    states = [whole for _, _, whole in versions]
    command = [sys.executable, "-c", SERVER, str(root), str(one), str(two)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as server:
        with importing(server, "+0"):
            began = time.monotonic()
            assert server.stdout.readline() == "stored\n"
            took = time.monotonic() - began
        held = states.index(stored(root))
        for _ in range(sized("imports killed", ci=12, full=1000, small=3)):
            with importing(server, 1 - held):
                time.sleep(took * chance.uniform(0.5, 1.5))
            found = states.index(stored(root))
            took *= WIDER if found == held else 1 / WIDER
            held = found
        server.stdin.close()
    done = bring(root, one, zone="UTC", stamp="open", replace=True)
    assert done.report.balanced
    assert same(loaded(root), bars)
    assert not [path for path in root.iterdir() if path.name.startswith((".draft", ".done"))]
