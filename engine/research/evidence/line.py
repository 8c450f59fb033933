"""One line of the evidence table, and what a whole weighing leaves behind."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import NamedTuple

from engine.core.bars import Longs
from engine.core.errors import StudyError
from engine.research.daily import READ
from engine.research.evidence.overfit import Overfit
from engine.research.evidence.resample import Resample


class Line(NamedTuple):
    """One figure of the evidence table; what is undefined is NaN."""

    scope: str  # study, best or oos
    measure: str
    value: float
    note: str
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    draws: int = 0


@dataclass(frozen=True, slots=True)
class Weighing:
    """How much is weighed: trials made on the data, how to redraw, combinations read by session."""

    trials: int
    how: Resample = field(default_factory=Resample)
    most: int = READ
    workers: int = 1

    def __post_init__(self) -> None:
        if self.trials < 1 or self.most < 1:
            raise StudyError(f"{self.trials} trials, {self.most} read: both are 1 or more")


class Weighed(NamedTuple):
    """The evidence of a sweep; `split` is none where no cross-validation was possible."""

    lines: list[Line]
    split: Overfit | None
    sampled: list[int]  # the combinations that splits speak of
    rows: Longs  # their session rows
