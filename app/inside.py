"""What lies inside the bars of a study: finer bars, or the trades themselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from app.study import Data
from engine.core.bars import Bars
from engine.core.errors import ParameterError, StoreError, StudyError
from engine.fills.inner import of_trades
from storage.lake import Lake, minutes_of
from storage.trades import trades_between

TRADES: Final = "ticks"


def refuse_coarse(data: Data) -> None:
    """Bars that settle doubts are finer than those that leave them."""
    if data.inside in (None, TRADES):
        return
    try:
        coarse = minutes_of(data.inside) >= minutes_of(data.timeframe)
    except ParameterError as error:
        raise StudyError(f"data.inside: {error}, or ticks for the trades") from error
    if coarse:
        raise StudyError(
            f"data.inside: {data.inside} bars lie inside no {data.timeframe} bar; name a finer one"
        )


def filled(lake: Lake, data: Data, dates: tuple[date | None, date | None], bars: Bars) -> Bars:
    """The bars with what the study puts inside them."""
    if data.inside is None:
        return bars
    if data.inside == TRADES:
        return replace(bars, inner=trades_inside(lake, dates, bars))
    finer = lake.bars(data.symbol, *dates, data.inside, bars.origin.source)
    return replace(bars, inner=finer)


def trades_inside(lake: Lake, dates: tuple[date | None, date | None], bars: Bars) -> Bars:
    """The stored trades of the contract that each bar is of."""
    try:
        frame = trades_between(lake.root, bars.instrument, dates, bars.origin.source)
    except StoreError as error:
        raise StudyError(
            f"data.inside: {error}; import its trades, or name a timeframe such as 1m"
        ) from error
    time = frame["ts"].to_physical().to_numpy()
    if bars.contract is not None:
        bar = np.searchsorted(bars.time, time, side="right") - 1
        named = pl.Series(bars.origin.contracts).gather(bars.contract[np.maximum(bar, 0)])
        frame = frame.filter(frame["contract"].eq_missing(named))
        time = frame["ts"].to_physical().to_numpy()
    return of_trades(bars, time, frame["price"].to_numpy(), frame["size"].to_numpy())
