"""Features: the whole default set over 2.4 million bars, and the common dozen beside libraries.

The libraries are no dependency of ours: where TA-Lib, polars-talib or pandas is installed, it is
compared first and then timed, in turn with ours. GARCH and HMM are timed apart.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from functools import partial
from importlib import import_module
from time import perf_counter, process_time
from typing import Any

import numpy as np
import polars as pl

from app.feature_page import features
from benchmarks.pairs import interleaved, shown
from engine import Bars
from engine.core.contracts import instrument
from engine.features.averages import ema, sma, wma
from engine.features.bands import bollinger, donchian
from engine.features.declare import declared
from engine.features.direction import adx
from engine.features.fold import columns
from engine.features.oscillators import cci, macd, rsi, stochastic
from engine.features.volatility import atr
from engine.features.volume import obv
from engine.synth.market import synthesise

APART = ("garch", "hidden_state")
Said = Callable[[], Any]
FLOAT, TICK, LOTS = 8, 4, 8  # bytes
CLOSE, RANGE = (TICK,), (TICK, TICK, TICK)
READ = {
    **dict.fromkeys(("stochastic", "adx", "atr", "cci"), RANGE),
    "obv": (TICK, LOTS),
    "donchian": (TICK, TICK),
}


def measure(repetitions: int, sessions: int) -> str:
    """The set, then the dozen."""
    bars = synthesise(instrument("ES"), date(2018, 1, 2), sessions, 7)
    warm = bars[:3_000]
    began = perf_counter()
    default_set(warm)
    for name in APART:  # whose fits wait for sessions that a short warm-up does not have
        features()[name](warm, sessions=2, refit=1)
    compiled = perf_counter() - began
    seconds = default_set(bars[:])
    slowest = sorted(seconds.items(), key=lambda item: -item[1])
    whole = sum(s for name, s in seconds.items() if name not in APART)
    lines = [
        (
            f"default set over {len(bars):,} bars: {len(seconds) - len(APART)} features in "
            f"{whole:.2f} s of one core; first call of all (compiling or cached): {compiled:.1f} s"
        ),
        "slowest: " + ", ".join(f"{name} {s * 1e3:.0f} ms" for name, s in slowest[:8]),
        "apart: " + ", ".join(f"{name} {seconds[name]:.2f} s" for name in APART),
    ]
    return "\n".join([*lines, "", *dozen(bars, repetitions)])


def default_set(bars: Bars) -> dict[str, float]:
    """Processor seconds of each at its defaults; what it is made of is remembered, as in use."""
    seconds = {}
    for name, function in features().items():
        if declared(function) is not None:
            began = process_time()
            function(bars)
            seconds[name] = process_time() - began
    return seconds


def dozen(bars: Bars, repetitions: int) -> list[str]:
    """Paired tables of the common dozen."""
    a = bars.arrays
    p = {name: getattr(a, name).astype(np.float64) for name in a._fields[1:6]}
    found = []
    for name, ours in ours_of(bars).items():
        rivals = {f"{name}, ours": ours}
        for library in (talib, polars_talib, pandas):
            with suppress(ImportError):
                theirs = library(p).get(name)
                if theirs is not None:
                    refuse_difference(name, ours(), theirs())
                    rivals[f"{name}, {library.__name__}"] = theirs
        found.append(shown(name, interleaved(rivals, repetitions), moved(name, bars)))
    return found


def moved(name: str, bars: Bars) -> int:
    """Bytes that cannot be spared: the columns read, and a float for every value of the answer."""
    values = sum(len(column) for column in columns(ours_of(bars)[name]()))
    return len(bars) * sum(READ.get(name, CLOSE)) + values * FLOAT


def ours_of(bars: Bars) -> dict[str, Said]:
    """Each on a fresh view, so that nothing is remembered."""
    return {
        "sma": lambda: sma(bars[:], n=20),
        "ema": lambda: ema(bars[:], n=20),
        "wma": lambda: wma(bars[:], n=20),
        "rsi": lambda: rsi(bars[:], n=14),
        "macd": lambda: macd(bars[:]),
        "stochastic": lambda: stochastic(bars[:]),
        "bollinger": lambda: bollinger(bars[:]),
        "adx": lambda: adx(bars[:]),
        "atr": lambda: atr(bars[:]),
        "cci": lambda: cci(bars[:]),
        "obv": lambda: obv(bars[:]),
        "donchian": lambda: donchian(bars[:]),
    }


def talib(p: dict[str, Any]) -> dict[str, Said]:
    """All that ours gives: ADX with both directional indicators, highest with lowest."""
    ta: Any = import_module("talib")
    high, low, close = p["high"], p["low"], p["close"]
    bars = (high, low, close)
    return {
        "sma": lambda: ta.SMA(close, 20),
        "ema": lambda: ta.EMA(close, 20),
        "wma": lambda: ta.WMA(close, 20),
        "rsi": lambda: ta.RSI(close, 14),
        "macd": partial(ta.MACD, close),
        "stochastic": lambda: ta.STOCH(*bars, 14, 3, 0, 3, 0),
        "bollinger": lambda: tuple(ta.BBANDS(close, 20)[k] for k in (1, 0, 2)),
        "adx": lambda: (ta.ADX(*bars, 14), ta.PLUS_DI(*bars, 14), ta.MINUS_DI(*bars, 14)),
        "atr": lambda: ta.ATR(*bars, 14),
        "cci": lambda: ta.CCI(*bars, 20),
        "obv": partial(ta.OBV, close, p["volume"]),
        "donchian": lambda: (ta.MAX(high, 20), ta.MIN(low, 20)),
    }


def polars_talib(p: dict[str, Any]) -> dict[str, Said]:
    """The same library behind Polars' expressions."""
    plta: Any = import_module("polars_talib")
    frame, close = pl.DataFrame(p), pl.col("close")

    def told(expression: Any) -> Said:
        return partial(selected, frame, expression)

    return {
        "sma": told(plta.sma(close, timeperiod=20)),
        "ema": told(plta.ema(close, timeperiod=20)),
        "rsi": told(plta.rsi(close, timeperiod=14)),
        "atr": told(plta.atr(pl.col("high"), pl.col("low"), close, timeperiod=14)),
    }


def selected(frame: pl.DataFrame, expression: Any) -> Any:
    return frame.select(x=expression)["x"].to_numpy()


def pandas(p: dict[str, Any]) -> dict[str, Said]:
    """What pandas says in one expression."""
    pd: Any = import_module("pandas")
    close, high, low = (pd.Series(p[name]) for name in ("close", "high", "low"))
    return {
        "sma": lambda: close.rolling(20).mean().to_numpy(),
        "donchian": lambda: (
            high.rolling(20).max().to_numpy(),
            low.rolling(20).min().to_numpy(),
        ),
    }


def refuse_difference(name: str, ours: Any, theirs: Any) -> None:
    """Where both say something they say the same, to a billionth of the largest value."""
    theirs = theirs if isinstance(theirs, tuple) else (theirs,)
    for column, other in zip(columns(ours), theirs, strict=False):
        values = column.floats(np.arange(len(column)))
        both = np.isfinite(values) & np.isfinite(other)
        scale = np.abs(other[both]).max()
        off = np.abs(values[both] - other[both])
        flat = (other[both] == 0) & (values[both] != 0)
        if not both.any() or (off[~flat] > 1e-9 * scale).any():
            raise AssertionError(f"{name} differs from a library: nothing was timed")


if __name__ == "__main__":
    print(measure(7, 1_740))
