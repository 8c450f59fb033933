"""Every figure of the page says what the stored tables say."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from reports.candles import ten
from reports.equity import days, equity_exhibits, traded
from reports.exhibit import thinned, values
from reports.findings import out_of_sample
from reports.grid import grid_exhibits, judged
from reports.groups import KEYS
from reports.numbers import measured
from reports.scorecard import TARGETS, Target, score, scorecard
from reports.trades import ROWS, trade_exhibits, trade_table
from reports.walk import walk_exhibits
from tests.reports.conftest import emptied, only, told


def by_key(exhibits):
    return {one.key: one.rows for one in exhibits}


@pytest.fixture(scope="module")
def oos(made):
    return made["trades"].filter(pl.col("scope") == "oos")


@pytest.fixture(scope="module")
def outside(report):
    return by_key(equity_exhibits(report))


@pytest.mark.covers("A-126")
def test_equity_ends_where_the_stored_trades_end(outside, oos):
    rows, cents = outside["equity"], oos["net"].sum()
    assert rows["equity"][-1] == cents / 100
    doubt = (oos["net_best"] - oos["net_worst"]).sum()
    assert rows["best_reading"][-1] == pytest.approx((cents + doubt) / 100)
    by_trade = outside["by-trade"]
    assert by_trade.height == oos.height
    assert by_trade["net"][-1] == pytest.approx(cents / 100)
    assert by_trade["gross"][-1] == pytest.approx(oos["gross"].sum() / 100)


def test_drawdown_is_the_fall_from_the_highest_so_far(outside):
    equity = outside["equity"]["equity"].to_numpy()
    highest, expected = 0.0, []
    for value in equity:
        highest = max(highest, value)
        expected.append(value - highest)
    assert outside["drawdown"]["below"].to_list() == pytest.approx(expected)


@pytest.mark.covers("A-085", "QA-126")
def test_months_and_hours_add_up_to_the_whole(outside, oos):
    assert outside["monthly"]["net"].sum() == pytest.approx(oos["net"].sum() / 100)
    hours = outside["weekday-hour"]
    assert hours["net"].sum() == pytest.approx(oos["net"].sum() / 100)
    assert hours["trades"].sum() == oos.height
    first = oos["entry_ts"].dt.convert_time_zone("America/Chicago")
    assert set(hours["hour"]) == set(first.dt.hour())


def test_a_month_is_its_own_trade_dates(outside, oos):
    for row in outside["monthly"].iter_rows(named=True):
        day = pl.col("trade_date")
        kept = oos.filter((day.dt.year() == row["year"]) & (day.dt.month() == row["month"]))
        assert row["net"] == pytest.approx(kept["net"].sum() / 100)


def test_bins_and_streaks_hold_every_trade(outside, oos):
    assert outside["distribution"]["trades"].sum() == oos.height
    streaks = outside["streaks"]
    assert (streaks["length"] * streaks["streaks"]).sum() == oos.height
    won = streaks.filter("won")
    assert (won["length"] * won["streaks"]).sum() == (oos["net"] > 0).sum()


def test_rolling_sharpe_is_that_of_its_window(outside, report):
    net = days(report)["net"].to_numpy()
    rows = outside["rolling"]["sharpe"].to_list()
    span = next(k for k, value in enumerate(rows) if value is not None) + 1
    for k in (span - 1, len(net) - 1):
        part = net[k + 1 - span : k + 1]
        assert rows[k] == pytest.approx(part.mean() / part.std(ddof=1) * math.sqrt(252))


def test_the_grid_shows_only_combinations_with_enough_trades(report, made):
    shown = by_key(grid_exhibits(report))
    kept = made["combinations"].filter(pl.col("n") >= 3)
    assert sorted(shown["everyone"]["combination"]) == sorted(kept["combination"])
    assert shown["everyone"]["value"].to_list() == sorted(kept["expectancy"], reverse=True)
    for row in shown["effects"].iter_rows(named=True):
        same = judged(report).filter(pl.col(row["parameter"]) == row["value_of"])
        assert row["combinations"] == same.height
        assert row["median"] == pytest.approx(float(np.median(same["value"].to_numpy())))


def test_a_surface_is_the_median_over_everything_else(report):
    table = by_key(grid_exhibits(report))["surface"]
    for row in table.head(20).iter_rows(named=True):
        same = judged(report).filter(
            (pl.col(row["across"]) == row["x"]) & (pl.col(row["down"]) == row["y"])
        )
        assert row["median"] == pytest.approx(float(np.median(same["value"].to_numpy())))


@pytest.mark.covers("QA-139")
def test_folds_are_told_as_they_are_stored(report, made):
    shown = by_key(walk_exhibits(report))
    chosen = made["folds"].filter(pl.col("combination").is_not_null())
    assert shown["folds"]["test_net"].to_list() == [v / 100 for v in chosen["test_net"]]
    both = chosen.drop_nulls(["train_objective", "test_objective"])
    assert shown["in-out"]["test_objective"].to_list() == both["test_objective"].to_list()
    assert shown["stability"]["combination"].to_list() == chosen["combination"].to_list()


@pytest.mark.covers("B-056", "QA-125")
def test_groups_of_trades_hold_every_trade_once(report, oos):
    groups = by_key(trade_exhibits(report))["groups"]
    for name in KEYS.values():
        some = groups.filter(pl.col("by") == name)
        assert some["trades"].sum() == oos.height
        assert some["net"].sum() == pytest.approx(oos["net"].sum() / 100)


@pytest.mark.parametrize("name", ["risk", "net", "combination_right"])
def test_an_attribute_may_be_called_as_a_column_of_trades_is(report, name):
    """The tenths are of the setup's attribute, not of what the trade calls so."""
    setups = report.tables["setups"].rename({"range": name})
    named = replace(report, tables={**report.tables, "setups": setups})
    rows = by_key(trade_exhibits(named))["attributes"]
    plain = by_key(trade_exhibits(report))["attributes"]
    kept = rows.filter(pl.col("attribute") == name).drop("attribute")
    assert kept.equals(plain.filter(pl.col("attribute") == "range").drop("attribute"))


