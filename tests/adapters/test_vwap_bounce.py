"""The bounce from a VWAP band against a plain reading of its sentence and of its tables."""

from datetime import date

import numpy as np
import pytest

from adapters.vwap_bounce import VwapBounce, one_way
from engine import Rules
from engine.core.contracts import instrument
from engine.features.regimes import SEVEN, regime
from engine.features.volatility import atr
from engine.synth.market import synthesise
from tests.adapters.reading import kept, passes, plain_vwap, rows
from tests.makers import bars_from

BAND, FAR = 1.5, 2.5
TABLE = {  # stop, later stop, breakeven, trail, sideways, underwater
    "normal": (1.25, 1.25, 1.00, 1.00, 10, 7),
    "normal_trending": (1.62, 1.25, 1.00, 1.15, 14, 8),
    "normal_choppy": (1.20, 1.20, 0.95, 0.95, 8, 6),
    "high_vol_choppy": (1.50, 0.75, 0.75, 0.85, 12, 8),
    "high_vol_trending": (1.90, 0.75, 0.85, 1.25, 18, 10),
    "low_vol_ranging": (1.10, 1.50, 1.00, 0.90, 8, 6),
    "low_vol_trending": (1.40, 1.50, 1.00, 1.10, 15, 8),
}


@pytest.fixture(scope="module")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 3, 5)[:3_000]


@pytest.fixture(scope="module")
def setups(bars):
    return VwapBounce(band=BAND, far=FAR).setups(bars)


@pytest.mark.covers("VA-005")
def test_setups_are_touches_of_a_band_that_a_close_takes_back(bars, setups):
    expected = []
    for i, (mean, wide) in enumerate(plain_vwap(bars)):
        if i == 0 or bars.session[i] != bars.session[i - 1]:
            continue  # VB-06: the average begins anew with the session, and so do its bands
        lower, upper = mean - BAND * wide, mean + BAND * wide
        if bars.low[i - 1] <= lower < bars.close[i]:
            expected.append((i, 1))
        if bars.high[i - 1] >= upper > bars.close[i]:
            expected.append((i, -1))
    assert rows(setups) == expected
    assert {side for _, side in expected} == {1, -1}


def test_attributes_point_the_trades_way(bars, setups):
    mean = np.array([found[0] for found in plain_vwap(bars)])
    away = (mean[setups.bar] - bars.close[setups.bar]) * setups.side
    assert np.allclose(setups.attribute("discount"), away, rtol=1e-9, atol=1e-6)
    mirrored = VwapBounce(band=BAND, far=FAR).setups(upside_down(bars))
    place = {row: k for k, row in enumerate(rows(mirrored))}
    assert sorted(place) == sorted((bar, -side) for bar, side in rows(setups))
    turned = [place[bar, -side] for bar, side in rows(setups)]
    for name in ("rsi", "discount", "macd", "trend", "volume", "straight", "stop_ticks"):
        ours, theirs = setups.attribute(name), mirrored.attribute(name)[turned]
        assert np.allclose(ours, theirs, rtol=1e-6, atol=1e-6, equal_nan=True), name


def upside_down(bars):
    """The same tape with prices mirrored: every long becomes a short."""
    arrays = bars.arrays
    turned = arrays._replace(
        open=-arrays.open, high=-arrays.low, low=-arrays.high, close=-arrays.close
    )
    return type(bars)(bars.instrument, bars.sessions, turned, bars.minutes, bars.origin)


@pytest.mark.covers("VA-020")
def test_what_a_regime_asks_for_stands_in_the_published_table(bars, setups):
    seven = regime(bars).seven
    known = seven.present[setups.bar]
    names = [SEVEN[code] for code in seven.values[setups.bar][known]]
    table = np.array([TABLE[name] for name in names]).T
    reach = atr(bars, n=14, mean="simple").floats(setups.bar)[known]
    late = reach * table[1]
    expected = {
        "stop_ticks": reach * table[0],
        "stop_ticks_late": late,
        "breakeven": table[2],
        "breakeven_late": np.minimum(late * table[2], 20),
        "trail": table[3],
        "sideways": table[4],
        "underwater": table[5],
    }
    for name, values in expected.items():
        assert np.allclose(setups.attribute(name)[known], values, rtol=1e-12), name
    high = np.array(["high" in name for name in names])
    low = np.array(["low" in name for name in names])
    assert (setups.attribute("volatility")[known] == high.astype(int) - low).all()
    assert len(set(names)) >= 4


