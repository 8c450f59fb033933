"""Tests on request: what a study asks to be weighed beside the evidence of every sweep."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Final

from engine.core.errors import StudyError, unknown

STEPM, PERMUTATION, ENTRIES = "stepm", "permutation", "random_entries"
KFOLD, CPCV, REGIMES, WINDOWS = "kfold", "cpcv", "regimes", "windows"
BELIEF, TIMING, PAUSES = HABITS = "belief", "timing", "pauses"  # of the unseen trades
CHOOSING: Final = (KFOLD, CPCV, REGIMES, WINDOWS)  # they choose again, in sessions of their own
TESTS: Final = (STEPM, PERMUTATION, ENTRIES, KFOLD, CPCV, REGIMES, WINDOWS, *HABITS)


@dataclass(frozen=True, slots=True)
class Further:
    """Which tests, how purged cross-validation cuts history, and which windows walk."""

    also: tuple[str, ...] = ()
    groups: int = 6
    tested: int = 2
    embargo: int = 0
    windows: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Further:
        """Read what the `evidence` of a study asks for beside what is always weighed."""
        windows = {name: tuple(sizes) for name, sizes in values.get("windows", {}).items()}
        return cls(**{**values, "also": tuple(values.get("also", ())), "windows": windows})

    def __post_init__(self) -> None:
        for name in self.also:
            if name not in TESTS:
                raise unknown("test", name, TESTS, where=" in evidence.also")
        if not 1 <= self.tested < self.groups or self.embargo < 0:
            raise StudyError(
                f"evidence: {self.tested} of {self.groups} groups tested, embargo {self.embargo}: "
                "some groups are tested, some are not, and an embargo is 0 or more"
            )
        for name, sizes in self.windows.items():
            if name not in SIDES:
                raise unknown("key", name, SIDES, where=" in evidence.windows")
            if not sizes or min(sizes) < 1:
                raise StudyError(f"evidence.windows.{name} lists lengths of 1 or more")
        if (WINDOWS in self.also) != bool(self.windows):
            raise StudyError(
                "evidence: also: [windows] and windows: {train: [...], test: [...]} need each other"
            )


SIDES: Final = ("train", "test")
FURTHER: Final = tuple(one.name for one in fields(Further))
