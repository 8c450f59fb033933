"""Filters of an entry, from the rules."""

from itertools import pairwise

from tests.oracle.features import averages, oscillators, volume, vwap
from tests.oracle.features.rows import Row, above


def ema_slope(rows: list[Row], n: int) -> list:
    means = averages.ema(rows, n, "close", "mean")
    steps = pairwise(means)
    return [None, *(None if a is None or b is None else b - a for a, b in steps)][: len(rows)]


def trend_side(rows: list[Row], span: int, n: int, neutral) -> list:
    slopes = above(rows, span, lambda coarse: ema_slope(coarse, n))
    return [None if s is None else (s > neutral) - (s < -neutral) for s in slopes]


def entry_sides(rows: list[Row], filters) -> list:
    f = filters
    if f is None:
        return entry_sides(rows, Defaults)
    told = [[(True, True)] * len(rows)]
    if f.trend:
        sides = trend_side(rows, f.span, f.average, f.neutral)
        told.append([(s is not None and s >= 0, s is not None and s <= 0) for s in sides])
    if f.mean:
        means = [m for m, _ in vwap.vwap(rows, f.reset, "typical", "America/New_York")]
        pairs = list(zip(rows, means, strict=True))
        told.append(
            [(m is not None and r.close < m, m is not None and r.close > m) for r, m in pairs]
        )
    if f.strength:
        said = oscillators.rsi(rows, f.spell)
        told.append([(s is None or s < f.low, s is None or s > f.high) for s in said])
    if f.volume:
        said = [ratio for ratio, _ in volume.relative_volume(rows, f.usual)]
        told.append([(r is not None and r >= f.surge,) * 2 for r in said])
    if f.momentum:
        gaps = [gap for *_, gap in oscillators.macd(rows, 12, 26, 9)]
        told.append([(g is not None and g > 0, g is not None and g < 0) for g in gaps])
    passed = zip(*told, strict=True)
    return [tuple(int(all(side)) for side in zip(*each, strict=True)) for each in passed]


class Defaults:
    """A bounce off the mean price since 18:00 in New York, with the strength of ten bars."""

    trend = volume = momentum = False
    mean = strength = True
    reset, spell, low, high = "18:00", 10, 35, 65
