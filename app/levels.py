"""Levels of what is stored: bars out of the lake, one table a symbol, stored, in prices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.core.errors import ParameterError, RefusedError, StoreError, unknown
from engine.profile.developing import developing_levels
from engine.profile.kernel import Levels
from engine.profile.model import DEVICES, Model
from engine.profile.spread import UNIFORM
from engine.profile.table import Question, masked, session_table
from storage.atomic import write_frame
from storage.lake import Lake, minutes_of
from storage.levels import store_levels
from storage.stored import Stored, span
from storage.views import UNITS

Dates = tuple[date | None, date | None]

HISTORY: Final = timedelta(days=30)  # what an open and a day are compared with
NO_TORCH: Final = "PyTorch is not installed; `make torch` adds it, docs/install says for which card"


@dataclass(frozen=True)
class Answer:
    """The table made of one series, in ticks as it is stored, and the bars it is of."""

    series: Stored
    bars: Bars
    table: pl.DataFrame

    @property
    def prices(self) -> pl.DataFrame:
        return in_prices(self.bars, self.table)


@dataclass(frozen=True)
class Way:
    """Levels of every session or after every bar, and what computes them."""

    developing: bool = False
    device: str = "cpu"


def series_of(lake: Lake, symbols: list[str], timeframe: str, source: str | None) -> list[Stored]:
    """The stored series of some symbols, or of all there are."""
    minutes = minutes_of(timeframe)
    stored = [series for series in lake.stored() if series.minutes == minutes]
    names = symbols or list(dict.fromkeys(series.symbol for series in stored))
    if not names:
        raise StoreError(f"no {timeframe} bars in {lake.root}; try: tickgrid data synth ES")
    wanted = [(name, lake.chosen(lake.instrument(name).symbol, minutes, source)) for name in names]
    return [s for pair in wanted for s in stored if (s.symbol, s.source) == pair]


def answers(
    lake: Lake, stored: list[Stored], dates: Dates, question: Question, way: Way
) -> Iterator[Answer]:
    """One series after the other, so that one at a time is in memory; tables of sessions are kept.

    Bars of some weeks before are read too: an open and a day are compared with those before them.
    """
    none = True
    for series in stored:
        bars = bars_of(lake, series, dates)
        if way.developing:
            table = developing(bars, question, way.device)
        else:
            table = session_table(bars, question, device_levels(bars, question, way.device))
        first, last = dates[0] or date.min, dates[1] or date.max
        asked = table.filter(pl.col("trade_date").is_between(first, last))
        if not asked.is_empty():
            none = False
            if not way.developing:
                tape = bars.origin.fingerprint if bars.origin.synthetic else ""
                store_levels(lake.root, asked, tape)
            yield Answer(series, bars, asked)
    if none:
        raise StoreError(
            f"no {question.segment} session {spoken(*dates)} is stored of "
            f"{', '.join(map(str, stored))}"
        )


def spoken(first: date | None, last: date | None) -> str:
    """Dates as one says them."""
    return " ".join([f"from {first}"] * (first is not None) + [f"to {last}"] * (last is not None))


def bars_of(lake: Lake, series: Stored, dates: Dates) -> Bars:
    """The bars of some dates, with those of the weeks before."""
    low, high = span(series.sessions())
    first, last = dates
    if (first or high) > high or (last or low) < low:
        raise StoreError(f"{series} is stored from {low} to {high}, not {spoken(first, last)}")
    since = None if first is None else max(low, first - HISTORY)
    return lake.bars(series.symbol, since, last, f"{series.minutes}m", series.source)


def device_levels(bars: Bars, question: Question, device: str) -> Levels | None:
    """Levels made on a device, or nothing where the kernels are to make them."""
    if device == "cpu":
        return None
    program = torch_of(bars, question.model, device)
    asked = {"segment": question.segment, "fraction": question.fraction, "rule": question.rule}
    made: Levels = program.session_levels(bars, **asked, device=device)
    return made


def torch_of(bars: Bars, model: Model, device: str) -> Any:
    """The tensor programs, if they can serve this model on this device."""
    if device not in DEVICES:
        raise unknown("device", device, DEVICES)
    if model.grid(bars) != (UNIFORM, 1) or model.measure != "volume":
        raise RefusedError(
            f"{device}: the device path spreads volume evenly over rows of one tick; "
            "take --spread uniform --measure volume --row 1"
        )
    try:
        from engine.profile import torch as program  # noqa: PLC0415 - an extra, only when asked for
    except ImportError:
        raise RefusedError(f"{device}: {NO_TORCH}") from None
    return program


def developing(bars: Bars, question: Question, device: str) -> pl.DataFrame:
    """One row a bar of the segment: time, close, and the levels known at its close, in ticks."""
    q, inside = question, bars.labels.mask(question.segment)
    asked: dict[str, Any] = {"segment": q.segment, "fraction": q.fraction, "rule": q.rule}
    if device == "cpu":
        found = developing_levels(bars, model=q.model, **asked)
        levels = {name: masked(*getattr(found, name).dense()) for name in ("poc", "vah", "val")}
    else:
        made = torch_of(bars, q.model, device).developing_levels(bars, **asked, device=device)
        levels = {name: masked(getattr(made, name), made.present) for name in ("poc", "vah", "val")}
    return pl.DataFrame(
        {
            "ts": pl.Series(bars.time).cast(pl.Datetime("ns", "UTC")),
            "trade_date": pl.Series(bars.sessions.date[bars.session]).cast(pl.Date),
            "close": bars.close.astype(np.int64),
            **levels,
        }
    ).filter(pl.Series(inside))


def in_prices(bars: Bars, table: pl.DataFrame) -> pl.DataFrame:
    """Ticks as prices and lots as quantities: numbers nearest to the exact decimals."""
    steps = {"tick": bars.instrument.tick, "lot": bars.instrument.lot}
    made = []
    for unit, step in steps.items():
        up, down = step.as_integer_ratio()
        names = [name for name in UNITS["levels"][unit] if name in table.columns]
        wide = {n: pl.Int64 if table.schema[n].is_integer() else pl.Float64 for n in names}
        if (up, down) != (1, 1):
            made += [(pl.col(name).cast(kind) * up / down) for name, kind in wide.items()]
    return table.with_columns(made)


def write_out(path: Path, tables: Sequence[pl.DataFrame]) -> None:
    """All tables, in prices, as one Parquet file."""
    if path.suffix != ".parquet":
        raise ParameterError(f"--out {path}: levels are written as .parquet")
    write_frame(path, pl.concat(tables, how="diagonal_relaxed"))
