"""Profiles of so many bins, whatever a session's range is: one-tick rows added up evenly."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from engine.core.bars import Longs
from engine.core.errors import ParameterError
from engine.core.jit import kernel
from engine.profile.histogram import Profiles, row_levels
from engine.profile.kernel import Histograms, Levels
from engine.profile.model import FRACTION, Rule


def bin_profiles(made: Profiles, count: int) -> Histograms:
    """The volume of each bin of each profile; of a range of fewer ticks each tick is a bin."""
    if count < 1:
        raise ParameterError(f"a profile has at least one bin, not {count}")
    if made.row != 1:
        raise ParameterError(f"bins are made of rows of one tick, not of {made.row}; take row=1")
    a = made.arrays
    bins = np.minimum(np.diff(a.offset), count)
    offset = np.concatenate(([0], np.cumsum(bins)))
    out = Histograms(offset, np.zeros(len(bins), np.int64), np.zeros(int(offset[-1]), np.int64))
    bin_all(a, out)
    return out


def bin_frame(made: Profiles, count: int) -> pl.DataFrame:
    """One line a bin: session, number, lowest and highest tick, volume."""
    binned = bin_profiles(made, count)
    bins = np.diff(binned.offset)
    owner = np.repeat(np.arange(len(made)), bins)
    number = np.arange(len(owner)) - np.repeat(binned.offset[:-1], bins)
    return pl.DataFrame(
        {
            "session": made.session[owner],
            "bin": number,
            "low": edges(made, bins, owner, number),
            "high": edges(made, bins, owner, number + 1) - 1,
            "volume": binned.volume,
        }
    )


def bin_levels(
    made: Profiles, count: int, *, fraction: Any = FRACTION, rule: str | Rule = "pairs"
) -> Levels:
    """poc, val and vah of bins in ticks: the middle of its bin, and the outer ticks of theirs."""
    binned = bin_profiles(made, count)
    out = row_levels(binned, rule, fraction)
    bins, owner = np.diff(binned.offset), np.arange(len(made))
    low, high = (edges(made, bins, owner, out.poc + k) for k in (0, 1))
    prices = {
        "poc": (low + high - 1) // 2,
        "val": edges(made, bins, owner, out.val),
        "vah": edges(made, bins, owner, out.vah + 1) - 1,
    }
    return out._replace(**{name: np.where(out.present, p, 0) for name, p in prices.items()})


def edges(made: Profiles, bins: Longs, owner: Longs, number: Longs) -> Longs:
    """The lowest tick of bins, by their number."""
    ticks = np.diff(made.arrays.offset)[owner]
    first: Longs = made.arrays.floor[owner] - (-number * ticks // bins[owner])
    return first


@kernel
def bin_all(made: Histograms, out: Histograms) -> None:
    """Each tick belongs to bin `k * bins // ticks`, counted from the lowest."""
    for e in range(len(made.floor)):
        ticks, bins = made.offset[e + 1] - made.offset[e], out.offset[e + 1] - out.offset[e]
        for k in range(ticks):
            out.volume[out.offset[e] + k * bins // ticks] += made.volume[made.offset[e] + k]
