"""Golden figures of opening_drive: no refactoring may move a tick or a cent."""

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from adapters.opening_drive import OpeningDrive
from engine import Bars, Costs, Exits, Folds, Plan, Rules, bars_of, sweep, tables
from engine.core.bars import Origin
from engine.core.contracts import instrument
from engine.synth.market import synthesise

FOLDS = Folds(train=40, test=10, purge=1, min_trades=10)


def plan() -> Plan:
    return Plan(
        OpeningDrive.grid(minutes=[5, 15, 30], widest=[None, 60]),
        Exits.grid({"stop": [8, "level"], "target": [24, {"r": 2}], "flatten": "14:55"}),
        Rules.of({"max_per_session": 1}),
        Costs.of({"commission": "2.05"}),
    )


def figures(bars: Bars, folds: Folds) -> dict[str, Any]:
    """Whole numbers of every combination, and what the folds made of them."""
    made = tables(sweep(bars, plan(), folds))
    combinations = made["combinations"]
    oos = made["trades"].filter(pl.col("scope") == "oos")
    return {
        "net": combinations["net"].to_list(),
        "trades": combinations["n"].to_list(),
        "ambiguous": combinations["ambiguous"].to_list(),
        "chosen": made["folds"]["combination"].to_list(),
        "oos_net": made["folds"]["test_net"].to_list(),
        "oos_entries": oos["entry"].to_list()[:20],
        "oos_reasons": oos["reason"].to_list()[:20],
    }


def test_on_synthetic_bars(golden: Any) -> None:
    bars = synthesise(instrument("ES"), date(2020, 1, 2), 120, 7)
    why = "opening_drive, 24 combinations, 120 synthetic sessions of ES from 2020-01-02, seed 7"
    golden("opening_drive_synthetic", figures(bars, FOLDS), why=why, data=bars.fingerprint)


def test_on_real_bars(golden: Any, shared_data: Path) -> None:
    """Thirteen sessions of the December 2013 contract, decimal prices as delivered."""
    frame = pl.read_parquet(shared_data / "es_1m_lean_percontract_2013_2020.parquet")
    front = frame.filter(
        (pl.col("symbol").cast(pl.String) == "201312") & (pl.col("ts").dt.year() == 2013)
    )
    bars = bars_of(front.drop("symbol"), instrument("ES"), origin=Origin("lean"))
    why = "opening_drive on ES December 2013, 1 minute, as delivered"
    rules = Folds(train=5, test=2, purge=1, min_trades=1)
    golden("opening_drive_es_2013", figures(bars, rules), why=why, data=bars.fingerprint)
    assert bars.open.min() > 1600 * 4
    assert len(bars) > 5000
    assert date(2013, 10, 7) == bars.sessions.trade_date(int(bars.session[0]))
