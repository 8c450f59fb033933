"""Named sets of columns against plain readings of the same bars, and another market beside them."""

from functools import cache
from math import log

import numpy as np
import pytest

from engine.core.asof import asof, auxiliary
from engine.core.errors import ParameterError, UnknownError
from engine.core.law import breaches, said_by_feature
from engine.features.companion import companion
from engine.features.sets import INDICATORS, MARKET, feature_set
from tests.features.test_rows import market, values
from tests.oracle.features import (
    alignment,
    averages,
    candles,
    direction,
    estimators,
    oscillators,
    price,
    shifts,
    swings,
    volatility,
    volume,
)
from tests.oracle.features.rows import above, rows_of

SMALL = 700


@cache
def few():
    """Two sessions, with the end of one and the start of the next."""
    return market()[1_200 : 1_200 + SMALL]


def part(rows, k: int) -> list:
    return [row[k] for row in rows]


def flagged(values_, say) -> list:
    return [None if v is None else int(say(v)) for v in values_]


def gaps(rows) -> list:
    pairs = zip(*(averages.ema(rows, n, "close", "mean") for n in (50, 200)), strict=True)
    return [None if a is None or b is None else a - b for a, b in pairs]


def expected_indicators(rows) -> dict:
    usual = [None if i < 19 else sum(part(rows[i - 19 : i + 1], 5)) / 20 for i in range(len(rows))]
    leaning, trend = gaps(rows), alignment.trend_above(rows, 240, 50, 200)
    swung = swings.structure(rows, 3, 3)
    hour = [above(rows, 60, lambda made, k=k: part(made, k)) for k in (1, 2, 3, 4)]
    high = [
        above(rows, 240, lambda made, n=n: averages.ema(made, n, "close", "mean"))
        for n in (50, 200)
    ]
    said = {
        "atr": volatility.atr(rows, 14, "wilder"),
        "rsi": oscillators.rsi(rows, 14),
        **{f"ema_{n}": averages.ema(rows, n, "close", "mean") for n in (20, 50, 200)},
        "bullish_bias": flagged(leaning, lambda gap: gap > 0),
        "bearish_bias": flagged(leaning, lambda gap: gap < 0),
        "volume_sma": usual,
        "high_volume": [
            None if mean is None else int(r.volume > 1.5 * mean)
            for r, mean in zip(rows, usual, strict=True)
        ],
        "adx": part(direction.adx(rows, 14), 0),
        "manip_score": part(candles.candle(rows, 20), 2),
        "log_return": price.momentum(rows, 1, "log"),
        "realized_vol_20": volatility.volatility(rows, 20, "log"),
        **{f"atr_pctile_{n}": estimators.atr_percentile(rows, n, 14) for n in (20, 100)},
        "momentum_5": price.momentum(rows, 5, "simple"),
        "close_vs_range": part(candles.candle(rows, 20), 0),
        "candle_streak": part(candles.candle(rows, 20), 1),
        "htf_bullish": flagged(trend, lambda side: side > 0),
        "htf_bearish": flagged(trend, lambda side: side < 0),
        "structure_bias": part(swung, 1),
        "structure_conf": part(swung, 0),
        "rv_percentile": estimators.volatility_percentile(rows, 252, 20, "log"),
    }
    said |= {f"htf_ema_{n}": column for n, column in zip((50, 200), high, strict=True)}
    names = ("open", "high", "low", "close")
    return said | {f"htf_1h_{name}": column for name, column in zip(names, hour, strict=True)}


def expected_market(rows) -> dict:
    change = shifts.shifts(rows, 20, 5)
    near, wide = price.range_position(rows, 20, 14), price.range_position(rows, 50, 14)
    return {
        **{f"atr_percentile_{n}": estimators.atr_percentile(rows, n, 14) for n in (20, 100)},
        "realized_vol_20": volatility.volatility(rows, 20, "log"),
        "vol_of_vol": part(change, 0),
        "atr_ratio": part(change, 1),
        "adx_slope_5": part(change, 2),
        "rsi_divergence": part(change, 3),
        "candle_streak": part(candles.candle(rows, 20), 1),
        "close_vs_range": part(candles.candle(rows, 20), 0),
        "momentum_5": price.momentum(rows, 5, "simple"),
        "relative_volume": part(volume.relative_volume(rows, 20), 0),
        "volume_trend_5": part(change, 4),
        "volume_price_confirm": part(change, 5),
        "dist_from_high_20": part(near, 0),
        "dist_from_low_20": part(near, 1),
        "ema_alignment": alignment.ema_alignment(rows, 20, 50, 200),
        "price_vs_ema200": price.ema_distance(rows, 200, 14),
        "range_position": part(wide, 2),
    }


