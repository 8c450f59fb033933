"""The tables a sweep leaves: equal to the ledger, to the trades, and to each other."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from engine import Bars, Costs, Exits, Folds, Plan, sweep, tables
from engine.core.bars import Origin
from engine.research import Swept
from storage.conform import conform
from storage.schema import NEW_TABLES, RUN_TABLES
from tests.research.markets import FOLDS, Breakout, market, swept
from tests.research.test_walk_anew import study


@pytest.fixture(scope="module")
def made() -> dict[str, pl.DataFrame]:
    return tables(swept())


def test_every_table_fits_the_store(made: dict) -> None:
    assert set(made) == set(RUN_TABLES) - set(NEW_TABLES)  # those are of evidence
    for name, frame in made.items():
        conform(name, frame.with_columns(run=pl.lit("run")))


def test_combinations_carry_parameters_and_sums(made: dict) -> None:
    frame = made["combinations"]
    assert frame["back"].to_list() == [3] * 4 + [8] * 4 + [20] * 4
    assert frame["tallest"].to_list()[:4] == [None, None, 8.0, 8.0]
    assert set(frame["stop"]) == {"8"}
    assert set(frame["target"]) == {"none", "2 r"}
    assert (frame["setups"] == frame["setups"].first()).sum() >= 4
    assert frame.filter(pl.col("tallest").is_null())["gated"].sum() == 0
    assert frame.filter(pl.col("tallest") == 8)["gated"].min() > 0
    per_trade = frame["net"] / frame["n"] * 0.01
    assert np.allclose(frame["expectancy"], per_trade)


@pytest.mark.covers("A-082")
def test_out_of_sample_trades_are_the_folds_tests(made: dict) -> None:
    oos = made["trades"].filter(pl.col("scope") == "oos")
    sums = oos.group_by("fold").agg(n=pl.len(), net=pl.col("net").sum()).sort("fold")
    folds = made["folds"].filter(pl.col("test_n") > 0)
    assert sums["net"].to_list() == folds["test_net"].to_list()
    assert sums["n"].to_list() == folds["test_n"].to_list()
    assert not oos.select("trade_date", "entry_bar").is_duplicated().any()


@pytest.mark.covers("QA-023")
def test_no_trade_is_stitched_twice_and_equity_is_the_running_sum() -> None:
    """Also where orders outlive a fold: what fills after its test belongs to nobody."""
    for found in (swept(), patient()):
        oos = tables(found)["trades"].filter(pl.col("scope") == "oos")
        assert oos.height > 0
        assert not oos.select("entry_ts", "side").is_duplicated().any()
        assert oos["fold"].is_sorted()
        assert oos["entry_bar"].is_sorted()
        equity = tables(found)["equity"].filter(pl.col("scope") == "oos")
        assert equity["equity"].to_list() == equity["net"].cum_sum().to_list()
        assert equity["net"].sum() == oos["net"].sum()


def patient() -> Swept:
    plan, folds = study(1)
    return sweep(market(), plan, folds)


@pytest.mark.covers("A-082")
def test_every_test_block_is_a_row_with_its_dates(made: dict) -> None:
    folds = made["folds"]
    assert folds.height == len(swept().choices)
    dates = made["equity"].filter(pl.col("scope") == "oos")["trade_date"]
    for row in folds.iter_rows(named=True):
        inside = dates.is_between(row["test_first"], row["test_last"]).sum()
        assert inside == FOLDS.test
    assert (folds["test_first"][1:] > folds["test_last"][:-1]).all()


@pytest.mark.parametrize("objective", ["expectancy", "utility", "sharpe"])
def test_the_objective_of_the_study_stands_beside_every_combination(objective: str) -> None:
    found = sweep(market(), swept().plan, replace(FOLDS, objective=objective, top=2))
    made = tables(found)
    unit = 0.01 if objective != "sharpe" else 1
    shown = made["combinations"]["objective"].fill_null(np.nan).to_numpy()
    assert np.array_equal(shown, found.worth * unit, equal_nan=True)
    for row, choice in zip(made["folds"].iter_rows(named=True), found.choices, strict=True):
        assert row["team"] == " ".join(map(str, choice.team))
        assert row["floor"] == choice.floor


def test_the_best_row_is_in_sample_and_whole(made: dict) -> None:
    best = made["trades"].filter(pl.col("scope") == "best")
    row = made["combinations"].row(swept().best, named=True)
    assert (best["net"].sum(), len(best)) == (row["net"], row["n"])
    assert best["net"].sum() == (best["gross"] - best["slippage"] - best["fees"]).sum()
    assert (best["net_best"] >= best["net_worst"]).all()


def test_equity_is_the_running_net_with_idle_sessions(made: dict) -> None:
    for scope in ("oos", "best"):
        equity = made["equity"].filter(pl.col("scope") == scope)
        trades = made["trades"].filter(pl.col("scope") == scope)
        assert equity["equity"].last() == trades["net"].sum()
        assert equity["trade_date"].is_unique().all()
        path = np.concatenate(([0], equity["equity"].to_numpy()))
        fall = np.maximum.accumulate(path) - path
        assert equity["drawdown"].to_list() == fall[1:].tolist()
    assert len(made["equity"].filter(pl.col("scope") == "best")) == 40


def test_setups_say_what_became_of_them(made: dict) -> None:
    setups = made["setups"]
    taken = setups.filter(pl.col("outcome") == "taken").group_by("combination").len()
    n = made["combinations"].select("combination", pl.col("n").cast(pl.UInt32))
    joined = taken.join(n, on="combination")
    assert joined["len"].to_list() == joined["n"].to_list()
    assert len(joined) >= 2
    gated = setups.filter(pl.col("outcome") == "gate:tallest")
    assert (gated["height"] > 8).all()


def test_trades_point_at_their_setups(made: dict) -> None:
    both = made["trades"].join(made["setups"], on=["combination", "setup"], how="left")
    assert both["ts"].equals(both["signal_ts"], null_equal=False)
    assert both["outcome"].unique().to_list() == ["taken"]


def test_no_trade_anywhere_still_makes_every_table() -> None:
    none = sweep(
        market(), Plan([Breakout(tallest=0)], Exits.grid({"stop": 8}), costs=Costs()), FOLDS
    )
    made = tables(none)
    assert len(made["trades"]) == 0
    assert set(made["setups"]["outcome"]) == {"gate:tallest"}
    assert made["equity"]["net"].sum() == 0
    assert made["folds"]["combination"].null_count() == len(made["folds"])
    for name, frame in made.items():
        conform(name, frame.with_columns(run=pl.lit("run")))


def test_trades_name_the_contract_they_filled_in() -> None:
    bars = market()
    codes = np.repeat(np.array([0, 1], np.int16), [1000, len(bars) - 1000])
    origin = Origin(contracts=("ESH3", "ESM3"))
    rolled = Bars(bars.instrument, bars.sessions, bars.arrays, 5, origin, codes)
    trades = tables(sweep(rolled, swept().plan, FOLDS))["trades"]
    first = trades.filter(pl.col("entry_bar") < 1000)
    assert set(first["contract"]) == {"ESH3"}
    assert set(trades["contract"]) == {"ESH3", "ESM3"}


@pytest.mark.parametrize("objective", ["net", "sharpe"])
def test_fold_objectives_are_as_shown(objective: str) -> None:
    rules = Folds(train=10, test=4, purge=1, min_trades=2, objective=objective)
    folds = tables(sweep(market(), swept().plan, rules))["folds"]
    assert set(folds["objective"]) == {objective}
    if objective == "net":
        assert np.allclose(folds["train_objective"], folds["train_net"] * 0.01)
