"""What a walk-forward keeps of its training: efficiency, consistency, drift, a table of passes."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.research.plateau import number
from engine.research.walk import Choice


class Record(NamedTuple):
    """One row a fold that chose anybody: what the chosen made in training and in the test."""

    train_net: Longs
    train_trades: Longs
    train_sessions: Longs
    test_net: Longs
    test_trades: Longs
    test_sessions: Longs
    test_fall: Longs

    @classmethod
    def of(cls, choices: Sequence[Choice]) -> Record:
        rows = [
            (
                *(int(c.train.sum(name)[0]) for name in ("net", "n")),
                c.train.sessions,
                *(int(c.test.sum(name)[0]) for name in ("net", "n")),
                c.test.sessions,
                int(c.test.sum("fall")[0]),
            )
            for c in choices
            if c.combination is not None
        ]
        return cls(*np.array(rows, np.int64).reshape(-1, len(cls._fields)).T)


def efficiency(record: Record) -> float:
    """Profit a session out of sample over profit a session in sample, all folds pooled (Pardo).

    Undefined where training made no profit: a ratio to a loss says nothing.
    """
    train = mean(record.train_net, record.train_sessions)
    return mean(record.test_net, record.test_sessions) / train if train > 0 else math.nan


def mean(above: Longs, below: Longs) -> float:
    """One ratio of two sums, NaN where there is nothing to divide by."""
    return int(above.sum()) / int(below.sum()) if below.sum() else math.nan


class Overfitting(NamedTuple):
    """Money a trade in training and in the test; what is lost between them, and what is kept."""

    train: float
    test: float
    lost: float  # train less test, whatever their signs
    kept: float  # test over train; undefined where training made nothing


def overfitting(record: Record) -> Overfitting:
    """Read `lost` first: it is right for any signs; `kept` is above 1 when the test did better."""
    train = mean(record.train_net, record.train_trades)
    test = mean(record.test_net, record.test_trades)
    return Overfitting(train, test, train - test, test / train if train > 0 else math.nan)


class Consistency(NamedTuple):
    """How evenly the folds earned, idle ones among them."""

    folds: int
    profitable: float  # share of folds
    largest: float  # share of all profit that one fold made; undefined without a profit
    worst: float  # money units of the worst fold
    streak: int  # most losing folds in a row


def consistency(record: Record) -> Consistency:
    """A fold that made exactly nothing was neither profitable nor lost."""
    net, total = record.test_net, int(record.test_net.sum())
    if not len(net):
        return Consistency(0, math.nan, math.nan, math.nan, 0)
    share = int(net.max()) / total if total > 0 else math.nan
    return Consistency(len(net), float((net > 0).mean()), share, float(net.min()), runs(net < 0))


def runs(marks: Any) -> int:
    """The longest run of marks."""
    longest = run = 0
    for mark in marks:
        run = run + 1 if mark else 0
        longest = max(longest, run)
    return longest


class Drift(NamedTuple):
    """How one parameter moved from fold to fold."""

    values: int  # different ones chosen
    changes: float  # share of folds that chose another than the fold before
    usual: Any  # the value chosen most often, of equals the first
    share: float  # of folds that chose it
    step: float  # mean steps between folds along the numbers tried; undefined for words


def drift(
    chosen: Sequence[Mapping[str, Any]], tried: Mapping[str, Sequence[Any]]
) -> dict[str, Drift]:
    """For each parameter; `chosen` holds one row a fold, `tried` the values of every axis."""
    return {
        name: drifted([row[name] for row in chosen], axis) for name, axis in tried.items() if chosen
    }


def drifted(values: Sequence[Any], axis: Sequence[Any]) -> Drift:
    ladder = sorted({told for value in axis if (told := number(value)) is not None})
    usual, count = Counter(values).most_common(1)[0]
    pairs = list(pairwise(values))
    changes = sum(a != b for a, b in pairs) / len(pairs) if pairs else math.nan
    places = {value: ladder.index(told) for value in values if (told := number(value)) is not None}
    steps = [abs(places[a] - places[b]) for a, b in pairs if a in places and b in places]
    step = sum(steps) / len(steps) if steps else math.nan
    return Drift(len(set(values)), changes, usual, count / len(values), step)


class Pass(NamedTuple):
    """One line of the table: a figure, what it needs to be, and what would distinguish it."""

    name: str
    value: float
    needs: float
    passed: bool
    distinguished: bool


WANTED: Final = {  # pass, distinction; a limit where the second is None
    "net": (0.0, 0.0),
    "efficiency": (0.5, 1.0),
    "profitable_folds": (0.5, 0.8),
    "largest_fold": (0.5, None),
    "deepest_fall": (0.4, None),
}


def passes(record: Record, capital: float = math.nan) -> list[Pass]:
    """The usual five tests of a walk-forward; falls are shares of the capital, if one is named.

    An undefined figure passes nothing.
    """
    even = consistency(record)
    net = float(record.test_net.sum()) if len(record.test_net) else math.nan
    figures = {
        "net": net,
        "efficiency": efficiency(record),
        "profitable_folds": even.profitable,
        "largest_fold": even.largest,
        "deepest_fall": float(record.test_fall.max(initial=0)) / capital,
    }
    return [passed(name, value) for name, value in figures.items()]


def passed(name: str, value: float) -> Pass:
    needs, better = WANTED[name]
    if better is None:
        return Pass(name, value, needs, value <= needs, distinguished=False)
    good = value > needs if name == "net" else value >= needs
    return Pass(name, value, needs, good, good and value >= better)
