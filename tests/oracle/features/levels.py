"""Levels of stretches that are over, found by walking back over the bars."""

from tests.oracle.features import times, vwap
from tests.oracle.features.rows import Row


def stretches(ids: list) -> list[list[int]]:
    """Runs of bars with the same number; a bar without one ends a run."""
    runs, last = [], None
    for i, now in enumerate(ids):
        if now is not None and now == last:
            runs[-1].append(i)
        elif now is not None:
            runs.append([i])
        last = now
    return runs


def over(rows: list[Row], ids: list) -> list:
    said = []
    runs = stretches(ids)
    for i in range(len(rows)):
        ended = [run for run in runs if run[-1] < i]  # a run holds all its bars: this one is over
        last = ended[-1] if ended else None
        if last is None:
            said.append((None,) * 4)
            continue
        part = [rows[k] for k in last]
        top, bottom = max(r.high for r in part), min(r.low for r in part)
        said.append((part[0].open, top, bottom, part[-1].close))
    return said


def prior_range(rows: list[Row], reset: str, zone: str) -> list:
    return over(rows, vwap.period(rows, reset, zone))


def window_range(rows: list[Row], name: str) -> list:
    return over(rows, times.in_window(rows, name))


def running_range(rows: list[Row], reset: str, many: int, zone: str) -> list:
    ids = vwap.period(rows, reset, zone)
    runs, said = stretches(ids), []
    for i, r in enumerate(rows):
        if ids[i] is None:
            said.append((None,) * 5)
            continue
        at = next(k for k, run in enumerate(runs) if i in run)
        part = [rows[k] for k in runs[at] if k <= i]
        top, bottom = max(q.high for q in part), min(q.low for q in part)
        before = [width([rows[k] for k in run]) for run in runs[:at]][-many:]
        usual = len(before) == many and sum(before) > 0
        share = (top - bottom) * many / sum(before) if usual else None
        place = (r.close - bottom) / (top - bottom) if top > bottom else None
        said.append((share, place, part[0].open, top, bottom))
    return said


def width(part: list[Row]) -> int:
    return max(r.high for r in part) - min(r.low for r in part)
