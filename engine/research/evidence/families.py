"""Families of tests: p-values made honest for how many were looked at.

An undefined p-value was no test: it stays undefined and is not counted.
"""

from __future__ import annotations

import numpy as np

from engine.research.evidence.chance import Floats


def bonferroni(p: Floats) -> Floats:
    """Each times their number: whoever is still small, the chance of any false alarm is."""
    return np.minimum(p * np.count_nonzero(~np.isnan(p)), 1)


def holm(p: Floats) -> Floats:
    """The smallest times all, the next times one fewer: never larger than Bonferroni's."""
    return stepped(p, down=True)


def false_discovery(p: Floats) -> Floats:
    """Benjamini and Hochberg: the share of false alarms expected among those called small."""
    return stepped(p, down=False)


def stepped(p: Floats, *, down: bool) -> Floats:
    """Adjusted p-values in their places; they keep the order of the raw ones."""
    order = np.argsort(p, kind="stable")[: np.count_nonzero(~np.isnan(p))]
    rank = np.arange(1, len(order) + 1)
    sorted_p = p[order]
    if down:
        steps = np.maximum.accumulate(sorted_p * (len(order) + 1 - rank))
    else:
        steps = np.minimum.accumulate((sorted_p * len(order) / rank)[::-1])[::-1]
    out = np.full(len(p), np.nan)
    out[order] = np.minimum(steps, 1)
    return out
