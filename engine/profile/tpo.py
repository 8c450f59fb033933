"""Time-price opportunities: which half hours of a session came to which row (docs/profiles.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from string import ascii_lowercase, ascii_uppercase
from typing import Final, NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, BarArrays, Bars, Longs
from engine.core.columns import Column, frozen
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.core.memo import feature
from engine.profile.histogram import Profiles, in_ticks, refuse_width, row_levels
from engine.profile.kernel import Histograms, Levels, Slices
from engine.profile.model import FRACTION, MOST_ROWS, Model, Rule
from engine.profile.sessions import shifted
from engine.profile.slices import Parts, rows_of, session_parts, starts
from engine.profile.spread import run_up

LETTERS: Final = ascii_uppercase + ascii_lowercase
PERIOD: Final = 30  # minutes a letter stands for


class Periods(NamedTuple):
    """Period `k` of slice `e` lies in offset[e]:offset[e + 1]; its number names its letter."""

    offset: Longs
    number: Longs
    low: Longs
    high: Longs


class PriorTpo(NamedTuple):
    """Levels of the session before by time at price, one value a session, in ticks."""

    poc: Column
    vah: Column
    val: Column


@dataclass(frozen=True, eq=False, slots=True)
class Tpo:
    """One profile of marks a session, and the periods that made them; rows as in `profiles`."""

    profiles: Profiles
    periods: Periods  # in ticks

    def letters(self, e: int) -> list[str]:
        """The letters of each row of one session, from its lowest row up."""
        floor, marks = self.profiles.at(e)
        rows = [""] * len(marks)
        p, row = self.periods, self.profiles.row
        for k in range(p.offset[e], p.offset[e + 1]):
            for at in range(int(p.low[k]) // row - floor, int(p.high[k]) // row - floor + 1):
                rows[at] += LETTERS[p.number[k] % len(LETTERS)]
        return rows

    def frame(self) -> pl.DataFrame:
        """One line a row: its session, its lowest tick, how many periods came there, which."""
        letters = [text for e in range(len(self.profiles)) for text in self.letters(e)]
        return (
            self.profiles.frame()
            .rename({"volume": "marks"})
            .with_columns(letters=pl.Series(letters, dtype=pl.String))
        )


def tpo_profiles(
    bars: Bars, *, segment: str = "rth", minutes: int = PERIOD, row: int | None = None
) -> Tpo:
    """The marks of every session; a period marks each row from its lowest to its highest price."""
    parts, model = session_parts(bars, segment), Model(row=row)
    ticks = model.grid(bars).row
    refuse_width(bars, parts, ticks, MOST_ROWS)
    periods = periods_of(bars, parts, segment, minutes)
    arrays = marks_of(parts, periods, ticks)
    kept = Profiles(arrays, parts.session, parts.range, segment, model, ticks)
    return Tpo(kept, periods)


@feature
def prior_tpo_levels(
    bars: Bars,
    *,
    segment: str = "rth",
    minutes: int = PERIOD,
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
) -> PriorTpo:
    """Point of control and value area, by time at price, of the last earlier session."""
    parts, row = session_parts(bars, segment), bars.instrument.row
    periods = periods_of(bars, parts, segment, minutes)
    found = tpo_levels(parts, periods, row, rule, fraction)
    before = np.searchsorted(parts.session, np.arange(len(bars.sessions))) - 1
    levels = (found.poc, found.vah, found.val)
    return PriorTpo(*(shifted(bars, level, found.present, before) for level in levels))


def tpo_levels(
    parts: Parts, periods: Periods, row: int, rule: str | Rule, fraction: Decimal
) -> Levels:
    """Levels of the marks of slices, in ticks."""
    return in_ticks(row_levels(marks_of(parts, periods, row), rule, fraction), row)


def periods_of(bars: Bars, parts: Parts, segment: str, minutes: int) -> Periods:
    """Lowest and highest price of every period that has bars, in ticks."""
    if minutes < 1:
        raise ParameterError(f"a letter stands for at least one minute, not {minutes}")
    since = starts(bars, segment)[parts.session]
    most = int((parts.slices.stop - parts.slices.first).sum())
    out = Periods(np.zeros(len(parts) + 1, np.int64), *np.zeros((3, most), np.int64))
    cut_periods(bars.arrays, parts.slices, since, minutes * MINUTE, out)
    count = int(out.offset[-1])
    return Periods(*(frozen(a) for a in (out.offset, *(a[:count].copy() for a in out[1:]))))


def marks_of(parts: Parts, periods: Periods, row: int) -> Histograms:
    """How many periods came to each row of every slice; a slice too wide has no rows."""
    spans = rows_of(parts.range, row, MOST_ROWS)
    rows = spans.high - spans.low + 1
    offset = np.concatenate(([0], np.cumsum(rows)))
    made = Histograms(offset, spans.low, np.zeros(int(offset[-1]), np.int64))
    mark_all(periods, row, np.empty(int(rows.max(initial=0)) + 1, np.int64), made)
    for array in made:
        frozen(array)
    return made


@kernel
def cut_periods(bars: BarArrays, slices: Slices, since: Longs, length: int, out: Periods) -> None:
    """Cut every slice into periods counted from where its segment begins."""
    many = 0
    for e in range(len(since)):
        last = -1
        for k in range(slices.offset[e], slices.offset[e + 1]):
            for i in range(slices.first[k], slices.stop[k]):
                number = (bars.time[i] - since[e]) // length
                low, high = int(bars.low[i]), int(bars.high[i])
                if number != last:
                    out.number[many], out.low[many], out.high[many] = number, low, high
                    last, many = number, many + 1
                else:
                    out.low[many - 1] = min(out.low[many - 1], low)
                    out.high[many - 1] = max(out.high[many - 1], high)
        out.offset[e + 1] = many


@kernel
def mark_all(periods: Periods, row: int, line: Longs, out: Histograms) -> None:
    """One mark a period on each row of its range; `line` has room for the longest, and one more."""
    for e in range(len(out.floor)):
        rows = out.offset[e + 1] - out.offset[e]
        if rows > 0:
            line[: rows + 1] = 0
            for k in range(periods.offset[e], periods.offset[e + 1]):
                line[periods.low[k] // row - out.floor[e]] += 1
                line[periods.high[k] // row - out.floor[e] + 1] -= 1
            run_up(line[: rows + 1])
            for k in range(rows):
                out.volume[out.offset[e] + k] = line[k]
