"""What a sweep leaves behind, as the frames the store keeps (all but the name of the run)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import polars as pl

from engine.research.measures import OBJECTIVES, Merged, expectancy
from engine.research.objectives import IN_MONEY
from engine.research.replay import Replay, replay_run, replays
from engine.research.sweep import Swept
from engine.research.trade_table import setup_frame, trade_frame

SCOPES = ("oos", "best")
RATIOS = tuple(name for name in OBJECTIVES if name not in ("net", "expectancy"))  # have no unit


def tables(swept: Swept) -> dict[str, pl.DataFrame]:
    """Every table of the run; trades and setups of the combinations that were chosen."""
    chosen = {part.combination for choice in swept.choices for part in choice.played}
    named = sorted(chosen if swept.best is None else chosen | {swept.best})
    # Where nothing was admissible the first combination is kept, so that its setups tell why.
    played = replays(swept, named or [0])
    trades = trade_rows(swept, played)
    return {
        "combinations": combination_frame(swept),
        "folds": fold_frame(swept),
        "trades": trades,
        "setups": pl.concat([setup_frame(swept.table.bars, found) for found in played.values()]),
        "equity": pl.concat([equity_frame(swept, trades, scope) for scope in SCOPES]),
        "evidence": evidence_frame(swept),
    }


def money(swept: Swept) -> float:
    """Currency of one money unit."""
    return float(swept.table.bars.instrument.money_unit)


def combination_frame(swept: Swept) -> pl.DataFrame:
    """One row a combination over all played sessions, in sample."""
    whole = swept.whole
    plan, unit = swept.plan, money(swept)
    rows = [{n: plain(v) for n, v in plan[c].row().items()} for c in range(len(plan))]
    exits = {name for made in plan.exits for name in made.texts()}
    summed = ("n", "ambiguous", "wins", "losses", "gross_win", "gross_loss", "net", "sum_r")
    setups, gated, dropped = swept.counts.T
    return pl.DataFrame(
        {
            "combination": np.arange(len(plan), dtype=np.uint32),
            **pl.DataFrame(rows, infer_schema_length=None)
            .with_columns(pl.col(sorted(exits)).fill_null("none"))
            .to_dict(),
            "setups": setups,
            "gated": gated,
            "dropped": dropped,
            **{name: whole.sum(name) for name in summed},
            "sessions": np.full(len(plan), whole.sessions),
            "traded_sessions": whole.sum("traded_sessions"),
            "max_drawdown": whole.sum("fall"),
            "objective": swept.worth * scale(swept),
            "expectancy": expectancy(whole) * unit,
            **{name: OBJECTIVES[name](whole) for name in RATIOS},
        }
    ).with_columns(pl.col(pl.Float64).fill_nan(None))


def plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def fold_frame(swept: Swept) -> pl.DataFrame:
    """One row a fold: what it chose in its train sessions and what the test sessions made of it."""
    rows = []
    for k, choice in enumerate(swept.choices):
        fold, names = choice.fold, ("train_first", "train_last", "test_first", "test_last")
        ends = (fold.train_start, fold.train_stop - 1, fold.test_start, fold.test_stop - 1)
        dates = {name: swept.day(session) for name, session in zip(names, ends, strict=True)}
        rows.append(
            {
                "fold": k,
                **dates,
                "combination": choice.combination,
                "team": " ".join(map(str, choice.team)),
                "regimes": ", ".join(f"{name} {one}" for name, one in choice.own),
                "floor": choice.floor,
                "objective": swept.folds.objective,
            }
            | side("train", choice.train, choice.worth[0], swept)
            | side("test", choice.test, choice.worth[1], swept)
        )
    days = pl.col(r"^(train|test)_(first|last)$").cast(pl.Int32)
    return pl.DataFrame(rows, infer_schema_length=None).with_columns(days.cast(pl.Date))


def scale(swept: Swept) -> float:
    """What one of the objective's own units is in a table: currency, where it is money."""
    return money(swept) if swept.folds.objective in IN_MONEY else 1.0


def side(name: str, merged: Merged, value: float, swept: Swept) -> dict[str, Any]:
    """Trades, net and objective of one side of a fold; nothing where nothing was chosen."""
    if not len(merged.rows):
        return {f"{name}_{what}": None for what in ("n", "net", "objective")}
    unit = scale(swept)
    return {
        f"{name}_n": int(merged.sum("n")[0]),
        f"{name}_net": int(merged.sum("net")[0]),
        f"{name}_objective": None if np.isnan(value) else value * unit,
    }


def trade_rows(swept: Swept, replays: dict[int, Replay]) -> pl.DataFrame:
    """Out-of-sample trades fold by fold, then those of the best combination in sample."""
    bars = swept.table.bars
    any_one = next(iter(replays.values()))
    frames = [trade_frame(bars, any_one, np.zeros(len(any_one.trades.net), np.bool_))]
    for k, choice in enumerate(swept.choices):
        for part in choice.played:
            found = replay_run(swept, replays[part.combination], part[:2])
            every = np.ones(len(found.trades.net), np.bool_)
            frames.append(scoped(trade_frame(bars, found, every), "oos", k))
    if swept.best is not None:
        found = replays[swept.best]
        every = np.ones(len(found.trades.net), np.bool_)
        frames.append(scoped(trade_frame(bars, found, every), "best", None))
    return pl.concat([scoped(frames[0], "oos", None), *frames[1:]])


def scoped(trades: pl.DataFrame, scope: str, fold: int | None) -> pl.DataFrame:
    return trades.with_columns(scope=pl.lit(scope), fold=pl.lit(fold, pl.UInt32))


def equity_frame(swept: Swept, trades: pl.DataFrame, scope: str) -> pl.DataFrame:
    """Net by trade date, and how far it stands below its highest so far; idle sessions too."""
    days = pl.DataFrame({"trade_date": pl.Series(swept.days(scope), dtype=pl.Int32).cast(pl.Date)})
    net = trades.filter(pl.col("scope") == scope).group_by("trade_date")
    daily = days.join(net.agg(n=pl.len(), net=pl.col("net").sum()), on="trade_date", how="left")
    equity = pl.col("net").cum_sum()
    return (
        daily.with_columns(pl.col("n", "net").fill_null(0).cast(pl.Int64))
        .with_columns(scope=pl.lit(scope), equity=equity)
        .with_columns(
            drawdown=pl.max_horizontal(pl.col("equity").cum_max(), pl.lit(0)) - pl.col("equity")
        )
    )


def evidence_frame(swept: Swept) -> pl.DataFrame:
    """What this sweep itself says of chance: how many combinations it tried."""
    note = "combinations tried by this sweep; no test against chance was made"
    row = {"scope": "study", "measure": "trials", "value": float(len(swept.plan)), "note": note}
    kinds = {"combination": pl.UInt32, "draws": pl.Int64}
    absent = ("combination", "low", "high", "p_value", "draws")
    empty = [pl.lit(None, kinds.get(name, pl.Float64)).alias(name) for name in absent]
    return pl.DataFrame([row]).with_columns(empty)
