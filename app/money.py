"""The account below unit play: what the study's `money` section makes of the trades of a run."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import polars as pl
from rich.console import Console

from app.pages import Kept
from app.resolve import Experiment
from app.tables import rows_table
from engine.core.calendars import calendar
from engine.core.errors import StudyError, unknown
from engine.core.instrument import Instrument
from engine.research.measures import Basis
from engine.research.measures.days import day_measures
from engine.research.measures.face import month_numbers
from engine.research.money import Account, Lane, Money, Named, account
from storage.schema import reserved

NOTE: Final = (
    "Grids and folds rank unit play, one contract a trade; the account follows from it and chose "
    "nothing."
)


def told(experiment: Experiment, done: Kept) -> dict[str, Any]:
    """The account in figures, under `money`; nothing where the study has no such section."""
    money = experiment.money
    if money is None or done.bars is None:
        return {}
    trades = done.report.tables["trades"].filter(pl.col("scope") == "best")
    sure = None if money.confidence is None else money.confidence.attribute
    named = Named(sure, money.multiplier)
    for name in {name for name in named if name is not None}:
        trades = with_attribute(trades, done.report.tables["setups"], name)
    found = account([Lane.of(done.bars, trades, experiment.plan.costs, named)], money)
    return {"money": figures(found, money, done.bars.instrument)}


def with_attribute(trades: pl.DataFrame, setups: pl.DataFrame, name: str) -> pl.DataFrame:
    """The attribute of the setup that each trade came from."""
    known = [column for column in setups.columns if column not in reserved("setups")]
    if name not in known:
        raise StudyError(f"money: {unknown('attribute', name, known)}")
    keys = ["combination", "setup"]
    return trades.join(setups.select(*keys, name), on=keys, how="left", maintain_order="left")


def figures(found: Account, money: Money, instrument: Instrument) -> dict[str, Any]:
    """What the account came to; money in currency, drawdown by every close of a bar."""
    start, unit = int(money.capital / instrument.money_unit), instrument.money_unit
    ends = found.equity.group_by("trade_date", maintain_order=True).agg(pl.col("equity").last())
    daily = np.diff(ends["equity"].to_numpy(), prepend=start)[None, :]
    year = 365 if calendar(instrument.calendar).weekdays == 7 else 252
    basis = Basis(float(money.capital), unit, year)
    measured = day_measures(daily, month_numbers(ends), basis)
    path = np.concatenate(([start], found.equity["equity"].to_numpy()))
    peak, trades = np.maximum.accumulate(path), found.trades
    sums = {"capital": start, "final_equity": path[-1], "net": path[-1] - start}
    sums["max_drawdown"] = (peak - path).max()
    return {
        **{name: float(int(units) * unit) for name, units in sums.items()},
        "max_drawdown_share": float(((peak - path) / peak).max()),
        **{name: float(measured[name][0]) for name in ("sharpe", "sortino", "calmar", "ulcer")},
        "trades": trades.height,
        "mean_lots": trades["lots"].mean(),
        "forced": int(trades["forced"].sum()),
        "refused": found.counts,
        "note": NOTE,
    }


def print_money(console: Console, found: dict[str, Any], currency: str) -> None:
    """The account as a row, why trades were refused, and what it is worth."""
    if not found:
        return
    said = found["money"]
    row = {name: value for name, value in said.items() if name not in ("refused", "note")}
    shares = ("max_drawdown_share", "ulcer")
    row |= {name: f"{100 * row[name]:.1f} %" for name in shares}
    row = {name: None if value != value else value for name, value in row.items()}  # noqa: PLR0124 - NaN is not itself
    console.print(rows_table(f"Account ({currency})", [row]))
    reasons = ", ".join(f"{name} {count:,}" for name, count in said["refused"].items())
    console.print(f"[bold]refused:[/bold] {reasons or 'no trade'}", soft_wrap=True)
    console.print(said["note"], soft_wrap=True)
