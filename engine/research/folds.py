"""Walk-forward folds as index arithmetic on sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.errors import StudyError, unknown
from engine.research.measures import OBJECTIVES

MONTHS = {"months": 1, "quarters": 3, "years": 12}  # of each calendar unit
UNITS = ("sessions", "weeks", *MONTHS)
WINDOWS = ("rolling", "anchored")
CHOOSE = ("best", "plateau")
LEAST = {"train": 1, "test": 1, "purge": 0, "step": 0, "min_trades": 1, "top": 1}


class Fold(NamedTuple):
    """Half-open runs of sessions: choose on the first, judge on the second."""

    train_start: int
    train_stop: int
    test_start: int
    test_stop: int


@dataclass(frozen=True, slots=True)
class Folds:
    """How to cut history and to choose; `purge` sessions between train and test belong to neither.

    `unit` is what train, test and step count; a purge always counts sessions. A step of 0 is the
    length of a test. Where no combination has `min_trades`, the `ladder`'s lower numbers are asked.
    """

    train: int = 120
    test: int = 20
    purge: int = 1
    objective: str = "expectancy"
    min_trades: int = 30
    unit: str = "sessions"
    window: str = "rolling"
    step: int = 0
    ladder: tuple[int, ...] = ()
    choose: str = "best"
    top: int = 1

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Folds:
        """Read the `folds` of a study."""
        known = [field.name for field in fields(cls)]
        for name in values:
            if name not in known:
                raise unknown("key", name, known, where=" in folds")
        return cls(**{**values, "ladder": tuple(values.get("ladder", ()))})

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise unknown("objective", self.objective, OBJECTIVES)
        for name, known in (("unit", UNITS), ("window", WINDOWS), ("choose", CHOOSE)):
            if getattr(self, name) not in known:
                raise unknown(name, str(getattr(self, name)), known, where=" of folds")
        for name, low in LEAST.items():
            whole(name, getattr(self, name), low)
        for above, rung in zip((self.min_trades, *self.ladder), self.ladder, strict=False):
            if whole("ladder", rung, 1) >= above:
                raise StudyError(f"folds.ladder goes down: {rung} does not lie below {above}")
        if 0 < self.step < self.test:
            raise StudyError(
                f"folds.step is {self.step} but a test is {self.test} long: tests would overlap, "
                "and their trades count twice"
            )

    def cut(self, bars: Bars) -> list[Fold]:
        """The folds of the sessions these bars span; they count from the first of them."""
        first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
        return self.split(stop - first, bars.sessions.date[first:stop].astype(np.int64))

    def split(self, sessions: int, days: Longs | None = None) -> list[Fold]:
        """Every whole fold; what is left over is not tested. Calendar units need trade dates."""
        if self.unit == "sessions":
            return self.counted(sessions)
        if days is None:
            raise StudyError(f"folds in {self.unit} need the trade dates of the sessions")
        return self.dated(days)

    def counted(self, sessions: int) -> list[Fold]:
        """Folds in sessions: train, purge, test, one after the other."""
        span = self.train + self.purge + self.test
        if sessions < span:
            raise StudyError(
                f"a fold needs {span} sessions ({self.train} train + {self.purge} purge + "
                f"{self.test} test) but the data holds {sessions}"
            )
        starts = range(0, sessions - span + 1, self.step or self.test)
        return [self.at(start) for start in starts]

    def at(self, start: int) -> Fold:
        train_stop = start + self.train
        test_start = train_stop + self.purge
        first = 0 if self.window == "anchored" else start
        return Fold(first, train_stop, test_start, test_start + self.test)

    def dated(self, days: Longs) -> list[Fold]:
        """Folds in calendar units, of which the ends may be part; the purge is cut from train."""
        units_of = period(days, self.unit)
        starts = np.flatnonzero(np.diff(units_of, prepend=units_of[:1] - 1))
        edges = np.append(starts, len(days))
        span, units = self.train + self.test, len(edges) - 1
        if units < span:
            raise StudyError(
                f"a fold needs {span} {self.unit} ({self.train} train + {self.test} test) but the "
                f"data holds {units}"
            )
        found = []
        for start in range(0, units - span + 1, self.step or self.test):
            middle, last = int(edges[start + self.train]), int(edges[start + span])
            first = 0 if self.window == "anchored" else int(edges[start])
            if middle - self.purge <= first:
                raise StudyError(f"a purge of {self.purge} sessions leaves no train before it")
            found.append(Fold(first, middle - self.purge, middle, last))
        return found


def period(days: Longs, unit: str) -> Longs:
    """Number of the calendar unit each trade date lies in; weeks begin on Mondays."""
    if unit == "weeks":
        return (days + 3) // 7
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    return np.asarray(months // MONTHS[unit])


def whole(name: str, value: Any, low: int) -> int:
    """A whole number from `low` on, or a word on what it should be."""
    if type(value) is not int or value < low:
        raise StudyError(f"folds.{name} is a whole number from {low} on, not {value}")
    return value
