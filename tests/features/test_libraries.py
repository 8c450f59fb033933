"""Second witnesses: TA-Lib, pandas, statsmodels and scipy, where they are installed.

What differs on purpose stands in docs/features.md: values that are absent here and 0 there, and
the MACD line, which TA-Lib tells only with its signal.
"""

from datetime import date
from functools import cache

import numpy as np
import pytest

from engine.core.contracts import instrument
from engine.features.averages import ema, sma, wma
from engine.features.bands import bollinger, donchian
from engine.features.direction import adx
from engine.features.migration import pocs
from engine.features.oscillators import cci, macd, rsi, stochastic
from engine.features.tails import beta_at, beta_below, normal_p, student_p
from engine.features.volatility import atr, volatility
from engine.features.volume import obv
from engine.features.walks import driftless, statistics
from engine.synth.market import synthesise


@cache
def market():
    return synthesise(instrument("ES"), date(2022, 11, 21), 3, 7)


def prices():
    a = market().arrays
    return {name: getattr(a, name).astype(np.float64) for name in a._fields[1:6]}


def pairs(ta):
    """Ours beside TA-Lib's, every column of the common dozen."""
    bars, p = market(), prices()
    high, low, close = p["high"], p["low"], p["close"]
    yield "sma", sma(bars, n=20), ta.SMA(close, 20)
    yield "ema", ema(bars, n=20), ta.EMA(close, 20)
    yield "wma", wma(bars, n=20), ta.WMA(close, 20)
    yield "rsi", rsi(bars, n=14), ta.RSI(close, 14)
    yield from zip(("macd", "signal", "histogram"), macd(bars), ta.MACD(close), strict=True)
    yield "atr", atr(bars, n=14), ta.ATR(high, low, close, 14)
    found = adx(bars, n=14)
    yield "adx", found.adx, ta.ADX(high, low, close, 14)
    yield "plus", found.plus, ta.PLUS_DI(high, low, close, 14)
    yield "minus", found.minus, ta.MINUS_DI(high, low, close, 14)
    bands = bollinger(bars, n=20)
    for name, theirs in zip(("upper", "middle", "lower"), ta.BBANDS(close, 20), strict=True):
        yield name, getattr(bands, name), theirs
    slow = ta.STOCH(high, low, close, 14, 3, 0, 3, 0)
    yield from zip(("k", "d"), stochastic(bars), slow, strict=True)
    yield "cci", cci(bars, n=20), ta.CCI(high, low, close, 20)
    yield "obv", obv(bars), ta.OBV(close, p["volume"])
    edges = donchian(bars, n=20)
    yield "highest", edges.high, ta.MAX(high, 20)
    yield "lowest", edges.low, ta.MIN(low, 20)


@pytest.mark.covers("B-009")
def test_talib_says_the_same():
    ta = pytest.importorskip("talib", reason="the second witness is a test-only library")
    everywhere = np.arange(len(market()))
    for name, ours, theirs in pairs(ta):
        values = ours.floats(everywhere)
        both = np.isfinite(values) & np.isfinite(theirs)
        assert both.sum() > len(values) * 0.9, name
        scale = np.abs(theirs[both]).max()
        np.testing.assert_allclose(
            values[both], theirs[both], rtol=1e-9, atol=1e-9 * scale, err_msg=name
        )
        if name != "macd":  # told earlier here
            late = np.flatnonzero(~both)
            assert (~np.isfinite(theirs[late]) | (theirs[late] == 0)).all(), name


def test_pandas_says_the_same():
    pd = pytest.importorskip("pandas", reason="the second witness is a test-only library")
    bars, close = market(), pd.Series(prices()["close"])
    everywhere = np.arange(len(bars))
    began = ema(bars, n=50, begin="first").floats(everywhere)
    np.testing.assert_allclose(began, close.ewm(span=50, adjust=False).mean(), rtol=1e-12)
    theirs = close.pct_change().rolling(20).std()
    np.testing.assert_allclose(
        volatility(bars, n=20, returns="simple").floats(everywhere), theirs, rtol=1e-6
    )


@pytest.mark.covers("A-043", "A-048")
def test_regressions_and_runs_are_those_of_the_libraries():
    stats = pytest.importorskip("scipy.stats", reason="the second witness is a test-only library")
    runs = pytest.importorskip("statsmodels.sandbox.stats.runs", reason="as above")
    for walk in driftless(50, 20):
        found = [row[-1] for row in statistics(walk, 20, 20)]
        theirs = stats.linregress(np.arange(20), walk)
        assert found[0] == pytest.approx(theirs.slope, rel=1e-9)
        assert found[1] == pytest.approx(theirs.rvalue**2, rel=1e-9)
        assert found[2] == pytest.approx(theirs.pvalue, rel=1e-9)
        assert found[3] == pytest.approx(theirs.stderr, rel=1e-9)
        p = runs.runstest_1samp(walk, cutoff=np.median(walk), correction=False)[1]
        assert found[5] == pytest.approx(p, rel=1e-9)


def test_tails_are_those_of_the_library():
    stats = pytest.importorskip("scipy.stats", reason="the second witness is a test-only library")
    for a, b in ((1.0, 1.0), (3.0, 7.5), (40.0, 2.0), (0.5, 9.0)):
        for x in (0.0, 0.01, 0.3, 0.7, 0.999, 1.0):
            assert beta_below(a, b, x) == pytest.approx(stats.beta.cdf(x, a, b), abs=1e-12)
        for share in (0.05, 0.5, 0.95):
            assert beta_at(a, b, share) == pytest.approx(stats.beta.ppf(share, a, b), rel=1e-9)
    assert student_p(2.5, 7) == pytest.approx(2 * stats.t.sf(2.5, 7), rel=1e-12)
    assert normal_p(-1.7) == pytest.approx(2 * stats.norm.sf(1.7), rel=1e-12)


def test_pocs_of_a_market_lie_in_its_sessions():
    """The series the statistics are made of is one value a session."""
    session, values = pocs(market(), "rth")
    assert session.tolist() == [0, 1, 2]
    for s, poc in zip(session, values, strict=True):
        inside = market().session == s
        assert market().low[inside].min() <= poc <= market().high[inside].max()
