"""Oscillators: how far and how fast prices have swung."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from engine.core.bars import BarArrays
from engine.core.columns import Column
from engine.core.jit import inlined, lean_kernel
from engine.features.declare import Says, bars_in, folded
from engine.features.fold import Cells, Floats, Fold, Out, Tape, one
from engine.features.windows import TYPICAL, between, fades, price

CCI_SCALE = 0.015


class Macd(NamedTuple):
    """The line, its own average, and the distance of the two."""

    line: Column
    signal: Column
    histogram: Column


class Stochastic(NamedTuple):
    """Where the close lies in the range, smoothed once (k) and twice (d)."""

    k: Column
    d: Column


@folded(
    Says(
        formula="100 U / (U + D); U and D are Wilder means (m += (x - m) / n, begun with the mean "
        "of the first n) of rises and falls of the close",
        unit="0 to 100",
        warmup=lambda n: n,
        settles=lambda n: n + 1 + fades(1 - 1 / n),
        absent="until the close has moved",
    ),
    n=bars_in("bars of Wilder's mean", trial=5),
)
def rsi(*, n: int = 14) -> Fold[Column]:
    """Relative strength index after Wilder."""
    return Fold(run=run_rsi, shape=one, given=(n,), cells=(2, 2), floats=1)


@lean_kernel
def run_rsi(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    close, value = tape.bars.close, out.floats[0]
    rises, falls, (up, down) = cells.ints[0], cells.ints[1], (cells.floats[0], cells.floats[1])
    for i in range(first, stop):
        change = int(close[i]) - int(close[max(i - 1, 0)])
        rise, fall = max(change, 0), max(-change, 0)
        if i > n:
            up, down = (up * (n - 1) + rise) / n, (down * (n - 1) + fall) / n
        else:
            rises, falls = rises + rise, falls + fall
            up, down = rises / n, falls / n
        value[i] = 100.0 * up / (up + down) if i >= n and up + down > 0 else np.nan
    cells.ints[0], cells.ints[1], cells.floats[0], cells.floats[1] = rises, falls, up, down


@folded(
    Says(
        formula="line = ema(fast) - ema(slow) of the close, both begun at bar slow - 1 with means "
        "of their last prices; signal = ema(signal) of the line; histogram = line - signal",
        unit="ticks",
        warmup=lambda fast, slow: max(fast, slow) - 1,
        settles=lambda fast, slow, signal: (
            max(fast, slow) + signal + 2 * fades(1 - 2 / (max(fast, slow, signal) + 1))
        ),
        absent="signal and histogram for signal - 1 bars more",
    ),
    fast=bars_in("bars of the faster average", trial=3),
    slow=bars_in("bars of the slower average", trial=6),
    signal=bars_in("bars of the average of the line", trial=3),
)
def macd(*, fast: int = 12, slow: int = 26, signal: int = 9) -> Fold[Macd]:
    """Moving average convergence and divergence."""
    return Fold(run=run_macd, shape=Macd, given=(fast, slow, signal), cells=(0, 4), floats=3)


@lean_kernel
def run_macd(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    fast, slow, many = given
    close, line, signal, gap = tape.bars.close, out.floats[0], out.floats[1], out.floats[2]
    quick, calm, lines, mean = cells.floats[0], cells.floats[1], cells.floats[2], cells.floats[3]
    begin = max(fast, slow) - 1
    for i in range(first, stop):
        line[i] = signal[i] = gap[i] = np.nan
        if i < begin:
            continue
        if i == begin:
            quick, calm = mean_of(tape.bars, i, fast), mean_of(tape.bars, i, slow)
        else:
            quick += (close[i] - quick) * (2.0 / (fast + 1))
            calm += (close[i] - calm) * (2.0 / (slow + 1))
        line[i] = quick - calm
        if i >= begin + many:
            mean += (line[i] - mean) * (2.0 / (many + 1))
        else:
            lines += line[i]
            mean = lines / many
        if i >= begin + many - 1:
            signal[i], gap[i] = mean, line[i] - mean
    cells.floats[0], cells.floats[1], cells.floats[2], cells.floats[3] = quick, calm, lines, mean


@inlined
def mean_of(bars: BarArrays, i: int, n: int) -> float:
    total = 0
    for k in range(i - n + 1, i + 1):
        total += int(bars.close[k])
    return total / n


@folded(
    Says(
        formula="raw = 100 (close - L) / (H - L), H and L of n bars; k = mean of smooth raws, "
        "d = mean of mean ks",
        unit="0 to 100",
        warmup=lambda n, smooth: n + smooth - 2,
        settles=lambda n, smooth, mean: n + smooth + mean - 2,
        absent="while a window has no range; d for mean - 1 bars more",
    ),
    n=bars_in("bars of the range", trial=5),
    smooth=bars_in("raws in k", trial=2),
    mean=bars_in("ks in d", trial=2),
)
def stochastic(*, n: int = 14, smooth: int = 3, mean: int = 3) -> Fold[Stochastic]:
    """Stochastic oscillator; smooth 1 is the fast one."""
    cells, given = (0, smooth + mean), (n, smooth, mean)
    return Fold(run=run_stochastic, shape=Stochastic, given=given, cells=cells, floats=2)


def run_stochastic(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    fill_stochastic(between(tape, first, stop, given[0]), first, stop, given, cells, out)


@lean_kernel
def fill_stochastic(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    n, smooth, many = given
    close, (tops, bottoms), (k, d) = tape.bars.close, tape.feed, out.floats
    raws, ks = cells.floats[:smooth], cells.floats[smooth:]
    place, turn = first % smooth, first % many
    for i in range(first, stop):
        high, low = int(tops[i - first]), int(bottoms[i - first])
        wide = i >= n - 1 and high > low
        raws[place] = 100.0 * (int(close[i]) - low) / (high - low) if wide else np.nan
        k[i] = sum_of(raws) / smooth if i >= n + smooth - 2 else np.nan
        ks[turn] = k[i]
        d[i] = sum_of(ks) / many if i >= n + smooth + many - 3 else np.nan
        place, turn = place + 1 if place + 1 < smooth else 0, turn + 1 if turn + 1 < many else 0


@inlined
def sum_of(values: Floats) -> float:
    """The few values of a ring, in the order in which they lie there."""
    total = 0.0
    for value in values:
        total += value
    return total


@folded(
    Says(
        formula="(t - mean) / (0.015 x mean deviation), t = (high + low + close) / 3 over n bars",
        unit="deviations / 0.015",
        warmup=lambda n: n - 1,
        settles=lambda n: n - 1,
        absent="where all typical prices of the window are equal",
    ),
    n=bars_in("bars in the mean", 2, trial=5),
)
def cci(*, n: int = 20) -> Fold[Column]:
    """Commodity channel index; deviations are summed in whole ticks over the window."""
    return Fold(run=run_cci, shape=one, given=(n,), cells=(n + 1, 0), floats=1)


@lean_kernel
def run_cci(tape: Tape, first: int, stop: int, given: Any, cells: Cells, out: Out) -> None:
    (n,) = given
    value, ring, total, place = out.floats[0], cells.ints[:n], cells.ints[n], first % n
    for i in range(first, stop):
        now = price(tape.bars, i, TYPICAL)
        total += now - (price(tape.bars, i - n, TYPICAL) if i >= n else 0)
        ring[place] = n * now
        place = place + 1 if place + 1 < n else 0
        off = 0
        for k in range(n):
            off += abs(ring[k] - total)
        value[i] = (n * now - total) * n / (CCI_SCALE * off) if i >= n - 1 and off > 0 else np.nan
    cells.ints[n] = total
