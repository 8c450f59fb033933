"""What an instrument's prices could be: a file of another scale or symbol does not pass for it."""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt

from engine.core.instrument import Instrument

# The lowest and highest price from 2010 to 2026, with a wide margin on both sides.
RANGES: Final = """
ES MES 800 12000
NQ MNQ 1300 45000
RTY M2K 450 4500
YM MYM 8000 75000
CL MCL -60 220
NG 0.8 25
GC MGC 800 8000
SI 8 140
ZN 95 150
ZB 90 210
6E 0.85 1.65
6J 0.0055 0.0145
BTCUSDT BTCUSDT-PERP BTCUSD 1 500000
ETHUSDT ETHUSDT-PERP 1 20000
"""


def price_range(instrument: Instrument) -> tuple[float, float] | None:
    """The lowest and highest plausible price, where we know them."""
    for line in RANGES.split("\n"):
        *symbols, low, high = line.split() or ["", "0", "0"]
        if instrument.symbol in symbols:
            return float(low), float(high)
    return None


def implausible(instrument: Instrument, closes: npt.NDArray[np.int64]) -> str:
    """Why prices cannot be the instrument's, or nothing; single outliers do not count."""
    known = price_range(instrument)
    if known is None or not len(closes):
        return ""
    middle = float(np.median(closes)) * float(instrument.tick)
    if known[0] <= middle <= known[1]:
        return ""
    ratios = [10.0**n for n in (-4, -3, -2, -1, 1, 2, 3, 4)]
    ratios += [float(instrument.tick), 1 / float(instrument.tick)]
    fitting = [r for r in ratios if known[0] <= middle * r <= known[1]]
    hint = f"--scale {fitting[0]:g} would fit, or" if fitting else "perhaps"
    return (
        f"half of the prices lie below {middle:g} and half above, where {instrument.symbol} "
        f"stands between {known[0]:g} and {known[1]:g}: {hint} another --symbol is meant"
    )
