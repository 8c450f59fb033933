"""What a user says of a profile: how bars are spread, and by which rule levels are found."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np

from engine.core.axis import decimal_of, scaled
from engine.core.bars import MINUTE, BarArrays, Bars
from engine.core.errors import ParameterError, unknown
from engine.profile.rules import (
    CLUSTERED,
    GREEDY,
    HIGHEST,
    LOWEST,
    MID,
    PADDED,
    PAIRS,
    SINGLE,
    SMOOTHED,
    SYMMETRIC,
    Law,
)
from engine.profile.spread import CLOSE, NEAR_CLOSE, OHLC, UNIFORM, Grid

SPREADS: Final = {"uniform": UNIFORM, "close": CLOSE, "ohlc": OHLC, "near_close": NEAR_CLOSE}
MEASURES: Final = ("volume", "time")
RULES: Final = {
    "pairs": PAIRS,
    "single": SINGLE,
    "symmetric": SYMMETRIC,
    "seed_greedy": GREEDY,
    "seed_smoothed": SMOOTHED,
    "seed_clustered": CLUSTERED,
    "seed_padded": PADDED,
}
TIES: Final = ("up", "down")
DEVICES: Final = ("cpu", "cuda", "rocm")
POC_TIES: Final = {"mid": MID, "lowest": LOWEST, "highest": HIGHEST}

FRACTION: Final = Decimal("0.70")
MOST_ROWS: Final = 1 << 20  # of one profile
MOST_WEIGHED: Final = 1 << 18  # ticks of one profile whose ticks are weighed one by one
MILLISECOND: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Model:
    """How bars become rows; `row` is in ticks, the instrument's own where none is given."""

    spread: str = "uniform"
    row: int | None = None
    measure: str = "volume"

    def __post_init__(self) -> None:
        if self.spread not in SPREADS:
            raise unknown("spread", self.spread, SPREADS)
        if self.measure not in MEASURES:
            raise unknown("measure", self.measure, MEASURES)
        if self.row is not None and self.row < 1:
            raise ParameterError(f"a profile row is at least one tick, not {self.row}")

    def grid(self, bars: Bars) -> Grid:
        """The numbers a kernel reads."""
        row = bars.instrument.row if self.row is None else self.row
        return Grid(SPREADS[self.spread], row)

    def arrays(self, bars: Bars) -> BarArrays:
        """The bars, with their length in milliseconds for volume where time is measured."""
        if self.measure == "volume":
            return bars.arrays
        length = bars.minutes * (MINUTE // MILLISECOND)
        return bars.arrays._replace(volume=np.full(len(bars), length, np.int64))


@dataclass(frozen=True, slots=True)
class Rule:
    """How levels are found in a profile, and how ties are broken."""

    name: str = "pairs"
    tie: str = "up"
    poc_tie: str = "mid"

    def __post_init__(self) -> None:
        if self.name not in RULES:
            raise unknown("value-area rule", self.name, RULES)
        if self.tie not in TIES:
            raise unknown("tie", self.tie, TIES)
        if self.poc_tie not in POC_TIES:
            raise unknown("poc tie", self.poc_tie, POC_TIES)


DEFAULT: Final = Model()  # what every face takes unless told otherwise


def law_of(rule: str | Rule, fraction: Any) -> Law:
    """The rule as a kernel reads it; fractions are decimals of at most four places."""
    named = Rule(rule) if isinstance(rule, str) else rule
    share = decimal_of(fraction)
    if not 0 < share <= 1:
        raise ParameterError(f"a value area holds a fraction above 0 and at most 1, not {share}")
    up = named.tie == TIES[0]
    return Law(RULES[named.name], scaled(share), up, POC_TIES[named.poc_tie])


def most_rows(grid: Grid) -> int:
    """The rows a profile may have before it is refused or absent."""
    weighed = grid.spread in (OHLC, NEAR_CLOSE)
    return min(MOST_ROWS, MOST_WEIGHED // grid.row) if weighed else MOST_ROWS
