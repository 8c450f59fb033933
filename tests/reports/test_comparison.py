"""Runs beside each other: differences recounted, and significance where there is some."""

from dataclasses import replace

import polars as pl
import pytest

from engine.core.errors import ParameterError
from reports.comparison import common, compared, words
from reports.comparison_page import comparison_exhibits, comparison_page
from reports.numbers import measured
from tests.reports.conftest import emptied, only, told


def shifted(made, cents):
    """The same run with every trade so much better."""
    better = [pl.col(n) + cents for n in ("gross", "net", "net_worst", "net_best")]
    trades = made["trades"].with_columns(better)
    equity = made["equity"].with_columns(net=pl.col("net") + cents * pl.col("n"))
    equity = equity.with_columns(equity=pl.col("net").cum_sum().over("scope"))
    return replace(told(made | {"trades": trades, "equity": equity}), name="better")


@pytest.fixture(scope="module")
def pair(report, made):
    return [report, shifted(made, 1500)]


@pytest.mark.covers("A-084")
def test_the_difference_is_that_of_both_figures(pair):
    rows = {row["measure"]: row for row in compared(pair).iter_rows(named=True)}
    before, after = measured(pair[0]), measured(pair[1])
    for name in ("trades", "net", "expectancy", "sharpe", "max_drawdown"):
        assert rows[name]["baseline"] == pytest.approx(before[name])
        assert rows[name]["difference"] == pytest.approx(after[name] - before[name])
    assert rows["expectancy"]["difference"] == pytest.approx(15.0)
    assert rows["expectancy"]["low"] == pytest.approx(15.0)
    share = 100 * rows["net"]["difference"] / abs(rows["net"]["baseline"])
    assert rows["net"]["percent"] == pytest.approx(share)


@pytest.mark.covers("B-055")
def test_a_sure_difference_is_told_from_luck_and_none_is_not(pair, report):
    sure = compared(pair).filter(pl.col("measure") == "expectancy")
    assert sure["p_value"][0] < 0.01
    assert "more than luck" in words(compared(pair), 30)
    same = compared([report, replace(report, name="again")])
    assert same.filter(pl.col("measure") == "expectancy")["p_value"][0] == 1.0
    assert "no more than luck" in words(same, 30)


def test_only_sessions_of_both_are_compared(made, report):
    part = made["equity"].filter(pl.col("scope") == "oos").tail(15)
    days = part["trade_date"].to_list()
    kept = made["trades"].filter((pl.col("scope") == "oos") & pl.col("trade_date").is_in(days))
    short = replace(told(made | {"equity": part, "trades": kept}), name="short")
    assert common([report, short]).to_list() == days
    rows = compared([report, short]).filter(pl.col("measure") == "net")
    assert rows["difference"][0] == 0
    few = replace(told(made | {"equity": part.head(4), "trades": kept.clear()}), name="few")
    found = compared([report, few])
    assert found["low"].null_count() == found.height
    assert "nothing can be said" in words(found, 4)


def test_money_of_two_kinds_is_refused(report, made):
    with pytest.raises(ParameterError, match="different money"):
        compared([report, replace(told(made, currency="EUR"), name="euro")])
    with pytest.raises(ParameterError, match="two runs"):
        compared([report])


@pytest.mark.covers("A-126")
def test_the_page_draws_all_runs_and_the_change_log(pair, made):
    days = made["equity"].filter(pl.col("scope") == "oos")["trade_date"]
    marked = [replace(r, facts={**r.facts, "changes": [(days[5], "new fees")]}) for r in pair]
    shown = {one.key: one for one in comparison_exhibits(marked)}
    assert shown["curves"].layout["annotations"][0]["text"] == "new fees"
    assert shown["apart"].rows["better"][-1] == pytest.approx(
        15.0 * len(pair[0].tables["trades"].filter(pl.col("scope") == "oos"))
    )
    page = comparison_page(marked)
    assert "SYNTHETIC" in page
    assert "nothing but the name" in page
    assert len(page.encode()) < 5_000_000


def test_runs_without_trades_are_still_set_beside_each_other(made):
    empty = [replace(told(emptied(made)), name=name) for name in ("a", "b")]
    assert comparison_exhibits(empty) == []
    assert "nothing can be said" in comparison_page(empty)
    one = [told(only(made, 1)), replace(told(only(made, 1)), name="b")]
    assert "nothing can be said" in comparison_page(one)
