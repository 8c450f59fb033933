"""Walk-forward in bars: 576 combinations over some 1,800 windows of 500 and 100 bars, warm.

python -m benchmarks.walk [--quick]

The framework this one replaces took 1,435 seconds for the rolling walk and about 90 hours for the
anchored one; what it did there is what is timed here, detection of setups and play included.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date

import numpy as np

from benchmarks.pairs import interleaved, shown
from engine import Bars, Exits, Folds, Plan, Setups, Strategy, became, param, sweep
from engine.core.contracts import instrument
from engine.core.resample import resample
from engine.synth.market import synthesise

BARS, FEW = 180_000, 20_000
MINUTES = 15
WINDOWS = {"rolling": 1_435.0, "anchored": 90 * 3_600.0}  # seconds of the framework before


class Swing(Strategy):
    """A close beyond that of some bars ago."""

    back: int = param(default=12, low=2, high=200)

    def setups(self, bars: Bars) -> Setups:
        before = np.roll(bars.close, self.back)
        before[: self.back] = bars.close[: self.back]
        reach = (bars.close.astype(np.int64) // 200).astype(np.int32)
        return Setups.where(
            bars,
            long=became(bars.close > before + reach),
            short=became(bars.close < before - reach),
        )


def market(bars: int) -> Bars:
    """Quarters of an hour of a coin, every day of the week."""
    days = bars * MINUTES // 1440 + 1
    minutes = synthesise(instrument("BTCUSDT-PERP"), date(2019, 1, 1), days, 7)
    return resample(minutes, MINUTES)[:bars]


def plan() -> Plan:
    """Four structures of twelve stops and twelve targets."""
    stops, targets = range(40, 520, 40), range(80, 1040, 80)
    exits = Exits.grid({"stop": list(stops), "target": list(targets)})
    return Plan(Swing.grid(back=[8, 16, 32, 64]), exits)


def measure(repetitions: int, bars: int = BARS) -> Iterator[str]:
    """Both windows; the ratio, of the full size alone, is to what was told of the same work."""
    tape, grid = market(bars), plan()
    for window, before in WINDOWS.items():
        rules = Folds(train=500, test=100, purge=0, unit="bars", window=window, min_trades=3)
        count = len(rules.cut(tape))
        title = f"{len(grid)} x {count:,} windows, {window}"
        timings = interleaved({"walk": lambda r=rules: sweep(tape, grid, r)}, repetitions)
        ratio = f"\n{before / timings[0].median:,.0f} times as fast as the framework before"
        yield shown(title, timings) + (ratio if bars == BARS else "")


def main(arguments: list[str]) -> None:
    quick = "--quick" in arguments
    for section in measure(3 if quick else 7, FEW if quick else BARS):
        print(section, "\n", flush=True)


if __name__ == "__main__":
    main(sys.argv)
