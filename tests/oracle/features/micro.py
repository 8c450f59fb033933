"""Proxies of a bar's shape, from their definitions."""

from itertools import pairwise

from tests.oracle.features.rows import Row, mean, window


def tick_flow(rows: list[Row], n: int) -> list:
    closes = [r.close for r in rows]
    signs = [None] + [(b > a) - (b < a) for a, b in pairwise(closes)]
    parts = [window(signs, i, n) for i in range(len(rows))]
    return [
        (s, None if part is None else sum(part) / n) for s, part in zip(signs, parts, strict=True)
    ]


def liquidity(rows: list[Row], n: int) -> list:
    scores = [1 / (r.high - r.low) if r.high > r.low else None for r in rows]
    parts = [window(scores, i, n) for i in range(len(rows))]
    return [
        (s, None if part is None else s / mean(part)) for s, part in zip(scores, parts, strict=True)
    ]


def efficiency(rows: list[Row]) -> list:
    return [abs(r.close - r.open) / (r.high - r.low) if r.high > r.low else None for r in rows]
