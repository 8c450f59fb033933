"""Smoothed profiles: sums over neighbouring rows, by what happens at the edges."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from engine.core.bars import Longs, Ticks
from engine.core.errors import ParameterError, unknown
from engine.profile.histogram import Profiles
from engine.profile.nodes import smooth
from engine.profile.spread import run_up, step_even

EDGES: Final = ("zero", "raw", "shared")


def smoothed_frame(made: Profiles, *, width: int = 3, edges: str = "raw") -> pl.DataFrame:
    """One line a row: session, lowest tick, volume, and the volume smoothed over `width` rows.

    Beyond the edges there is nothing (`zero`); rows nearer to an edge than half the width keep
    their volume (`raw`); or each row shares its lots evenly with its neighbours, so that the whole
    stays what it was (`shared`).
    """
    rows = [smoothed_rows(made.at(e)[1], width, edges) for e in range(len(made))]
    scale = 1 if edges == "shared" else width
    values = np.concatenate(rows) if rows else np.zeros(0, np.int64)
    return made.frame().with_columns(smoothed=pl.Series(values / scale))


def smoothed_rows(rows: Longs, width: int, edges: str) -> Longs:
    """Whole numbers: `width` times the means for `zero` and `raw`, lots for `shared`."""
    if width < 1 or width % 2 == 0:
        raise ParameterError(f"smoothing takes an odd number of rows, not {width}")
    if edges not in EDGES:
        raise unknown("edge of a smoothed profile", edges, EDGES)
    half, last = width // 2, len(rows) - 1
    if edges == "shared":
        place = np.arange(len(rows))
        low: Ticks = np.maximum(place - half, 0).astype(np.int32)
        high: Ticks = np.minimum(place + half, last).astype(np.int32)
        out = np.zeros(len(rows) + 1, np.int64)
        step_even(low, high, rows, 0, out)
        run_up(out)
        return out[:-1]
    out = smooth(rows, width)
    if edges == "raw":
        near = np.minimum(np.arange(len(rows)), np.arange(len(rows))[::-1]) < half
        out[near] = width * rows[near]
    return out
