"""A feature bar by bar, as a live loop asks it: what it says of new bars, without starting over.

A fold goes on where it stopped. A feature that is no fold is computed anew: on every bar, or, if
its values belong to sessions, when a session begins.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from engine.core.bars import Bars
from engine.core.columns import Bools, frozen
from engine.features.declare import declared
from engine.features.fold import Floats, Fold, columns, tape_of

SPARE = 1_024  # rows of room made at a time, and then as many again as there are


class Stream:
    """What a feature says of bars that grow at their end."""

    def __init__(self, function: Callable[..., Any], **params: Any) -> None:
        facts = declared(function)
        plan = None if facts is None else facts.plan
        self.source: Folding | Replay
        if facts is None or plan is None:
            self.source = Replay(function, params)
        else:
            self.source = Folding(plan(**facts.settled(**params)))

    def advance(self, bars: Bars) -> tuple[float | int | None, ...]:
        """Read the bars that are new; what is said of the last one, `None` where absent."""
        self.source.read(bars)
        return self.source.last()


class Folding:
    """A fold with its cells and the rows it has written so far."""

    def __init__(self, fold: Fold[Any]) -> None:
        self.fold, self.cells, self.out = fold, fold.memory(), fold.room(0)
        self.asks = [Stream(ask.of, **ask.params).source for ask in fold.asks]
        self.feed = np.empty((0, 0))
        self.seen = self.room = 0

    def read(self, bars: Bars) -> None:
        fold, first, stop = self.fold, self.seen, len(bars)
        for ask in self.asks:
            ask.read(bars)
        if first == stop:
            return
        parts = [part for ask in self.asks for part in ask.floats(first, stop, bars)]
        self.feed = grown(self.feed, stop, len(parts))
        for row, part in zip(self.feed, parts, strict=True):
            row[first:stop] = part
        self.make_room(stop)
        feed = tuple(frozen(row[:]) for row in self.feed)
        fold.run(tape_of(bars, feed), first, stop, fold.given, self.cells, self.out)
        self.seen = stop

    def make_room(self, count: int) -> None:
        if count > self.room:
            self.room = count + max(SPARE, count)
            bigger = self.fold.room(self.room)
            for group, before in zip(bigger, self.out, strict=True):
                for new, old in zip(group, before, strict=True):
                    new[: len(old)] = old
            self.out = bigger

    def last(self) -> tuple[float | int | None, ...]:
        at = self.seen - 1
        floats = [float(row[at]) for row in self.out.floats]
        ints = zip(self.out.ints, self.out.there, strict=True)
        return (
            *(value if np.isfinite(value) else None for value in floats),
            *(int(row[at]) if there[at] else None for row, there in ints),
        )

    def floats(self, first: int, stop: int, bars: Bars) -> list[Floats]:
        """The rows of some bars as another fold is fed with them."""
        del bars  # a fold has its own rows
        part, ints = slice(first, stop), zip(self.out.ints, self.out.there, strict=True)
        said = [np.where(there[part], values[part], np.nan) for values, there in ints]
        return [*(finite(row[part]) for row in self.out.floats), *said]


class Replay:
    """A feature without a fold, asked again as seldom as its values allow."""

    def __init__(self, function: Callable[..., Any], params: dict[str, Any]) -> None:
        self.function, self.params = function, params
        self.said: tuple[Any, ...] = ()
        self.session, self.row, self.lasting = -1, -1, False

    def read(self, bars: Bars) -> None:
        self.row = len(bars) - 1
        if not self.said or not self.lasting or int(bars.session[-1]) != self.session:
            self.said = columns(self.function(bars, **self.params))
            self.lasting = all(column.index is bars.session for column in self.said)
        self.session = int(bars.session[-1]) if len(bars) else -1

    def last(self) -> tuple[float | int | None, ...]:
        found = []
        for column in self.said:
            at = self.session if self.lasting else self.row
            row = at if self.lasting or column.index is None else int(column.index[at])
            found.append(column.values[row].item() if column.present[row] else None)
        return tuple(found)

    def floats(self, first: int, stop: int, bars: Bars) -> list[Floats]:
        """The rows of some bars as a fold is fed with them."""
        found = []
        for column in self.said:
            rows = bars.session[first:stop] if self.lasting else np.arange(first, stop)
            if not self.lasting and column.index is not None:
                rows = column.index[rows]
            present: Bools = column.present[rows]
            found.append(np.where(present, column.values[rows].astype(np.float64), np.nan))
        return found


def finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)


def grown(feed: Floats, count: int, rows: int) -> Floats:
    """Room for so many bars, what was there kept."""
    if feed.shape[0] == rows and count <= feed.shape[1]:
        return feed
    bigger = np.full((rows, count + max(SPARE, count)), np.nan)
    bigger[: feed.shape[0], : feed.shape[1]] = feed
    return bigger
