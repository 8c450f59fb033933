"""Prices over windows and hours of the day against a plain reading, over changes of clocks."""

from datetime import date

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.core.law import breaches, said_by_feature
from engine.features.levels import prior_range, window_range
from engine.features.price import bar_shape, momentum, pullback
from engine.features.times import in_window
from engine.synth.market import synthesise
from tests.features.test_rows import market, values
from tests.makers import bars_from


@pytest.mark.covers("B-006")
def test_price_features_of_every_window_equal_a_plain_reading():
    bars = market()
    close = bars.close.astype(float)
    for n in (1, 5, 10, 20, 60):
        for kind in ("simple", "log"):
            said = values(momentum(bars, n=n, returns=kind))
            plain = close[n:] / close[:-n]
            plain = np.log(plain) if kind == "log" else plain - 1
            assert said[:n] == [None] * n
            np.testing.assert_allclose(said[n:], plain, rtol=1e-12, atol=1e-15)
    shape = bar_shape(bars)
    high, low = bars.high.astype(float), bars.low.astype(float)
    for column, plain in zip(
        shape, ((high - low) / close, (high - close) / high, (close - low) / low), strict=True
    ):
        np.testing.assert_array_equal(column.values, plain)
    depth, speed = pullback(bars, n=20, spell=5)
    top = np.lib.stride_tricks.sliding_window_view(high, 20).max(axis=1)
    np.testing.assert_array_equal(depth.values[19:], (top - close[19:]) / top)
    window = np.lib.stride_tricks.sliding_window_view(np.diff(close) / close[:-1], 5)
    wide = window.std(axis=1, ddof=1)
    moved = wide > 1e-12
    np.testing.assert_allclose(
        speed.values[5:][moved], (window.mean(axis=1)[moved] / wide[moved]), rtol=1e-6
    )
    cut = 900
    for say in (lambda b: momentum(b, n=60), bar_shape, pullback):
        assert not breaches(
            bars[:1_200], cut, lambda b, say=say: said_by_feature(say(b), len(b)), 1
        )


ASIA = [(100, 104, 97, 101), (101, 108, 101, 107)]


@pytest.mark.covers("QA-050")
@pytest.mark.parametrize(
    ("evening", "open_", "clock"),
    [  # New York is five hours behind London in winter; the clocks change on 2024-03-10
        ("2024-03-07", "2024-03-08", "18:00"),
        ("2024-03-11", "2024-03-12", "18:00"),
        ("2024-11-04", "2024-11-05", "18:00"),
    ],
)
def test_sessions_of_the_day_and_kill_zones_keep_their_hours_over_a_change_of_clocks(
    evening, open_, clock
):
    """Chicago's wall clock is an hour behind New York's all year: 18:00 there is 19:00."""
    bars = bars_from(
        (f"{evening} {clock}", ASIA),  # Asia opens at 19:00 in New York
        (f"{open_} 01:59", [(107, 107, 107, 107)] * 2),  # London's kill zone: 03:00 to 05:00
        (f"{open_} 03:59", [(107, 107, 107, 107)] * 2),
        (f"{open_} 06:59", [(107, 107, 107, 107)] * 2),  # New York's: 08:00 to 16:00
        (f"{open_} 14:59", [(107, 107, 107, 107)] * 2),
    )
    inside = {
        name: in_window(bars, name=name).present.tolist()
        for name in ("asia", "london_kill", "new_york_kill")
    }
    assert inside["asia"] == [True] * 3 + [False] * 7
    assert inside["london_kill"] == [
        False,
        False,
        False,
        True,
        True,
        False,
        False,
        False,
        False,
        False,
    ]
    assert inside["new_york_kill"] == [False] * 7 + [True, True, False]
    asia = window_range(bars, name="asia_levels")
    known = [values(column)[3] for column in asia]
    assert known == [100, 108, 97, 107]
    assert values(asia.high)[1] is None


@pytest.mark.covers("QA-050")
def test_the_tracker_of_sessions_knows_nothing_of_the_future():
    """Over the weekend in which the clocks change."""
    bars = synthesise(instrument("ES"), date(2024, 3, 7), 4, 7)
    named = ("asia", "london", "new_york", "london_kill", "new_york_kill")
    for cut in (500, 2_800, 4_000):
        for name in named:
            for say in (in_window, window_range):
                assert not breaches(
                    bars,
                    cut,
                    lambda b, say=say, name=name: said_by_feature(say(b, name=name), len(b)),
                    1,
                )
        for reset in ("session", "week", "18:00"):
            assert not breaches(
                bars,
                cut,
                lambda b, reset=reset: said_by_feature(prior_range(b, reset=reset), len(b)),
                1,
            )
