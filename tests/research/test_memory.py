"""Play needs the memory of its blocks, whatever the number of combinations."""

import os
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import Exits, Folds, Plan, Rules
from engine.research.reduction import Reduced, reductions, study_of
from engine.research.watch import Watch
from tests.proof.sizes import sized as cases
from tests.research.markets import Breakout, market

MANY = Folds(train=3, test=1, purge=1, min_trades=1)
FEW = Folds(train=60, test=50, purge=1, min_trades=1)  # whose rows of the ledger are short
GROWN = 1.05  # times as much, at most
COMPILED = pytest.mark.skipif(bool(os.environ.get("NUMBA_DISABLE_JIT")), reason="compiled play")
PEAKS = """
import resource, sys
from tests.research.test_memory import played

for size in ((10, 100), (int(sys.argv[1]), 1000)):
    assert played(*size) == size[0] * size[1]
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def blocks(
    strategies: int, exits: int, folds: Folds = MANY, *, keep: bool = False
) -> Iterator[Reduced]:
    """What is left of the blocks of so many strategies times exits."""
    kinds = Breakout.grid(back=list(range(1, 31)), tallest=list(range(41)))[:strategies]
    many = Exits.grid({"stop": list(range(1, exits + 1)), "flatten": "14:30"})
    plan = Plan(kinds, many, Rules.of({"max_per_session": 1}))
    study = study_of(market(120), plan, folds)
    return reductions(study, 1, Watch(len(plan)), keep=keep)


def played(strategies: int, exits: int) -> int:
    """Combinations that were played, each forgotten with its block."""
    return sum(len(block.rows) for block in blocks(strategies, exits))


def peak(thousands: int, folds: Folds, *, keep: bool = False) -> int:
    """The most bytes that Python and NumPy held while so many thousands were played."""
    tracemalloc.start()
    try:
        held = [block for block in blocks(thousands, 1000, folds, keep=keep) if keep]
        assert len(held) > 0 or not keep
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.covers("T32")
@COMPILED
@pytest.mark.parametrize("folds", [FEW, MANY], ids=["few folds", "many folds"])
def test_play_holds_no_more_for_more_combinations(folds: Folds) -> None:
    """A thousand or two fill the block that all others are played in, short as their rows are."""
    played(1, 10)  # what is looked up once for these bars is not play's
    few = max(peak(1, folds), peak(2, folds))  # of one part, and of several that are put in order
    assert peak(cases(ci=8, full=400, small=8), folds) <= GROWN * few
    assert peak(4, folds, keep=True) > GROWN * few  # who keeps the blocks is found out


@pytest.mark.covers("T32")
@COMPILED
def test_a_thousand_times_as_many_combinations_take_no_more_memory() -> None:
    """A thousand, and then up to a million in the same process: the peak grows by less than 5 %."""
    thousands = cases(ci=20, full=1000, small=20)
    played(2, 1000)  # a compiler at work would be measured too
    environ = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", PEAKS, str(thousands)]
    told = subprocess.run(command, capture_output=True, text=True, env=environ, check=False)
    assert told.returncode == 0, told.stderr
    few, many = map(int, told.stdout.split())
    assert many <= GROWN * few
