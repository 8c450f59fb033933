"""One session in depth: its profile row by row, its levels and nodes, and who bought and sold."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

import numpy as np
import polars as pl

from app.console import out, print_rows
from app.level_tables import price, quantity
from app.levels import Answer
from engine.core.bars import Bars
from engine.core.errors import StoreError, unknown
from engine.profile.delta import delta_profiles, proxy_flow
from engine.profile.histogram import profiles
from engine.profile.nodes import low_zones, nodes
from engine.profile.table import Question, session_table
from storage.stored import Stored

LINES: Final = 40  # of a histogram a person is shown
WIDTH: Final = 30  # characters of its longest bar
BLOCK: Final = "#"


@dataclass(frozen=True)
class Dive:
    """A session's row of levels, its histogram with both sides, its nodes and its thin zones."""

    answer: Answer
    rows: pl.DataFrame
    nodes: pl.DataFrame
    zones: pl.DataFrame


def dive(bars: Bars, series: Stored, question: Question, day: date, contract: str | None) -> Dive:
    """Everything a profile says of one trade date."""
    own = of_contract(of_day(bars, day, series), contract)
    q = question
    seen = bars if contract is None else own  # an open and a day are compared with those before
    table = session_table(seen, q).filter(pl.col("trade_date") == day)
    if table.is_empty():
        raise StoreError(f"{series} has no {q.segment} bars on {day}")
    made = profiles(own, segment=q.segment, model=q.model)
    sides = delta_profiles(own, proxy_flow(own, q.proxy), segment=q.segment, model=q.model)
    rows = made.frame().select("tick", "volume").with_columns(delta=sides.frame()["delta"])
    about = Answer(series, own, table)
    return Dive(about, rows, nodes(made).drop("session"), low_zones(made).drop("session"))


def of_day(bars: Bars, day: date, series: Stored) -> Bars:
    """The bars of one trade date."""
    dates = bars.sessions.date[bars.session].astype("datetime64[D]")
    at = np.flatnonzero(dates == np.datetime64(day))
    if not len(at):
        raise StoreError(f"{series} has no session on {day}")
    return bars[int(at[0]) : int(at[-1]) + 1]


def of_contract(bars: Bars, contract: str | None) -> Bars:
    """The bars of one delivery, where a name is given."""
    if contract is None:
        return bars
    names = bars.origin.contracts
    there = [] if bars.contract is None else [names[k] for k in np.unique(bars.contract)]
    if bars.contract is None or contract not in there:
        raise unknown("contract", contract, [name for name in there if name], where=" on that day")
    at = np.flatnonzero(bars.contract == names.index(contract))
    return bars[int(at[0]) : int(at[-1]) + 1]


def print_dive(found: Dive, question: Question) -> None:
    """The histogram from the top down, with its levels, then nodes, zones and delta."""
    answer, row = found.answer, found.answer.table.to_dicts()[0]
    head = f"{answer.series} {row['contract'] or ''} {question.segment} {row['trade_date']}"
    out().print(" ".join(head.split()), markup=False, soft_wrap=True)
    print_rows([{"level": name, "price": price(answer, row[name])} for name in named(row)])
    print_rows(histogram(found, row))
    for title, frame in (("nodes", found.nodes), ("zones of low volume", found.zones)):
        if frame.height:
            print_rows(listed(answer, frame), title)
    delta = quantity(answer, row["delta"])
    out().print(f"delta {delta} of {quantity(answer, row['volume'])}, {row['delta_kind']}")


def named(row: dict[str, Any]) -> list[str]:
    """The levels this session has."""
    names = ("high", "vah", "poc", "val", "low", "open", "close", "tpo_poc", "ib_high", "ib_low")
    return [name for name in names if row[name] is not None]


def histogram(found: Dive, row: dict[str, Any]) -> list[dict[str, Any]]:
    """As many lines as one can look over: neighbouring rows together where there are more."""
    answer, rows = found.answer, found.rows.sort("tick")
    step = -(-rows.height // LINES)
    ends = {name: row[name] for name in ("poc", "vah", "val") if row[name] is not None}
    parts = [rows[k : k + step] for k in range(0, rows.height, step)]
    lots = [int(part["volume"].sum()) for part in parts]
    lows = [*(int(part["tick"][0]) for part in parts), row["high"] + 1]
    most, lines = max(1, *lots), []
    for part, many, low, above in zip(parts, lots, lows, lows[1:], strict=False):
        line = {"from": price(answer, low), "lots": quantity(answer, many)}
        line["delta"] = quantity(answer, int(part["delta"].sum()))
        line["profile"] = BLOCK * round(WIDTH * many / most)
        line["level"] = " ".join(name for name, tick in ends.items() if low <= tick < above)
        lines.append(line)
    return lines[::-1]


def listed(answer: Answer, frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Lines of a frame, ticks as prices and lots as quantities."""
    prices, lots = ("tick", "low", "high"), ("smoothed", "prominence", "mean_volume")
    shown = []
    for line in frame.to_dicts():
        said: dict[str, Any] = {
            name: price(answer, v) if name in prices else v for name, v in line.items()
        }
        for name in lots:
            if name in said:
                said[name] = Decimal(str(round(said[name], 1))) * answer.bars.instrument.lot
        shown.append(said)
    return shown


def record(found: Dive) -> dict[str, Any]:
    """The same for a program, in prices."""
    answer = found.answer
    step = answer.bars.instrument.tick
    levels = answer.prices.drop("profile").to_dicts()[0]
    rows = [{**line, "tick": line["tick"] * step} for line in found.rows.to_dicts()]
    for line in rows:
        line["price"] = line.pop("tick")
    return {
        "levels": levels,
        "rows": rows,
        "nodes": listed(answer, found.nodes),
        "zones": listed(answer, found.zones),
    }
