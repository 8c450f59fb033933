"""A matrix of walks: the same search with training and tests of other lengths, passed or failed."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import product

from engine.core.errors import StudyError
from engine.research.choices import better, nobody
from engine.research.evidence.forward import Pass, Record, passes
from engine.research.evidence.line import Line
from engine.research.folds import Fold, Folds
from engine.research.ledger import Cells
from engine.research.reduction import reductions, study_of
from engine.research.sweep import Swept
from engine.research.tables import money
from engine.research.walk import Choice
from engine.research.watch import Watch, unseen


def walked(swept: Swept, cuts: Sequence[Sequence[Fold]], workers: int = 1) -> list[list[Choice]]:
    """What other folds of the same search choose: all of them in one play of the plan."""
    bars, rules = swept.table.bars, replace(swept.folds, choose="best", regime="")
    every = [fold for cut in cuts for fold in cut]
    stop = swept.first + swept.cells.edges[-1]
    single = swept.cells.single
    cells = swept.cells if single else Cells.cut(swept.first, stop, every)
    runs = tuple(dict.fromkeys(run for fold in every for run in fold.runs))
    base = study_of(bars, swept.plan, rules)
    study = base._replace(table=swept.table, rules=rules, cut=every, cells=cells, runs=runs)
    found = [nobody(fold, study.periods, rules) for fold in every]
    watch = Watch(len(swept.plan), unseen)
    with closing(reductions(study, workers, watch, keep=False)) as blocks:
        for block in blocks:
            pairs = zip(found, block.candidates, strict=True)
            found = [better(one, other, rules) for one, other in pairs]
    choices = iter([one.choice for one in found])
    return [[next(choices) for _ in cut] for cut in cuts]


def sized(rules: Folds, train: int, test: int) -> Folds:
    """The rules of a walk with other lengths; tests follow each other."""
    return replace(rules, train=train, test=test, step=0)


def window_lines(
    swept: Swept, windows: Mapping[str, Sequence[int]], capital: float, workers: int = 1
) -> Iterator[Line]:
    """One line a pair of lengths, and how many of the pairs pass every test."""
    rules = swept.folds
    sides = (windows.get("train") or [rules.train], windows.get("test") or [rules.test])
    lengths = list(product(*sides))
    cuts: dict[tuple[int, int], Sequence[Fold]] = {}
    for train, test in lengths:
        try:
            cuts[train, test] = sized(rules, train, test).cut(swept.table.bars)
        except StudyError as error:
            yield Line("study", f"windows_{train}_{test}", math.nan, str(error))
    told = walked(swept, list(cuts.values()), workers) if cuts else []
    good = 0
    for (train, test), choices in zip(cuts, told, strict=True):
        found = [one for one in passes(Record.of(choices), capital) if asked(one, capital)]
        good += all(one.passed for one in found)
        unit = f"{train} {rules.unit} train, {test} test, {len(choices)} folds"
        said = ", ".join(said_of(one, money(swept)) for one in found)
        share = sum(one.passed for one in found) / len(found)
        yield Line(
            "study", f"windows_{train}_{test}", share, f"share of tests passed; {unit}: {said}"
        )
    text = f"share of {len(lengths)} pairs of lengths that pass every test"
    yield Line("study", "windows", good / len(lengths), text)


def asked(one: Pass, capital: float) -> bool:
    """A fall is a share of a capital, and asked for only where a study names one."""
    return one.name != "deepest_fall" or not math.isnan(capital)


def said_of(one: Pass, unit: float) -> str:
    figure = one.value * unit if one.name == "net" else one.value
    value = "undefined" if math.isnan(figure) else f"{figure:,.2f}"
    verdict = "with distinction" if one.distinguished else "passed" if one.passed else "failed"
    return f"{one.name} {value} {verdict}"
