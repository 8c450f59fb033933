"""One partition of bars: a year of one series in one file that says what it holds.

The file's metadata lists its sessions with a row count and a hash of each. Written by us, it is
trusted: a reader checks nothing again, and names the data of any range of sessions by their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from engine.core.errors import StoreError
from engine.core.frames import PRICES
from engine.core.instrument import Instrument
from storage.atomic import write_frame
from storage.conform import conform

KEY: Final = "tickgrid"
VALUES: Final = ("ts", *PRICES, "volume")


@dataclass(frozen=True, slots=True)
class Held:
    """One session of a partition: its trade date, rows, hash of its values, contracts."""

    day: int  # since 1970-01-01
    rows: int
    mark: str
    runs: tuple[tuple[str | None, int], ...] = ()  # contract and rows, in order


@dataclass(frozen=True, slots=True)
class Facts:
    """What a partition says of itself."""

    grid: str  # tick and lot its whole numbers count
    tape: str  # of synthetic bars: the tape they are part of
    sessions: tuple[Held, ...]


def grid_of(instrument: Instrument) -> str:
    """What one tick and one lot are; numbers stored on another grid mean something else."""
    return f"{instrument.tick.normalize():f} x {instrument.lot.normalize():f}"


def part_path(series: Path, year: int) -> Path:
    return series / f"year={year}" / "part.parquet"


def parts_of(series: Path) -> dict[int, Path]:
    """The partitions of one series by year."""
    found = series.glob("year=*/*.parquet")
    visible = sorted(path for path in found if not path.name.startswith("."))
    years = {int(path.parent.name.removeprefix("year=")): path for path in visible}
    if len(years) < len(visible):
        raise StoreError(f"{series} has a year with more than one file; keep one of them")
    return dict(sorted(years.items()))


def facts_of(path: Path) -> Facts | None:
    """What the file says of itself; nothing if another program wrote it."""
    try:
        text = pl.read_parquet_metadata(path).get(KEY)
    except (OSError, PolarsError) as error:
        raise StoreError(f"{path} cannot be read: {str(error).splitlines()[0]}") from None
    if text is None:
        return None
    said = json.loads(text)
    return Facts(said["grid"], said["tape"], tuple(map(held_from, said["sessions"])))


def holds_ticks(path: Path) -> bool:
    """Whether prices are whole numbers; decimals of another program wait to be imported."""
    kind = pl.read_parquet_schema(path).get("open")
    return kind is None or kind.is_integer()


def held_from(row: list[Any]) -> Held:
    day, rows, mark, runs = row
    return Held(day, rows, mark, tuple((name, count) for name, count in runs))


def write_part(path: Path, frame: pl.DataFrame, instrument: Instrument, tape: str) -> None:
    """Store a year of bars with the facts about it."""
    held = [astuple(session) for session in marked(frame)]
    said = {"grid": grid_of(instrument), "tape": tape, "sessions": held}
    write_frame(path, conform("bars", frame), {KEY: json.dumps(said, separators=(",", ":"))})


def marked(frame: pl.DataFrame) -> Iterator[Held]:
    """Every session of a frame of bars, with a hash of what it holds."""
    days = frame["trade_date"].to_physical().to_numpy()
    columns = [frame[name].to_physical().to_numpy() for name in VALUES]
    first = np.flatnonzero(np.diff(days, prepend=-1))
    for low, high in zip(first, [*first[1:], len(days)], strict=True):
        digest = blake2b(digest_size=12)
        for values in columns:
            digest.update(np.ascontiguousarray(values[low:high]).data)
        lengths = frame["contract"][int(low) : int(high)].rle().struct.unnest()
        runs = tuple(zip(lengths["value"], lengths["len"], strict=True))
        digest.update(json.dumps(runs).encode())
        yield Held(int(days[low]), int(high - low), digest.hexdigest(), runs)
