"""The walk beside the market: recounted bar by bar from the closes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import polars as pl
import pytest

from engine.core.resample import resample
from engine.features.regimes import SEVEN, regime
from reports.equity import days
from reports.holding import UNKNOWN, against, against_table, held, holding_exhibit, together
from reports.numbers import measured


@pytest.fixture(scope="module")
def money(report, bars):
    return together(report, bars)


def closes(bars):
    """The last close of every session, in ticks."""
    return dict(zip(bars.session.tolist(), bars.close.tolist(), strict=True))


@pytest.mark.covers("QA-124")
def test_the_market_moves_from_close_to_close(bars):
    rows, last = held(replace(bars, contract=None)), closes(bars)
    sessions = sorted(last)
    assert rows["trade_date"].to_list() == [bars.sessions.trade_date(s) for s in sessions]
    moved = [last[b] - last[a] for a, b in pairwise(sessions)]
    assert rows["market"].to_list()[1:] == [1250 * ticks for ticks in moved]
    assert rows["market"][0] == 1250 * (last[sessions[0]] - int(bars.open[0]))


def test_a_new_contract_counts_from_its_own_open(bars):
    cut = int(np.searchsorted(bars.session, bars.session[0] + 30))
    contract = (np.arange(len(bars)) >= cut).astype(np.int16)
    plain, new = (held(replace(bars, contract=names))["market"] for names in (None, contract))
    assert (plain != new).arg_true().to_list() in ([30], [])
    assert new[30] == 1250 * (closes(bars)[int(bars.session[cut])] - int(bars.open[cut]))


@pytest.mark.covers("QA-124")
def test_the_figure_holds_both_running_results_and_the_regimes(report, bars, money):
    rows = holding_exhibit(report, money).rows
    assert rows["walked"].to_list() == pytest.approx(days(report)["equity"].to_list())
    assert rows["held"][-1] == pytest.approx(money["market"].sum() / 100)
    daily = resample(bars, "session", "rth")
    code, there = regime(daily).seven.at(np.array([len(daily) - 1]))
    by_date = held(bars)
    assert by_date["regime"][-1] == (SEVEN[code[0]] if there[0] else UNKNOWN)
    assert set(rows["regime"]) <= {*SEVEN, UNKNOWN}


def test_measures_against_the_market_are_the_engines(report, money):
    rows = {row["measure"]: row for row in against(report, money).iter_rows(named=True)}
    mine, market = money["net"].to_numpy(), money["market"].to_numpy()
    assert rows["net"]["walk"] == measured(report)["net"]
    assert rows["net"]["market"] == pytest.approx(market.sum() / 100)
    assert rows["sharpe"]["market"] == pytest.approx(
        market.mean() / market.std(ddof=1) * np.sqrt(252)
    )
    assert rows["beta"]["walk"] == pytest.approx(np.cov(mine, market)[0, 1] / market.var(ddof=1))
    text = against_table(report, money)
    assert "market correlation" in text
    assert pl.Series(against(report, money)["measure"]).n_unique() == len(rows)
