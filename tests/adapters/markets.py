"""Markets that the tests of strategies on longer bars share."""

from dataclasses import replace
from datetime import date
from functools import cache

import numpy as np

from engine.core.bars import Bars
from engine.core.contracts import instrument
from engine.core.resample import resample
from engine.synth.market import synthesise


@cache
def quarter_hours() -> Bars:
    return resample(synthesise(instrument("ES"), date(2024, 1, 2), 16, 3), 15)


def turned(bars: Bars, about: int) -> Bars:
    """The same market upside down."""
    a = bars.arrays
    prices = {"open": a.open, "high": a.low, "low": a.high, "close": a.close}
    flipped = {name: np.int32(about) - column for name, column in prices.items()}
    return replace(bars, arrays=a._replace(**flipped))
