"""Filters of an entry, each alone against its rule; the regime of option gamma."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from engine.core.asof import auxiliary, closes, higher
from engine.core.bars import MINUTE
from engine.core.errors import UnknownError
from engine.features.averages import ema
from engine.features.estimators import volatility_percentile
from engine.features.gamma import Source, gamma_regime
from engine.features.oscillators import macd, rsi
from engine.features.sides import Filters, entry_sides, trend_side
from engine.features.vwap import vwap
from tests.features.test_rows import market, values
from tests.makers import bars_from, flat

OFF = Filters(mean=False, strength=False)
KINDS = ("trend", "mean", "strength", "volume", "momentum")


def allowed(bars, **on) -> tuple[np.ndarray, np.ndarray]:
    sides = entry_sides(bars, filters=replace(OFF, **on))
    return sides.long.values == 1, sides.short.values == 1


def test_without_filters_every_bar_passes():
    for side in allowed(market()):
        assert side.all()


@pytest.mark.covers("VA-006")
def test_the_trend_filter_blocks_the_side_against_a_slope_beyond_the_neutral_zone():
    """EMA(21) of closed 15-minute bars; off by default."""
    bars, band = market(), 0.5
    mean = higher(bars, ema, 15, n=21).floats(np.arange(len(bars)))
    change = np.flatnonzero(np.diff(mean, prepend=np.nan) != 0)  # where a coarse bar ended
    slope, before = np.full(len(bars), np.nan), np.nan
    for k in change:
        slope[k], before = mean[k] - before, mean[k]
    known = np.flatnonzero(np.isfinite(slope))
    long, short = allowed(bars, trend=True)
    assert long[known].tolist() == (slope[known] >= -band).tolist()
    assert short[known].tolist() == (slope[known] <= band).tolist()
    assert set(trend_side(bars).values[known].tolist()) == {-1, 0, 1}
    assert not Filters().trend


@pytest.mark.covers("VA-007")
def test_a_long_closes_below_the_mean_price():
    bars = market()
    mean = vwap(bars, reset="18:00").mean.floats(np.arange(len(bars)))
    long, short = allowed(bars, mean=True)
    assert (long == (bars.close < mean)).all()
    assert (short == (bars.close > mean)).all()
    assert Filters().mean


@pytest.mark.covers("VA-008")
def test_strength_after_wilder_below_35_and_above_65():
    bars = market()
    found = rsi(bars, n=10).floats(np.arange(len(bars)))
    long, short = allowed(bars, strength=True)
    assert (long == ((found < 35) | np.isnan(found))).all()
    assert (short == ((found > 65) | np.isnan(found))).all()
    still = bars_from(("2022-11-28 09:00", flat(400, 30)))  # no strength: skipped
    assert all(side.all() for side in allowed(still, strength=True))
    assert Filters().strength


def test_wilders_strength_by_hand():
    """Ten changes: gains 12 in all, losses 8: 60; then a gain of 5: (1.2 x 9 + 5) / (0.8 x 9)."""
    moves = [3, -2, 4, -1, 2, -3, 1, -2, 2, 0, 5]
    closes_ = [100, *(100 + np.cumsum(moves)).tolist()]
    bars = bars_from(("2022-11-28 09:00", [(c, c, c, c) for c in closes_]))
    assert values(rsi(bars, n=10))[10] == pytest.approx(100 * 12 / 20)
    assert values(rsi(bars, n=10))[11] == pytest.approx(100 * 1.58 / (1.58 + 0.72))


@pytest.mark.covers("VA-009")
def test_volume_is_half_again_its_mean_of_twenty():
    bars = market()
    means = np.convolve(bars.volume, np.ones(20) / 20)[: len(bars)]
    expected = bars.volume >= 1.5 * means
    expected[:19] = False
    long, short = allowed(bars, volume=True)
    assert (long == expected).all()
    assert (long == short).all()
    assert not Filters().volume


@pytest.mark.covers("VA-010")
def test_momentum_is_the_sign_of_the_histogram():
    bars = market()
    gap = macd(bars, fast=12, slow=26, signal=9).histogram.floats(np.arange(len(bars)))
    long, short = allowed(bars, momentum=True)
    assert (long == (gap > 0)).all()
    assert (short == (gap < 0)).all()
    assert not Filters().momentum


def test_all_filters_together_are_each_of_them():
    bars = market()
    each = [allowed(bars, **{kind: True}) for kind in KINDS]
    found = allowed(bars, **dict.fromkeys(KINDS, True))
    for k, side in enumerate(found):
        assert (side == np.logical_and.reduce([one[k] for one in each])).all()
    usual = entry_sides(bars)
    assert (usual.long.values == 1).tolist() == (each[1][0] & each[2][0]).tolist()


def gamma(bars, sign: list[float]):
    """A row every two hours, known a quarter of an hour later."""
    times = int(bars.time[0]) + 120 * MINUTE * np.arange(len(sign))
    return times, auxiliary("gex", times, {"gamma": sign})


@pytest.mark.covers("QA-058")
def test_gamma_is_what_was_published_and_volatility_where_nothing_was():
    bars = market()[:2_000]
    times, series = gamma(bars, [2.5, -1.0, 0.0, np.nan, 3.0])
    found = gamma_regime(bars, source=Source(series, lag=15, oldest=240))
    rank = volatility_percentile(bars).floats(np.arange(len(bars)))
    calm, wild = Decimal("0.5"), Decimal("0.8")
    for i, close in enumerate(closes(bars)):
        row = int(np.searchsorted(times + 15 * MINUTE, close, side="right")) - 1
        value = series.values["gamma"][row] if row >= 0 else np.nan
        if np.isfinite(value) and close - times[row] <= 240 * MINUTE:
            assert (values(found.regime)[i], values(found.measured)[i]) == (np.sign(value), 1)
        elif np.isnan(rank[i]):
            assert (values(found.regime)[i], values(found.measured)[i]) == (None, None)
        else:
            expected = 1 if rank[i] <= calm else -1 if rank[i] >= wild else 0
            assert (values(found.regime)[i], values(found.measured)[i]) == (expected, 0)
    assert {-1, 0, 1} <= set(values(found.regime))
    assert {0, 1} <= set(values(found.measured))
    gate = found.regime == 1  # what a strategy trades in: nothing where it is not known
    assert 0 < gate.sum() < len(bars)


def test_a_series_without_the_column_is_refused():
    series = auxiliary("gex", [0], {"gamma": [1.0]})
    with pytest.raises(UnknownError, match="no column 'gama' of gex; did you mean 'gamma'"):
        gamma_regime(market(), source=Source(series, "gama"))
