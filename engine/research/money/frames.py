"""An account as frames: every close, every trade taken, every trade refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from engine.core.bars import MINUTE
from engine.research.money.decide import Asked
from engine.research.money.lane import Lane, Unit
from engine.research.money.position import Position
from engine.research.money.state import Record, net_of
from engine.research.money.timeline import Timeline

TIME = pl.Datetime("ns", "UTC")
TAKEN = {
    "symbol": pl.String,
    "row": pl.Int64,
    "side": pl.Int8,
    "lots": pl.Int64,
    "bound": pl.String,
    "entry_ts": TIME,
    "exit_ts": TIME,
    "entry": pl.Int64,
    "exit": pl.Int64,
    "reason": pl.String,
    "forced": pl.Boolean,
    "stake": pl.Int64,
    "gross": pl.Int64,
    "slippage": pl.Int64,
    "fees": pl.Int64,
    "net": pl.Int64,
}
REFUSED = {"symbol": pl.String, "row": pl.Int64, "entry_ts": TIME, "reason": pl.String}


def equity_frame(timeline: Timeline, record: Record, start: int) -> pl.DataFrame:
    """The account at every close of any symbol: equity = start + gross + open - costs."""
    step = timeline.tracks[0].lane.bars.minutes * MINUTE
    return pl.DataFrame(
        {
            "ts": pl.Series(timeline.time + step).cast(TIME),
            "trade_date": pl.Series(timeline.date.astype(np.int32)).cast(pl.Date),
            "gross": record.gross,
            "open": record.open,
            "costs": record.costs,
            "equity": start + record.gross + record.open - record.costs,
            "positions": record.held,
        }
    )


def trade_frame(legs: pl.DataFrame) -> pl.DataFrame:
    """One row a trade taken, in order of its end, which is that of its last leg."""
    sums = (pl.col(name).sum() for name in ("lots", "gross", "slippage", "fees", "net"))
    ends = (pl.col(name).last() for name in ("exit_ts", "exit", "reason"))
    alike = (pl.col(name).first() for name in ("side", "entry_ts", "entry"))
    found = (
        legs.with_row_index("end")
        .group_by("symbol", "trade")
        .agg(
            *(*sums, *ends, *alike),
            pl.col("end").last(),
            pl.col("bound").drop_nulls().first(),
            pl.col("forced").any(),
            pl.when(pl.col("stake").is_not_null().any()).then(pl.col("stake").sum()),
        )
    )
    return found.sort("end").with_columns(row="trade").select(*TAKEN)


def leg_frame(done: Sequence[Position]) -> pl.DataFrame:
    """One row a leg taken, or a trade without any, in order of its end; `stake` is at its stop."""
    rows = [
        {
            **of_unit(p.track.lane, p.unit),
            "trade": p.unit.trade,
            "side": p.unit.side,
            "lots": p.lots,
            "bound": p.bound or None,
            "exit_ts": int(p.track.lane.bars.time[p.end_bar]),
            "entry": p.unit.entry,
            "exit": p.end_price,
            "reason": p.reason,
            "forced": p.forced,
            "stake": None if p.unit.stake is None else p.stake,
            "gross": p.gross,
            "slippage": p.paid[0] + p.left[0],
            "fees": p.paid[1] + p.left[1],
            "net": net_of(p),
        }
        for p in done
    ]
    return framed(rows, {**TAKEN, "trade": pl.Int64})


def refused_frame(refused: Sequence[Asked], legs: pl.DataFrame) -> pl.DataFrame:
    """One row a trade and reason; `leg_` where other legs of it were taken."""
    taken = set(legs.select("symbol", "trade").iter_rows())
    rows = [
        of_unit(one.track.lane, one.unit)
        | {"row": one.unit.trade, "reason": ("leg_" if one.key in taken else "") + one.refused}
        for one in refused
    ]
    return framed(rows, REFUSED).unique(maintain_order=True)


def of_unit(lane: Lane, unit: Unit) -> dict[str, Any]:
    """Which trade it is: a row of its symbol's table."""
    when = int(lane.bars.time[unit.entry_bar])
    return {"symbol": lane.symbol, "row": unit.row, "entry_ts": when}


def framed(rows: list[dict[str, Any]], kinds: Mapping[str, Any]) -> pl.DataFrame:
    columns = {name: [row[name] for row in rows] for name in kinds}
    return pl.DataFrame(
        {
            name: pl.Series(name, values, strict=False).cast(kinds[name])
            for name, values in columns.items()
        }
    )
