"""Walk-forward folds as index arithmetic on sessions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from engine.core.errors import StudyError, unknown
from engine.research.measures import OBJECTIVES

KEYS = ("train", "test", "purge", "unit", "objective", "min_trades")
UNITS = ("sessions",)


class Fold(NamedTuple):
    """Half-open runs of sessions: choose on the first, judge on the second."""

    train_start: int
    train_stop: int
    test_start: int
    test_stop: int


@dataclass(frozen=True, slots=True)
class Folds:
    """How to cut history; `purge` sessions between train and test belong to neither."""

    train: int = 120
    test: int = 20
    purge: int = 1
    objective: str = "expectancy"
    min_trades: int = 30

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Folds:
        """Read the `folds` of a study."""
        for name in values:
            if name not in KEYS:
                raise unknown("key", name, KEYS, where=" in folds")
        if values.get("unit", "sessions") not in UNITS:
            raise unknown("unit", str(values["unit"]), UNITS, where=" of folds")
        return cls(**{name: value for name, value in values.items() if name != "unit"})

    def __post_init__(self) -> None:
        if self.objective not in OBJECTIVES:
            raise unknown("objective", self.objective, OBJECTIVES)
        least = {"train": 1, "test": 1, "purge": 0, "min_trades": 1}
        for name, low in least.items():
            value = getattr(self, name)
            if type(value) is not int or value < low:
                raise StudyError(f"folds.{name} is a whole number from {low} on, not {value}")

    def split(self, sessions: int) -> list[Fold]:
        """Every whole fold, each test run following the last; leftover sessions are not tested."""
        span = self.train + self.purge + self.test
        if sessions < span:
            raise StudyError(
                f"a fold needs {span} sessions ({self.train} train + {self.purge} purge + "
                f"{self.test} test) but the data holds {sessions}"
            )
        starts = range(0, sessions - span + 1, self.test)
        return [self.at(start) for start in starts]

    def at(self, start: int) -> Fold:
        train_stop = start + self.train
        test_start = train_stop + self.purge
        return Fold(start, train_stop, test_start, test_start + self.test)
