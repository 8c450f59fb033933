"""Profiles of the hours of a session: windows of so many minutes, and how concentrated each is."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import polars as pl

from engine.core.bars import MINUTE, Bars
from engine.core.errors import ParameterError
from engine.profile.days import shown
from engine.profile.histogram import Profiles, histograms, refuse_width
from engine.profile.kernel import Slices
from engine.profile.model import DEFAULT, FRACTION, Model, Rule, most_rows
from engine.profile.slices import Parts, session_parts, starts
from engine.profile.spans import spanned
from engine.profile.statistics import statistics
from engine.profile.table import masked, summed

HOURS = 240  # minutes of a window


def hour_parts(bars: Bars, minutes: int = HOURS, segment: str = "full") -> Parts:
    """Windows that hold bars, counted from the start of each session's segment; one slice each."""
    if minutes < 1:
        raise ParameterError(f"a window lasts at least one minute, not {minutes}")
    parts = session_parts(bars, segment)
    s = parts.slices
    rows = [np.arange(first, stop) for first, stop in zip(s.first, s.stop, strict=True)]
    row = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    session = bars.session[row].astype(np.int64)
    window = (bars.time[row] - starts(bars, segment)[session]) // (minutes * MINUTE)
    stretch = np.repeat(np.arange(len(rows)), s.stop - s.first)
    begins = np.flatnonzero(
        (np.diff(stretch, prepend=-1) != 0) | (np.diff(window, prepend=-1) != 0)
    )
    ends = np.append(begins, len(row))[1:] - 1
    slices = Slices(np.arange(len(begins) + 1), row[begins], row[ends] + 1)
    return spanned(bars, slices, session[begins])


def hour_table(
    bars: Bars,
    *,
    minutes: int = HOURS,
    segment: str = "full",
    fraction: Decimal = FRACTION,
    rule: str | Rule = "pairs",
    model: Model = DEFAULT,
) -> pl.DataFrame:
    """One line a window: levels in ticks, concentration, and where it closed.

    Distances from the close are percent of the poc and of the mean price by volume.
    """
    parts, grid = hour_parts(bars, minutes, segment), model.grid(bars)
    refuse_width(bars, parts, grid.row, most_rows(grid))
    arrays = histograms(bars, parts, model)
    made = Profiles(arrays, parts.session, parts.range, segment, model, grid.row)
    found = made.levels(fraction=fraction, rule=rule)
    there, stats = found.present, statistics(arrays, found, grid.row)
    close, first = shown(bars, parts.slices).close, parts.slices.first
    volume = np.maximum(summed(bars.volume, parts.slices), 1)
    mean = summed(bars.close * bars.volume, parts.slices) / volume
    total, poc = np.maximum(found.total, 1), np.where(found.poc == 0, 1, found.poc)
    columns = {
        "session": parts.session,
        "begin": pl.Series(bars.time[first]).cast(pl.Datetime("ns", "UTC")),
        **{name: masked(getattr(found, name), there) for name in ("poc", "vah", "val")},
        "close": close,
        "volume": found.total,
        "share": masked(stats.inside / total, there),
        "poc_share": masked(stats.peak / total, there),
        "deviation": masked(stats.deviation, there),
        "entropy": masked(stats.entropy, there),
        "poc_in_value": masked((found.val <= found.poc) & (found.poc <= found.vah), there),
        "close_in_value": masked((found.val <= close) & (close <= found.vah), there),
        "close_to_poc": masked(100 * (close - found.poc) / np.abs(poc), there),
        "close_to_mean": masked(100 * (close - mean) / np.where(mean == 0, 1, np.abs(mean)), there),
    }
    return pl.DataFrame(columns)
