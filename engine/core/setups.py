"""Setups: one row per opportunity, known at the close of its bar and acted on from the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Self, TypedDict, Unpack

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.columns import Array, Bools, Column, frozen
from engine.core.entries import Entries, Entry
from engine.core.errors import unknown
from engine.core.follow import After, Moving, Parents, moving
from engine.core.gather import Floats, Level, Rows, Sides, floats, levels, marked

__all__ = ["Floats", "Level", "Setups", "SignalArrays", "became"]

MORE = ("entry", "follow", "after")


class More(TypedDict, total=False):
    """What a setup may say beside its side, its levels and its attributes."""

    entry: Entry  # without one, a market order
    follow: Mapping[str, Any]  # columns exits may follow: one, or a pair (for longs, for shorts)
    after: After  # only after another setup's trade


class SignalArrays(NamedTuple):
    """Setups spread over the bars: +1 long, -1 short, 0 none; both sides at one bar are neither."""

    side: Sides
    stop: Column
    target: Column


def became(state: Bools) -> Bools:
    """The bars where a state begins: setups are events, and a state is not one."""
    begins = state.copy()
    begins[1:] &= ~state[:-1]
    begins[:1] = False  # nothing is known of the bar before the first
    return begins


@dataclass(frozen=True, eq=False, slots=True)
class Setups:
    """A table in order of bar, longs first; levels are in ticks and may be absent."""

    bar: Longs
    side: Sides
    stop: Column
    target: Column
    attributes: Mapping[str, Floats]
    entries: Entries | None = None  # all market orders
    follow: Mapping[str, Moving] = field(default_factory=dict)
    parents: Parents | None = None  # none waits for another

    @classmethod
    def where(
        cls,
        bars: Bars,
        *,
        long: Bools | None = None,
        short: Bools | None = None,
        stop: tuple[Level, Level] | None = None,
        target: tuple[Level, Level] | None = None,
        attributes: Mapping[str, Level | tuple[Level, Level]] | None = None,
        **more: Unpack[More],
    ) -> Self:
        """A setup wherever `long` or `short` is true.

        Levels come as (for longs, for shorts); an attribute may, where the sides mirror each other.
        """
        for name in more:
            if name not in MORE:
                raise unknown("word", name, MORE, where=" for setups")
        longs, shorts = marked(long, bars, "long"), marked(short, bars, "short")
        bar = np.concatenate((longs, shorts))
        side = np.repeat(np.array([1, -1], np.int8), (len(longs), len(shorts)))
        order = np.lexsort((-side, bar))
        bar, side = bar[order], side[order]
        at = Rows(bars, frozen(bar), frozen(side))
        values = {name: floats(name, level, at) for name, level in (attributes or {}).items()}
        entries = Entries.of(more["entry"], at) if "entry" in more else None
        both = levels("stop", stop, at), levels("target", target, at)
        columns = moving(more.get("follow", {}), bars)
        parents = Parents.of(more["after"], at) if "after" in more else None
        return cls(bar, side, *both, values, entries, columns, parents)

    def __len__(self) -> int:
        return len(self.bar)

    def attribute(self, name: str) -> Floats:
        """One float64 a setup, NaN where the bars could not say."""
        if name not in self.attributes:
            raise unknown("attribute", name, self.attributes, where=" on these setups")
        return self.attributes[name]

    def followed(self, name: str) -> Moving:
        """A column that exits follow, one value a bar for longs and for shorts."""
        if name not in self.follow:
            raise unknown("followed column", name, self.follow, where=" on these setups")
        return self.follow[name]

    def take(self, rows: Array) -> Self:
        """Some of the rows, in their order."""
        cut = {name: frozen(values[rows]) for name, values in self.attributes.items()}
        stop, target = (Column(c.values[rows], c.present[rows]) for c in (self.stop, self.target))
        bar, side = frozen(self.bar[rows]), frozen(self.side[rows])
        entries = None if self.entries is None else self.entries.take(rows)
        kept = np.arange(len(self))[rows]
        parents = None if self.parents is None else self.parents.take(kept)
        return type(self)(bar, side, stop, target, cut, entries, self.follow, parents)

    def arrays(self, bars: Bars) -> SignalArrays:
        """Dense signal arrays, one value a bar: for plots, exports and engines that want them."""
        alone = np.bincount(self.bar, minlength=len(bars))[self.bar] == 1
        side = np.zeros(len(bars), np.int8)
        side[self.bar[alone]] = self.side[alone]
        spread = [scatter(level, self.bar, alone, len(bars)) for level in (self.stop, self.target)]
        return SignalArrays(frozen(side), *spread)


def scatter(level: Column, bar: Longs, alone: Bools, count: int) -> Column:
    rows = alone & level.present
    values, present = np.zeros(count, np.int64), np.zeros(count, np.bool_)
    values[bar[rows]], present[bar[rows]] = level.values[rows], True
    return Column(values, present)
