"""Regimes from the rules as published, bar by bar."""

from statistics import fmean

from engine.features.regimes import LABELS, SEVEN
from tests.oracle.features import averages, direction, estimators, price, volatility, volume
from tests.oracle.features.rows import Row, window


def range_ratio(rows: list[Row], spell: int, base: int) -> list:
    now, before = (volatility.atr(rows, n, "simple") for n in (spell, base))
    before = ([None] * spell + before)[: len(rows)]
    return [None if a is None or not b else a / b for a, b in zip(now, before, strict=True)]


def regime(rows: list[Row], n: int, spell: int, base: int, **given) -> list:
    said, edges = [], [float(given[name]) for name in ("high", "low", "trend")]
    for i, q in enumerate(range_ratio(rows, spell, base)):
        if i < n - 1:
            said.append((None,) * 4)
            continue
        part = rows[i - n + 1 : i + 1]
        wide = max(r.high for r in part) - min(r.low for r in part)
        e = abs(part[-1].close - part[0].close) / wide if wide else None
        seven = None if q is None else named(q, e, edges)
        five = None if seven is None else max(SEVEN.index(seven) - 2, 0)
        said.append((q, e, None if seven is None else SEVEN.index(seven), five))
    return said


def named(q: float, e: float | None, given: list) -> str | None:
    high, low, trend = given
    if e is None:
        return None if q > high or q < low else "normal"
    if q > high:
        return "high_vol_trending" if e > trend else "high_vol_choppy"
    if q < low:
        return "low_vol_trending" if e > trend else "low_vol_ranging"
    return "normal_trending" if e > trend else "normal_choppy"


def bar_regime(rows: list[Row], n: int, wild, strong) -> list:
    ranges = volatility.atr(rows, 14, "wilder")
    shares = [
        None if w is None or r.close <= 0 else w / r.close
        for r, w in zip(rows, ranges, strict=True)
    ]
    strength = [row[0] for row in direction.adx(rows, 14)]
    means, said = averages.ema(rows, n, "close", "mean"), []
    for i, r in enumerate(rows):
        part = window(shares, i, n)
        if part is None or i < n or strength[i] is None or means[i] is None:
            said.append("unknown")
        elif shares[i] > float(wild) * fmean(part):
            said.append("volatile")
        elif strength[i] > float(strong):
            said.append("trending_up" if r.close > means[i] else "trending_down")
        else:
            said.append("ranging")
    return [LABELS.index(label) for label in said]


def trend_regime(rows: list[Row], fast: int, slow: int) -> list:
    sides = [averages.sma(rows, n, "close") for n in (fast, slow)]
    return [None if None in (a, b) else (a > b) - (a < b) for a, b in zip(*sides, strict=True)]


def classes(rows: list[Row], mean: int, spell: int, least: int) -> list:
    sources = [volatility.volatility(rows, spell, "simple"), price.momentum(rows, spell, "simple")]
    said = []
    for source in sources:
        parts = [window(source, i, mean) for i in range(len(rows))]
        values = [None if part is None else fmean(part) for part in parts]
        said.append([third(rows, values, i, least) for i in range(len(rows))])
    return list(zip(*said, strict=True))


def third(rows: list[Row], values: list, i: int, least: int) -> int | None:
    ends = {r.session: v for r, v in zip(rows, values, strict=True) if r.session < rows[i].session}
    past = sorted(v for v in ends.values() if v is not None)
    if values[i] is None or len(past) < least:
        return None
    return sum(values[i] > quantile(past, k / 3) for k in (1, 2))


def quantile(ranked: list, share: float) -> float:
    at = share * (len(ranked) - 1)
    low = int(at)
    high = min(low + 1, len(ranked) - 1)
    return ranked[low] + (ranked[high] - ranked[low]) * (at - low)


def raid_score(rows: list[Row], n: int) -> list:
    ranks = estimators.atr_percentile(rows, n, 14)
    strength = [row[0] for row in direction.adx(rows, 14)]
    busy = [row[0] for row in volume.relative_volume(rows, 20)]
    ranges, said = volatility.atr(rows, 14, "wilder"), []
    for i, r in enumerate(rows):
        part, usual = rows[max(i - 49, 0) : i + 1], window(ranges, i, 20)
        wide = max(q.high for q in part) - min(q.low for q in part)
        parts = (ranks[i], strength[i], busy[i])
        if i < 49 or usual is None or None in parts or not wide or not sum(usual):
            said.append(None)
            continue
        place = (r.close - min(q.low for q in part)) / wide
        calm = min(max(2 - ranges[i] / fmean(usual), 0), 1)
        score = 0.3 * (1 - ranks[i]) + 0.25 * fitting(strength[i]) + 0.2 * min(busy[i] / 2, 1)
        said.append(score + 0.15 * 2 * abs(place - 0.5) + 0.1 * calm)
    return said


def fitting(strength: float) -> float:
    if 15 <= strength <= 35:
        return 1 - abs(strength - 25) / 20
    return strength / 15 * 0.5 if strength < 15 else max(1 - (strength - 35) / 30, 0)
