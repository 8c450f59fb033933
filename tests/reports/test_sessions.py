"""The session browser says what the profile functions say, and the market's tiles what bars say."""

import numpy as np
import polars as pl
import pytest

from engine.features.migration import poc_trend
from engine.profile.delta import proxy_delta
from engine.profile.histogram import profiles
from engine.profile.naked import naked_levels
from engine.profile.sessions import prior_levels
from engine.profile.tpo import tpo_profiles
from reports import browser
from reports.browser import chosen, session_exhibits
from reports.equity import traded
from reports.market import market_exhibit, tiles
from reports.migration import gap_rows, regression, value_exhibits, value_rows
from reports.numbers import trades_of
from reports.session import day_of, session_rows, window


@pytest.fixture(scope="module")
def session(report, bars):
    """One with a trade."""
    return bars.sessions.index_of(trades_of(report)["trade_date"][0])


@pytest.fixture(scope="module")
def own(report, bars, session):
    day = bars.sessions.trade_date(session)
    return trades_of(report).filter(pl.col("trade_date") == day)


@pytest.fixture(scope="module")
def day(bars, session, own):
    return day_of(bars, session, own)


@pytest.mark.covers("A-123")
def test_the_histogram_is_the_profile_of_the_session(day, bars, session):
    low, high = session_rows(bars, session)
    inside = bars.rth[low:high]
    assert day.volume["volume"].sum() == bars.volume[low:high][inside].sum()
    made = profiles(bars[low:high], segment="rth")
    levels = {row["level"]: row["price"] for row in day.levels.iter_rows(named=True)}
    found = made.levels()
    for name in ("poc", "vah", "val"):
        assert levels[name] == getattr(found, name)[0] / 4
    assert set(day.nodes["node"]) <= {"hvn", "lvn"}


def test_older_levels_are_those_known_at_the_first_bar_drawn(day, bars, session):
    low, high = session_rows(bars, session)
    first = low + int(np.flatnonzero(bars.rth[low:high])[0])
    levels = {row["level"]: row["price"] for row in day.levels.iter_rows(named=True)}
    prior, naked = prior_levels(bars), naked_levels(bars)
    assert levels["prior poc"] == prior.poc.at(np.array([first]))[0][0] / 4
    for side in ("above", "below"):
        value, there = getattr(naked, side).at(np.array([first]))
        assert levels.get(f"naked poc {side}") == (value[0] / 4 if there[0] else None)


@pytest.mark.covers("A-124")
def test_developing_lines_end_at_the_levels_of_the_session(day):
    levels = {row["level"]: row["price"] for row in day.levels.iter_rows(named=True)}
    for name in ("poc", "vah", "val"):
        steps = day.developing.filter(pl.col("level") == name).drop_nulls("price")
        assert steps["price"][-1] == levels[name]
        assert steps["ts"].is_sorted()


def test_letters_and_delta_are_those_of_the_session(day, bars, session):
    low, high = session_rows(bars, session)
    part = bars[low:high]
    assert day.delta["delta"].sum() == (proxy_delta(part, segment="rth").bar.values[part.rth].sum())
    span = int(part.high.max()) - int(part.low.min()) + 1
    found = tpo_profiles(part, segment="rth", row=max(1, -(-span // 44))).frame()
    assert day.letters["marks"].sum() == found["marks"].sum()
    assert [len(text) for text in day.letters["letters"]] == day.letters["marks"].to_list()


def test_a_trade_outside_the_hours_opens_the_whole_session(bars, session, own):
    low, high = session_rows(bars, session)
    part = bars[low:high]
    assert len(range(*window(part, "rth", own).indices(len(part)))) < len(part)
    early = own.head(1).with_columns(entry_ts=pl.Series([part.time[0]]).cast(own["entry_ts"].dtype))
    assert window(part, "rth", early) == slice(0, len(part))
    assert window(part, "rth", own.clear()) == window(part, "rth", own)


def test_the_browser_holds_the_last_sessions_and_those_of_the_ten_trades(report, bars):
    picked = chosen(report, bars)
    last = int(bars.session[-1])
    assert set(range(last - browser.LAST + 1, last + 1)) <= set(picked)
    assert len(picked) <= browser.LAST + browser.TRADED
    keys = [one.key for one in session_exhibits(report, bars)]
    dates = [str(bars.sessions.trade_date(s)) for s in picked]
    assert keys == [f"{name}-{day}" for day in dates for name in ("session", "marks")]


def test_tiles_fold_the_same_bars(report, bars):
    sessions = chosen(report, bars)
    found = tiles(bars, sessions)
    assert found["day"].height == len(np.unique(bars.session))
    assert found["minute"].height == np.isin(bars.session, sessions).sum()
    for level in ("day", "hour"):
        assert found[level]["high"].max() == bars.high.max()
        assert found[level]["low"].min() == bars.low.min()
        assert found[level]["time"].is_sorted()
    part = bars.session == sessions[-1]
    day = found["day"].row(-1, named=True)
    assert (day["open"], day["close"]) == (bars.open[part][0], bars.close[part][-1])
    shown = market_exhibit(report, bars, sessions, traded(report)).layout["held"]
    assert len(shown["marks"]["time"]) == trades_of(report).height


def test_value_migrates_by_the_engines_regression(bars):
    rows = value_rows(bars)
    fitted, said = regression(bars, rows.with_columns(pl.col("poc") * 0.25))
    slope = poc_trend(bars, sessions=20).slope.at(np.array([len(bars) - 1]))[0][0]
    line = np.array(fitted[0]["y"])
    assert np.diff(line) == pytest.approx(slope / 4)
    assert f"{slope:+.2f} ticks" in said
    few = rows.head(3)
    assert regression(bars, few)[0] == []


@pytest.mark.covers("A-124")
def test_gaps_and_their_fills_are_counted(bars):
    rows = gap_rows(bars)
    assert (rows["gap"] != 0).all()
    assert rows["filled"].is_between(0, 1).all()
    shown = {one.key: one.rows for one in value_exhibits(bars)}
    assert shown["fills"]["filled"].is_sorted()
    assert shown["migration"].height == value_rows(bars).height


def test_one_session_has_no_line_and_no_gap(bars):
    one = bars[: session_rows(bars, int(bars.session[0]))[1]]
    assert {exhibit.key for exhibit in value_exhibits(one)} == {"migration"}
