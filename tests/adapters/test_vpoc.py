"""The value-area test against a plain reading of its sentence."""

from datetime import date

import numpy as np
import pytest

from adapters import load
from engine.core.contracts import instrument
from engine.profile.histogram import profiles
from engine.synth.market import synthesise

LOOKBACK = 5


@pytest.fixture(scope="module")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 14, 3)


def slope(values):
    """Least squares, by hand."""
    n = len(values)
    x = [k - (n - 1) / 2 for k in range(n)]
    return sum(a * b for a, b in zip(x, values, strict=True)) / sum(a * a for a in x)


@pytest.mark.covers("A-054")
def test_setups_are_first_touches_of_yesterdays_value_in_the_direction_it_moves(bars):
    found = profiles(bars, segment="rth")
    levels = found.levels()
    expected, touched = [], {1: False, -1: False}
    for i in range(len(bars)):
        before = [k for k, session in enumerate(found.session) if session < bars.session[i]]
        now = {1: False, -1: False}
        if before:
            now[1] = bars.low[i] <= levels.val[before[-1]]
            now[-1] = bars.high[i] >= levels.vah[before[-1]]
        if len(before) >= LOOKBACK and bars.rth[i]:
            tilt = slope([int(levels.poc[k]) for k in before[-LOOKBACK:]])
            edges = {1: levels.vah[before[-1]], -1: levels.val[before[-1]]}
            expected += [
                (i, side, int(edges[side]), abs(tilt))
                for side in (1, -1)
                if now[side] and not touched[side] and tilt * side > 0
            ]
        touched = now
    setups = load("vpoc")(lookback=LOOKBACK).setups(bars)
    said = list(zip(setups.bar, setups.side, setups.target.values, strict=True))
    assert [row[:3] for row in expected] == said
    assert said
    assert {1, -1} == set(setups.side)
    steep = [row[3] for row in expected]
    assert np.allclose(setups.attribute("steepness"), steep, rtol=1e-12)
