"""Bars as plain rows, and what features of prices have in common."""

from fractions import Fraction
from itertools import pairwise
from math import fsum, sqrt
from typing import NamedTuple

import numpy as np

from engine.core.bars import MINUTE, Bars


class Row(NamedTuple):
    """One bar; `start` and the others are the calendar's times: session, regular hours, stretch."""

    time: int
    open: int
    high: int
    low: int
    close: int
    volume: int
    session: int
    start: int
    stop: int
    rth_start: int
    rth_stop: int
    span_start: int
    span_stop: int

    @property
    def minute(self) -> int:
        return (self.time - self.start) // MINUTE

    @property
    def rth(self) -> bool:
        return self.rth_start <= self.time < self.rth_stop


def rows_of(bars: Bars) -> list[Row]:
    table = bars.sessions
    edges = [
        e[bars.session].tolist() for e in (table.start, table.stop, table.rth_start, table.rth_stop)
    ]
    span = np.searchsorted(table.span_start, bars.time, side="right") - 1
    edges += [table.span_start[span].tolist(), table.span_stop[span].tolist()]
    return [Row(*values) for values in zip(*(a.tolist() for a in bars.arrays), *edges, strict=True)]


def prices(rows: list[Row], of: str) -> list[Fraction]:
    said = {
        "close": lambda r: r.close,
        "open": lambda r: r.open,
        "high": lambda r: r.high,
        "low": lambda r: r.low,
        "middle": lambda r: Fraction(r.high + r.low, 2),
        "typical": lambda r: Fraction(r.high + r.low + r.close, 3),
        "mean": lambda r: Fraction(r.open + r.high + r.low + r.close, 4),
    }[of]
    return [Fraction(said(row)) for row in rows]


def true_ranges(rows: list[Row]) -> list:
    """One a bar from the second on."""
    return [max(b.high, a.close) - min(b.low, a.close) for a, b in pairwise(rows)]


def window(values: list, i: int, n: int) -> list | None:
    """The last n values up to i, or None where there are fewer or one of them is absent."""
    part = values[i - n + 1 : i + 1] if i >= n - 1 else None
    return None if part is None or None in part else part


def mean(values: list) -> float:
    return fsum(values) / len(values)


def deviation(values: list, less: int = 0) -> float:
    """The root of the mean squared distance from the mean, in exact arithmetic until the root."""
    exact = [Fraction(v) for v in values]
    middle = sum(exact) / len(exact)
    return sqrt(sum((v - middle) ** 2 for v in exact) / (len(exact) - less))


def coarse(rows: list[Row], minutes: int) -> list[tuple[int, Row]]:
    """Bars of so many minutes with the moment each is over, counted inside every stretch."""
    made: dict = {}
    for r in rows:
        made.setdefault((r.span_start, (r.time - r.span_start) // (minutes * MINUTE)), []).append(r)
    said = []
    for (start, k), part in made.items():
        over = min(start + (k + 1) * minutes * MINUTE, part[0].span_stop)
        top, bottom = max(r.high for r in part), min(r.low for r in part)
        volume = sum(r.volume for r in part)
        whole = part[0]._replace(high=top, low=bottom, close=part[-1].close, volume=volume)
        said.append((over, whole))
    return said


def above(rows: list[Row], minutes: int, say) -> list:
    """What is said of coarse bars, beside each bar that closes when they are over or later."""
    made = coarse(rows, minutes)
    told, said = say([row for _, row in made]), []
    for r in rows:
        close = min(r.time + MINUTE, r.span_stop)
        known = [value for (over, _), value in zip(made, told, strict=True) if over <= close]
        said.append(known[-1] if known else None)
    return said
