"""Beside what is stored: it stays unless it may be replaced; changed files wait to be published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

from engine.core.bars import BarArrays, Bars, Origin
from engine.core.instrument import Instrument
from engine.core.session import Sessions, moment_text
from storage.atomic import write_frame
from storage.ingest.aside import Aside
from storage.ingest.settle import PRICES, VALUES
from storage.parts import Part, part_path, parts_of, write_part
from storage.together import waiting_for
from storage.writing import changed, sessions_path, sessions_with, stored_frame


class Merged(NamedTuple):
    """A year of a series as it will be, and what became of the new rows."""

    frame: pl.DataFrame
    fresh: int
    already: int
    replaced: int
    conflict: str  # the first row that differs from what is stored


class Draft(NamedTuple):
    """A write in the making: the store, and the scratch folder where files wait."""

    root: Path
    scratch: Path

    def waiting(self, place: Path) -> Path:
        return waiting_for(self.scratch, self.root, place)


def merged_with(path: Path, new: pl.DataFrame, sample: Bars, derived: Sequence[int]) -> Merged:
    """New rows of a year beside those that are stored; dates built from trades are built anew."""
    if not path.exists():
        return Merged(new, len(new), 0, 0, "")
    old = stored_frame(path, sample).filter(~pl.col("trade_date").to_physical().is_in(derived))
    both = new.join(old.select("ts", *VALUES, "contract"), on="ts", suffix="_old", how="left")
    held = both["open_old"].is_not_null()
    same = pl.all_horizontal(
        pl.col(name).eq_missing(pl.col(f"{name}_old")) for name in (*VALUES, "contract")
    )
    differ = both.filter(held & ~both.select(same).to_series())
    kept = old.filter(~pl.col("ts").is_in(new["ts"].implode()))
    frame = pl.concat([kept, new]).sort("ts")
    already = int(held.sum())
    conflict = difference(differ, sample) if len(differ) else ""
    return Merged(frame, len(new) - already, already - len(differ), len(differ), conflict)


def difference(differ: pl.DataFrame, sample: Bars) -> str:
    """The first stored bar that a new one would change."""
    row = differ.row(0, named=True)
    it = sample.instrument
    units = dict.fromkeys(PRICES, it.tick) | {"volume": it.lot}
    for name, step in units.items():
        if row[name] != row[f"{name}_old"]:
            was, now = row[f"{name}_old"] * step, row[name] * step
            what = f"{name} {was} is stored, the file has {now}"
            break
    else:
        what = f"contract {row['contract_old']} is stored, the file has {row['contract']}"
    ts = int(differ["ts"].to_physical()[0])
    return f"{moment_text(ts)}: {what}"


def stage(draft: Draft, path: Path, frame: pl.DataFrame, sample: Bars) -> None:
    """Let a year of bars wait; nothing where the stored file holds just these."""
    if not path.exists() or changed(path, frame, tape=""):
        write_part(draft.waiting(path), frame, sample.instrument, tape="")


def path_in(series: Path, part: Part) -> Path:
    """Where a year of a contract lies or will lie."""
    return parts_of(series).get(part, part_path(series, part))


def sample_of(
    instrument: Instrument, sessions: Sessions, ends: tuple[int, int], minutes: int, source: str
) -> Bars:
    """Bars of the first and the last session alone, for what asks only about those."""
    session = np.array(ends, np.int32)
    none = np.zeros(2, np.int32)
    lots = none.astype(np.int64)
    arrays = BarArrays(sessions.start[session], none, none, none, none, lots, session)
    return Bars(instrument, sessions, arrays, minutes, Origin(source))


def stage_sessions(draft: Draft, sample: Bars) -> None:
    """The calendar's rows of these bars, beside those of earlier ones."""
    path = sessions_path(draft.root, sample.instrument)
    frame = sessions_with(path, sample)
    if frame is not None:
        write_frame(draft.waiting(path), frame)


def stage_quarantine(draft: Draft, aside: Aside, sample: Bars) -> Path | None:
    """The rows kept out, in a file named by what it holds: the same import writes the same."""
    name = aside.name
    if not name:
        return None
    series = Path(f"source={sample.origin.source}", f"symbol={sample.instrument.symbol}")
    folder = draft.root / "quarantine" / series / f"timeframe={sample.minutes}m"
    path = folder / f"{name}.parquet"
    if not path.exists():
        aside.write(draft.waiting(path))
    return path
