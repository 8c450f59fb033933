"""How indicators change, from the definitions."""

from fractions import Fraction

from tests.oracle.features import direction, estimators, oscillators, volatility
from tests.oracle.features.rows import Row, deviation, mean, window


def shifts(rows: list[Row], n: int, back: int) -> list:
    wild = volatility.volatility(rows, n, "log")
    wide = volatility.atr(rows, 14, "wilder")
    trend = [strength for strength, *_ in direction.adx(rows, 14)]
    strength = oscillators.rsi(rows, 14)
    said = []
    for i, r in enumerate(rows):
        spread, ranges = window(wild, i, n), window(wide, i, n)
        usual = mean(ranges) if ranges else 0
        slope = difference(trend, i, back)
        change = difference(strength, i, n)
        busy = busier(rows, i, n, back)
        said.append(
            (
                deviation(spread, 1) if spread else None,
                wide[i] / usual if usual else None,
                None if slope is None else slope / back,
                None if change is None else apart(r.close - rows[i - n].close, change),
                None if busy is None else float(busy),
                confirmed(rows, i, back, busy),
            )
        )
    return said


def difference(values: list, i: int, back: int) -> float | None:
    if i < back or values[i] is None or values[i - back] is None:
        return None
    return values[i] - values[i - back]


def apart(way: int, change: float) -> int:
    if way < 0 and change > 1e-9:
        return 1
    return -1 if way > 0 and change < -1e-9 else 0


def busier(rows: list[Row], i: int, n: int, back: int) -> Fraction | None:
    if i < max(n, back) - 1:
        return None
    now = Fraction(sum(r.volume for r in rows[i - back + 1 : i + 1]), back)
    usual = Fraction(sum(r.volume for r in rows[i - n + 1 : i + 1]), n)
    return now / usual - 1 if usual else None


def confirmed(rows: list[Row], i: int, back: int, busy: Fraction | None) -> int | None:
    if busy is None or i < back:
        return None
    if rows[i].close == rows[i - back].close:
        return 0
    return (busy > 0) - (busy < 0)


def gamma_regime(rows: list[Row], source, n: int, spell: int, calm, wild) -> list:
    """Without a series: volatility alone."""
    assert source is None
    ranks = estimators.volatility_percentile(rows, n, spell, "log")
    return [(None, None) if r is None else ((r <= calm) - (r >= wild), 0) for r in ranks]
