"""Volume-weighted averages from their definitions: every window summed anew, in fractions."""

from fractions import Fraction
from math import sqrt

from engine.core.bars import MINUTE
from engine.core.zone import DAY, clock_minute, local_ns
from tests.oracle.features.rows import Row, prices


def weighed(p: list[Fraction], v: list[int]) -> tuple:
    total = sum(v)
    if total == 0:
        return None, None
    mean = sum(a * b for a, b in zip(p, v, strict=True)) / total
    square = sum(b * (a - mean) ** 2 for a, b in zip(p, v, strict=True)) / total
    return float(mean), sqrt(square)


def period(rows: list[Row], reset: str, zone: str) -> list:
    said = []
    for r in rows:
        day = r.stop // (24 * 60 * MINUTE)  # sessions of the tapes end on their trade date
        if reset == "session":
            said.append(day)
        elif reset == "rth":
            said.append(day if r.rth else None)
        elif reset == "week":
            said.append((day + 3) // 7)
        elif reset == "never":
            said.append(0)
        else:
            said.append(int(local_ns(r.time, zone) - clock_minute(reset) * MINUTE) // DAY)
    return said


def since(rows: list[Row], ids: list, of: str) -> list:
    p, said = prices(rows, of), []
    for i, now in enumerate(ids):
        begin = i
        while begin and ids[begin - 1] == now:
            begin -= 1
        part = slice(begin, i + 1)
        said.append(
            (None, None) if now is None else weighed(p[part], [r.volume for r in rows[part]])
        )
    return said


def vwap(rows: list[Row], reset: str, of: str, zone: str) -> list:
    return since(rows, period(rows, reset, zone), of)


def anchor(rows: list[Row], moments: tuple) -> list:
    return [sum(m <= r.time for m in moments) or None for r in rows]


def anchored_vwap(rows: list[Row], moments: tuple, of: str) -> list:
    return since(rows, anchor(rows, moments), of)


def rolling_vwap(rows: list[Row], n: int, of: str) -> list:
    p, v = prices(rows, of), [r.volume for r in rows]
    parts = (slice(i - n + 1, i + 1) for i in range(len(rows)))
    return [weighed(p[s], v[s]) if s.start >= 0 else (None, None) for s in parts]


def timed_vwap(rows: list[Row], minutes: int, of: str) -> list:
    p, said = prices(rows, of), []
    for i, r in enumerate(rows):
        inside = [k for k in range(i + 1) if rows[k].time > r.time - minutes * MINUTE]
        said.append(weighed([p[k] for k in inside], [rows[k].volume for k in inside])[0])
    return said
