"""Series beside bars: an index of fear, the gamma of options; read where they are there."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from engine.core.asof import Auxiliary, asof
from engine.core.bars import Bars
from engine.core.columns import Column


class Aside(NamedTuple):
    """One column of a series, published `lag` minutes after its moments, stale after `oldest`."""

    series: Auxiliary
    column: str
    lag: int = 0
    oldest: int | None = None


def attached(bars: Bars, **series: Aside) -> Bars:
    """The same bars with series beside them, each under the name that strategies ask for."""
    return replace(bars, aside={**bars.aside, **series})


def aside(bars: Bars, name: str) -> Column:
    """What was published by the close of each bar; absent everywhere where there is no series."""
    if name not in bars.aside:
        return Column(np.zeros(len(bars)), np.zeros(len(bars), np.bool_))
    one = bars.aside[name]
    return asof(bars, one.series, one.column, lag=one.lag, oldest=one.oldest)