@pytest.mark.covers("VA-006")
def test_the_trend_is_that_of_fifteen_minute_closes(bars, setups):
    """EMA(21) of the closes of quarters that are over, against that of the quarter before."""
    minute = bars.time // 60_000_000_000
    quarter = minute // 15
    over = [i for i in range(len(bars) - 1) if quarter[i + 1] != quarter[i]]
    means, seed = [], [int(bars.close[i]) for i in over[:21]]
    for k, i in enumerate(over):
        if k < 20:
            means.append(None)
        elif k == 20:
            means.append(sum(seed) / 21)
        else:
            means.append(means[-1] + (int(bars.close[i]) - means[-1]) * 2 / 22)
    checked = 0
    for row, bar in enumerate(setups.bar):
        done = [k for k, i in enumerate(over) if i <= bar]
        if len(done) >= 22:
            slope = (means[done[-1]] - means[done[-2]]) * setups.side[row]
            assert setups.attribute("trend")[row] == pytest.approx(slope, abs=1e-9)
            checked += 1
    assert checked > 5
    with_it = VwapBounce(band=BAND, far=FAR, min_trend="-0.5")  # half a tick against it is neutral
    found = passes(with_it, setups)["min_trend"]
    assert (found == (setups.attribute("trend") >= -0.5)).all()
    assert set(found) == {True, False}


@pytest.mark.covers("VA-007", "VA-009", "VA-010")
def test_the_published_filters_are_gates_with_their_switches(bars):
    usual, every = VwapBounce.preset("bounce"), VwapBounce.preset("bounce_all")
    assert usual.params == {"band": "2.1", "far": "3.7", "strength": 10}
    assert usual.gates == {"max_rsi": 35, "min_discount": 1}
    assert every.gates == {
        "max_rsi": 35,
        "min_discount": 1,
        "min_volume": "1.5",
        "min_macd": 0,
        "min_trend": "-0.5",
    }
    open_, filtered = (VwapBounce(band=BAND, **g) for g in ({}, usual.gates))
    assert not any(value for name, value in open_.values() if name in VwapBounce.gates())
    some = set(kept(filtered, bars))
    assert 0 < len(some) < len(kept(open_, bars))
    assert set(kept(VwapBounce(band=BAND, **every.gates), bars)) <= some


def test_vb_10_the_evening_is_part_of_the_entry_window():
    """18:00 to 16:00 in New York over midnight, half open; not only up to 16:00."""
    window = Rules.of(dict(VwapBounce.preset("bounce").rules) | {"max_per_session": 1}).entry_window
    assert window == (17 * 60, 15 * 60)


def test_followed_columns_are_prices_and_flags(bars, setups):
    mean, wide = np.array(plain_vwap(bars)).T
    vwap, far = setups.followed("vwap"), setups.followed("far")
    at = np.arange(50, 1_000)
    assert (np.abs(vwap.values[0] - np.ceil(mean - 1e-9))[at] <= 1).all()
    assert (vwap.values[0] - vwap.values[1] <= 1)[at].all()
    assert (np.abs(far.values[0] - (mean + FAR * wide))[at] <= 1).all()
    assert (np.abs(far.values[1] - (mean - FAR * wide))[at] <= 1).all()
    stretched = setups.followed("stretched")
    assert (bars.close > mean + BAND * wide - 1e-6)[stretched.values[0] == 1].all()
    assert (bars.close < mean - BAND * wide + 1e-6)[stretched.values[1] == 1].all()
    seven, changed = regime(bars).seven, setups.followed("regime").values[0]
    known = seven.present
    for i in range(1, len(bars)):  # VB-09: only the bar with which another one begins
        assert changed[i] == (known[i] and known[i - 1] and seven.values[i] != seven.values[i - 1])


def test_four_closes_in_a_row_against_a_position_are_a_divergence():
    closes = [100, 99, 98, 97, 96, 95, 95, 96, 97, 98, 99]
    bars = bars_from(("2022-11-28 09:00", [(c, c, c, c) for c in closes]))
    falls, rises = one_way(bars, 4)
    assert np.flatnonzero(falls).tolist() == [4, 5]
    assert np.flatnonzero(rises).tolist() == [10]


def test_other_anchors_know_other_averages(bars):
    """The rolling one is the published bot's: the last 200 bars, across the session's edge."""
    rolling = VwapBounce(anchor="rolling", band=BAND).setups(bars)
    assert rolling.bar.min() >= 199
    day = VwapBounce(anchor="rth", band=BAND).setups(bars)
    assert bars.rth[day.bar].all()
    assert len(day) > 0
    assert rows(day) != rows(rolling)


def test_bands_of_a_first_regular_minute_are_no_bands():
    """An average of one bar has no deviation: any close beyond it would have taken it back."""
    night, day = [(100, 100, 90, 100)] * 5, [(100, 102, 98, 101), (101, 102, 97, 101)]
    bars = bars_from(("2022-11-28 08:25", night + day))
    assert bars.rth.tolist() == [False] * 5 + [True] * 2
    assert 5 not in VwapBounce(anchor="rth").setups(bars).bar
    assert 6 in VwapBounce(anchor="rth", band="0.5").setups(bars).bar
