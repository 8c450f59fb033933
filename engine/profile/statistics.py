"""How concentrated a profile is: shares, spread and entropy of its rows."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from engine.core.bars import Longs
from engine.core.columns import frozen
from engine.core.jit import kernel
from engine.profile.kernel import Histograms, Levels

Floats = npt.NDArray[np.float64]


class Statistics(NamedTuple):
    """Lots at the poc and in the value area; standard deviation and entropy of the rows.

    Entropy is in bits: none where all lots lie on one row, log2 of the rows where all are equal.
    """

    peak: Longs
    inside: Longs
    deviation: Floats
    entropy: Floats


def statistics(made: Histograms, found: Levels, row: int) -> Statistics:
    """Concentration of each profile around the levels found in it, in ticks; zero without any."""
    count = len(made.floor)
    out = Statistics(*np.zeros((2, count), np.int64), *np.zeros((2, count)))
    statistics_all(made, found, row, out)
    for array in out:
        frozen(array)
    return out


@kernel
def statistics_all(made: Histograms, found: Levels, row: int, out: Statistics) -> None:
    """One pass over the rows of each profile that has levels."""
    for e in range(len(made.floor)):
        rows = made.volume[made.offset[e] : made.offset[e + 1]]
        if found.present[e]:
            floor = made.floor[e]
            out.peak[e] = rows[found.poc[e] // row - floor]
            out.inside[e] = rows[
                found.val[e] // row - floor : found.vah[e] // row - floor + 1
            ].sum()
            out.deviation[e], out.entropy[e] = dispersion(rows)


@kernel
def dispersion(rows: Longs) -> tuple[float, float]:
    """Standard deviation of the rows, and the entropy of their shares in bits."""
    total, squares, entropy = float(rows.sum()), 0.0, 0.0
    mean = total / len(rows)
    for lots in rows:
        squares += (lots - mean) ** 2
        if lots > 0:
            entropy -= lots / total * np.log2(lots / total)
    return np.sqrt(squares / len(rows)), entropy
