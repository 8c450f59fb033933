"""Plateaus: which combinations stand beside each other, and objectives smoothed over them.

Two combinations are beside each other when they differ by one step of one axis. Numbers step to the
next number tried; what is no number has no neighbour but itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Array
from engine.research.measures import Floats
from engine.research.plan import Plan

NOBODY = -1
FRAGILE = 0.5  # a stability below it


def beside(plan: Plan) -> Longs:
    """For each combination its neighbours, `[way, combination]`, two ways an axis; or nobody."""
    rows = [plan[c].row() for c in range(len(plan))]
    columns = [[row[name] for row in rows] for name in rows[0]]
    return neighbours([codes(column) for column in columns])


def codes(values: Sequence[Any]) -> tuple[Longs, int]:
    """A place for each value, and how many values there are that can be stepped over.

    Numbers come first, in their order; the others behind them, each a gap from the next.
    """
    told = [number(value) for value in values]
    ladder = sorted({n for n in told if n is not None})
    words = list(dict.fromkeys(str(v) for v, n in zip(values, told, strict=True) if n is None))
    place = {n: k for k, n in enumerate(ladder)}
    apart = {word: len(ladder) + 1 + 2 * k for k, word in enumerate(words)}
    found = [
        apart[str(value)] if n is None else place[n] for value, n in zip(values, told, strict=True)
    ]
    return np.array(found, np.int64), len(ladder) + 2 + 2 * len(words)


def number(value: Any) -> float | None:
    """A value as a number, when it is one or is written as one; a switch is none."""
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def neighbours(axes: Sequence[tuple[Longs, int]]) -> Longs:
    """Find each combination one step up and one step down every axis, by its place in the grid."""
    key, stride, strides = np.zeros(len(axes[0][0]), np.int64), 1, []
    for places, size in axes:
        key += places * stride
        strides.append(stride)
        stride *= size
    order = np.argsort(key, kind="stable")
    found = [beside_of(key, order, way * step) for step in strides for way in (1, -1)]
    return np.stack(found)


def beside_of(key: Longs, order: Longs, step: int) -> Longs:
    """Places are never full to the brim, so that a step beyond an end meets nobody."""
    at = np.searchsorted(key, key + step, sorter=order)
    other = order[np.minimum(at, len(order) - 1)]
    return np.asarray(np.where(key[other] == key + step, other, NOBODY))


def smoothed(values: Floats, near: Longs) -> Floats:
    """The mean over a combination and those beside it, as far as they are defined."""
    every = np.vstack((values, np.where(near == NOBODY, np.nan, values[near])))
    told = ~np.isnan(every)
    sums: Array = np.where(told, every, 0.0).sum(axis=0)
    count = told.sum(axis=0)
    return np.where(np.isnan(values), np.nan, sums / np.maximum(count, 1))


def stability(values: Floats, near: Longs, chosen: int) -> float:
    """What the neighbours keep of the chosen one's objective; undefined for a loss or alone."""
    around = values[near[:, chosen]][near[:, chosen] != NOBODY]
    around = around[~np.isnan(around)]
    if not len(around) or not values[chosen] > 0:
        return math.nan
    return float(around.mean() / values[chosen])


class Fragility(NamedTuple):
    """The stabilities of all folds; what is undefined is not counted."""

    mean: float
    least: float
    fragile: int
    told: int


def fragility(stabilities: Sequence[float]) -> Fragility:
    """How many folds chose a peak whose neighbours keep less than half of it."""
    told = [value for value in stabilities if not math.isnan(value)]
    if not told:
        return Fragility(math.nan, math.nan, 0, 0)
    mean, fragile = sum(told) / len(told), sum(value < FRAGILE for value in told)
    return Fragility(mean, min(told), fragile, len(told))
