"""Naked levels in plain Python: every level against every later bar."""

from typing import NamedTuple


class Level(NamedTuple):
    """A price, the session it is of, and the first bar after that session's profile."""

    tick: int
    session: int
    after: int


class Bar(NamedTuple):
    """What a level needs of a bar."""

    low: int
    high: int
    session: int


def nearest(bars: list[Bar], levels: list[Level], tolerance: int, oldest: int) -> list:
    """(above, age, below, age) at each bar; None twice for a side without a naked level."""
    out = []
    for i, bar in enumerate(bars):
        naked = [
            (level.tick, bar.session - level.session)
            for level in levels
            if 0 < bar.session - level.session <= oldest
            and not any(
                b.low - tolerance <= level.tick <= b.high + tolerance
                for b in bars[level.after : i + 1]
            )
        ]
        above = min((n for n in naked if n[0] > bar.high), default=(None, None))
        below = max(((t, -age) for t, age in naked if t < bar.low), default=None)
        out.append((*above, *((below[0], -below[1]) if below else (None, None))))
    return out
