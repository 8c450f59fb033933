"""Tables of levels beside the bars they were made of: one file a question asked of a series."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import polars as pl

from storage.atomic import write_frame
from storage.conform import conform
from storage.names import plain

SERIES: Final = ("source", "symbol", "timeframe")
ASKED: Final = ("segment", "rule", "ties", "fraction", "spread", "measure", "row", "delta_kind")
TAPE: Final = "tickgrid_tape"  # metadata: the synthetic tape the levels are of


def store_levels(root: Path, table: pl.DataFrame, tape: str = "") -> tuple[Path, ...]:
    """Store rows of levels and name the files that changed.

    Rows of dates that were stored before give way to the new ones; levels of another synthetic
    tape give way altogether.
    """
    frame, changed = conform("levels", table), []
    for part in frame.partition_by(*SERIES, *ASKED, maintain_order=True):
        path = level_path(root, part)
        new = joined(path, part.sort("trade_date"), tape)
        if new is not None:
            write_frame(path, new, {TAPE: tape})
            changed.append(path)
    return tuple(changed)


def level_path(root: Path, part: pl.DataFrame) -> Path:
    """Where the answers to one question lie."""
    row = part.row(0, named=True)
    folders = (f"{name}={plain(str(row[name]))}" for name in SERIES)
    ties, kind = row["ties"].replace(", ", "-").replace(" ", ""), row["delta_kind"].split()[-1]
    words = (*(row[name] for name in ("segment", "rule")), ties, row["fraction"])
    words += (row["spread"], row["measure"], row["row"], kind)
    return root.joinpath("levels", *folders, f"{'-'.join(map(str, words))}.parquet")


def joined(path: Path, new: pl.DataFrame, tape: str) -> pl.DataFrame | None:
    """The new rows beside those of other dates; nothing where they are stored already."""
    if not path.exists():
        return new
    old = pl.read_parquet(path, glob=False, hive_partitioning=False)
    if pl.read_parquet_metadata(path).get(TAPE, "") != tape:
        return new
    kept = old.filter(~pl.col("trade_date").is_in(new["trade_date"].implode()))
    frame = pl.concat([kept, new]).sort("trade_date")
    return None if frame.equals(old) else frame
