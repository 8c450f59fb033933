"""Trades as they were reported: one file a trade date, every contract in it, beside the bars."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import polars as pl
import pyarrow.parquet

from engine.core.errors import StoreError
from engine.core.instrument import Instrument
from engine.core.session import moment_text
from engine.core.zone import day_date
from storage.atomic import write_frame
from storage.parts import KEY, grid_of
from storage.schema import TS, Kind, Table
from storage.together import recover

COLUMNS: Final[dict[str, Kind]] = {
    "ts": TS,
    "price": pl.Int32,
    "size": pl.Int64,
    "contract": pl.String,
}
FOLDER: Final = "ticks"
TICKS: Final = Table(FOLDER, COLUMNS, nullable=frozenset({"contract"}))


class Joined(NamedTuple):
    """The trades of a date as they will be, and what became of the new ones."""

    frame: pl.DataFrame
    fresh: int
    already: int
    replaced: int
    conflict: str  # the first moment at which old and new differ


def trades_folder(root: Path, source: str, symbol: str) -> Path:
    return root / FOLDER / f"source={source}" / f"symbol={symbol}"


def path_of(folder: Path, day: int) -> Path:
    return folder / f"date={day_date(day)}" / "part.parquet"


def paths_between(folder: Path, first: date | None, last: date | None) -> list[Path]:
    """The files of some trade dates, in order."""
    found = []
    for path in sorted(folder.glob("date=*/part.parquet")):
        day = date.fromisoformat(path.parent.name.removeprefix("date="))
        if (first or day) <= day <= (last or day):
            found.append(path)
    return found


def trades_between(
    root: Path,
    instrument: Instrument,
    dates: tuple[date | None, date | None] = (None, None),
    source: str | None = None,
) -> pl.DataFrame:
    """The trades of some dates from the source asked for, or from the only one there is."""
    recover(root)
    found = {
        folder.parent.name.removeprefix("source="): folder
        for folder in sorted((root / FOLDER).glob(f"source=*/symbol={instrument.symbol}"))
    }
    if not found or (source is not None and source not in found):
        held = f"; stored are those from {' and '.join(found)}" if found else ""
        raise StoreError(f"no trades of {instrument.symbol} in {root}{held}")
    if source is None and len(found) > 1:
        raise StoreError(
            f"trades of {instrument.symbol} are stored from {' and '.join(found)}; say which"
        )
    paths = paths_between(found[source or min(found)], *dates)
    frames = [read_trades(path, instrument) for path in paths]
    return pl.concat([pl.DataFrame(schema=COLUMNS), *frames])


def listed(root: Path) -> list[tuple[str, str, date, date, int, int]]:
    """Symbol, source, first and last trade date, dates and trades of everything that is kept."""
    found = []
    for folder in (root / FOLDER).glob("source=*/symbol=*"):
        paths = paths_between(folder, None, None)
        days = [date.fromisoformat(path.parent.name.removeprefix("date=")) for path in paths]
        rows = sum(pyarrow.parquet.read_metadata(path).num_rows for path in paths)
        source, symbol = (part.partition("=")[2] for part in folder.parts[-2:])
        found += [(symbol, source, days[0], days[-1], len(days), rows)] if days else []
    return sorted(found)


def write_trades(path: Path, frame: pl.DataFrame, instrument: Instrument) -> None:
    """The trades of one date, with the grid their whole numbers count."""
    write_frame(path, frame.select(*COLUMNS), {KEY: json.dumps({"grid": grid_of(instrument)})})


def read_trades(path: Path, instrument: Instrument) -> pl.DataFrame:
    """The trades of one date, as ticks and lots."""
    said = json.loads(pl.read_parquet_metadata(path).get(KEY, "{}")).get("grid")
    if said != grid_of(instrument):
        raise StoreError(
            f"{path} is stored in {said} (tick x lot), but {instrument.symbol} now has "
            f"{grid_of(instrument)}; import it again or undo the change"
        )
    return pl.read_parquet(path, glob=False, hive_partitioning=False)


def joined(old: pl.DataFrame, new: pl.DataFrame) -> Joined:
    """New trades beside stored ones: where both cover the same time they must say the same.

    Two trades may be alike to the last digit, so single ones cannot be told apart; stretches can.
    """
    parts, fresh, already, replaced, conflict = [], 0, 0, 0, ""
    for (name,), mine in new.partition_by("contract", as_dict=True, maintain_order=True).items():
        held = old.filter(pl.col("contract").eq_missing(pl.lit(name, pl.String)))
        low, high = mine["ts"][0], mine["ts"][-1]
        inside, within = held.filter(pl.col("ts").is_between(low, high)), mine.clear()
        if len(held):
            within = mine.filter(pl.col("ts").is_between(held["ts"][0], held["ts"][-1]))
        if inside.equals(within):
            already += len(within)
        else:
            replaced += len(within)
            conflict = conflict or difference(inside, within)
        fresh += len(mine) - len(within)
        parts += [held.filter(pl.col("ts") < low), mine, held.filter(pl.col("ts") > high)]
    others = old.filter(~pl.col("contract").is_in(new["contract"].implode(), nulls_equal=True))
    frame = pl.concat([others, *parts]).sort("ts", maintain_order=True)
    return Joined(frame, fresh, already, replaced, conflict)


def difference(old: pl.DataFrame, new: pl.DataFrame) -> str:
    """Where two stretches of trades part."""
    at = min(len(old), len(new))
    unlike = old[:at].select(
        pl.any_horizontal(pl.col(name).ne_missing(new[name][:at]) for name in COLUMNS)
    )
    rows = unlike.to_series().arg_true()
    row = int(rows[0]) if len(rows) else at
    shown = [side[row].rows()[0][1:3] if row < len(side) else None for side in (old, new)]
    side = new if row < len(new) else old
    moment = moment_text(int(side["ts"].to_physical()[row]))
    was, now = ("no trade" if one is None else f"{one[1]} lots at tick {one[0]}" for one in shown)
    return f"{moment}: {was} stored, the file has {now}"
