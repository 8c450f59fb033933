"""Where the price is, from the definitions."""

from math import log

from tests.oracle.features import averages, volatility
from tests.oracle.features.rows import Row, deviation, mean, window


def momentum(rows: list[Row], n: int, returns: str) -> list:
    said = [None] * min(n, len(rows))
    for a, b in zip(rows, rows[n:], strict=False):
        if a.close <= 0 or b.close <= 0:
            said.append(None)
        else:
            said.append(log(b.close / a.close) if returns == "log" else b.close / a.close - 1)
    return said


def bar_shape(rows: list[Row]) -> list:
    return [
        (
            (r.high - r.low) / r.close if r.close > 0 else None,
            (r.high - r.close) / r.high if r.high > 0 else None,
            (r.close - r.low) / r.low if r.low > 0 else None,
        )
        for r in rows
    ]


def tops(rows: list[Row], n: int) -> list:
    return [
        None if i < n - 1 else max(r.high for r in rows[i - n + 1 : i + 1])
        for i in range(len(rows))
    ]


def bottoms(rows: list[Row], n: int) -> list:
    return [
        None if i < n - 1 else min(r.low for r in rows[i - n + 1 : i + 1]) for i in range(len(rows))
    ]


def pullback(rows: list[Row], n: int, spell: int) -> list:
    returns = [None, *volatility.moves(rows, "simple")]
    said = []
    for i, top in enumerate(tops(rows, n)):
        part = window(returns, i, spell)
        wide = deviation(part, 1) if part else 0
        depth = (top - rows[i].close) / top if top is not None and top > 0 else None
        said.append((depth, mean(part) / wide if wide else None))
    return said


def support_resistance(rows: list[Row], n: int) -> list:
    said = []
    for r, top, bottom in zip(rows, tops(rows, n), bottoms(rows, n), strict=True):
        if top is None:
            said.append((None,) * 4)
        elif r.close <= 0:
            said.append((bottom, top, None, None))
        else:
            said.append((bottom, top, (r.close - bottom) / r.close, (top - r.close) / r.close))
    return said


def range_position(rows: list[Row], n: int, spell: int) -> list:
    said, wide = [], volatility.atr(rows, spell, "wilder")
    for r, top, bottom, w in zip(rows, tops(rows, n), bottoms(rows, n), wide, strict=True):
        if top is None or not w:
            said.append((None,) * 3)
        else:
            place = (r.close - bottom) / (top - bottom) if top > bottom else None
            said.append(((top - r.close) / w, (r.close - bottom) / w, place))
    return said


def sma_distance(rows: list[Row], n: int) -> list:
    means = averages.sma(rows, n, "close")
    return [
        None if m is None or m <= 0 else float((r.close - m) / m)
        for r, m in zip(rows, means, strict=True)
    ]


def ema_distance(rows: list[Row], n: int, spell: int) -> list:
    means, wide = averages.ema(rows, n, "close", "mean"), volatility.atr(rows, spell, "wilder")
    return [
        None if m is None or not w else (r.close - m) / w
        for r, m, w in zip(rows, means, wide, strict=True)
    ]


def volatility_ratio(rows: list[Row], n: int, than: int) -> list:
    one, other = (volatility.volatility(rows, m, "simple") for m in (n, than))
    return [None if a is None or not b else a / b for a, b in zip(one, other, strict=True)]
