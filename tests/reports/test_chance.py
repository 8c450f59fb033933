"""Walks on chance over time: recounted from the stored folds of every surrogate."""

import numpy as np
import polars as pl
import pytest

from reports.chance import chance, chance_traces
from reports.equity import equity_exhibits
from tests.reports.conftest import told


@pytest.fixture(scope="module")
def walked(made):
    """A run with the folds of nine markets without an edge."""
    folds, rng = made["folds"]["fold"].to_list(), np.random.default_rng(4)
    nets = rng.integers(-90_000, 90_000, (9, len(folds)))
    rows = [(k, fold, int(net)) for k in range(9) for fold, net in zip(folds, nets[k], strict=True)]
    kinds = {"surrogate": pl.UInt32, "fold": pl.UInt32, "net": pl.Int64}
    frame = pl.DataFrame(rows, schema=kinds, orient="row")
    return told(made | {"surrogate_folds": frame}), nets


@pytest.mark.covers("QA-124")
def test_the_band_is_where_nine_in_ten_walks_stood(walked, made):
    report, nets = walked
    rows = chance(report)
    assert rows["trade_date"].to_list() == made["folds"]["test_last"].to_list()
    running = nets.cumsum(axis=1)
    for name, share in (("chance_low", 5), ("chance_high", 95)):
        expected = np.round(np.percentile(running, share, axis=0)) / 100
        assert rows[name].to_list() == pytest.approx(expected.tolist())


def test_the_band_starts_at_zero_and_lies_behind_the_lines(walked, made):
    report, _ = walked
    under, over, *edges = chance_traces(report)
    assert over["name"] == "9 walks on chance, 5 to 95 %"
    assert under["y"][0] == over["y"][0] == 0
    assert under["x"][0] == str(made["folds"]["test_first"][0])
    assert [edge["y"] for edge in edges] == [under["y"], over["y"]]
    equity = equity_exhibits(report)[0]
    assert equity.traces[: 2 + len(edges)] == [under, over, *edges]
    known = equity.rows.drop_nulls("chance_low")
    assert known["chance_low"].to_list() == chance(report)["chance_low"].to_list()
    assert "without an edge" in equity.says


def test_a_run_that_searched_no_such_market_has_no_band(report):
    assert chance(report).is_empty()
    assert chance_traces(report) == []
    equity = equity_exhibits(report)[0]
    assert equity.rows["chance_low"].null_count() == equity.rows.height
    assert "without an edge" not in equity.says
