"""Imports killed at any moment: the store holds what it held before or after, never a mixture."""

import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from storage.lake import Lake
from tests.ingest.files import bring, frame, loaded, same, snapshot, tape, written

# Two versions of the bars take turns for ever: every moment lies within some import.
LOOP = """
import sys
from pathlib import Path
from storage.ingest.importing import import_files
from storage.ingest.order import Order
from storage.lake import Lake
lake, order = Lake(Path(sys.argv[1])), Order(symbol="ES", replace=True, zone="UTC", stamp="open")
import_files(lake, [Path(sys.argv[2])], order)
print("ready", flush=True)
while True:
    for path in sys.argv[3:1:-1]:
        import_files(lake, [Path(path)], order)
"""


@pytest.fixture
def versions(tmp_path):
    """Two files of the same minutes over two years, and the store each of them makes."""
    made = []
    for seed in (3, 4):
        bars = tape(first=date(2023, 12, 27), sessions=5, seed=seed)
        path = written(tmp_path / f"{seed}.csv", frame(bars))
        bring(tmp_path / str(seed), path, zone="UTC", stamp="open")
        made.append((path, bars, snapshot(tmp_path / str(seed))))
    return made


def stored(root: Path) -> dict[Path, bytes]:
    """What a reader finds: reading ends what a killed writer had begun to put in its place."""
    Lake(root).stored()
    return {name: held for name, held in snapshot(root).items() if name.parts[0] == "bars"}


@pytest.mark.covers("T31")
def test_a_kill_at_any_moment_leaves_the_old_bars_or_the_new(tmp_path, versions, sized):
    root, chance = tmp_path / "data", np.random.default_rng(9)
    (one, bars, _), (two, _, _) = versions
    states = [
        {name: held for name, held in whole.items() if name.parts[0] == "bars"}
        for _, _, whole in versions
    ]
    command = [sys.executable, "-c", LOOP, str(root), str(one), str(two)]
    seen = set()
    for _ in range(sized("T31", ci=4, full=1000, small=2)):
        with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
            assert process.stdout.readline() == b"ready\n"
            time.sleep(chance.uniform(0, 0.4))
            process.kill()
        found = stored(root)
        assert found in states
        seen.add(states.index(found))
    done = bring(root, one, zone="UTC", stamp="open", replace=True)
    assert done.report.balanced
    assert same(loaded(root), bars)
    assert not [path for path in root.iterdir() if path.name.startswith((".draft", ".done"))]
