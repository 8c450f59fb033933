"""The null benchmark: the same search on markets that have the sizes of this one and no edge."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from engine.core.bars import Bars
from engine.core.errors import StudyError, unknown
from engine.fills.frame import clock
from engine.research.evidence.line import Line
from engine.research.evidence.turns import in_turns
from engine.research.folds import Folds
from engine.research.objectives import IN_MONEY
from engine.research.plan import Plan
from engine.research.shelf import NOWHERE, Shelf
from engine.research.sweep import Swept, sweep
from engine.research.watch import Progress, unseen
from engine.synth.mirror import Source, mirror, permute, shuffle

KINDS: Final[dict[str, Callable[[Bars, Source], Bars]]] = {
    "mirror": mirror,
    "sessions": shuffle,
    "permutation": permute,
    "phases": lambda bars, source: shuffle(bars, source, PHASE),
}
MARKETS: Final = {  # what lines are called, and what they say was searched
    "mirror": ("null", "a mirror without edge"),
    "permutation": ("permutation", "the market with each bar exchanged for one of its minute"),
    "sessions": ("sessions", "the market with its sessions in another order"),
    "phases": ("phases", "the market with its half-hours exchanged"),
}
Search = Callable[[Bars, Progress], Swept]
PHASE: Final = 30  # minutes of a stretch that phases exchange


@dataclass(frozen=True, slots=True)
class Surrogates:
    """How many markets without edge are searched, and of which kind; only mirrors are a null."""

    count: int = 19
    seed: int = 0
    kind: str = "mirror"

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
    folds: tuple[int, ...] = ()  # net of each fold's test, zero where it chose nothing


def score(swept: Swept) -> Score:
    """The figures a researcher would have believed."""
    best, whole = swept.best, swept.whole
    chosen = [choice for choice in swept.choices if choice.combination is not None]
    each = tuple(
        0 if choice.combination is None else int(choice.test.sum("net")[0])
        for choice in swept.choices
    )
    net, trades = sum(each), sum(int(choice.test.sum("n")[0]) for choice in chosen)
    value, best_net = math.nan, math.nan
    if best is not None:
        value = float(swept.worth[best])
        best_net = float(whole.sum("net")[best])
    walk_net = float(net) if chosen else math.nan
    expectancy = net / trades if trades else math.nan
    return Score(value, best_net, walk_net, trades, expectancy, each)


def plain(plan: Plan, folds: Folds, workers: int = 1) -> Search:
    """The search of a whole plan."""
    return lambda bars, told: sweep(bars, plan, folds, workers=workers, progress=told)


def null(
    bars: Bars,
    search: Search,
    how: Surrogates,
    progress: Progress = unseen,
    shelf: Shelf = NOWHERE,
    together: int = 1,
) -> list[Score]:
    """Search every surrogate, as the real bars were; those on the shelf were searched before.

    So many are searched at a time: what the bars of one come to is made by one worker.
    """

    def one(turn: int, told: Progress) -> Score:
        return searched(bars, search, how, turn, told, shelf)

    return in_turns(one, how.count, progress, min(together, how.count))


def surrogate(bars: Bars, how: Surrogates, turn: int) -> Bars:
    """One market without edge; what hangs on times alone is the real one's, looked up once."""
    made = KINDS[how.kind](bars, Source(how.seed, turn))
    made.memo.get(clock, lambda: clock(bars))
    vars(made)["labels"] = bars.labels
    return made


def searched(
    bars: Bars, search: Search, how: Surrogates, turn: int, progress: Progress, shelf: Shelf
) -> Score:
    name = f"surrogate-{how.kind}-{how.seed}-{turn:06d}"
    pack = shelf.get(name)
    if pack is None:
        found = score(search(surrogate(bars, how, turn), progress))
        folds = np.array(found.folds, np.int64)
        shelf.put(name, {"score": np.array(found[:-1], np.float64), "folds": folds})
        return found
    best, best_net, walk_net, trades, expectancy = pack["score"].tolist()
    folds = pack["folds"].tolist()
    return Score(best, best_net, walk_net, int(trades), expectancy, tuple(folds))


def onward(progress: Progress, before: int, total: int) -> Progress:
    """A count that goes on from what was done before."""
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


def null_lines(swept: Swept, scores: Sequence[Score], how: Surrogates) -> list[Line]:
    """Where the real search stands among the surrogates: its best, and its walk-forward."""
    real, unit = score(swept), float(swept.table.bars.instrument.money_unit)
    objective = unit if swept.folds.objective in IN_MONEY else 1.0
    prefix, market = MARKETS[how.kind]
    said = {
        f"{prefix}_best": ("best", objective, f"{swept.folds.objective} of the best in sample"),
        f"{prefix}_walk": ("walk_net", unit, "net of the walk-forward"),
    }
    lines = []
    for measure, (name, scale, text) in said.items():
        theirs = [float(getattr(one, name)) for one in scores]
        place = rank(getattr(real, name), theirs)
        told = [value * scale for value in theirs if not math.isnan(value)]
        low, high = np.percentile(told, (5, 95)).tolist() if told else (math.nan, math.nan)
        note = f"percentile of the {text} among {how.count} searches of {market}"
        lines.append(
            Line("study", measure, place.percentile, note, low, high, place.p_value, how.count)
        )
    return lines
