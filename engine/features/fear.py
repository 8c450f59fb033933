"""What option markets say beside a bar: the class of an index of fear, and the sign of gamma."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from engine.core.aside import aside
from engine.core.bars import Bars
from engine.features.estimators import volatility_percentile

CALM: Final = 45.0  # DVOL below it is low
WILD: Final = 65.0  # from it on it is high


def gamma(bars: Bars) -> Any:
    """The series beside the bars, or else 1 in the calmest and -1 in the wildest of times."""
    rows = np.arange(len(bars))
    told = aside(bars, "gamma").floats(rows)
    stand_in = 1 - 2 * volatility_percentile(bars).floats(rows)
    return np.where(np.isnan(told), stand_in, told)
