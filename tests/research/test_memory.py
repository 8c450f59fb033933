"""Play needs the memory of its blocks, whatever the number of combinations."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from engine import Exits, Folds, Plan, Rules
from engine.research.reduction import reductions, study_of
from engine.research.watch import Watch
from tests.proof.sizes import sized as cases
from tests.research.markets import Breakout, market

# So many folds that a thousand combinations fill the blocks that a worker plays in.
FOLDS = Folds(train=3, test=1, purge=1, min_trades=1)
PEAKS = """
import resource, sys
from tests.research.test_memory import played

for size in ((10, 100), (int(sys.argv[1]), 1000)):
    assert played(*size) == size[0] * size[1]
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def played(strategies: int, exits: int) -> int:
    """Combinations that were played, each forgotten with its block."""
    kinds = Breakout.grid(back=list(range(1, 31)), tallest=list(range(41)))[:strategies]
    many = Exits.grid({"stop": list(range(1, exits + 1)), "flatten": "14:30"})
    plan = Plan(kinds, many, Rules.of({"max_per_session": 1}))
    study = study_of(market(120), plan, FOLDS)
    return sum(len(block.rows) for block in reductions(study, 1, Watch(len(plan)), keep=False))


@pytest.mark.covers("T32")
@pytest.mark.skipif(bool(os.environ.get("NUMBA_DISABLE_JIT")), reason="memory of compiled play")
def test_a_thousand_times_as_many_combinations_take_no_more_memory() -> None:
    """A thousand, and then up to a million in the same process: the peak grows by less than 5 %."""
    thousands = cases(ci=20, full=1000, small=20)
    played(2, 1000)  # a compiler at work would be measured too
    environ = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", PEAKS, str(thousands)]
    told = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert told.returncode == 0, told.stderr
    few, many = map(int, told.stdout.split())
    assert many <= 1.05 * few
