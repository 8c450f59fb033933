"""Migration statistics from their definitions, session by session, without a library."""

from fractions import Fraction
from functools import cache
from itertools import pairwise
from math import atan, cos, erfc, exp, fsum, lgamma, log, pi, sin, sqrt
from statistics import median

from engine.features.walks import NULL_WALKS, driftless
from tests.oracle import levels, profile
from tests.oracle.features.rows import Row, deviation


def told(rows: list[Row], segment: str, say, width: int, lag: int = 0) -> list:
    """What is said of the pocs of earlier sessions, the last `lag` left out, at each bar."""
    pocs, memory, said = {}, {}, []
    for session in sorted({r.session for r in rows}):
        part = [r for r in rows if r.session == session]
        inside = [r for r in part if segment == "full" or r.rth == (segment == "rth")]
        if sum(r.volume for r in inside):
            floor, volume = profile.profile([profile.Bar(*r[1:6]) for r in inside])
            pocs[session] = floor + levels.poc_of(volume)
    for r in rows:
        before = [poc for session, poc in pocs.items() if session < r.session]
        before = before[: len(before) - lag] if len(before) > lag else []
        key = tuple(before)
        if key not in memory:
            memory[key] = say(before) if before else (None,) * width
        said.append(memory[key])
    return said


def student_p(t: float, free: int) -> float:
    """Two-sided p by the finite series for whole degrees of freedom."""
    angle, total = atan(t / sqrt(free)), 0.0
    term = cos(angle) if free % 2 else 1.0
    for k in range(2 + free % 2, free + 1, 2):
        total += term
        term *= cos(angle) ** 2 * (k - 1) / k
    if free % 2 == 0:
        return 1 - sin(angle) * total
    return 1 - 2 / pi * (angle + sin(angle) * total)


def line(part: list) -> tuple:
    n = len(part)
    x, y = Fraction(n - 1, 2), Fraction(sum(part), n)
    sxx = sum((j - x) ** 2 for j in range(n))
    sxy = sum((j - x) * (v - y) for j, v in enumerate(part))
    syy = sum((v - y) ** 2 for v in part)
    if syy == 0:
        return 0, 0, 1, 0
    slope, r2 = sxy / sxx, sxy**2 / (sxx * syy)
    if r2 == 1:
        return float(slope), 1, 0, 0
    error = sqrt((1 - r2) * syy / sxx / (n - 2))
    return float(slope), float(r2), student_p(abs(float(slope)) / error, n - 2), error


@cache
def null(points: int) -> list:
    return [line(walk)[1] for walk in driftless(NULL_WALKS, points).tolist()]


def poc_trend(rows: list[Row], sessions: int, segment: str) -> list:
    def say(pocs: list) -> tuple:
        if len(pocs) < sessions:
            return (None,) * 5
        found = line(pocs[-sessions:])
        above = sum(x >= found[1] for x in null(sessions))
        return (*found, (above + 1) / (NULL_WALKS + 1))

    return told(rows, segment, say, 5)


def runs(part: list) -> tuple:
    signs = [v > median(part) for v in part]
    count = 1 + sum(a != b for a, b in pairwise(signs))
    a, b = sum(signs), len(signs) - sum(signs)
    n, both = a + b, 2 * a * b
    if both <= n:
        return count, None
    variance = both * (both - n) / (n**2 * (n - 1))
    return count, erfc(abs(count - both / n - 1) / sqrt(variance) / sqrt(2))


def poc_runs(rows: list[Row], sessions: int, segment: str) -> list:
    def say(pocs: list) -> tuple:
        return runs(pocs[-sessions:]) if len(pocs) >= sessions else (None, None)

    return told(rows, segment, say, 2)


def poc_momentum(rows: list[Row], sessions: int, lag: int, segment: str) -> list:
    def say(pocs: list) -> tuple:
        if len(pocs) < sessions:
            return (None,) * 3
        part = pocs[-sessions:]
        slope, r2, p, _ = line(part)
        wide = deviation(part)
        return slope / wide if wide else None, r2, 1 - p

    return told(rows, segment, say, 3, lag)


def poc_up(rows: list[Row], sessions: int, segment: str) -> list:
    def say(pocs: list) -> tuple:
        if len(pocs) < sessions:
            return None, None
        part = pocs[-sessions:]
        moves = [b - a for a, b in pairwise(part)]
        weights = [exp(-1 + i / (len(moves) - 1)) for i in range(len(moves))]
        up = fsum(w * m for w, m in zip(weights, moves, strict=True) if m > 0)
        total = fsum(w * abs(m) for w, m in zip(weights, moves, strict=True))
        rises, moved = sum(m > 0 for m in moves), sum(m != 0 for m in moves)
        return (up / total, rises / moved) if moved else (None, None)

    return told(rows, segment, say, 2)


