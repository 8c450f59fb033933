"""Single bars, from the definitions."""

from statistics import fmean

from tests.oracle.features.rows import Row, window


def candle(rows: list[Row], n: int) -> list:
    signs = [(r.close > r.open) - (r.close < r.open) for r in rows]
    shares = [(r.high - r.low) / r.close if r.close > 0 else None for r in rows]
    said = []
    for i, r in enumerate(rows):
        k = i
        while signs[i] and k and signs[k - 1] == signs[i]:
            k -= 1
        part = window(shares, i, n)
        outsized = None
        if part is not None:
            outsized = (shares[i] > 1.5 * fmean(part)) + (shares[i] > 2 * fmean(part))
        place = (r.close - r.low) / (r.high - r.low) if r.high > r.low else None
        said.append((place, signs[i] * (i - k + 1), outsized))
    return said