def compare(found: dict, expected: dict) -> None:
    assert set(found) == set(expected)
    for name, column in found.items():
        for k, (one, other) in enumerate(zip(values(column), expected[name], strict=True)):
            assert (one is None) == (other is None), (name, k, one, other)
            assert one is None or one == pytest.approx(float(other), rel=1e-9, abs=1e-12), (name, k)


@pytest.mark.covers("QA-062")
def test_the_indicator_set_is_what_its_columns_say():
    """Every column of the set; the volatility index beside it comes as of its publication."""
    bars = few()
    compare(feature_set(bars, "indicators"), expected_indicators(rows_of(bars)))
    hours = auxiliary("dvol", bars.time[::60], {"close": np.arange(len(bars.time[::60])) + 40.0})
    beside = asof(bars, hours, "close", lag=60)
    assert values(beside)[59] == 40.0  # the first row is about minute 0 and known an hour later
    assert values(beside)[58] is None


@pytest.mark.covers("QA-062", "QA-083")
@pytest.mark.parametrize("name", ["indicators", "market"])
def test_a_set_says_nothing_of_the_future(name):
    bars = market()[900:2_100]
    for cut in (300, 1_100):

        def say(b) -> dict:
            return said_by_feature(tuple(feature_set(b, name).values()), len(b))

        assert not breaches(bars, cut, say, seed=cut)


def other_market(bars) -> tuple[np.ndarray, object]:
    """Closes of another market that moves along, a row a minute, each known when it is over."""
    draw = np.random.default_rng(3)
    prices = bars.close * 3.0 + np.cumsum(draw.integers(-4, 5, len(bars)))
    return prices, auxiliary("ETH", bars.time, {"close": prices})


@pytest.mark.covers("QA-083")
def test_the_twenty_market_features():
    """Eighteen of the bars, two of another market beside them."""
    bars = few()
    compare(feature_set(bars, "market"), expected_market(rows_of(bars)))
    prices, series = other_market(bars)
    found = companion(bars, series, lag=1, n=20)
    ours, theirs = (np.diff(np.log(np.asarray(p, float))) for p in (bars.close, prices))
    for i in (20, 21, 250, SMALL - 1):
        pair = ours[i - 20 : i], theirs[i - 20 : i]
        assert values(found.correlation)[i] == pytest.approx(np.corrcoef(*pair)[0, 1], rel=1e-6)
        ahead = log(bars.close[i] / bars.close[i - 20]) - log(prices[i] / prices[i - 20])
        assert values(found.divergence)[i] == pytest.approx(ahead, rel=1e-6, abs=1e-12)
    assert len(MARKET) + len(found) == 20
    assert not found.correlation.present[:20].any()


def test_another_market_is_told_of_its_past_alone():
    bars = few()
    prices, _ = other_market(bars)
    for cut in (50, 400):
        later = np.where(np.arange(len(bars)) < cut, prices, prices + 1_000)
        one, two = (
            companion(bars, auxiliary("ETH", bars.time, {"close": p}), lag=1)
            for p in (prices, later)
        )
        for a, b in zip(one, two, strict=True):
            np.testing.assert_array_equal(a.values[:cut], b.values[:cut])
            assert not np.array_equal(a.values[cut:], b.values[cut:], equal_nan=True)


def test_a_market_that_stands_still_has_no_correlation():
    bars = few()
    still = auxiliary("ETH", bars.time, {"close": np.full(len(bars), 7.0)})
    found = companion(bars, still, lag=1)
    assert not found.correlation.present.any()
    assert found.divergence.present[20:].all()
    with pytest.raises(ParameterError, match="at least 2 bars, not 1"):
        companion(bars, still, lag=1, n=1)


def test_an_unknown_set_is_named():
    with pytest.raises(UnknownError, match="did you mean 'market'"):
        feature_set(few(), "markt")
    assert len(INDICATORS) == 29