def test_tenths_of_an_attribute_hold_every_trade_that_has_it(report, oos):
    rows = by_key(trade_exhibits(report))["attributes"]
    assert rows["n"].sum() == oos.height
    assert rows["n"].max() - rows["n"].min() <= 1


@pytest.mark.covers("QA-123")
def test_the_table_of_trades_is_the_stored_one(report, oos):
    table = trade_table(report)
    net = table["columns"].index("net")
    latest_first = oos.sort("exit_ts", maintain_order=True).reverse()
    assert [row[net] for row in table["rows"]] == [cents / 100 for cents in latest_first["net"]]
    at = table["columns"].index("at")
    assert [row[at] for row in table["rows"]] == [tick * 0.25 for tick in latest_first["entry"]]


def test_a_long_table_says_what_it_leaves_out(made, report, oos):
    many = pl.concat([oos] * (ROWS // oos.height + 2))
    table = trade_table(told(made | {"trades": many}))
    assert len(table["rows"]) == ROWS
    assert f"last {ROWS:,} of" in table["says"]
    assert "Every one" in trade_table(report)["says"]


@pytest.mark.covers("B-057", "A-086")
def test_the_scorecard_weighs_targets_the_user_may_change(report):
    found, seen = measured(report), out_of_sample(report)
    assert found["profit_factor"] == pytest.approx(seen["profit_factor"])
    assert found["win_rate"] == pytest.approx(seen["win_rate"])
    card = scorecard(report, [Target("win_rate", 0.0, 3.0), Target("sharpe", 1e9, 1.0)])
    assert card["met"].to_list() == [True, False]
    assert score(card) == 0.75
    assert [t.measure for t in TARGETS] == scorecard(report)["measure"].to_list()


def test_what_is_undefined_is_not_met(made):
    card = scorecard(told(emptied(made)))
    ratios = card.filter(pl.col("measure") != "max_drawdown_capital")
    assert ratios["achieved"].to_list() == [None] * (len(TARGETS) - 1)
    assert not ratios["met"].any()
    assert score(card.clear()) is None


def test_ten_trades_are_the_extremes_and_the_latest(report, oos):
    rows = ten(report)
    assert rows.height == min(10, oos.height)
    assert rows["net"].max() == oos["net"].max()
    assert rows["net"].min() == oos["net"].min()
    assert oos["exit_ts"].max() in rows["exit_ts"]
    assert rows["row"].n_unique() == rows.height


def test_a_thinned_line_keeps_its_peaks_and_its_ends():
    y = np.random.default_rng(1).normal(size=10_000).cumsum()
    rows = pl.DataFrame({"x": np.arange(10_000), "y": y})
    few = thinned(rows, "y", 500)
    assert few.height <= 502
    assert (few["y"].max(), few["y"].min()) == (y.max(), y.min())
    assert (few["x"][0], few["x"][-1]) == (0, 9_999)
    assert few["x"].is_sorted()
    assert thinned(few, "y", 1000) is few


def test_what_is_no_number_is_null_on_the_page():
    assert values(pl.Series([1.5, float("nan"), None])) == [1.5, None, None]
    days_ = pl.Series(["2024-01-02"]).str.to_date()
    assert values(days_) == ["2024-01-02"]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_hardly_any_trades_are_still_told(made, count):
    report = told(only(made, count) if count else emptied(made))
    shown = equity_exhibits(report) + trade_exhibits(report) + walk_exhibits(report)
    assert traded(report).height == count
    assert bool(equity_exhibits(report)) is bool(count)
    assert len({one.key for one in shown}) == len(shown)
