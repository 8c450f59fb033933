"""The prefix law on features of one's own: what they say may not change with the future."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

import numpy as np

from engine.core.bars import BarArrays, Bars
from engine.core.contracts import instrument
from engine.features.declare import declared
from engine.features.fold import columns
from engine.synth.market import synthesise

SESSIONS, SEED, CUTS = 4, 7, 12
FAR: Final = 1_000_000


def verdicts(features: Mapping[str, Callable[..., Any]]) -> list[dict[str, Any]]:
    """One row a feature: kept, or the first bar whose value another future changed."""
    bars = synthesise(instrument("ES"), date(2022, 11, 21), SESSIONS, SEED)
    cuts = np.linspace(60, len(bars) - 1, CUTS).astype(int).tolist()
    return [
        {"feature": name, "law": breach(function, bars, cuts) or "kept"}
        for name, function in features.items()
    ]


def breach(function: Callable[..., Any], bars: Bars, cuts: list[int]) -> str:
    """Where and how the law is broken; empty if it is kept."""
    facts = declared(function)
    params = facts.trial if facts else {}
    truth = said(function(bars[:], **params))
    for cut in cuts:
        for future, other in futures(bars, cut).items():
            for k, (one, two) in enumerate(
                zip(truth, said(function(other, **params)), strict=True)
            ):
                changed = ~((one[:cut] == two[:cut]) | (np.isnan(one[:cut]) & np.isnan(two[:cut])))
                if changed.any():
                    row = int(np.argmax(changed))
                    return f"column {k} of bar {row} changed when bars from {cut} on were {future}"
    return ""


def said(result: Any) -> list[np.ndarray[Any, Any]]:
    """Every column as floats beside the bars, NaN where absent."""
    return [column.floats(np.arange(len(column))) for column in columns(result)]


def futures(bars: Bars, cut: int) -> dict[str, Bars]:
    """The same past with another future."""
    a = bars.arrays
    turned = {name: np.concatenate((x[:cut], x[cut:][::-1])) for name, x in columns_of(a, 6)}
    far = {name: np.concatenate((x[:cut], x[cut:] + np.int32(FAR))) for name, x in columns_of(a, 5)}
    return {
        "removed": bars[:cut],
        "reversed": Bars(bars.instrument, bars.sessions, a._replace(**turned), bars.minutes),
        "far away": Bars(bars.instrument, bars.sessions, a._replace(**far), bars.minutes),
    }


def columns_of(arrays: BarArrays, stop: int) -> list[tuple[str, Any]]:
    """Prices and, up to the sixth column, volumes by name."""
    return [(name, getattr(arrays, name)) for name in BarArrays._fields[1:stop]]
