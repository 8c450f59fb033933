"""Gaps between regular sessions, session by session."""

from engine.core.bars import MINUTE
from tests.oracle.features.rows import Row


def opening_gap(rows: list[Row], hours: str) -> list:
    said = []
    if hours == "full":
        rows = [r._replace(rth_start=r.start, rth_stop=r.stop) for r in rows]
    for i, r in enumerate(rows):
        before = [q for q in rows[:i] if q.rth and q.session < r.session]
        if not r.rth or not before:
            said.append((None, None, None))
            continue
        part = [q for q in rows[: i + 1] if q.rth and q.session == r.session]
        old, gap = before[-1].close, part[0].open - before[-1].close
        far = min(q.low for q in part) if gap > 0 else max(q.high for q in part)
        fill = min(max((gap - (far - old)) / gap, 0), 1) if gap else None
        touched = [q for q in part if q.low <= old <= q.high]
        minute = (touched[0].time - r.rth_start) // MINUTE if touched else None
        said.append((fill, gap, minute))
    return said


def gap_fill_rate(rows: list[Row], many: int, least: int, minutes: int, hours: str) -> list:
    gaps, said = opening_gap(rows, hours), []
    if hours == "full":
        rows = [r._replace(rth_start=r.start) for r in rows]
    for r in rows:
        filled = []
        for session in sorted({q.session for q in rows if q.session < r.session}):
            early = [
                g
                for q, g in zip(rows, gaps, strict=True)
                if q.session == session and q.time < q.rth_start + minutes * MINUTE
            ]
            early = [g for g in early if g[1] is not None and abs(g[1]) >= least]
            if early:
                filled.append(early[-1][0] >= 1)
        last = filled[-many:]
        said.append((sum(last) / len(last), len(last)) if last else (None, None))
    return said
