"""Purged cross-validation of a search: the histories its choices would have made, path by path."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from engine.core.bars import Longs
from engine.core.columns import Bools
from engine.research.evidence.chance import Floats
from engine.research.evidence.line import Line
from engine.research.measures import ratio
from engine.research.splits import Gaps, combinatorial, edges, paths


def sharpest(rows: Longs, sessions: Bools) -> int | None:
    """The combination with the highest Sharpe ratio in some sessions, of equals the first."""
    part = rows[:, sessions]
    values = sharpes(part)
    return None if np.isnan(values).all() else int(np.nanargmax(values))


def sharpes(rows: Longs) -> Floats:
    """Mean over deviation of each row, a session; undefined where results never differ."""
    count = rows.shape[1]
    total, squares = rows.sum(axis=1), (rows * rows).sum(axis=1)
    mean = ratio(total, count)
    variance = ratio(squares - total * mean, count - 1) if count > 1 else np.full(len(rows), np.nan)
    return ratio(mean, np.sqrt(np.maximum(variance, 0)))


def histories(rows: Longs, groups: int, tested: int, gaps: Gaps) -> Longs:
    """Every path as one series of unseen results, `[path, session]`."""
    sessions = rows.shape[1]
    cut = edges(sessions, groups)
    chosen = [
        sharpest(rows, split.train) for split in combinatorial(sessions, groups, tested, gaps)
    ]
    made = np.zeros((len(paths(groups, tested)), sessions), np.int64)
    for path, owners in zip(made, paths(groups, tested), strict=True):
        for group, split in enumerate(owners):
            one, part = chosen[split], slice(int(cut[group]), int(cut[group + 1]))
            if one is not None:
                path[part] = rows[one, part]
    return made


def crossed(
    rows: Longs, groups: int, tested: int, gaps: Gaps, periods: int
) -> tuple[Floats, Floats]:
    """Sharpe ratio a year and net of every path."""
    made = histories(rows, groups, tested, gaps)
    return sharpes(made) * math.sqrt(periods), made.sum(axis=1).astype(np.float64)


def cross_lines(
    name: str, rows: Longs, cut: tuple[int, int], gaps: Gaps, periods: int
) -> Iterator[Line]:
    """How choices of the highest Sharpe ratio do on sessions they were not made on."""
    found, net = crossed(rows, *cut, gaps, periods)
    told = found[~np.isnan(found)]
    text = (
        f"{cut[1]} of {cut[0]} groups tested, purge {gaps.purge}, embargo {gaps.embargo} sessions"
    )
    if not len(told):
        yield Line("study", name, math.nan, f"Sharpe ratio a year; no combination traded; {text}")
        return
    low, middle, high = (float(x) for x in (told.min(), np.median(told), told.max()))
    note = f"Sharpe ratio a year, the middle, lowest and highest of {len(found)} paths; {text}"
    yield Line("study", name, middle, note, low, high)
    share = float((net < 0).mean())
    yield Line("study", f"{name}_loss", share, f"share of {len(found)} paths that lose; {text}")