def beta_below(a: float, b: float, x: float) -> float:
    """By the series of positive terms, from the nearer end."""
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_below(b, a, 1 - x)
    term, terms, k = 1.0, [], 0
    while term > 1e-18:
        terms.append(term)
        term *= (a + b + k) / (a + 1 + k) * x
        k += 1
    scale = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log(1 - x)
    return exp(scale) / a * fsum(terms)


def beta_at(a: float, b: float, share: float) -> float:
    low, high = 1e-12, 1 - 1e-12
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if beta_below(a, b, middle) < share else (low, middle)
    return (low + high) / 2


def poc_posterior(rows: list[Row], prior, keep, level, segment: str) -> list:
    tail = (1 - float(level)) / 2

    def say(pocs: list) -> tuple:
        moves = [b - a for a, b in pairwise(pocs)][::-1]
        up = fsum(float(keep) ** k for k, m in enumerate(moves) if m > 0)
        down = fsum(float(keep) ** k for k, m in enumerate(moves) if m < 0)
        if not up + down:
            return (None,) * 3
        a, b = float(prior) + up, float(prior) + down
        return a / (a + b), beta_at(a, b, tail), beta_at(a, b, 1 - tail)

    return told(rows, segment, say, 3)


def poc_volatility(rows: list[Row], sessions: int, segment: str) -> list:
    def say(pocs: list) -> tuple:
        if len(pocs) < sessions:
            return None, None
        part = pocs[-sessions:]
        wide, level = deviation(part, 1), sum(part) / sessions
        return wide, wide / level if level > 0 else None

    return told(rows, segment, say, 2)


def longest(moves: list, sign: int, *, ends: bool) -> int:
    most, now = 0, 0
    for m in moves:
        if m * sign > 0:
            now += 1
        elif m or ends:
            now = 0
        most = max(most, now)
    return most


def judged(part: list, rule: str) -> tuple:
    moves = [b - a for a, b in pairwise(part)]
    slope, r2, p, _ = line(part)
    if rule == "strict":
        rises, falls = sum(m > 0 for m in moves), sum(m < 0 for m in moves)
        way, runs_p = (rises > falls) - (falls > rises), runs(part)[1]
        streak = longest(moves, way, ends=True) if way else 0
        valid = p < 0.05 and runs_p is not None and runs_p < 0.05 and r2 > 0.3 and streak >= 3
        return (100 * r2 + 100 * (1 - p)) / 2 if valid else 0, way, int(valid)
    way = (slope > 0) - (slope < 0)
    streak = longest(moves, way, ends=False) if way else 0
    most = max(longest(moves, s, ends=False) for s in (1, -1))
    valid = (p < 0.1 and r2 > 0.2 and streak >= 2) or most >= 3
    sure = (100 * r2 + 100 * (1 - 2 * min(p, 0.5)) + 20 * most) / 3
    return min(sure, 100) if valid else min(10 * most, 50), way, int(valid)


def poc_validation(rows: list[Row], sessions: int, least: int, rule: str, segment: str) -> list:
    def say(pocs: list) -> tuple:
        return judged(pocs[-sessions:], rule) if len(pocs) >= least else (None,) * 3

    return told(rows, segment, say, 3)


def poc_confidence(
    rows: list[Row], sessions: int, rule: str, steep: int, long: int, segment: str
) -> list:
    lines, ups = poc_trend(rows, sessions, segment), poc_up(rows, sessions, segment)
    wide = [poc_volatility(rows, n, segment) for n in (max(long // 5, 3), long)]
    said = []
    for found, up, (short, _), (slow, _) in zip(lines, ups, *wide, strict=True):
        chance = up[0] if rule == "bits" else up[1]
        if found[1] is None or chance is None or short is None or not slow:
            said.append(None)
            continue
        q = short / slow
        if rule == "bits":
            score = 30 * (found[1] > 0.69) + 30 * (found[0] > steep) + 20 * (chance > 0.53)
            said.append(score + 20 * (q < 1))
        else:
            score = 40 * found[1] + 60 * max(chance - 0.5, 0)
            said.append(min(score + 10 * ((q < 0.8) + (q < 1) + (q < 1.2)), 100))
    return said
