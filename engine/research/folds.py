"""Walk-forward folds as index arithmetic on sessions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import Bars, Longs
from engine.core.errors import StudyError, unknown
from engine.research.objectives import NAMES, Own

MONTHS = {"months": 1, "quarters": 3, "years": 12}  # of each calendar unit
UNITS = ("sessions", "bars", "weeks", *MONTHS)
TIMEFRAME = re.compile(r"([1-9][0-9]*)([mhd])")
MINUTES = {"m": 1, "h": 60, "d": 1440}  # of each letter of a timeframe
WINDOWS = ("rolling", "anchored")
REGIMES = ("weather", "bar_regime", "hidden_state")  # labels of sessions that may choose
PLATEAU = "plateau"
CHOOSE = ("best", PLATEAU)
LEAST = {
    "train": 1,
    "test": 1,
    "purge": 0,
    "step": 0,
    "min_trades": 1,
    "top": 1,
    "regime_trades": 1,
}


Run = tuple[int, int]  # of sessions, half-open


class Fold(NamedTuple):
    """Half-open runs of sessions: choose on the first, judge on the second."""

    train_start: int
    train_stop: int
    test_start: int
    test_stop: int

    @property
    def runs(self) -> tuple[Run, Run]:
        """Train and test."""
        return (self.train_start, self.train_stop), (self.test_start, self.test_stop)


@dataclass(frozen=True, slots=True)
class Folds:
    """How to cut history and to choose; `purge` sessions between train and test belong to neither.

    `unit` is what train, test and step count; a purge always counts sessions. Bars are those of
    `for_timeframe`, where it is named, whatever the bars are that are played. A step of 0 is the
    length of a test. Where no combination has `min_trades`, the `ladder`'s lower numbers are asked.
    With a `regime` every label chooses for itself among those with `regime_trades` in its sessions.
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
    for_timeframe: str = ""
    regime: str = ""
    regime_trades: int = 5
    own: Own | None = field(
        default=None, repr=False
    )  # an objective of one's own, by the name in `objective`

    @classmethod
    def of(cls, values: Mapping[str, Any], own: Own | None = None) -> Folds:
        """Read the `folds` of a study."""
        known = [one.name for one in fields(cls) if one.name != "own"]
        for name in values:
            if name not in known:
                raise unknown("key", name, known, where=" in folds")
        return cls(**{**values, "ladder": tuple(values.get("ladder", ()))}, own=own)

    def __post_init__(self) -> None:
        if self.own is None and self.objective not in NAMES:
            raise unknown("objective", self.objective, NAMES)
        for name, known in (("unit", UNITS), ("window", WINDOWS), ("choose", CHOOSE)):
            if getattr(self, name) not in known:
                raise unknown(name, str(getattr(self, name)), known, where=" of folds")
        for name, low in LEAST.items():
            whole(name, getattr(self, name), low)
        for above, rung in zip((self.min_trades, *self.ladder), self.ladder, strict=False):
            if whole("ladder", rung, 1) >= above:
                raise StudyError(f"folds.ladder goes down: {rung} does not lie below {above}")
        refuse_at_odds(self)
        if 0 < self.step < self.test:
            raise StudyError(
                f"folds.step is {self.step} but a test is {self.test} long: tests would overlap, "
                "and their trades count twice"
            )

    @property
    def at_once(self) -> bool:
        """Whether a fold compares more than sums of its training: neighbours, or regimes."""
        return self.choose == PLATEAU or bool(self.regime)

    def times(self, minutes: int) -> int:
        """How many bars of so many minutes one counted bar is."""
        if not self.for_timeframe:
            return 1
        count, letter = int(self.for_timeframe[:-1]), self.for_timeframe[-1]
        times, rest = divmod(count * MINUTES[letter], minutes)
        if rest or not times:
            raise StudyError(
                f"folds.for_timeframe: a bar of {self.for_timeframe} is no whole number of bars of "
                f"{minutes} minutes"
            )
        return times

    def cut(self, bars: Bars) -> list[Fold]:
        """The folds of the sessions these bars span; they count from the first of them."""
        first, stop = int(bars.session[0]), int(bars.session[-1]) + 1
        if self.unit == "bars":
            begins = np.searchsorted(bars.session, np.arange(first, stop + 1)).astype(np.int64)
            return self.tiled(begins, self.times(bars.minutes))
        return self.split(stop - first, bars.sessions.date[first:stop].astype(np.int64))

    def split(self, sessions: int, days: Longs | None = None) -> list[Fold]:
        """Every whole fold; what is left over is not tested. Calendar units need trade dates."""
        if self.unit == "sessions":
            return self.counted(sessions)
        if days is None or self.unit == "bars":
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
        edges, units = np.append(starts, len(days)), len(starts)
        self.refuse_short(units, 1)
        found = range(0, units - self.span + 1, self.step or self.test)
        return [
            self.purged(*(int(edges[start + k]) for k in (0, self.train, self.span)))
            for start in found
        ]

    def tiled(self, begins: Longs, times: int) -> list[Fold]:
        """Folds in bars, whose edges move on to the next session's first bar.

        `begins` is the first bar of each session, and where the last one ends.
        """
        bars = int(begins[-1])
        self.refuse_short(bars, times)
        starts = range(0, bars - self.span * times + 1, (self.step or self.test) * times)
        counts = np.array(starts)[:, None] + np.array([0, self.train, self.span]) * times
        edges = np.searchsorted(begins, counts)
        if (np.diff(edges) < 1).any():
            raise StudyError(
                f"a fold of {self.train * times} bars train and {self.test * times} bars test is "
                f"shorter than a session of {int(np.diff(begins).max())}: folds end with sessions, "
                "as positions do"
            )
        return [self.purged(*row) for row in edges.tolist()]

    @property
    def span(self) -> int:
        """Train and test together, in their unit."""
        return self.train + self.test

    def refuse_short(self, units: int, times: int) -> None:
        """Too few units for one fold."""
        train, test = self.train * times, self.test * times
        if units < train + test:
            raise StudyError(
                f"a fold needs {train + test} {self.unit} ({train} train + {test} test) but the "
                f"data holds {units}"
            )

    def purged(self, first: int, middle: int, last: int) -> Fold:
        """The purge is cut from the end of train, so that tests follow each other."""
        start = 0 if self.window == "anchored" else first
        if middle - self.purge <= start:
            raise StudyError(f"a purge of {self.purge} sessions leaves no train before it")
        return Fold(start, middle - self.purge, middle, last)


def refuse_at_odds(rules: Folds) -> None:
    """A regime chooses one a label; a timeframe is one, and says something of bars alone."""
    if rules.regime and rules.regime not in REGIMES:
        raise unknown("regime", rules.regime, REGIMES, where=" of folds")
    if rules.regime and rules.top > 1:
        raise StudyError("folds.regime chooses one combination a label: it goes with top: 1")
    if rules.for_timeframe and TIMEFRAME.fullmatch(rules.for_timeframe) is None:
        raise StudyError(
            f"folds.for_timeframe is a timeframe such as 4h or 15m, not {rules.for_timeframe}"
        )
    if rules.for_timeframe and rules.unit != "bars":
        raise StudyError("folds.for_timeframe says whose bars are counted: it needs unit: bars")


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
