"""What a measure is: name, formula, unit, which way is better, and when it means nothing."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

Better = Literal["higher", "lower", ""]
HIGHER: Better = "higher"
LOWER: Better = "lower"
NEITHER: Better = ""

MONEY, SHARE, R, TICKS, COUNT = "money", "share", "R", "ticks", "count"
SESSIONS, BARS, MINUTES, NUMBER = "sessions", "bars", "minutes", "number"
NEVER = "never"


class Definition(NamedTuple):
    """One row of the table of measures; `undefined` is the reason given where the value is NaN."""

    name: str
    formula: str
    unit: str
    better: Better
    undefined: str

    def said(self, value: float) -> str:
        """The value as text, or why there is none."""
        if math.isnan(value):
            return f"undefined: {self.undefined}"
        return f"{value:,.4g}" if self.unit not in (COUNT, SESSIONS) else f"{value:,.0f}"
