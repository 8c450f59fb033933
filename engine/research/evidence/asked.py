"""What a study asks to be weighed beside the evidence of every sweep, as lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from engine.core.bars import Longs
from engine.core.errors import StudyError
from engine.research.evidence.adaptive import adapted, improvement
from engine.research.evidence.crossed import cross_lines
from engine.research.evidence.entries import random_entries
from engine.research.evidence.further import (
    BELIEF,
    CPCV,
    ENTRIES,
    KFOLD,
    PAUSES,
    REGIMES,
    STEPM,
    TIMING,
    WINDOWS,
    Further,
)
from engine.research.evidence.habits import belief_lines, pause_lines, timing_lines
from engine.research.evidence.line import Line
from engine.research.evidence.resample import Resample
from engine.research.evidence.snooping import stepwise
from engine.research.evidence.windows import window_lines
from engine.research.regimes import weather
from engine.research.splits import Gaps
from engine.research.sweep import Swept


@dataclass(frozen=True, slots=True, eq=False)
class Bench:
    """What the tests read: the sweep, its session rows, how to redraw, the capital if one is."""

    swept: Swept
    rows: Longs
    how: Resample
    capital: float = math.nan  # money units
    workers: int = 1


def further_lines(bench: Bench, asked: Further) -> Iterator[Line]:
    """The tests in the order they were asked for; what cannot be made says why."""
    for name in asked.also:
        if name in MADE:
            try:
                yield from MADE[name](bench, asked)
            except StudyError as error:
                yield Line("study", name, math.nan, str(error))


def stepm(bench: Bench, _: Further) -> Iterator[Line]:
    """Which combinations beat nothing, at 5 % for all of them together."""
    found = int(stepwise(bench.rows, bench.how).sum())
    text = f"of {len(bench.rows)} combinations, mean session above zero at 5 % for all together"
    yield Line("study", STEPM, found, text, draws=bench.how.draws)


def entries(bench: Bench, _: Further) -> Iterator[Line]:
    yield random_entries(bench.swept, seed=bench.how.seed)


def kfold(bench: Bench, asked: Further) -> Iterator[Line]:
    return cross(KFOLD, (asked.groups, 1), bench, asked)


def cpcv(bench: Bench, asked: Further) -> Iterator[Line]:
    return cross(CPCV, (asked.groups, asked.tested), bench, asked)


def cross(name: str, cut: tuple[int, int], bench: Bench, asked: Further) -> Iterator[Line]:
    gaps = Gaps(bench.swept.folds.purge, asked.embargo)
    return cross_lines(name, bench.rows, cut, gaps, bench.swept.whole.periods)


def regimes(bench: Bench, _: Further) -> Iterator[Line]:
    """A choice for each weather against one for all."""
    swept, unit = bench.swept, float(bench.swept.table.bars.instrument.money_unit)
    folds = [choice.fold for choice in swept.choices]
    found = adapted(bench.rows, folds, weather(swept.table.bars))
    text = "highest Sharpe ratio of train, one choice for quiet, normal and wild sessions each"
    yield Line("oos", "regimes_net", float(found.adapted.sum()) * unit, f"net; {text}")
    more = found.adapted - found.plain
    drawn = more[bench.how.rows(len(more))].sum(axis=1)
    low, high = (np.quantile(drawn, (0.025, 0.975)) * unit).tolist()
    p = (1 + int((drawn <= 0).sum())) / (len(drawn) + 1)
    share = float(improvement(found))
    kept = "" if math.isnan(share) else f", {share:+.0%}"
    note = f"net more than one choice for all makes{kept}; {found.own} choices of a regime's own"
    gain = float(more.sum()) * unit
    yield Line("oos", "regimes_gain", gain, note, low, high, p, bench.how.draws)


def windows(bench: Bench, asked: Further) -> Iterator[Line]:
    return window_lines(bench.swept, asked.windows, bench.capital, bench.workers)


MADE: dict[str, Callable[[Bench, Further], Iterator[Line]]] = {
    STEPM: stepm,
    ENTRIES: entries,
    KFOLD: kfold,
    CPCV: cpcv,
    REGIMES: regimes,
    WINDOWS: windows,
    BELIEF: lambda bench, _: belief_lines(bench.swept),
    TIMING: lambda bench, _: timing_lines(bench.swept),
    PAUSES: lambda bench, _: pause_lines(bench.swept),
}
