"""Partitions into Bars: at once where they are ours, checked row by row where they are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from itertools import groupby, pairwise
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from engine.core.bars import BarArrays, Bars, Origin
from engine.core.calendars import calendar
from engine.core.errors import StoreError
from engine.core.frames import bars_of
from engine.core.instrument import Instrument
from engine.core.zone import day_date, epoch_day
from storage.parts import VALUES, Facts, Held, facts_of, grid_of, holds_ticks, part_of

Days = tuple[int, int]
EVER: Final = (-(10**6), 10**6)
SYNTHETIC: Final = "synthetic"


def made_up(source: str) -> bool:
    """Whether a source is a market made from a seed, without an edge or with a planted one."""
    return source == SYNTHETIC or edged(source)


def edged(source: str) -> bool:
    """Whether an edge was planted in a market made from a seed."""
    return source.startswith(f"{SYNTHETIC}-")


@dataclass(frozen=True, slots=True)
class Series:
    """One series of the store: whose bars, from where, how long, and the files of its years."""

    instrument: Instrument
    source: str
    minutes: int
    files: tuple[Path, ...]

    @property
    def synthetic(self) -> bool:
        return made_up(self.source)

    def __str__(self) -> str:
        return f"{self.instrument.symbol} {self.minutes}m ({self.source})"


def days_between(first: date | str | None, last: date | str | None) -> Days:
    """First and last epoch day asked for, both included."""
    low = EVER[0] if first is None else epoch_day(first)
    return low, EVER[1] if last is None else epoch_day(last)


class Entry(NamedTuple):
    """One session of one file, where its rows begin, and how many the file has in all."""

    path: Path
    contract: str
    held: Held
    before: int
    total: int

    @property
    def day(self) -> int:
        return self.held.day

    @property
    def end(self) -> int:
        return self.before + self.held.rows


def entries_of(series: Series) -> list[Entry] | None:
    """Every session of every contract, in order of date; nothing if another program wrote any."""
    facts = [facts_of(path) for path in series.files]
    ours = [known for known in facts if known is not None]
    if len(ours) < len(facts):
        return None
    refuse_strangers(series, ours)
    found = []
    for path, said in zip(series.files, ours, strict=True):
        contract, before = part_of(path).contract, 0
        total = sum(held.rows for held in said.sessions)
        for held in said.sessions:
            found.append(Entry(path, contract, held, before, total))
            before += held.rows
    return sorted(found, key=lambda entry: entry.day)


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


def trusted_read(series: Series, entries: Sequence[Entry], days: Days) -> Bars:
    """Columns straight into arrays; sessions come from the facts, not from the rows."""
    inside = [entry for entry in entries if days[0] <= entry.day <= days[1]]
    if not inside:
        raise nothing(series, entries[0].day, entries[-1].day)
    frame = pl.concat(list(slices(inside))).collect().rechunk()  # on all cores; NumPy joins on one
    return assembled(series, frame, [entry.held for entry in inside])


def slices(entries: Sequence[Entry]) -> Iterator[pl.LazyFrame]:
    """Neighbouring sessions of a file are read at once, and a whole file without a cut."""
    first = 0
    for k, (entry, after) in enumerate(zip(entries, [*entries[1:], None], strict=True)):
        if after is not None and (after.path, after.before) == (entry.path, entry.end):
            continue
        low, high = entries[first].before, entry.end
        scan = pl.scan_parquet(entry.path, glob=False, hive_partitioning=False, cache=False)
        scan = scan.select(VALUES)
        yield scan if high - low == entry.total else scan.slice(low, high - low)
        first = k + 1


def spliced(entries: Sequence[Entry]) -> list[Entry] | None:
    """The sessions in order of time, where no two contracts have bars in the same stretch of it."""
    found: list[Entry] = []
    for _, group in groupby(entries, key=lambda entry: entry.day):
        same = list(group)
        if len(same) > 1:
            same.sort(key=lambda entry: moment(entry, 0))
            if any(moment(two, 0) <= moment(one, -1) for one, two in pairwise(same)):
                return None
        found += same
    return found


def moment(entry: Entry, row: int) -> int:
    """The time of the first (0) or last (-1) bar of one session of one contract."""
    at = entry.before if row == 0 else entry.end - 1
    scan = pl.scan_parquet(entry.path, glob=False, hive_partitioning=False).select("ts")
    return int(scan.slice(at, 1).collect()["ts"].to_physical()[0])


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
    if any(part_of(path).contract for path in series.files):
        frame = frame.sort("ts", maintain_order=True)
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
