"""Every named query runs, on nothing and on a run, and its sums are those of the tables."""

import polars as pl
import pytest

from app import cli
from engine.core.errors import StoreError, UnknownError
from storage.queries import QUERIES, sql_of
from storage.sql import query


@pytest.mark.parametrize("name", QUERIES)
def test_a_named_query_runs_on_nothing_and_on_a_run(stored, tmp_path, name) -> None:
    assert query(tmp_path, sql_of(name)).is_empty()
    query(stored.root, sql_of(name))


def asked(stored, name: str) -> pl.DataFrame:
    return query(stored.root, sql_of(name, stored.name))


def test_months_are_ranked_and_hold_every_trade(stored) -> None:
    months, trades = asked(stored, "best_months"), stored.table("trades")
    assert months["n"].sum() == trades.height
    assert months["net"].sum() == pytest.approx(trades["net"].sum() / 100)
    best = months.filter(pl.col("scope") == "best")
    assert best["place"].to_list() == list(range(1, best.height + 1))
    assert best["net"].to_list() == sorted(best["net"], reverse=True)


def test_folds_are_those_of_the_run(stored) -> None:
    rows, folds = asked(stored, "folds"), stored.table("folds")
    assert rows["test_first"].to_list() == folds["test_first"].to_list()
    made = folds["test_net"].fill_null(0).cum_sum() / 100
    assert rows["test_net_so_far"].fill_null(0).to_list() == pytest.approx(made.to_list())


@pytest.mark.covers("A-052", "A-063")
def test_every_setup_is_counted_under_the_reason_that_stopped_it(stored) -> None:
    """By combination, by session, and one by one with when, which way and why."""
    setups = stored.table("setups")
    counts = dict(setups.group_by("outcome").len().iter_rows())
    assert {"taken", "gate:widest"} <= set(counts)
    for name in ("rejections", "diagnosis"):
        summed = asked(stored, name).group_by("outcome").agg(pl.col("n").sum())
        assert dict(summed.iter_rows()) == counts
    by_session = (
        asked(stored, "diagnosis").group_by("combination", "trade_date").agg(pl.col("n").sum())
    )
    expected = setups.group_by("combination", "trade_date").agg(n=pl.len())
    assert by_session.sort(pl.all()).rows() == expected.sort(pl.all()).cast({"n": pl.Int64}).rows()
    shares = asked(stored, "rejections").group_by("combination").agg(pl.col("share").sum())
    assert shares["share"].to_list() == pytest.approx([1.0] * shares.height)
    rejected = asked(stored, "rejected")
    assert rejected.height == setups.height - counts["taken"]
    assert rejected["outcome"].null_count() == 0


def test_tenths_of_attributes_hold_every_trade(stored) -> None:
    rows, trades = asked(stored, "deciles"), stored.table("trades")
    assert set(rows["attribute"]) == {"range"}
    assert rows["n"].sum() == trades.height
    assert rows.group_by("scope").agg((pl.col("n").max() - pl.col("n").min()) <= 1)["n"].all()
    low, high = (rows.filter(pl.col("scope") == "best").sort("tenth")[c] for c in ("low", "high"))
    assert (high[:-1] <= low[1:]).all()


def test_one_run_is_asked_by_name(stored, capsys) -> None:
    root = ["--root", str(stored.root)]
    assert cli.main(["sql", "folds", "--run", stored.name, *root]) == 0
    assert stored.name in capsys.readouterr().out
    assert cli.main(["sql", "folds", "--run", "smoll", *root]) == 2
    assert "no run 'smoll'" in capsys.readouterr().err
    assert cli.main(["sql", "select 1", "--run", stored.name, *root]) == 2
    assert "--run narrows a named query" in capsys.readouterr().err
    with pytest.raises(UnknownError, match="did you mean 'folds'"):
        sql_of("fold")
    with pytest.raises(StoreError, match="run"):
        query(stored.root, sql_of("ranges", stored.name))


@pytest.mark.covers("A-087")
def test_the_store_holds_runs_importance_and_forward_results(stored) -> None:
    """What a parameter explains: its groups' squares about the mean of all, over all squares."""
    runs = query(stored.root, "SELECT run, strategy FROM runs")
    assert (stored.name, "opening_drive") in runs.rows()
    rows = stored.table("combinations").drop_nulls("objective")
    worth = rows["objective"].to_list()
    mean = sum(worth) / len(worth)
    whole = sum((one - mean) ** 2 for one in worth)
    told = {row["parameter"]: row for row in asked(stored, "importance").iter_rows(named=True)}
    assert set(told) == {"minutes", "widest", "stop", "target"}
    for name, row in told.items():
        groups: dict[object, list[float]] = {}
        for value, one in zip(rows[name], worth, strict=True):
            groups.setdefault("open" if value is None else str(value), []).append(one)
        means = {value: sum(part) / len(part) for value, part in groups.items()}
        squares = sum(len(part) * (means[value] - mean) ** 2 for value, part in groups.items())
        assert row["values"] == len(groups) == 2
        assert row["explained"] == pytest.approx(squares / whole)
        assert row["best_value"] == max(means, key=means.__getitem__)
    forward = query(stored.root, "SELECT run, net FROM trades WHERE scope = 'oos'")
    folds = asked(stored, "folds")
    assert folds["test_net"].sum() == pytest.approx(forward.filter(run=stored.name)["net"].sum())
