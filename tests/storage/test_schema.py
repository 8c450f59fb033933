"""The tables are what they were: changing a column is a decision, not an accident."""

import polars as pl
import pytest

from engine.core.errors import StoreError, UnknownError
from storage.conform import conform
from storage.schema import RUN_TABLES, TABLES, reserved
from tests.storage.made import filled

FROZEN = {
    "bars": "ts:T open:i32 high:i32 low:i32 close:i32 volume:i64 contract:s? trade_date:d "
    "flags:u16",
    "sessions": "symbol:s trade_date:d start:T stop:T rth_start:T rth_stop:T minutes:i32",
    "levels": "symbol:s source:s timeframe:s contract:s? trade_date:d segment:s rule:s ties:s "
    "fraction:i32 spread:s measure:s row:i32 poc:i32? vah:i32? val:i32? share:f64? poc_share:f64? "
    "entropy:f64? deviation:f64? open:i32 high:i32 low:i32 close:i32 volume:i64 typical:f64 "
    "average:f64 tpo_poc:i32? tpo_vah:i32? tpo_val:i32? ib_low:i32? ib_high:i32? up:i32? down:i32? "
    "tail_high:i32 tail_low:i32 singles:i32 poor_high:b poor_low:b shape:s? reading:s? "
    "open_type:s? day_type:s? delta:i64 delta_kind:s profile:i64[]",
    "combinations": "run:s combination:u32 ... setups:i64 gated:i64 dropped:i64 n:i64 "
    "ambiguous:i64 wins:i64 losses:i64 gross_win:i64 gross_loss:i64 net:i64 sum_r:i64 "
    "sessions:i64 traded_sessions:i64 max_drawdown:i64 objective:f64? expectancy:f64? "
    "profit_factor:f64? win_rate:f64? sharpe:f64? payoff:f64? total_r:f64? mean_r:f64? "
    "recovery_factor:f64? "
    "calmar:f64?",
    "folds": "run:s fold:u32 train_first:d train_last:d test_first:d test_last:d combination:u32? "
    "team:s regimes:s floor:i64 objective:s train_n:i64? train_net:i64? train_objective:f64? "
    "test_n:i64? test_net:i64? "
    "test_objective:f64?",
    "trades": "run:s scope:s combination:u32 fold:u32? setup:u32 leg:u8 symbol:s contract:s? "
    "trade_date:d side:i8 quantity:i64 signal_ts:T entry_ts:T exit_ts:T entry_bar:u32 exit_bar:u32 "
    "entry:i32 exit:i32 stop:i32? target:i32? risk:i64? reason:s bars_held:i32 mfe:i32 mae:i32 "
    "gross:i64 slippage:i64 fees:i64 funding:i64 net:i64 r:i64? ambiguous:b net_worst:i64 "
    "net_best:i64 leg_bars:i64[] leg_prices:i64[] leg_lots:i64[]",
    "setups": "run:s combination:u32 setup:u32 ts:T trade_date:d bar:u32 side:i8 order:s "
    "entry:i32? stop:i32? target:i32? expires:i32? outcome:s ...",
    "equity": "run:s scope:s trade_date:d n:i64 net:i64 equity:i64 drawdown:i64",
    "evidence": "run:s scope:s measure:s combination:u32? value:f64? low:f64? high:f64? "
    "p_value:f64? draws:i64? note:s",
    "surrogates": "run:s surrogate:u32 best:f64? walk_expectancy:f64? best_net:i64? walk_net:i64? "
    "walk_trades:i64",
    "splits": "run:s split:u32 combination:u32 train:f64? test:f64? logit:f64",
    "surrogate_folds": "run:s surrogate:u32 fold:u32 net:i64",
}
SHORT = {
    pl.Datetime("ns", "UTC"): "T",
    pl.Date: "d",
    pl.String: "s",
    pl.Boolean: "b",
    pl.Float64: "f64",
    pl.Int8: "i8",
    pl.Int32: "i32",
    pl.Int64: "i64",
    pl.UInt8: "u8",
    pl.UInt16: "u16",
    pl.UInt32: "u32",
    pl.List(pl.Int64): "i64[]",
}
COMBINATIONS, EQUITY = TABLES["combinations"], TABLES["equity"]


def written(table):
    parts = [
        f"{name}:{SHORT[kind]}{'?' if name in table.nullable else ''}"
        for name, kind in table.columns.items()
    ]
    if table.slot:
        parts.insert(len(table.head), "...")
    return " ".join(parts)


def test_the_columns_are_frozen():
    assert {name: written(table) for name, table in TABLES.items()} == FROZEN
    assert set(RUN_TABLES) == set(FROZEN) - {"bars", "sessions", "levels"}


def test_fixed_names_are_reserved():
    assert "net" in reserved("combinations")
    assert "outcome" in reserved("setups")
    with pytest.raises(UnknownError, match="no table 'trade'; did you mean 'trades'"):
        reserved("trade")


@pytest.mark.parametrize("name", list(TABLES))
def test_a_frame_that_fits_comes_back_in_order(name):
    table = TABLES[name]
    frame = filled(table, 2)
    mixed = frame.select(reversed(frame.columns))
    assert conform(name, mixed).equals(frame)
    assert conform(name, table.empty()).schema == table.empty().schema


def test_parameters_stand_in_their_slot():
    columns = {"length": [3, 5], "fraction": [0.7, 0.65], "stop": ["a", "b"], "trend": [True, None]}
    made = conform("combinations", filled(COMBINATIONS, 2, **columns, open_gate=[None, None]))
    assert made.columns[:7] == ["run", "combination", *columns, "open_gate"]
    kinds = [made.schema[name] for name in (*columns, "open_gate")]
    assert kinds == [pl.Int64, pl.Float64, pl.String, pl.Boolean, pl.Float64]


def test_attributes_are_floats():
    made = conform("setups", filled(TABLES["setups"], 2, atr=[1, 2]))
    assert made.columns[-1] == "atr"
    assert made.schema["atr"] == pl.Float64
    with pytest.raises(
        StoreError, match=r"setups.kind is String; a further column is one of Float64"
    ):
        conform("setups", filled(TABLES["setups"], 1, kind=["x"]))


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (filled(EQUITY, 1).drop("net"), r"table 'equity' lacks net; its columns are run, scope"),
        (filled(EQUITY, 1, more=[1]), "table 'equity' has no column more"),
        (filled(EQUITY, 1, net=[None]), r"equity.net is null in 1 rows, first 0"),
        (
            filled(EQUITY, 1).with_columns(net=pl.lit(1.5)),
            r"equity.net must be Int64: row 0 is 1.5",
        ),
        (filled(EQUITY, 1).with_columns(net=pl.lit("x")), r"equity.net must be Int64: conversion"),
        (filled(EQUITY, 1).with_columns(n=pl.lit(2**63, pl.UInt64)), r"equity.n must be Int64"),
        (filled(COMBINATIONS, 1, odd=[[1]]), r"combinations.odd is List"),
    ],
)
def test_a_frame_that_does_not_fit_is_refused(frame, said):
    name = "combinations" if "combination" in frame.columns else "equity"
    with pytest.raises(StoreError, match=said):
        conform(name, frame)


def test_whole_floats_are_whole_numbers():
    frame = filled(EQUITY, 2).with_columns(net=pl.Series([2.0, 3.0]))
    made = conform("equity", frame)["net"]
    assert made.dtype == pl.Int64
    assert made.to_list() == [2, 3]
