"""Every measure against its definition in plain Python, on random trades and sessions."""

import math
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.research.measures import DEFINITIONS, Basis, measures
from engine.research.measures.of_days import OF_BENCHMARK, OF_DAYS
from engine.research.measures.of_trades import OF_TRADES
from tests.oracle import measures as oracle
from tests.proof.sizes import sized as cases
from tests.research.tables import DAYS, random_trades, sessions, trade_frame

BASIS = Basis(50_000, Decimal("0.01"), 252, 0.02)


def expected(rows: list[dict], days: list[date], basis: Basis) -> dict[str, float | None]:
    """All of the oracle's figures, in currency."""
    results = [sum(r["net"] for r in rows if r["trade_date"] == day) for day in days]
    months = [day.year * 12 + day.month for day in days]
    stake = basis.capital / float(basis.unit)
    found = oracle.of_trades(rows) | oracle.of_days(
        results, months, stake, basis.periods, basis.risk_free, basis.aversion
    )
    found["traded_sessions"] = len({r["trade_date"] for r in rows})
    found["trades_a_session"] = len(rows) / len(days) if days else None
    bars = {bar for r in rows for bar in range(r["entry_bar"], r["exit_bar"] + 1)}
    found["exposure"] = len(bars) / (10 * len(days)) if days else None
    return {
        name: value * 0.01 if value is not None and DEFINITIONS[name].unit == "money" else value
        for name, value in found.items()
    }


def same(found: dict, wanted: dict) -> None:
    """Names first, then values; absolute below the size of rounding."""
    names = {row.name for row in (*OF_TRADES, *OF_DAYS)}
    assert set(wanted) == names
    assert names <= set(found)
    for name, value in wanted.items():
        if value is None:
            assert math.isnan(found[name]), name
        else:
            assert found[name] == pytest.approx(value, rel=1e-9, abs=1e-9), name


@pytest.mark.covers("A-074", "B-051", "B-053")
@settings(max_examples=cases(ci=60, full=2_000, small=8))
@given(st.integers(0, len(DAYS)), st.integers(0, 30), st.integers(0, 2**32))
def test_every_measure_equals_its_definition(width: int, count: int, seed: int) -> None:
    days = DAYS[:width]
    rows = random_trades(np.random.default_rng(seed), days, count)
    frame = measures(trade_frame(rows), sessions(days), BASIS)
    same(frame.row(0, named=True), expected(rows, days, BASIS))


def test_many_series_in_one_call_are_each_alone() -> None:
    noise = np.random.default_rng(4)
    rows = []
    for series in range(5):
        made = random_trades(noise, DAYS, 9)
        rows += [row | {"combination": series} for row in made]
    shuffled = [rows[k] for k in noise.permutation(len(rows))]
    together = measures(trade_frame(shuffled), sessions(DAYS), BASIS, by=["combination"])
    assert together["combination"].to_list() == list(range(5))
    for series in range(5):
        alone = trade_frame([row for row in rows if row["combination"] == series])
        one = measures(alone, sessions(DAYS), BASIS).drop("series")
        found = together.filter(pl.col("combination") == series).drop("combination")
        assert found.equals(one)


BY_HAND = (300, -100, 0, 250, -50, -150, 400)


@pytest.mark.covers("VA-081", "QA-068")
def test_reference_values_worked_by_hand() -> None:
    """Seven sessions of whole currency; a capital of 10,000 and a year of 252 sessions."""
    days = [date(2024, 1, 29) + timedelta(k) for k in range(7)]  # three in January
    rows = [
        {"trade_date": day, "net": 100 * result, "entry_bar": 10 * k, "exit_bar": 10 * k + 4}
        for k, (day, result) in enumerate(zip(days, BY_HAND, strict=True))
        if result
    ]
    rows.reverse()
    row = measures(trade_frame(rows), sessions(days), Basis(10_000)).row(0, named=True)
    exact = {
        "trades": 6,
        "net": 650,
        "win_rate": 0.5,
        "mean_win": 950 / 3,
        "mean_loss": 100,
        "profit_factor": 950 / 300,
        "payoff": 950 / 300,
        "expectancy": 650 / 6,
        "max_drawdown": 200,  # 450 after the fourth, 250 after the sixth
        "max_drawdown_capital": 0.02,
        "max_drawdown_peak": 200 / 10_450,
        "drawdown_length": 2,  # the second and third, then the fifth and sixth
        "drawdowns": 2,
        "recovery_length": 1,
        "sharpe": 650 / 7 / 47_857.142857142855**0.5 * 252**0.5,
        "sortino": 650 / 7 / 5_000**0.5 * 252**0.5,
        "calmar": 650 / 7 * 252 / 200,
        "final_equity": 10_650,
        "total_return": 0.065,
        "annual_return": 650 / 7 * 252 / 10_000,
        "exposure": 30 / 70,
        "recovery_factor": 3.25,
        "omega": 950 / 300,
        "best_month": 450,
        "worst_month": 200,
        "gain_to_pain": math.nan,
    }
    for name, value in exact.items():
        assert row[name] == pytest.approx(value, nan_ok=True), name


@pytest.mark.covers("QA-068")
def test_a_benchmark_is_compared_by_session() -> None:
    days, results = DAYS[:30], np.random.default_rng(1).integers(-500, 500, (2, 30))
    rows = [{"trade_date": d, "net": int(v)} for d, v in zip(days, results[0], strict=True)]
    basis = Basis(10_000)
    frame = measures(trade_frame(rows), sessions(days), basis, benchmark=results[1])
    row = frame.row(0, named=True)
    mine, theirs = results / 1e6
    cov = np.cov(mine, theirs)
    beta = cov[0, 1] / cov[1, 1]
    differs = mine - theirs
    error = differs.std(ddof=1) * math.sqrt(252)
    assert row["beta"] == pytest.approx(beta)
    assert row["alpha"] == pytest.approx(252 * (mine.mean() - beta * theirs.mean()))
    assert row["tracking_error"] == pytest.approx(error)
    assert row["information_ratio"] == pytest.approx(252 * differs.mean() / error)
    assert row["benchmark_correlation"] == pytest.approx(np.corrcoef(mine, theirs)[0, 1])
    assert {row.name for row in OF_BENCHMARK} <= set(frame.columns)
    one = measures(trade_frame(rows[:1]), sessions(days[:1]), basis, benchmark=results[1][:1])
    assert math.isnan(one["beta"][0])
