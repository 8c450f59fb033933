"""One partition of bars: a year of one series, or of one of its contracts, in one file.

Contracts overlap in time, so each has files of its own; a synthetic tape, and bars of which nobody
knows the contract, lie in `part.parquet`. The file's metadata lists its sessions with a row count
and a hash of each. Written by us, it is trusted: a reader checks nothing again, and names the data
of any range of sessions by their hashes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import quote, unquote

import numpy as np
import polars as pl
from polars.exceptions import PolarsError

from engine.core.errors import StoreError
from engine.core.frames import PRICES
from engine.core.instrument import Instrument
from storage.atomic import ROW_GROUP, write_frame
from storage.conform import conform

KEY: Final = "tickgrid"
VALUES: Final = ("ts", *PRICES, "volume")
PREFIX: Final = "contract-"
OF_CONTRACTS: Final = 32_768  # rows of a group: of a contract only the months in front are read


class Held(NamedTuple):
    """One session of a partition: its trade date, rows, hash of its values, contracts."""

    day: int  # since 1970-01-01
    rows: int
    mark: str
    runs: tuple[tuple[str | None, int], ...] = ()  # contract and rows, in order
    volume: int = 0


class Part(NamedTuple):
    """What a file is for: a year, and one contract or none in particular."""

    year: int
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a partition says of itself."""

    grid: str  # tick and lot its whole numbers count
    tape: str  # of synthetic bars: the tape they are part of
    sessions: tuple[Held, ...]


def grid_of(instrument: Instrument) -> str:
    """What one tick and one lot are; numbers stored on another grid mean something else."""
    return f"{instrument.tick.normalize():f} x {instrument.lot.normalize():f}"


def part_path(series: Path, part: Part) -> Path:
    name = f"{PREFIX}{quote(part.contract, safe='')}" if part.contract else "part"
    return series / f"year={part.year}" / f"{name}.parquet"


def part_of(path: Path) -> Part:
    """What the names of a file and its folder say."""
    named = path.stem.startswith(PREFIX)
    contract = unquote(path.stem.removeprefix(PREFIX)) if named else ""
    return Part(int(path.parent.name.removeprefix("year=")), contract)


def parts_of(series: Path) -> dict[Part, Path]:
    """The partitions of one series, by year and contract."""
    found = series.glob("year=*/*.parquet")
    visible = sorted(path for path in found if not path.name.startswith("."))
    parts = {part_of(path): path for path in visible}
    if len(parts) < len(visible):
        raise StoreError(f"{series} has a year with more than one file; keep one of them")
    return dict(sorted(parts.items()))


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
    day, rows, mark, runs, volume = row
    return Held(day, rows, mark, tuple((name, count) for name, count in runs), volume)


def write_part(path: Path, frame: pl.DataFrame, instrument: Instrument, tape: str) -> None:
    """Store a year of bars with the facts about it."""
    said = {"grid": grid_of(instrument), "tape": tape, "sessions": list(marked(frame))}
    text = json.dumps(said, separators=(",", ":"))
    rows = OF_CONTRACTS if part_of(path).contract else ROW_GROUP
    write_frame(path, conform("bars", frame), {KEY: text}, rows)


def runs_of(names: pl.Series) -> tuple[tuple[str | None, int], ...]:
    """Contract and rows, in order."""
    lengths = names.rle().struct.unnest()
    return tuple(zip(lengths["value"], lengths["len"], strict=True))


def marked(frame: pl.DataFrame) -> Iterator[Held]:
    """Every session of a frame of bars, with a hash of what it holds."""
    days = frame["trade_date"].to_physical().to_numpy()
    columns = [np.ascontiguousarray(frame[name].to_physical().to_numpy()) for name in VALUES]
    first = np.flatnonzero(np.diff(days, prepend=-1))
    volumes = np.add.reduceat(columns[-1], first).tolist() if len(first) else []
    ends = [*first.tolist(), len(days)]
    contracts = frame["contract"]
    alone = contracts[:1].to_list() if contracts.n_unique() == 1 else []
    for low, high, volume in zip(ends[:-1], ends[1:], volumes, strict=True):
        runs = ((alone[0], high - low),) if alone else runs_of(contracts[low:high])
        values = [column[low:high].data for column in columns]
        digest = blake2b(b"".join((*values, json.dumps(runs).encode())), digest_size=12)
        yield Held(int(days[low]), high - low, digest.hexdigest(), runs, volume)
