"""The definitions of evidence, one number at a time, to sixty digits where it counts."""

from collections.abc import Sequence
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import combinations
from math import log

DIGITS = 60
EULER = Decimal("0.577215664901532860606512090082402431042159335939923598805767")
E = Decimal("2.71828182845904523536028747135266249775724709369995957496697")
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494")


def below(z: Decimal) -> Decimal:
    """The normal distribution by its power series."""
    with localcontext(prec=2 * DIGITS):
        term = total = Decimal(z)
        k = 0
        while abs(term) > Decimal(10) ** -DIGITS:
            k += 1
            term *= -z * z / 2 / k
            total += term / (2 * k + 1)
        return Decimal("0.5") + total / (2 * PI).sqrt()


def quantile(share: Decimal) -> Decimal:
    """Its inverse, by halving."""
    low, high = Decimal(-12), Decimal(12)
    for _ in range(160):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) < share else (low, middle)
    return low


def moments(values: Sequence[int]) -> tuple[Decimal, Decimal, Decimal]:
    """Sharpe ratio by the sample deviation, skewness, and raw kurtosis."""
    with localcontext(prec=DIGITS):
        n = len(values)
        mean = Decimal(sum(values)) / n
        two, three, four = (sum((v - mean) ** k for v in values) / n for k in (2, 3, 4))
        deviation = (two * n / (n - 1)).sqrt()
        return mean / deviation, three / (two * two.sqrt()), four / (two * two)


def probable(values: Sequence[int], hurdle: Decimal) -> Decimal:
    with localcontext(prec=DIGITS):
        sr, skew, kurtosis = moments(values)
        spread = 1 - skew * sr + (kurtosis - 1) / 4 * sr * sr
        return below((sr - hurdle) * Decimal(len(values) - 1).sqrt() / spread.sqrt())


def shortest_record(values: Sequence[int], hurdle: Decimal, level: Decimal) -> Decimal:
    with localcontext(prec=DIGITS):
        sr, skew, kurtosis = moments(values)
        spread = 1 - skew * sr + (kurtosis - 1) / 4 * sr * sr
        return 1 + spread * (quantile(level) / (sr - hurdle)) ** 2


def best_of(trials: int) -> Decimal:
    with localcontext(prec=DIGITS):
        one = quantile(1 - Decimal(1) / trials)
        return (1 - EULER) * one + EULER * quantile(1 - 1 / (trials * E))


def deflated(values: Sequence[int], others: Sequence[Sequence[int]]) -> Decimal:
    """Against the best of the others' ratios had none been worth anything."""
    with localcontext(prec=DIGITS):
        ratios = [moments(other)[0] for other in others]
        mean = sum(ratios) / len(ratios)
        variance = sum((ratio - mean) ** 2 for ratio in ratios) / (len(ratios) - 1)
        return probable(values, variance.sqrt() * best_of(len(ratios)))


def pbo(rows: Sequence[Sequence[int]], blocks: int, by: str) -> tuple[Fraction, list[float]]:
    """Every choice of half the blocks: the best there, its rank in the rest, the share below."""
    count = len(rows[0])
    edges = [k * count // blocks for k in range(blocks + 1)]
    found = []
    for half in combinations(range(blocks), blocks // 2):
        inside = [t for b in half for t in range(edges[b], edges[b + 1])]
        outside = [t for t in range(count) if t not in set(inside)]
        train, test = (
            [worth([row[t] for t in part], by) for row in rows] for part in (inside, outside)
        )
        chosen = train.index(max(train))
        lower = sum(v < test[chosen] for v in test)
        equal = sum(v == test[chosen] for v in test)
        rank = lower + Fraction(equal + 1, 2)
        found.append((half, rank / (len(rows) + 1)))
    low = Fraction(sum(share <= Fraction(1, 2) for _, share in found), len(found))
    return low, [log(share / (1 - share)) for _, share in sorted(found)]


def worth(results: Sequence[int], by: str) -> Fraction:
    """What sorts like the Sharpe ratio: the squared sum, with its sign, over the sum of squares."""
    total, squares = sum(results), sum(v * v for v in results)
    if by == "net":
        return Fraction(total)
    return Fraction(total * abs(total), squares) if squares else Fraction(0)


def snooped(rows: Sequence[Sequence[int]], draws: Sequence[Sequence[int]]) -> list[float]:
    """Reality check, and superior predictive ability: lower, consistent, upper."""
    count = len(rows[0])
    totals = [sum(row) for row in rows]
    deviations = [deviation(row) for row in rows]
    moving = [k for k, s in enumerate(deviations) if s > 0]
    scores = {k: totals[k] / deviations[k] for k in moving}
    told = max([0.0, *scores.values()])
    edge = -((2 * log(log(count))) ** 0.5)
    centre = {
        "lower": lambda k: max(totals[k], 0),
        "consistent": lambda k: totals[k] if scores[k] >= edge else 0,
        "upper": lambda k: totals[k],
    }
    hits = dict.fromkeys(("reality", *centre), 0)
    for draw in draws:
        sums = [sum(row[t] for t in draw) for row in rows]
        hits["reality"] += max(s - t for s, t in zip(sums, totals, strict=True)) >= max(totals)
        for name, of in centre.items():
            z = max([0.0, *((sums[k] - of(k)) / deviations[k] for k in moving)])
            hits[name] += z >= told - 1e-12
    return [(1 + hit) / (1 + len(draws)) for hit in hits.values()]


def deviation(row: Sequence[int]) -> float:
    """Of the sum, had its sessions nothing to do with each other."""
    mean = Fraction(sum(row), len(row))
    return float(sum((v - mean) ** 2 for v in row)) ** 0.5


def fall(results: Sequence[int]) -> int:
    """The deepest fall of the running sum from its highest point, the start included."""
    deepest = highest = level = 0
    for result in results:
        level += result
        highest = max(highest, level)
        deepest = max(deepest, highest - level)
    return deepest


def holm(p: Sequence[float]) -> list[float]:
    """Step down: each against all that are not smaller, never below the one before."""
    order = sorted(range(len(p)), key=lambda k: p[k])
    out, before = [0.0] * len(p), 0.0
    for place, k in enumerate(order):
        before = out[k] = max(before, min(1.0, p[k] * (len(p) - place)))
    return out


def false_discovery(p: Sequence[float]) -> list[float]:
    """Step up: the least of n p / rank over all that are not smaller."""
    order = sorted(range(len(p)), key=lambda k: p[k])
    out = [0.0] * len(p)
    for place, k in enumerate(order):
        out[k] = min(
            1.0, *(len(p) * p[j] / (i + 1) for i, j in enumerate(order) if i >= place), 1.0
        )
    return out


def mirrored(bars: Sequence[Sequence[int]], coins: Sequence[int]) -> list[tuple[int, ...]]:
    """Bars (open, high, low, close) turned over, and joined by gaps turned over, coin by coin."""
    found, close, before = [], bars[0][0], bars[0][0]
    for (first, top, bottom, last), coin in zip(bars, coins, strict=True):
        start = close + (before - first if coin >= 2 else first - before)
        moves = [price - first for price in (top, bottom, last)]
        if coin % 2:
            moves = [-moves[1], -moves[0], -moves[2]]
        found.append((start, *(start + move for move in moves)))
        close, before = found[-1][3], last
    return found
