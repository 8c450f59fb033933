"""Evidence: cross-validation and snooping of ten thousand combinations, and one surrogate."""

from datetime import date

import numpy as np

from adapters.opening_drive import OpeningDrive
from benchmarks.pairs import interleaved, shown
from engine import Bars, Exits, Folds, Plan, Rules, sweep
from engine.core.contracts import instrument
from engine.research.evidence.null import Surrogates, null, plain
from engine.research.evidence.overfit import Blocks, overfit
from engine.research.evidence.resample import Resample
from engine.research.evidence.snooping import snooped
from engine.synth.market import synthesise
from tests.oracle import evidence as oracle

COMBINATIONS = 10_000
SMALL = Resample(draws=50, block=4)


def measure(repetitions: int, sessions: int) -> str:
    """Refuses to time what does not agree."""
    refuse_difference()
    rows = np.random.default_rng(7).integers(-50_000, 50_001, (COMBINATIONS, sessions))
    blocks = Blocks.of(rows)
    rivals = {
        "PBO, 12,870 splits": lambda: overfit(blocks),
        "reality check and SPA, 1,000 draws": lambda: snooped(rows, Resample()),
    }
    title = f"{COMBINATIONS:,} combinations, {sessions:,} sessions"
    tests = shown(title, interleaved(rivals, repetitions))
    bars = synthesise(instrument("ES"), date(2020, 1, 2), 250, 7)
    return f"{tests}\n\n{surrogate(bars, repetitions)}"


def refuse_difference() -> None:
    """Both tests against their oracles, on few combinations."""
    rows = np.random.default_rng(3).integers(-99, 100, (6, 40))
    found = snooped(rows, SMALL)
    told = oracle.snooped(rows.tolist(), SMALL.rows(40).tolist())
    if [found.reality, found.lower, found.consistent, found.upper] != told:
        raise AssertionError("snooping and its oracle disagree: nothing was timed")
    if overfit(Blocks.of(rows, 6)).pbo != float(oracle.pbo(rows.tolist(), 6, "sharpe")[0]):
        raise AssertionError("PBO and its oracle disagree: nothing was timed")


def surrogate(bars: Bars, repetitions: int) -> str:
    """A search, and the same search on one mirrored market: making it, playing it, scoring it."""
    strategies = OpeningDrive.grid(minutes=[5, 15, 30, 60], beyond=[0, 2, 4])
    exits = Exits.grid({"stop": [8, 12, 16, 24], "target": [16, 32, {"r": 2}, "none"]})
    plan, folds = Plan(strategies, exits, Rules.of({"max_per_session": 1})), Folds(60, 20)
    one, two = (null(bars, plain(plan, folds, workers), Surrogates(1)) for workers in (1, 2))
    if one != two:
        raise AssertionError("one and two workers disagree: nothing was timed")
    rivals = {
        "a search": lambda: sweep(bars[:], plan, folds),
        "one surrogate": lambda: null(bars, plain(plan, folds), Surrogates(1)),
    }
    return shown(f"{len(plan)} combinations, {len(bars):,} bars", interleaved(rivals, repetitions))
