"""Moving averages from their definitions: every window summed anew."""

from tests.oracle.features.rows import Row, prices


def sma(rows: list[Row], n: int, of: str) -> list:
    p = prices(rows, of)
    return [sum(p[i - n + 1 : i + 1]) / n if i >= n - 1 else None for i in range(len(p))]


def wma(rows: list[Row], n: int, of: str) -> list:
    p, said = prices(rows, of), []
    for i in range(len(p)):
        window = p[i - n + 1 : i + 1]
        weights = range(1, n + 1)
        total = sum(w * x for w, x in zip(weights, window, strict=False))
        said.append(total / sum(weights) if i >= n - 1 else None)
    return said


def ema(rows: list[Row], n: int, of: str, begin: str) -> list:
    return smoothed(prices(rows, of), n, n if begin == "mean" else 1)


def smoothed(p: list, n: int, seed: int, share: float | None = None) -> list:
    """Exponential average of a list, begun with the mean of its first `seed` values."""
    said, share = [None] * len(p), 2 / (n + 1) if share is None else share
    for i in range(seed - 1, len(p)):
        before = sum(p[:seed]) / seed if i == seed - 1 else said[i - 1]
        said[i] = before if i == seed - 1 else before + (p[i] - before) * share
    return [None if x is None else float(x) for x in said]


def wilder(p: list, n: int) -> list:
    return smoothed(p, n, n, 1 / n)
