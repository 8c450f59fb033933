"""Range-based volatility and ranks, from their definitions."""

from math import fsum, log, sqrt

from tests.oracle.features import volatility as plain
from tests.oracle.features.rows import Row, deviation, mean, window


def rolled(rows: list[Row], n: int, average: str, term) -> list:
    terms = [None if r.low <= 0 else max(term(r), 0) for r in rows]
    said = []
    for i in range(len(rows)):
        part = window(terms, i, n)
        if part is None:
            said.append(None)
        else:
            said.append(sqrt(mean(part)) if average == "squares" else mean(map_root(part)))
    return said


def map_root(part: list) -> list:
    return [sqrt(x) for x in part]


def parkinson(rows: list[Row], n: int, average: str) -> list:
    return rolled(rows, n, average, lambda r: log(r.high / r.low) ** 2 / (4 * log(2)))


def garman_klass(rows: list[Row], n: int, average: str) -> list:
    def term(r: Row) -> float:
        return log(r.high / r.low) ** 2 / 2 - (2 * log(2) - 1) * log(r.close / r.open) ** 2

    return rolled(rows, n, average, term)


def drifting(r: Row) -> float:
    up = log(r.high / r.open) * log(r.high / r.close)
    return up + log(r.low / r.open) * log(r.low / r.close)


def rogers_satchell(rows: list[Row], n: int, average: str) -> list:
    return rolled(rows, n, average, drifting)


def yang_zhang(rows: list[Row], n: int) -> list:
    share, said = 0.34 / (1.34 + (n + 1) / (n - 1)), []
    for i in range(len(rows)):
        part = range(i - n + 1, i + 1)
        if i < n or any(rows[k].low <= 0 or rows[k - 1].close <= 0 for k in part):
            said.append(None)
            continue
        gaps = deviation([log(rows[k].open / rows[k - 1].close) for k in part], 1) ** 2
        bodies = deviation([log(rows[k].close / rows[k].open) for k in part], 1) ** 2
        inside = fsum(max(drifting(rows[k]), 0) for k in part) / n
        said.append(sqrt(gaps + share * bodies + (1 - share) * inside))
    return said


def ranked(values: list, n: int) -> list:
    said = []
    for i in range(len(values)):
        part = window(values, i, n)
        if part is None:
            said.append(None)
        else:
            level = sum(abs(x - part[-1]) <= 1e-9 * abs(part[-1]) for x in part)
            below = sum(x < part[-1] * (1 - 1e-9) for x in part)
            said.append((below + (level + 1) / 2) / n)
    return said


def atr_percentile(rows: list[Row], n: int, spell: int) -> list:
    return ranked(plain.atr(rows, spell, "wilder"), n)


def volatility_percentile(rows: list[Row], n: int, spell: int, returns: str) -> list:
    return ranked(plain.volatility(rows, spell, returns), n)
