"""Oscillators from their definitions."""

from itertools import pairwise

from tests.oracle.features.averages import smoothed, wilder
from tests.oracle.features.rows import Row, mean, prices, window


def rsi(rows: list[Row], n: int) -> list:
    closes = [r.close for r in rows]
    moves = [b - a for a, b in pairwise(closes)]
    ups = [None, *wilder([max(m, 0) for m in moves], n)]
    downs = [None, *wilder([max(-m, 0) for m in moves], n)]
    return [
        None if u is None or u + d == 0 else 100 * u / (u + d)
        for u, d in zip(ups[: len(rows)], downs[: len(rows)], strict=True)
    ]


def macd(rows: list[Row], fast: int, slow: int, signal: int) -> list:
    closes, begin = [r.close for r in rows], max(fast, slow) - 1
    sides = []
    for n in (fast, slow):
        skip = begin - (n - 1)
        sides.append(([None] * skip + smoothed(closes[skip:], n, n))[: len(rows)])
    line = [
        None if b is None or i < begin else a - b
        for i, (a, b) in enumerate(zip(*sides, strict=True))
    ]
    means = [None] * begin + smoothed(line[begin:], signal, signal)
    means = means[: len(rows)]
    gaps = [None if m is None else x - m for x, m in zip(line, means, strict=True)]
    return list(zip(line, means, gaps, strict=True))


def stochastic(rows: list[Row], n: int, smooth: int, mean: int) -> list:
    raw = []
    for i in range(len(rows)):
        part = rows[i - n + 1 : i + 1] if i >= n - 1 else []
        top, bottom = max((r.high for r in part), default=0), min((r.low for r in part), default=0)
        raw.append(100 * (rows[i].close - bottom) / (top - bottom) if top > bottom else None)
    ks = averaged(raw, smooth)
    return list(zip(ks, averaged(ks, mean), strict=True))


def averaged(values: list, n: int) -> list:
    parts = (window(values, i, n) for i in range(len(values)))
    return [None if part is None else mean(part) for part in parts]


def cci(rows: list[Row], n: int) -> list:
    p, said = prices(rows, "typical"), []
    for i in range(len(p)):
        part = window(p, i, n)
        middle = sum(part) / n if part else 0
        off = sum(abs(x - middle) for x in part) / n if part else 0
        said.append(float(p[i] - middle) / (0.015 * float(off)) if off else None)
    return said
