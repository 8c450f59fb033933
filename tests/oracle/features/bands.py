"""Channels from their definitions."""

from tests.oracle.features import averages, volatility
from tests.oracle.features.rows import Row, deviation, window


def bollinger(rows: list[Row], n: int, k) -> list:
    closes, said = [r.close for r in rows], []
    for i in range(len(rows)):
        part = window(closes, i, n)
        if part is None:
            said.append((None,) * 5)
            continue
        middle, far = sum(part) / n, float(k) * deviation(part)
        upper, lower = middle + far, middle - far
        place = (closes[i] - lower) / (2 * far) if far else None
        said.append((middle, upper, lower, 2 * far / middle if middle > 0 else None, place))
    return said


def donchian(rows: list[Row], n: int) -> list:
    return [
        (max(r.high for r in rows[i - n + 1 : i + 1]), min(r.low for r in rows[i - n + 1 : i + 1]))
        if i >= n - 1
        else (None, None)
        for i in range(len(rows))
    ]


def keltner(rows: list[Row], n: int, spell: int, k) -> list:
    means = averages.ema(rows, n, "close", "mean")
    ranges = volatility.atr(rows, spell, "wilder")
    return [
        (None,) * 3 if m is None or r is None else (m, m + float(k) * r, m - float(k) * r)
        for m, r in zip(means, ranges, strict=True)
    ]
