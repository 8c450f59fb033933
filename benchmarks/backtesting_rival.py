"""backtesting.py, one combination of stop and target, against the fast path.

It closes positions at the open of the next bar and so cannot leave at the last close of a session:
a bar that only repeats that close is put behind every session. Levels are set once the fill is
known and hold from the bar after it, and a stop comes first: F68 and F69, as with vectorbt. Every
trade must be the same, or nothing is timed.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from benchmarks.pairs import interleaved, shown
from benchmarks.plain_scan import Signals
from benchmarks.vectorbt_rival import listed
from engine.fills import Trades

CASH = 1e9
ROUNDS = 3  # at 2.4 million bars each takes some ten seconds
NAMES = ("open", "high", "low", "close")


class Padded(NamedTuple):
    """The tape with a closing bar behind every session, and the real bar each stands for."""

    prices: dict[str, np.ndarray]
    enter: np.ndarray
    last: np.ndarray
    origin: np.ndarray

    @classmethod
    def of(cls, signals: Signals) -> Padded:
        ends = np.flatnonzero(signals.last)
        prices = {}
        for name in NAMES:
            column = getattr(signals, name)
            prices[name.title()] = np.insert(column, ends + 1, signals.close[ends]).astype(float)
        origin = np.insert(np.arange(len(signals.open)), ends + 1, ends)
        enter = np.insert(signals.enter, ends + 1, 0)
        return cls(prices, enter, np.insert(signals.last, ends + 1, values=False), origin)


def measure(
    signals: Signals,
    pair: tuple[int, int],
    trades: Callable[[int, int], Trades],
    ours: tuple[Callable[[], object], int],
    repetitions: int,
) -> str:
    """Ratio of a combination there to a combination here."""
    if find_spec("backtesting") is None:
        return "backtesting.py was not timed: it is not installed here (pip: backtesting)"
    theirs, own = player(signals, *pair), listed(trades(*pair))
    if not np.array_equal(theirs(), own):
        raise AssertionError("backtesting.py makes other trades: nothing was timed")
    run, combinations = ours
    rivals = {f"fast path, {combinations} combinations": run, "1 combination": theirs}
    timings = interleaved(rivals, min(repetitions, ROUNDS))
    ratio = timings[1].median / timings[0].median * combinations
    return (
        f"{shown(told(), timings)}\n{len(own):,} trades are the same on both sides; a combination "
        f"there takes {ratio:,.0f} times as long as here"
    )


def player(signals: Signals, stop: int, target: int) -> Callable[[], np.ndarray]:
    """What plays one combination and lists its trades; the frame is made before the clock runs."""
    os.environ["TQDM_DISABLE"] = "1"  # its progress bar would be timed too
    library, pandas = import_module("backtesting"), import_module("pandas")
    padded = Padded.of(signals)
    frame = pandas.DataFrame(padded.prices)
    rules = strategy(library.Strategy, padded, stop, target)

    def run() -> np.ndarray:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # bars are numbered, not dated: it says so each time
            stats = library.Backtest(frame, rules, cash=CASH, finalize_trades=False).run()
        return plain(stats["_trades"], padded.origin)

    return run


def strategy(base: Any, padded: Padded, stop: int, target: int) -> Any:
    """The rules as its users write them."""
    enter, last = padded.enter.tolist(), padded.last.tolist()

    class Bracket(base):
        """A market order at a signal, a stop and a target from its fill, flat at the end."""

        def init(self) -> None:
            """Nothing to compute beforehand."""

        def next(self) -> None:
            i = len(self.data) - 1
            if self.position:
                if last[i]:
                    self.position.close()
                    return
                (trade,) = self.trades
                if trade.sl is None:
                    side = 1 if trade.is_long else -1
                    trade.tp = trade.entry_price + side * target
                    trade.sl = trade.entry_price - side * stop
            elif i + 1 < len(enter) and enter[i + 1]:
                (self.buy if enter[i + 1] > 0 else self.sell)(size=1)

    return Bracket


def plain(trades: Any, origin: np.ndarray) -> np.ndarray:
    """Entry bar, exit bar, side, entry and exit of every trade, in order of entry."""
    bars = [origin[trades[name].to_numpy()] for name in ("EntryBar", "ExitBar")]
    parts = [*bars, trades["Size"], trades["EntryPrice"], trades["ExitPrice"]]
    found = np.stack([np.asarray(part, np.float64) for part in parts], axis=1)
    return np.rint(found[np.argsort(found[:, 0], kind="stable")]).astype(np.int64)


def told() -> str:
    """Its name and version."""
    return f"backtesting.py {version('backtesting')}"
