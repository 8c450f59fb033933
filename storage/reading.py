"""Partitions into Bars: at once where they are ours, checked row by row where they are not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import BarArrays, Bars, Origin
from engine.core.calendars import calendar
from engine.core.errors import StoreError
from engine.core.frames import bars_of
from engine.core.instrument import Instrument
from engine.core.zone import day_date, epoch_day
from storage.parts import VALUES, Facts, Held, facts_of, grid_of, holds_ticks

Days = tuple[int, int]
EVER: Final = (-(10**6), 10**6)
SYNTHETIC: Final = "synthetic"


@dataclass(frozen=True, slots=True)
class Series:
    """One series of the store: whose bars, from where, how long, and the files of its years."""

    instrument: Instrument
    source: str
    minutes: int
    files: tuple[Path, ...]

    @property
    def synthetic(self) -> bool:
        return self.source == SYNTHETIC

    def __str__(self) -> str:
        return f"{self.instrument.symbol} {self.minutes}m ({self.source})"


def days_between(first: date | str | None, last: date | str | None) -> Days:
    """First and last epoch day asked for, both included."""
    low = EVER[0] if first is None else epoch_day(first)
    return low, EVER[1] if last is None else epoch_day(last)


def read(series: Series, days: Days) -> Bars:
    """The bars of the sessions in a range of trade dates."""
    facts = [facts_of(path) for path in series.files]
    ours = [known for known in facts if known is not None]
    if len(ours) < len(facts):
        return checked_read(series, days)
    refuse_strangers(series, ours)
    return trusted_read(series, ours, days)


def refuse_strangers(series: Series, facts: Sequence[Facts]) -> None:
    """Numbers of another grid, or parts of two synthetic tapes, would be misread."""
    for said in facts:
        if said.grid != grid_of(series.instrument):
            raise StoreError(
                f"{series} is stored in {said.grid} (tick x lot), but the instrument now has "
                f"{grid_of(series.instrument)}; import it again or undo the change"
            )
    if len({said.tape for said in facts}) > 1:
        raise StoreError(
            f"{series} holds parts of two synthetic tapes, as a killed write leaves them; "
            f"make it again: tickgrid data synth {series.instrument.symbol}"
        )


def trusted_read(series: Series, facts: Sequence[Facts], days: Days) -> Bars:
    """Columns straight into arrays; sessions come from the facts, not from the rows."""
    pieces: list[pl.LazyFrame] = []
    held: list[Held] = []
    for path, said in zip(series.files, facts, strict=True):
        inside = [session for session in said.sessions if days[0] <= session.day <= days[1]]
        if inside:
            before = sum(session.rows for session in said.sessions if session.day < inside[0].day)
            scan = pl.scan_parquet(path, glob=False, hive_partitioning=False, cache=False)
            scan = scan.select(VALUES)
            whole = len(inside) == len(said.sessions)
            rows = sum(session.rows for session in inside)
            pieces.append(scan if whole else scan.slice(before, rows))
            held += inside
    if not held:
        raise nothing(series, facts[0].sessions[0].day, facts[-1].sessions[-1].day)
    frame = pl.concat(pieces).collect().rechunk()  # on all cores; NumPy would join on one
    return assembled(series, frame, held)


def assembled(series: Series, frame: pl.DataFrame, held: Sequence[Held]) -> Bars:
    """Bars of columns that need no check but that of their length."""
    days, rows = ([getattr(session, what) for session in held] for what in ("day", "rows"))
    if len(frame) != sum(rows):
        raise StoreError(f"{series} holds {len(frame)} rows where its files say {sum(rows)}")
    columns = [frame[name].to_physical().to_numpy() for name in VALUES]
    table = calendar(series.instrument.calendar).covering(columns[0][[0, -1]])
    numbers = np.searchsorted(table.date, np.array(days, np.int32)).astype(np.int32)
    arrays = BarArrays._make((*columns, np.repeat(numbers, rows)))
    code, names = contract_codes(held)
    origin = Origin(series.source, series.synthetic, fingerprint(series, held), names)
    return Bars(series.instrument, table, arrays, series.minutes, origin, code)


def fingerprint(series: Series, held: Sequence[Held]) -> str:
    """Names the data of some sessions, wherever they lie and whatever lies around them."""
    it = series.instrument
    digest = blake2b(digest_size=16)
    digest.update(f"{it.symbol} {grid_of(it)} {it.calendar} {series.minutes}".encode())
    for session in held:
        digest.update(f" {session.day} {session.rows} {session.mark}".encode())
    return digest.hexdigest()


def contract_codes(
    held: Sequence[Held],
) -> tuple[npt.NDArray[np.int16] | None, tuple[str, ...]]:
    """Contract names as codes in order of name; a bar without one among others has the name ''."""
    runs = [(name or "", rows) for session in held for name, rows in session.runs]
    known = sorted({name for name, _ in runs})
    if known == [""]:
        return None, ()
    code = np.array([known.index(name) for name, _ in runs], np.int16)
    return np.repeat(code, [rows for _, rows in runs]), tuple(known)


def checked_read(series: Series, days: Days) -> Bars:
    """Files of another program: every rule of bars is checked on every row."""
    for path in series.files:
        if not holds_ticks(path):
            raise StoreError(
                f"{path} holds decimal prices where the store keeps ticks; take it out and run: "
                f"tickgrid data import {path.name} --symbol {series.instrument.symbol}"
            )
    scans = [pl.scan_parquet(p, glob=False, hive_partitioning=False) for p in series.files]
    frame = pl.concat(scans, how="diagonal").collect()
    origin = Origin(series.source, series.synthetic)
    bars = bars_of(frame, series.instrument, minutes=series.minutes, origin=origin)
    dates = bars.sessions.date[bars.session]
    low, high = np.searchsorted(dates, days[0]), np.searchsorted(dates, days[1], side="right")
    if low == high:
        raise nothing(series, dates[0], dates[-1])
    return bars[int(low) : int(high)]


def nothing(series: Series, first: int, last: int) -> StoreError:
    return StoreError(
        f"{series} is stored from {day_date(first)} to {day_date(last)}, "
        f"with nothing in the range asked for"
    )
