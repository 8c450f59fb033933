"""Crossover: go with a faster average that crosses a slower one, either way."""

from __future__ import annotations

from engine import Bars, Preset, Setups, Strategy, choice, param
from engine.core.columns import Bools, Column
from engine.features.averages import ema, sma
from engine.features.volatility import atr


class Crossover(Strategy):
    """Buy when the faster average comes above the slower one, sell when it comes below.

    A cross needs both averages on the bar before: the first bar that knows them crosses nothing.
    With `either` a cross of the simple pair or of the exponential pair is enough, as the baseline
    this comes from has it; that one only bought, and began anew at every split of its data.
    """

    kind: str = choice(default="sma", among=("sma", "ema", "either"), doc="which averages")
    fast: int = param(
        default=10, low=2, high=25, when={"kind": ("sma", "either")}, doc="bars, simple"
    )
    slow: int = param(
        default=30, low=26, high=200, when={"kind": ("sma", "either")}, doc="bars, simple"
    )
    quick: int = param(
        default=12, low=2, high=25, when={"kind": ("ema", "either")}, doc="bars, exponential"
    )
    calm: int = param(
        default=26, low=26, high=200, when={"kind": ("ema", "either")}, doc="bars, exponential"
    )

    presets = (
        Preset(
            name="baseline",
            doc="10 over 30 or 12 over 26, a stop of two ranges, a target of twice the risk.",
            params={"kind": "either", "fast": 10, "slow": 30, "quick": 12, "calm": 26},
            exits={"stop": {"times": 2, "of": "atr"}, "target": {"r": 2}},
        ),
    )

    def setups(self, bars: Bars) -> Setups:
        up, down = self.crosses(bars)
        return Setups.where(bars, long=up, short=down, attributes={"atr": atr(bars, n=14)})

    def crosses(self, bars: Bars) -> tuple[Bools, Bools]:
        """Where a pair crosses upwards, and where one crosses downwards."""
        simple = crossed(sma(bars, n=self.fast) - sma(bars, n=self.slow))
        if self.kind == "sma":
            return simple
        smooth = crossed(ema(bars, n=self.quick) - ema(bars, n=self.calm))
        if self.kind == "ema":
            return smooth
        return simple[0] | smooth[0], simple[1] | smooth[1]


def crossed(gap: Column) -> tuple[Bools, Bools]:
    """Where a difference becomes positive, and where negative, from a bar that knew it too."""
    up, down = gap > 0, gap < 0
    not_up, not_down = gap <= 0, gap >= 0
    up[1:] &= not_up[:-1]
    down[1:] &= not_down[:-1]
    up[:1] = down[:1] = False
    return up, down
