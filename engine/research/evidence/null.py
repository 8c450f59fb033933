"""The null benchmark: the same search on markets that have the sizes of this one and no edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from engine.core.bars import Bars
from engine.core.errors import StudyError, unknown
from engine.research.folds import Folds
from engine.research.measures import OBJECTIVES
from engine.research.plan import Plan
from engine.research.sweep import Swept, sweep
from engine.research.watch import Progress, unseen
from engine.synth.mirror import Source, mirror, shuffle

KINDS: Final[dict[str, Callable[[Bars, Source], Bars]]] = {
    "mirror": mirror,
    "sessions": shuffle,
    "phases": lambda bars, source: shuffle(bars, source, PHASE),
}
PHASE: Final = 30  # minutes of a stretch that phases exchange


@dataclass(frozen=True, slots=True)
class Surrogates:
    """How many markets without edge are searched, and of which kind; only mirrors are a null."""

    count: int = 19
    seed: int = 0
    kind: str = "mirror"
    workers: int = 1

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise unknown("surrogate", self.kind, KINDS)
        if self.count < 1:
            raise StudyError(f"a null benchmark needs 1 surrogate or more, not {self.count}")


class Score(NamedTuple):
    """What one search found: the best in sample, and what its walk-forward made of its choices."""

    best: float  # the objective, NaN where nothing was admissible
    best_net: float
    walk_net: float  # money units over all test sessions; NaN where no fold chose anything
    walk_trades: int
    walk_expectancy: float


def score(swept: Swept) -> Score:
    """The figures a researcher would have believed."""
    best, whole = swept.best, swept.whole
    chosen = [choice for choice in swept.choices if choice.combination is not None]
    net, trades = (sum(int(c.test.sum(name)[0]) for c in chosen) for name in ("net", "n"))
    value, best_net = math.nan, math.nan
    if best is not None:
        value = float(OBJECTIVES[swept.folds.objective](whole)[best])
        best_net = float(whole.sum("net")[best])
    walk_net = float(net) if chosen else math.nan
    return Score(value, best_net, walk_net, trades, net / trades if trades else math.nan)


def null(
    bars: Bars, plan: Plan, folds: Folds, how: Surrogates, progress: Progress = unseen
) -> list[Score]:
    """Search every surrogate; the same for any number of workers."""
    total, found = how.count * len(plan), []
    for turn in range(how.count):
        made = KINDS[how.kind](bars, Source(how.seed, turn))
        told = onward(progress, turn * len(plan), total)
        found.append(score(sweep(made, plan, folds, workers=how.workers, progress=told)))
    return found


def onward(progress: Progress, before: int, total: int) -> Progress:
    """One count over all surrogates."""
    return lambda done, _: progress(before + done, total)


class Rank(NamedTuple):
    """Where the real figure stands among its surrogates."""

    percentile: float  # share of surrogates below it, ties counting half
    p_value: float  # share of all, the real one among them, that are at least as high
    told: int  # surrogates with a figure; those that found nothing stand below


def rank(real: float, surrogates: Sequence[float]) -> Rank:
    """A real figure that is undefined has no place."""
    told = [value for value in surrogates if not math.isnan(value)]
    if math.isnan(real) or not surrogates:
        return Rank(math.nan, math.nan, len(told))
    higher, equal = sum(value > real for value in told), sum(value == real for value in told)
    count = len(surrogates)
    percentile = (count - higher - equal / 2) / count
    return Rank(percentile, (1 + higher + equal) / (count + 1), len(told))
