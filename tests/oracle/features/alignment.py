"""Order of averages, here and on coarser bars made by hand."""

from tests.oracle.features.averages import ema
from tests.oracle.features.rows import Row, above


def sign(x: float) -> int:
    return (x > 0) - (x < 0)


def ema_alignment(rows: list[Row], fast: int, middle: int, slow: int) -> list:
    sides = [ema(rows, n, "close", "mean") for n in (fast, middle, slow)]
    return [
        None if None in (a, b, c) else sign(r.close - a) + sign(a - b) + sign(b - c)
        for r, a, b, c in zip(rows, *sides, strict=True)
    ]


def trend_above(rows: list[Row], span: int, fast: int, slow: int) -> list:
    def say(made: list[Row]) -> list:
        sides = [ema(made, n, "close", "mean") for n in (fast, slow)]
        return [None if None in (a, b) else sign(a - b) for a, b in zip(*sides, strict=True)]

    return above(rows, span, say)


def alignment_above(rows: list[Row], span: int, fast: int, middle: int, slow: int) -> list:
    return above(rows, span, lambda made: ema_alignment(made, fast, middle, slow))
