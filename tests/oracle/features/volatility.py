"""Volatility from its definitions."""

from itertools import pairwise
from math import fsum, log, sqrt

from tests.oracle.features.averages import wilder
from tests.oracle.features.rows import Row, deviation, true_ranges, window


def atr(rows: list[Row], n: int, mean: str) -> list:
    ranges = true_ranges(rows)
    if mean == "wilder":
        return [None, *wilder(ranges, n)][: len(rows)]
    parts = [window(ranges, i, n) for i in range(len(ranges))]
    return [None, *(None if part is None else sum(part) / n for part in parts)][: len(rows)]


def moves(rows: list[Row], kind: str) -> list:
    """Returns, one a bar from the second on; None where a close is not above 0."""
    said = []
    for a, b in pairwise(rows):
        if a.close <= 0 or b.close <= 0:
            said.append(None)
        else:
            said.append(b.close / a.close - 1 if kind == "simple" else log(b.close / a.close))
    return said


def rolled(values: list, n: int, say) -> list:
    """One a bar: what is said of the last n values, which begin with the second bar."""
    parts = [window(values, i, n) for i in range(len(values))]
    return [None, *(None if part is None else say(part) for part in parts)]


def volatility(rows: list[Row], n: int, returns: str) -> list:
    return rolled(moves(rows, returns), n, lambda part: deviation(part, 1))


def realised(rows: list[Row], n: int) -> list:
    return rolled(moves(rows, "log"), n, lambda part: sqrt(fsum(r * r for r in part)))


def ewma_volatility(rows: list[Row], keep) -> list:
    said, variance = [None], None
    for r in moves(rows, "log"):
        if r is not None and variance is None:
            variance = r * r
        elif r is not None:
            variance = float(keep) * variance + (1 - float(keep)) * r * r
        said.append(None if variance is None else sqrt(variance))
    return said
