"""What trades made, and the windows of the folds: recounted from the stored trades."""

import numpy as np
import polars as pl
import pytest

from reports.equity import equity_exhibits, traded
from reports.groups import groups
from reports.notes import notes
from reports.outcomes import WINDOW, last_trades, outcome_exhibits, sizes
from reports.page import outside
from reports.sections import measure_list
from reports.trades import excursions
from reports.walk import walk_exhibits
from reports.windows import window_rows, windows_exhibit
from tests.reports.conftest import emptied, only, told


@pytest.fixture(scope="module")
def oos(made):
    return made["trades"].filter(pl.col("scope") == "oos")


def keys(exhibits):
    return [one.key for one in exhibits]


@pytest.mark.covers("QA-122")
def test_every_multiple_of_risk_is_in_a_bin(report, oos):
    shown = {one.key: one for one in outcome_exhibits(report, traded(report))}
    rows, r = shown["r-multiples"].rows, oos["r"].drop_nulls() / 10_000
    assert rows["trades"].sum() == len(r)
    assert (rows["from"][0], rows["to"][-1]) == (pytest.approx(r.min()), pytest.approx(r.max()))
    assert f"Mean {r.mean():+.2f} R" in shown["r-multiples"].says


def test_trades_without_a_stop_have_no_multiple(report):
    bare = traded(report).with_columns(r=pl.lit(None, pl.Float64))
    assert "r-multiples" not in keys(outcome_exhibits(report, bare))
    half = bare.with_columns(r=pl.when(pl.int_range(pl.len()) < 3).then(1.0))
    found = {one.key: one.says for one in outcome_exhibits(report, half)}
    assert f"{bare.height - 3} trades had no stop" in found["r-multiples"]


@pytest.mark.covers("B-058")
def test_mean_wins_and_losses_are_those_of_the_trades(report, oos):
    rows = {row["way"]: row for row in sizes(report).rows.iter_rows(named=True)}
    net = oos["net"].to_numpy() / 100
    assert rows["all"]["mean_win"] == pytest.approx(net[net > 0].mean())
    assert rows["all"]["mean_loss"] == pytest.approx(net[net < 0].mean())
    assert (rows["all"]["best_trade"], rows["all"]["worst_trade"]) == (net.max(), net.min())
    longs = oos.filter(pl.col("side") > 0)["net"].to_numpy() / 100
    assert rows["long"]["best_trade"] == longs.max()


@pytest.mark.covers("QA-122", "QA-124")
def test_a_rolling_win_rate_is_that_of_its_twenty_trades(report, oos):
    won = oos.sort("exit_ts", "entry_ts")["net"].to_numpy() > 0
    rows = last_trades(report).rows
    expected = [won[k - WINDOW : k].mean() for k in range(WINDOW, len(won) + 1)]
    assert rows["win_rate"].to_list() == pytest.approx(expected)
    assert rows["trade"].to_list() == list(range(WINDOW, len(won) + 1))


@pytest.mark.covers("QA-122")
def test_a_page_goes_deep_into_the_trades(report, bars):
    """Multiples, durations, cumulation, exits, excursions, rolling wins, regimes, sides, notes."""
    shown = {*keys(equity_exhibits(report)), excursions(traded(report)).key}
    assert {"r-multiples", "by-trade", "last-trades", "sizes", "excursions"} <= shown
    by = set(groups(report, bars).rows["by"])
    assert {"exit", "duration", "side", "regime at the signal"} <= by
    told_of = measure_list(report)
    for name in ("edge ratio", "entry efficiency", "stop efficiency", "max drawdown", "k ratio"):
        assert f"<dt>{name}</dt>" in told_of
    assert notes(report)


@pytest.mark.covers("B-058")
def test_a_page_has_the_six_panels_of_a_performance_figure(report, bars):
    section = outside(report, bars)
    shown = {one.key: one for one in section.exhibits}
    assert {"equity", "drawdown", "distribution", "sizes", "rolling"} <= shown.keys()
    assert shown["rolling"].rows["volatility"].drop_nulls().len()
    assert "Targets" in section.below


@pytest.mark.covers("B-059")
def test_a_window_is_measured_by_its_own_sessions(report, made, oos):
    rows = window_rows(report)
    daily = made["equity"].filter(pl.col("scope") == "oos")
    chosen = made["folds"].filter(pl.col("combination").is_not_null())
    assert rows["fold"].to_list() == chosen["fold"].to_list()
    for row, fold in zip(rows.iter_rows(named=True), chosen.iter_rows(named=True), strict=True):
        inside = pl.col("trade_date").is_between(fold["test_first"], fold["test_last"])
        net = daily.filter(inside)["net"].to_numpy()
        own = oos.filter(pl.col("fold") == fold["fold"])
        assert row["net"] == pytest.approx((fold["test_net"] or 0) / 100)
        assert row["trades"] == own.height
        assert row["sharpe"] == pytest.approx(net.mean() / net.std(ddof=1) * np.sqrt(252))
        running = np.concatenate([[0], net.cumsum()])
        fall = (np.maximum.accumulate(running) - running).max()
        assert row["max_drawdown"] == pytest.approx(fall / 100)


@pytest.mark.covers("B-059")
def test_the_walk_has_the_six_panels_of_its_figure(report):
    """Sharpe ratios against 1, results, trades a window, promise and delivery, words, the sum."""
    shown = {one.key: one for one in walk_exhibits(report)}
    assert {"windows", "folds", "in-out"} <= shown.keys()
    names = [trace["name"] for trace in shown["windows"].traces]
    assert names[:3] == ["Sharpe", "net", "trades"]
    assert shown["folds"].rows["sum"][-1] == pytest.approx(shown["windows"].rows["net"].sum())
    above = (shown["windows"].rows["sharpe"] >= 1).sum()
    assert f"{above} of {shown['windows'].rows.height} windows" in shown["windows"].says


@pytest.mark.parametrize("count", [0, 1])
def test_hardly_any_trades_leave_windows_open(made, count):
    report = told(only(made, count) if count else emptied(made))
    assert window_rows(report).height == (0 if count == 0 else made["folds"]["combination"].count())
    assert len(outcome_exhibits(report, traded(report))) == 3 * count
    if count:
        assert "Sharpe" in str(windows_exhibit(report).traces[0]["name"])
