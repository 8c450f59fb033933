"""The prefix law on features of one's own: what they say may not change with the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np

from engine.core.bars import Bars
from engine.core.contracts import instrument
from engine.core.law import Said, breach_by_breach, said_by_feature
from engine.features.declare import declared
from engine.features.fold import columns
from engine.synth.market import synthesise

SESSIONS, SEED, CUTS, FIRST = 4, 7, 12, 60


def verdicts(features: Mapping[str, Callable[..., Any]]) -> list[dict[str, Any]]:
    """One row a feature: kept, or the first bar whose value another future changed."""
    bars = synthesise(instrument("ES"), date(2022, 11, 21), SESSIONS, SEED)
    cuts = np.linspace(FIRST, len(bars) - 1, CUTS).astype(int).tolist()
    return [
        {"feature": name, "law": breach(function, bars, cuts) or "kept"}
        for name, function in features.items()
    ]


def breach(function: Callable[..., Any], bars: Bars, cuts: list[int]) -> str:
    """Where and how the law is broken; empty if it is kept."""
    facts = declared(function)
    params = facts.trial if facts else {}

    def say(view: Bars) -> Said:
        return said_by_feature(columns(function(view, **params)), len(view))

    for cut in cuts:
        for future, what, bar in breach_by_breach(bars, cut, say, seed=cut):
            column = what.removesuffix("?")
            return f"column {column} of bar {bar} changed when bars from {cut} on were {future}"
    return ""
