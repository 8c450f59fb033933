"""The columns of every table, written once; a frozen test guards them.

Whole numbers are exact: prices ticks, volumes lots, money the instrument's money units, shares and
R in ten-thousandths. Floats are figures as shown: an expectancy is in currency. A table with a
slot takes further columns in its place: a parameter, gate or exit of the study, an attribute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from engine.core.errors import unknown

Kind = type[pl.DataType] | pl.DataType
Columns = Mapping[str, Kind]

TS: Final = pl.Datetime("ns", "UTC")
PLAIN: Final[tuple[Kind, ...]] = (pl.Int64, pl.Float64, pl.String, pl.Boolean)


@dataclass(frozen=True, eq=False)
class Table:
    """One table: its fixed columns before and after the slot, and which of them may be null."""

    name: str
    head: Columns
    tail: Columns = field(default_factory=dict)
    slot: tuple[Kind, ...] = ()
    nullable: frozenset[str] = frozenset()

    @property
    def columns(self) -> dict[str, Kind]:
        """The fixed columns in their order."""
        return {**self.head, **self.tail}

    def empty(self) -> pl.DataFrame:
        return pl.DataFrame(schema=self.columns)


def may_be_null(*names: str) -> frozenset[str]:
    return frozenset(names)


BARS: Final = Table(
    "bars",
    {
        "ts": TS,
        **dict.fromkeys(("open", "high", "low", "close"), pl.Int32),
        "volume": pl.Int64,
        "contract": pl.String,
        "trade_date": pl.Date,
        "flags": pl.UInt16,
    },
    nullable=may_be_null("contract"),
)

SESSIONS: Final = Table(
    "sessions",
    {
        "symbol": pl.String,
        "trade_date": pl.Date,
        "start": TS,
        "stop": TS,
        "rth_start": TS,
        "rth_stop": TS,
        "minutes": pl.Int32,
    },
)

LEVELS: Final = Table(
    "levels",
    {
        **dict.fromkeys(("symbol", "source", "timeframe", "contract"), pl.String),
        "trade_date": pl.Date,
        **dict.fromkeys(("segment", "rule", "ties"), pl.String),
        "fraction": pl.Int32,
        **dict.fromkeys(("spread", "measure"), pl.String),
        **dict.fromkeys(("row", "poc", "vah", "val"), pl.Int32),
        **dict.fromkeys(("share", "poc_share", "entropy", "deviation"), pl.Float64),
        **dict.fromkeys(("open", "high", "low", "close"), pl.Int32),
        "volume": pl.Int64,
        **dict.fromkeys(("typical", "average"), pl.Float64),
        **dict.fromkeys(("tpo_poc", "tpo_vah", "tpo_val", "ib_low", "ib_high"), pl.Int32),
        **dict.fromkeys(("up", "down", "tail_high", "tail_low", "singles"), pl.Int32),
        **dict.fromkeys(("poor_high", "poor_low"), pl.Boolean),
        **dict.fromkeys(("shape", "reading", "open_type", "day_type"), pl.String),
        "delta": pl.Int64,
        "delta_kind": pl.String,
        "profile": pl.List(pl.Int64),
    },
    nullable=may_be_null(
        *("contract", "poc", "vah", "val", "share", "poc_share", "entropy", "deviation"),
        *("tpo_poc", "tpo_vah", "tpo_val", "ib_low", "ib_high", "up", "down"),
        *("shape", "reading", "open_type", "day_type"),
    ),
)

COMBINATIONS: Final = Table(
    "combinations",
    {"run": pl.String, "combination": pl.UInt32},
    {
        **dict.fromkeys(("setups", "gated", "dropped", "n", "ambiguous", "wins"), pl.Int64),
        **dict.fromkeys(("losses", "gross_win", "gross_loss", "net", "sum_r"), pl.Int64),
        **dict.fromkeys(("sessions", "traded_sessions", "max_drawdown"), pl.Int64),
        "objective": pl.Float64,
        "expectancy": pl.Float64,
        "profit_factor": pl.Float64,
        "win_rate": pl.Float64,
        "sharpe": pl.Float64,
        "payoff": pl.Float64,
        "total_r": pl.Float64,
        "mean_r": pl.Float64,
        "recovery_factor": pl.Float64,
        "calmar": pl.Float64,
    },
    slot=PLAIN,
    nullable=may_be_null(
        *("objective", "expectancy", "profit_factor", "win_rate", "sharpe", "payoff"),
        *("total_r", "mean_r", "recovery_factor", "calmar"),
    ),
)

FOLDS: Final = Table(
    "folds",
    {
        "run": pl.String,
        "fold": pl.UInt32,
        **dict.fromkeys(("train_first", "train_last", "test_first", "test_last"), pl.Date),
        "combination": pl.UInt32,
        "team": pl.String,
        "regimes": pl.String,
        "floor": pl.Int64,
        "objective": pl.String,
        "train_n": pl.Int64,
        "train_net": pl.Int64,
        "train_objective": pl.Float64,
        "test_n": pl.Int64,
        "test_net": pl.Int64,
        "test_objective": pl.Float64,
    },
    nullable=may_be_null(
        *("combination", "train_n", "train_net", "train_objective"),
        *("test_n", "test_net", "test_objective"),
    ),
)

TRADES: Final = Table(
    "trades",
    {
        "run": pl.String,
        "scope": pl.String,
        "combination": pl.UInt32,
        "fold": pl.UInt32,
        "setup": pl.UInt32,
        "leg": pl.UInt8,
        "symbol": pl.String,
        "contract": pl.String,
        "trade_date": pl.Date,
        "side": pl.Int8,
        "quantity": pl.Int64,
        "signal_ts": TS,
        "entry_ts": TS,
        "exit_ts": TS,
        "entry_bar": pl.UInt32,
        "exit_bar": pl.UInt32,
        "entry": pl.Int32,
        "exit": pl.Int32,
        "stop": pl.Int32,
        "target": pl.Int32,
        "risk": pl.Int64,
        "reason": pl.String,
        "bars_held": pl.Int32,
        "mfe": pl.Int32,
        "mae": pl.Int32,
        "gross": pl.Int64,
        "slippage": pl.Int64,
        "fees": pl.Int64,
        "funding": pl.Int64,
        "net": pl.Int64,
        "r": pl.Int64,
        "ambiguous": pl.Boolean,
        "net_worst": pl.Int64,
        "net_best": pl.Int64,
        **dict.fromkeys(("leg_bars", "leg_prices", "leg_lots"), pl.List(pl.Int64)),
    },
    nullable=may_be_null("fold", "contract", "stop", "target", "risk", "r"),
)

SETUPS: Final = Table(
    "setups",
    {
        "run": pl.String,
        "combination": pl.UInt32,
        "setup": pl.UInt32,
        "ts": TS,
        "trade_date": pl.Date,
        "bar": pl.UInt32,
        "side": pl.Int8,
        "order": pl.String,
        "entry": pl.Int32,
        "stop": pl.Int32,
        "target": pl.Int32,
        "expires": pl.Int32,
        "outcome": pl.String,
    },
    slot=(pl.Float64,),
    nullable=may_be_null("entry", "stop", "target", "expires"),
)

EQUITY: Final = Table(
    "equity",
    {
        "run": pl.String,
        "scope": pl.String,
        "trade_date": pl.Date,
        "n": pl.Int64,
        "net": pl.Int64,
        "equity": pl.Int64,
        "drawdown": pl.Int64,
    },
)

EVIDENCE: Final = Table(
    "evidence",
    {
        "run": pl.String,
        "scope": pl.String,
        "measure": pl.String,
        "combination": pl.UInt32,
        "value": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "p_value": pl.Float64,
        "draws": pl.Int64,
        "note": pl.String,
    },
    nullable=may_be_null("combination", "value", "low", "high", "p_value", "draws"),
)

SURROGATES: Final = Table(
    "surrogates",
    {
        "run": pl.String,
        "surrogate": pl.UInt32,
        **dict.fromkeys(("best", "walk_expectancy"), pl.Float64),
        **dict.fromkeys(("best_net", "walk_net", "walk_trades"), pl.Int64),
    },
    nullable=may_be_null("best", "best_net", "walk_net", "walk_expectancy"),
)

SURROGATE_FOLDS: Final = Table(
    "surrogate_folds",
    {
        "run": pl.String,
        **dict.fromkeys(("surrogate", "fold"), pl.UInt32),
        "net": pl.Int64,
    },
)

SPLITS: Final = Table(
    "splits",
    {
        "run": pl.String,
        **dict.fromkeys(("split", "combination"), pl.UInt32),
        **dict.fromkeys(("train", "test", "logit"), pl.Float64),
    },
    nullable=may_be_null("train", "test"),
)

TABLES: Final = {
    table.name: table
    for table in (
        *(BARS, SESSIONS, LEVELS),
        *(COMBINATIONS, FOLDS, TRADES, SETUPS, EQUITY, EVIDENCE),
        *(SURROGATES, SURROGATE_FOLDS, SPLITS),
    )
}
NEW_TABLES: Final = ("surrogates", "surrogate_folds", "splits")  # older runs have none
RUN_TABLES: Final = tuple(TABLES)[3:]  # all but those of the store


def table_of(name: str) -> Table:
    if name not in TABLES:
        raise unknown("table", name, TABLES)
    return TABLES[name]


def reserved(table: str) -> frozenset[str]:
    """Names that no parameter, gate, exit or attribute may take in this table."""
    return frozenset(table_of(table).columns)
