"""Timing: whether trades of an hour, a weekday, a part of the day or a side differ from nothing.

Every group is a test, so that all of them are counted: the p-values shown are those of Benjamini
and Hochberg over all groups that are large enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.research.evidence.families import false_discovery
from engine.research.evidence.means import Mean, t_test
from engine.research.measures.breakdown import keys

ENOUGH: Final = 30  # trades of a group that is tested
LEVEL: Final = 0.05
BY: Final = ("hour", "weekday", "part", "side", "side_hour")


class Group(NamedTuple):
    """Trades that have a time or a side in common, and the chance of a mean so far from zero."""

    by: str
    value: str
    mean: Mean
    adjusted: float

    @property
    def advice(self) -> str:
        """What a filter would make of it."""
        if not self.adjusted <= LEVEL:
            return "nothing to tell"
        return "keep" if self.mean.mean > 0 else "leave out"


def groups(trades: pl.DataFrame, zone: str) -> list[Group]:
    """Every group with trades enough, in order of key and value."""
    known = keys(trades, zone)
    known["side_hour"] = pl.format("{} {}", known["side"], known["hour"])
    found = []
    for by in BY:
        named = trades.with_columns(known[by].cast(pl.String).alias("group"))
        for (value,), part in named.sort("entry_ts").group_by("group", maintain_order=True):
            if part.height >= ENOUGH:
                found.append((by, str(value), t_test(part["net"].to_numpy())))
    adjusted = false_discovery(np.array([mean.p_apart for *_, mean in found], np.float64))
    pairs = zip(found, adjusted.tolist(), strict=True)
    return sorted((Group(*one, p) for one, p in pairs), key=place)


def place(group: Group) -> tuple[int, int, str]:
    return BY.index(group.by), len(group.value), group.value


def advised(found: list[Group]) -> Iterator[Group]:
    """The groups a filter would act on."""
    return (group for group in found if group.adjusted <= LEVEL)
