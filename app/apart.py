"""A series taken apart: by contract, and by time with an embargo between the parts."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import polars as pl

from app.levels import in_prices
from engine.core.bars import Bars
from engine.core.errors import ParameterError
from engine.core.zone import day_date
from engine.profile.table import Question, session_table
from storage.atomic import write_frame
from storage.names import plain
from storage.rolls import Contracts

COMBINED: Final = "combined"
PARTS: Final = ("train", "validate", "test")


class Apart(NamedTuple):
    """One contract, or all of them as one series: its figures, and the levels of its sessions."""

    name: str
    row: dict[str, Any]
    levels: pl.DataFrame


def analysed(contracts: Contracts, question: Question) -> list[Apart]:
    """The continuous series first, then each contract with all of its own bars."""
    whole = apart(COMBINED, contracts.continuous(), question)
    return [whole, *(apart(n, contracts.bars(n), question) for n in contracts.names() if n)]


def apart(name: str, bars: Bars, question: Question) -> Apart:
    """Figures over the sessions of some bars; prices and widths in prices."""
    levels, tick = in_prices(bars, session_table(bars, question)), float(bars.instrument.tick)
    span = levels["high"] - levels["low"]
    first, last = (day_date(bars.sessions.date[bars.session[k]]) for k in (0, -1))
    row = {
        "contract": name,
        "first": str(first),
        "last": str(last),
        "sessions": len(np.unique(bars.session)),
        "bars": len(bars),
        "volume": int(bars.volume.sum()) * float(bars.instrument.lot),
        "lowest": int(bars.low.min()) * tick,
        "highest": int(bars.high.max()) * tick,
        "profiles": len(levels),
        "range": span.mean(),
        "value_width": (levels["vah"] - levels["val"]).mean(),
        "closes_in_value": levels["close"].is_between(levels["val"], levels["vah"]).mean(),
    }
    return Apart(name, row, levels)


def write_apart(folder: Path, found: list[Apart]) -> None:
    """The levels of every session, a folder for each contract, as DuckDB and Polars read them."""
    for one in found:
        write_frame(folder / f"contract={plain(one.name)}" / "part.parquet", one.levels)


def parts_by_time(bars: Bars, train: str, validate: str, embargo: int) -> list[dict[str, Any]]:
    """A row for each part and each embargo, in order of time, with dates, sessions and bars."""
    shares = [share("--train", train), share("--validate", validate)]
    if not shares[0]:
        raise ParameterError("--train 0 leaves nothing to train on")
    if sum(shares) >= 1:
        raise ParameterError(f"--train {train} and --validate {validate} leave nothing to test on")
    held, counts = np.unique(bars.session, return_counts=True)
    ends = [int(sum(shares[: k + 1]) * len(held)) for k in range(len(shares))]
    rows: list[dict[str, Any]] = []
    begin = 0
    for name, size, end in zip(PARTS, (*shares, None), (*ends, len(held)), strict=True):
        if size == 0:
            continue
        if rows:
            rows.append(part("embargo", slice(begin, begin + embargo), bars, (held, counts)))
            begin += embargo
        if begin >= end:
            raise ParameterError(
                f"{len(held)} sessions are too few: with an embargo of {embargo}, none are left "
                f"to {name}"
            )
        rows.append(part(name, slice(begin, end), bars, (held, counts)))
        begin = end
    return [row for row in rows if row["sessions"]]


def part(
    name: str, which: slice, bars: Bars, held: tuple[np.ndarray[Any, Any], ...]
) -> dict[str, Any]:
    """One part: its dates, and how many sessions and bars it has."""
    rows, counts = (column[which] for column in held)
    days = [str(day_date(bars.sessions.date[row])) for row in rows[[0, -1]]] if len(rows) else ["-"]
    return {
        "part": name,
        "first": days[0],
        "last": days[-1],
        "sessions": len(rows),
        "bars": int(counts.sum()),
    }


def share(option: str, text: str) -> Decimal:
    """An exact share of the sessions."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ParameterError(f"{option}: '{text}' is no number; write it as 0.8") from None
    if not 0 <= value < 1:
        raise ParameterError(f"{option} {text} is no share; it is from 0 to below 1")
    return value
