"""Trade for trade against backtesting.py, where it is installed.

It looks at a stop before a target even where the bar opened beyond the target: the rule that is
called `stop_first` here (F69), under which every trade is the same.
"""

import numpy as np
import pytest

from engine.core.bars import Bars
from engine.core.setups import Setups
from tests.fills.hand import free
from tests.makers import bars_from

COUNT = 900


def tape(seed: int) -> tuple[Bars, Setups]:
    """One session of jumps and wicks, with a setup in one bar of eight, and a quiet end."""
    rng = np.random.default_rng(seed)
    price, prices = 16_000, []
    for jump, path in zip(
        rng.integers(-3, 4, COUNT), rng.integers(-1, 2, (COUNT, 9)).cumsum(axis=1), strict=True
    ):
        first = price + int(jump)
        walk = first + path
        price = int(walk[-1])
        prices.append((first, max(first, int(walk.max())), min(first, int(walk.min())), price))
    bars = bars_from(("2022-11-28 17:00", [*prices, *[(price,) * 4] * 2]))
    sides = rng.integers(0, 16, len(bars))
    sides[[0, -1, -2]] = 9  # the other one begins at the second bar and closes the last one late
    close, near = bars.close.astype(np.int64), rng.integers(2, 9, (2, len(bars)))
    below, above = close - near[0], close + near[1]
    both = {"stop": (below, above), "target": (above, below)}
    return bars, Setups.where(bars, long=sides == 0, short=sides == 1, **both)


def theirs(bars: Bars, setups: Setups) -> list[tuple[int, ...]]:
    """Entry bar, exit bar, side, entry and exit of every trade."""
    backtesting, pandas = pytest.importorskip("backtesting"), pytest.importorskip("pandas")
    orders = {
        int(b): (int(s), float(stop), float(target))
        for b, s, stop, target in zip(
            setups.bar, setups.side, setups.stop.values, setups.target.values, strict=True
        )
    }

    class Levels(backtesting.Strategy):
        """Send what stands at a bar, if nothing is open."""

        def init(self) -> None:
            """Nothing is prepared."""

        def next(self) -> None:
            side, stop, target = orders.get(len(self.data) - 1, (0, 0.0, 0.0))
            if side and not self.position:
                (self.buy if side > 0 else self.sell)(size=1, sl=stop, tp=target)

    columns = {n.capitalize(): getattr(bars, n).astype(float) for n in bars.arrays._fields[1:6]}
    frame = pandas.DataFrame(columns, index=pandas.to_datetime(bars.time, utc=True))
    test = backtesting.Backtest(frame, Levels, cash=1e9, commission=0, finalize_trades=True)
    found = test.run()["_trades"]
    names = ("EntryBar", "ExitBar", "Size", "EntryPrice", "ExitPrice")
    return sorted(tuple(int(x) for x in row) for row in found[list(names)].to_numpy())


@pytest.mark.filterwarnings("ignore")  # theirs: of a plotter, of pandas
@pytest.mark.parametrize("seed", range(6))
def test_the_same_trades_as_backtesting_py(seed: int) -> None:
    bars, setups = tape(seed)
    t = free(setups, bars, {"stop_first": True}, stop="level", target="level").trades
    columns = (t.entry_bar, t.exit_bar, t.side, t.entry, t.exit)
    ours = [tuple(map(int, row)) for row in zip(*columns, strict=True)]
    assert len(ours) > 40
    assert ours == theirs(bars, setups)
