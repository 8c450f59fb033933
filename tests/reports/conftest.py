"""A small run as the store would hand it to a page, and runs that are hardly any."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from adapters import load
from engine import Exits, Folds, Plan, Rules, sweep, tables
from engine.core.contracts import instrument
from engine.synth.market import synthesise
from reports import browser
from reports.findings import Report

FACTS = {
    "study": "small",
    "strategy": "opening_drive",
    "symbol": "ES",
    "timeframe": "1m",
    "source": "synthetic",
    "synthetic": True,
    "sessions": 60,
    "bars": 80_000,
    "currency": "USD",
    "money_unit": "0.01",
    "tick": "0.25",
    "zone": "America/Chicago",
    "periods": 252,
    "data": "feedbeef",
    "engine": "cafe",
    "note": "",
    "first": date(2024, 1, 2),
    "last": date(2024, 3, 27),
    "holdout": None,
    "objective": "expectancy",
    "min_trades": 3,
    "costs": "2.05 USD a side",
    "trials": 40,
}


def told(made, **facts):
    """A report of tables that no store has seen."""
    known = {name: frame.with_columns(run=pl.lit("small-1")) for name, frame in made.items()}
    return Report("small-1", FACTS | {"combinations": made["combinations"].height} | facts, known)


def played(bars, stops, folds):
    kind = load("opening_drive")
    strategies = [kind(minutes=m, widest=w) for m in (15, 30) for w in (None, Decimal(60))]
    exits = Exits.grid({"stop": stops, "target": [32, {"r": 2}], "flatten": "14:55"})
    plan = Plan(strategies, exits, Rules(max_per_session=2))
    return tables(sweep(bars, plan, folds))


@pytest.fixture(scope="session", autouse=True)
def few_sessions():
    """A browser of few sessions: what it shows of one it shows of all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(browser, "LAST", 2)
        patch.setattr(browser, "TRADED", 2)
        yield


@pytest.fixture(scope="session")
def bars():
    return synthesise(instrument("ES"), date(2024, 1, 2), 60, 7)


@pytest.fixture(scope="session")
def made(bars):
    return played(bars, [8, 16, "level"], Folds(train=20, test=10, purge=1, min_trades=3))


@pytest.fixture(scope="session")
def report(made):
    return told(made)


CHOSEN = (
    *("combination", "train_n", "train_net", "train_objective"),
    *("test_n", "test_net", "test_objective"),
)


def emptied(made):
    """The same tables without a trade."""
    nothing = {name: made[name].clear() for name in ("trades", "equity")}
    folds = made["folds"].with_columns(
        pl.lit(None).cast(made["folds"][name].dtype).alias(name) for name in CHOSEN
    )
    rows = made["combinations"].with_columns(
        n=pl.lit(0, pl.Int64), expectancy=pl.lit(None, pl.Float64), sharpe=pl.lit(None, pl.Float64)
    )
    return made | nothing | {"folds": folds, "combinations": rows}


def only(made, count):
    """The same tables with the first so many out-of-sample trades, all on their own days."""
    trades = made["trades"].filter(pl.col("scope") == "oos").head(count)
    days = trades.group_by("trade_date").agg(n=pl.len(), net=pl.col("net").sum())
    equity = (
        days.sort("trade_date")
        .with_columns(scope=pl.lit("oos"), equity=pl.col("net").cum_sum())
        .with_columns(drawdown=pl.max_horizontal(-pl.col("equity"), pl.lit(0)))
    )
    return made | {"trades": trades, "equity": equity.select(made["equity"].columns)}
