"""What a sweep would play, need and take, told before anything runs."""

from __future__ import annotations

import time
from collections import Counter
from typing import Any, Final

from app.resolve import Experiment
from app.searching import tries
from engine.core.bars import Bars
from engine.core.setups import Setups
from engine.fills.fast.refusal import largest_result, refused_value
from engine.research.asked import asked
from engine.research.blocks import runs
from engine.research.daily import WIDTH
from engine.research.reduction import BLOCK_BYTES, KEPT_BYTES, Study, reasons, study_of

# The cost law of docs/performance.md, for one core.
LOOK_UP: Final = 15e-9  # seconds for a setup of a combination on the fast path
PATH: Final = 6e-6  # seconds for a path of a structure
SCANNED: Final = 200e6  # held bars a second of the scanning kernel
RECORD_BYTES: Final = 400  # of a path's ladders
ROW_BYTES: Final = 2_000  # of a combination in the tables
MIB: Final = 2**20


def told(experiment: Experiment, bars: Bars, workers: int) -> dict[str, Any]:
    """Setups, folds, memory and time of a study on these bars."""
    study = study_of(bars, experiment.plan, experiment.folds)
    if experiment.study.evidence.bootstrap:
        study = study.read
    setups = asked(experiment.plan[0].strategy, bars)  # and what the structures share is known
    began = time.perf_counter()
    experiment.plan[len(experiment.plan) - 1].strategy.setups(bars)
    detection = time.perf_counter() - began
    count = tries(experiment, bars)
    slow = scanned(study, setups)
    return {
        "sessions": study.cells.edges[-1],
        "folds": len(study.cut),
        "setups_of_the_first": len(setups),
        "structures": structures(experiment),
        "fast_path": slow_text(slow, len(experiment.plan)),
        "memory": f"about {memory(study, len(setups), count, workers) / MIB:,.0f} MiB",
        "expected_time": seconds_text(seconds(study, setups, detection, (count, workers))),
    }


def structures(experiment: Experiment) -> str:
    """How many different setups have to be found; an adaptive search decides that itself."""
    if experiment.search.adaptive:
        return "as the samplers choose"
    return f"{sum(1 for _ in runs(experiment.plan)):,}"


def scanned(study: Study, setups: Setups) -> Counter[str]:
    """Exits that take the scanning kernel, by reason; setups speak for all of them."""
    found = reasons(study, largest_result(study.table))
    whole = refused_value(setups)
    return Counter(reason for one in found if (reason := whole or one) is not None)


def slow_text(slow: Counter[str], combinations: int) -> str:
    if not slow:
        return "plays every combination"
    exits = ", ".join(f"{reason} ({count} exits)" for reason, count in sorted(slow.items()))
    return f"does not play all of {combinations:,}: {exits}"


def memory(study: Study, setups: int, combinations: int, workers: int) -> int:
    """Bytes beside the program: bars, ledgers, session rows, paths and tables."""
    bars = study.table.bars
    columns = (bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.session)
    kept = combinations * study.row_bytes
    ledger = kept if study.rules.at_once else min(KEPT_BYTES, kept)
    ledger += workers * BLOCK_BYTES
    paths = 2 * workers * setups * RECORD_BYTES
    daily = len(study.daily) * study.days * WIDTH
    tables = combinations * ROW_BYTES
    return sum(column.nbytes for column in columns) + ledger + daily + paths + tables


def seconds(
    study: Study, setups: Setups, detection: float, size: tuple[int, int]
) -> tuple[float, float]:
    """By the cost law: what is done once, and what the workers share."""
    (combinations, workers), count = size, len(setups)
    plan = study.plan
    per_structure = detection + count * PATH
    exits = len(plan.exits)
    slow = scanned(study, setups).total() / exits * combinations
    held = count * len(study.table.bars) / max(1, study.cells.edges[-1]) / 2
    lookup = (combinations - slow) * count * LOOK_UP + slow * held / SCANNED
    shared = sum(1 for _ in runs(plan)) * per_structure + lookup
    return detection, shared / workers


def seconds_text(taken: tuple[float, float]) -> str:
    total = sum(taken)
    if total < 1:
        return "under a second of play, and what is compiled on the way"
    if total < 120:
        return f"about {total:.0f} s of play"
    return f"about {total / 60:.0f} min of play"
