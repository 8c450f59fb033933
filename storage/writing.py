"""Bars into partitions: real ones merged in, a synthetic tape put in the place of the last."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import polars as pl

from engine.core.bars import Bars
from engine.core.frames import bars_of, frame_of
from engine.core.instrument import Instrument
from storage.atomic import write_frame
from storage.conform import conform
from storage.folders import building, install
from storage.names import plain
from storage.parts import Part, facts_of, marked, part_path, parts_of, write_part
from storage.reading import Series, refuse_strangers


def by_year(bars: Bars) -> Iterator[tuple[int, pl.DataFrame]]:
    """The store's columns, cut where the year of the trade date changes."""
    frame = conform("bars", frame_of(bars).with_columns(flags=pl.lit(0, pl.UInt16)))
    years = frame["trade_date"].dt.year().to_numpy()
    first = np.flatnonzero(np.diff(years, prepend=0))
    for low, high in zip(first, [*first[1:], len(years)], strict=True):
        yield int(years[low]), frame[int(low) : int(high)]


def by_part(bars: Bars) -> Iterator[tuple[Part, pl.DataFrame]]:
    """The years, each cut into its contracts."""
    for year, frame in by_year(bars):
        if bars.contract is None:
            yield Part(year), frame
        else:
            split = frame.partition_by("contract", maintain_order=True)
            yield from ((Part(year, cut["contract"][0] or ""), cut) for cut in split)


def merge(folder: Path, bars: Bars) -> tuple[Path, ...]:
    """Add real bars to a series minute by minute; of two bars of one minute the new one holds.

    A minute of another contract is another bar: nothing of one contract touches the next.
    """
    written = []
    known = parts_of(folder)
    for part, new in by_part(bars):
        path = known.get(part, part_path(folder, part))
        frame = new
        if part in known:
            old = stored_frame(path, bars)
            kept = old.filter(~pl.col("ts").is_in(new["ts"].implode()))
            frame = pl.concat([kept, new]).sort("ts")
        if changed(path, frame, tape=""):
            write_part(path, frame, bars.instrument, tape="")
            written.append(path)
    return tuple(written)


def stored_frame(path: Path, bars: Bars) -> pl.DataFrame:
    """A year as it is stored, ours or not."""
    facts = facts_of(path)
    frame = pl.read_parquet(path, glob=False, hive_partitioning=False)
    if facts is None:
        others = bars_of(frame, bars.instrument, minutes=bars.minutes, origin=bars.origin)
        return conform("bars", frame_of(others).with_columns(flags=pl.lit(0, pl.UInt16)))
    refuse_strangers(Series(bars.instrument, bars.origin.source, bars.minutes, (path,)), [facts])
    return frame


def changed(path: Path, frame: pl.DataFrame, tape: str) -> bool:
    """Whether a file holds anything but these bars."""
    facts = facts_of(path) if path.exists() else None
    return facts is None or (facts.tape, facts.sessions) != (tape, tuple(marked(frame)))


def replace_tape(folder: Path, bars: Bars) -> tuple[Path, ...]:
    """Put a synthetic tape in the place of another, all its years at once."""
    tape, known = bars.origin.fingerprint, parts_of(folder)
    years = {Part(year): frame for year, frame in by_year(bars)}
    if set(known) == set(years) and not any(changed(known[y], years[y], tape) for y in years):
        return ()
    built = building(folder)
    for part, frame in years.items():
        write_part(part_path(built, part), frame, bars.instrument, tape)
    install(built, folder)
    return tuple(part_path(folder, part) for part in years)


def sessions_path(root: Path, instrument: Instrument) -> Path:
    return root / "sessions" / f"symbol={plain(instrument.symbol)}" / "part.parquet"


def store_sessions(root: Path, bars: Bars) -> None:
    """Keep the calendar's rows that these bars lie in beside those of earlier bars."""
    path = sessions_path(root, bars.instrument)
    frame = sessions_with(path, bars)
    if frame is not None:
        write_frame(path, frame)


def sessions_with(path: Path, bars: Bars) -> pl.DataFrame | None:
    """The stored rows of sessions with those of these bars; nothing if they are all there."""
    rows = slice(int(bars.session[0]), int(bars.session[-1]) + 1)
    table = bars.sessions
    moments = ("start", "stop", "rth_start", "rth_stop")
    made = pl.DataFrame(
        {
            "symbol": pl.repeat(bars.instrument.symbol, rows.stop - rows.start, eager=True),
            "trade_date": pl.Series(table.date[rows]).cast(pl.Date),
            **{
                name: pl.Series(getattr(table, name)[rows]).cast(pl.Datetime("ns", "UTC"))
                for name in moments
            },
            "minutes": table.minutes[rows],
        }
    )
    new = conform("sessions", made)
    if not path.exists():
        return new
    old = pl.read_parquet(path, glob=False, hive_partitioning=False)
    kept = old.filter(~pl.col("trade_date").is_in(new["trade_date"].implode()))
    frame = pl.concat([kept, new]).sort("trade_date")
    return None if frame.equals(old) else frame
